import type { LogModelMetrics } from './logged-model-writer.js';
import type { ExperimentRecord, KeyValueRecord, RunStatus } from './run-store.js';

/** Repeating a write with the same key and the same input does nothing and answers as the first time. Kept for 24 hours. */
export interface Repeatable {
  readonly idempotencyKey?: string | null;
}

export interface CreateExperiment extends Repeatable {
  readonly name: string;
  readonly tags: readonly KeyValueRecord[];
  /** Default: `mlflow-artifacts:/<id>`. */
  readonly artifactLocation?: string | null;
}

export interface UpdateExperiment {
  readonly experimentId: string;
  readonly name?: string | null;
  readonly tags: readonly KeyValueRecord[];
}

export interface CreateRun extends Repeatable {
  readonly experimentId: string;
  /** Default: the tag `mlflow.runName`, else a random one. */
  readonly name?: string | null;
  readonly tags: readonly KeyValueRecord[];
  readonly params: readonly KeyValueRecord[];
  readonly parentId?: string | null;
  /** Default: now. */
  readonly startedAt?: number | null;
  /** Kept as the run's user and as the tag `mlflow.user`. */
  readonly user?: string | null;
  /** The run's user alone, for those who say themselves which tags there are; it comes before `user`. */
  readonly userId?: string | null;
}

export interface UpdateRun {
  readonly runId: string;
  readonly name?: string | null;
  readonly note?: string | null;
  readonly status?: RunStatus | null;
  readonly endedAt?: number | null;
}

/** One metric's new points. Steps default to the number of points so far, timestamps to now. */
export interface NewSeries {
  readonly key: string;
  readonly values: Float64Array;
  readonly steps: BigInt64Array | null;
  readonly timestamps: BigInt64Array | null;
}

export interface LogMetrics extends Repeatable {
  readonly runId: string;
  readonly series: readonly NewSeries[];
}

/** A dataset a run used. */
export interface NewDatasetInput {
  readonly name: string;
  readonly digest: string;
  /** What it was used for; kept as the tag `mlflow.data.context`. */
  readonly context?: string | null;
  readonly sourceType: string;
  readonly source: string;
  readonly schema?: string | null;
  readonly profile?: string | null;
  readonly tags: readonly KeyValueRecord[];
}

export interface LogDatasetInputs extends Repeatable {
  readonly runId: string;
  readonly inputs: readonly NewDatasetInput[];
}

/** Params, points and tags of one run, and points of models it logged, that are written together or not at all. */
export interface LogBatch {
  readonly runId: string;
  readonly params: readonly KeyValueRecord[];
  readonly series: readonly NewSeries[];
  readonly tags: readonly KeyValueRecord[];
  /** Points of metrics of models; one that is there already is kept once. */
  readonly modelMetrics?: LogModelMetrics['metrics'];
}

export interface LoggedMetrics {
  /** Points taken, repeated ones included. */
  readonly accepted: number;
  /** Offset that follows the run's last point. */
  readonly position: bigint;
}

/** Changes the runs of one source. Every method checks MLflow's rules and writes all or nothing. */
export interface RunWriter {
  createExperiment(input: CreateExperiment): Promise<ExperimentRecord>;
  updateExperiment(input: UpdateExperiment): Promise<void>;
  deleteExperimentTags(input: { readonly experimentId: string; readonly keys: readonly string[] }): Promise<void>;
  /** Deletes the experiment and marks all its runs deleted; both can be restored. */
  deleteExperiment(experimentId: string): Promise<void>;
  /** Restores the experiment and all its runs, also those deleted before it. */
  restoreExperiment(experimentId: string): Promise<void>;
  createRun(input: CreateRun): Promise<{ readonly runId: string }>;
  updateRun(input: UpdateRun): Promise<void>;
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;
  logMetrics(input: LogMetrics): Promise<LoggedMetrics>;
  /** Nothing of the batch is written when one of its parts breaks a rule. */
  logBatch(input: LogBatch): Promise<void>;
  logParams(input: Repeatable & { readonly runId: string; readonly params: readonly KeyValueRecord[] }): Promise<void>;
  setTags(input: { readonly runId: string; readonly tags: readonly KeyValueRecord[] }): Promise<void>;
  logDatasetInputs(input: LogDatasetInputs): Promise<void>;
  deleteTags(input: { readonly runId: string; readonly keys: readonly string[] }): Promise<void>;
}
