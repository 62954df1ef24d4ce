/**
 * Typed client of the RunGraph API.
 * @packageDocumentation
 */
export type { DownloadOptions, UploadedArtifact, UploadOptions } from './artifacts.js';
export { RunGraph } from './client.js';
export { pointsOf, type Columns, type Point } from './columns.js';
export {
  graphql,
  TypedDocumentString,
  type Fragment,
  type Given,
  type Requester,
  type Shape,
  type SubscribeOptions,
  type Subscriber,
  type TypedDocument,
} from './document.js';
export { NetworkError, RequestFailed, RuleBroken, RunGraphError, type ErrorCode, type GraphQLErrorEntry } from './errors.js';
export type { RequestOptions } from './http.js';
export type { PrintOptions } from './lines.js';
export type { Listing, ListOptions, Page, PageArgs, PageOf } from './pages.js';
export type { LogOptions } from './points.js';
export { RunWriter, type EndStatus, type TextValue } from './run-writer.js';
export type {
  Artifact,
  Experiment,
  ExperimentChanges,
  ExperimentDetails,
  ModelVersion,
  NewExperiment,
  NewRun,
  Ref,
  RegisteredModel,
  Run,
  RunChanges,
  RunDetails,
  RunGraphOptions,
  RunGroup,
  Series,
  SeriesOptions,
  Source,
} from './types.js';
export type { ResumeControl, WatchControl, WatchedBatch, WatchedEvent, WatchedLines, WatchedSeries, WatchStatus } from './watch.js';
export * from './generated/operations.js';
