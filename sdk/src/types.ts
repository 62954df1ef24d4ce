import type {
  ArtifactFieldsFragment,
  ExperimentFieldsFragment,
  ExperimentQuery,
  ModelVersionFieldsFragment,
  RegisteredModelFieldsFragment,
  RunDetailsFragment,
  RunFieldsFragment,
  RunGroupsQuery,
  RunSeriesQuery,
  RunSeriesQueryVariables,
  SourceFieldsFragment,
  UpdateRunInput,
} from './generated/operations.js';
import type { TextValue } from './run-writer.js';

/** Where RunGraph is and how it is reached. Everything has a default. */
export interface RunGraphOptions {
  /** Address of the API; `http://127.0.0.1:4000/graphql` by default. In a browser it may be relative. */
  readonly url?: string | undefined;
  /** Token, where the server asks for one. */
  readonly token?: string | undefined;
  /** Another `fetch`, for proxies and tests. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Another `WebSocket` class; before Node 22 the package `ws` is found by itself when it is installed. */
  readonly webSocket?: unknown;
  /**
   * How subscriptions travel: `websocket`, or `sse` (GraphQL over Server-Sent Events) for networks that let no WebSocket
   * pass, and for headers that a browser sends with every request. A browser allows six SSE streams per host over HTTP/1.1.
   */
  readonly transport?: 'websocket' | 'sse' | undefined;
  /** Milliseconds of silence after which a live connection is asked whether it still is one; 12,000 by default. */
  readonly keepAliveMs?: number | undefined;
  /** More headers of every request. A browser sends none with a WebSocket. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds one attempt of a request may take; 60,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds a {@link RunWriter} tries again while the server is away; 120,000 by default. */
  readonly retryForMs?: number | undefined;
}

/** A run as lists show it. */
export type Run = RunFieldsFragment;
/** A run with its parent, datasets and registered versions. */
export type RunDetails = RunDetailsFragment;
/** An experiment. */
export type Experiment = ExperimentFieldsFragment;
/** An experiment with the keys its runs have. */
export type ExperimentDetails = NonNullable<ExperimentQuery['experiment']>;
/** A registered model. */
export type RegisteredModel = RegisteredModelFieldsFragment;
/** A version of a registered model. */
export type ModelVersion = ModelVersionFieldsFragment;
/** A file a run keeps, or a folder of such files; its `sha256` where it was asked for. */
export type Artifact = ArtifactFieldsFragment & { readonly sha256?: string | null };
/** A place where experiments live. */
export type Source = SourceFieldsFragment;
/** Runs that agree in what they are grouped by. */
export type RunGroup = RunGroupsQuery['runGroups'][number];
/** The history of one metric, as columns. */
export type Series = NonNullable<RunSeriesQuery['run']>['series'][number];

/** Which part of which metrics, and how thinned out; 500 points of each by default, the extremes kept. */
export type SeriesOptions = Omit<RunSeriesQueryVariables, 'by'>;

/** A new experiment. */
export interface NewExperiment {
  readonly name: string;
  /** Source to create it in; `local` by default. */
  readonly source?: string | undefined;
  readonly tags?: Readonly<Record<string, TextValue>> | undefined;
  readonly artifactLocation?: string | undefined;
}

/** A new run. */
export interface NewRun {
  /** Id of an experiment, or the name of one, which is created when it is missing; `source` is `local` by default. */
  readonly experiment: string | { readonly id: string } | { readonly name: string; readonly source?: string };
  readonly name?: string | undefined;
  readonly params?: Readonly<Record<string, TextValue>> | undefined;
  readonly tags?: Readonly<Record<string, TextValue>> | undefined;
  /** The run it is nested in, or its id. */
  readonly parent?: Ref | undefined;
  readonly user?: string | undefined;
  readonly startedAt?: Date | undefined;
  /**
   * A text of your own, up to 200 characters: asking again with the same text within 24 hours answers the same run. By
   * default a random one, so that a lost answer does not make a second run.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Changes to a run; absent fields stay as they are. */
export type RunChanges = Omit<UpdateRunInput, 'run'>;

/** Changes to an experiment; absent fields stay as they are. */
export interface ExperimentChanges {
  readonly name?: string | undefined;
  /** Tags to set; others stay. */
  readonly tags?: Readonly<Record<string, TextValue>> | undefined;
}

/** Something with an id, or its id. */
export type Ref = string | { readonly id: string };
