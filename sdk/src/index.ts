/**
 * Typed client of the RunGraph API.
 * @packageDocumentation
 */
export { RunGraph } from './client.js';
export type {
  Experiment,
  ExperimentDetails,
  ModelVersion,
  NewExperiment,
  NewRun,
  RegisteredModel,
  Run,
  RunDetails,
  RunGraphOptions,
  RunGroup,
  Series,
  SeriesOptions,
  Source,
} from './client.js';
export { pointsOf, type Columns, type Point } from './columns.js';
export { TypedDocumentString, type Fragment, type Requester, type Shape, type Subscriber, type TypedDocument } from './document.js';
export { NetworkError, RequestFailed, RuleBroken, RunGraphError, type GraphQLErrorEntry } from './errors.js';
export type { RequestOptions } from './http.js';
export type { Listing, Page } from './pages.js';
export { RunWriter, type EndStatus, type LogOptions, type TextValue } from './run-writer.js';
export type { WatchControl, WatchedBatch, WatchedEvent, WatchedSeries, WatchStatus } from './watch.js';
export * from './generated/operations.js';
