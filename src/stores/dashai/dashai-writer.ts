/** A new model session. Lists are never null in DashAI: its training goes through them. */
export interface NewModelSession {
  readonly name: string;
  readonly taskName: string;
  /** Number of the dataset; or give `datasetName`. */
  readonly datasetId?: string | null | undefined;
  /** Name of the dataset. A home of our own gets a dataset of this name when it has none. */
  readonly datasetName?: string | null | undefined;
  readonly inputColumns: readonly string[];
  readonly outputColumns: readonly string[];
  readonly trainMetrics: readonly string[];
  readonly validationMetrics: readonly string[];
  readonly testMetrics: readonly string[];
  /** A JSON object. */
  readonly splits: unknown;
  /** Null: DashAI's default. Homes before DashAI 0.10 keep none. */
  readonly evaluationStrategy?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** A new run of a model session. */
export interface NewSessionRun {
  readonly sessionId: string;
  readonly name: string;
  readonly modelName: string;
  /** A JSON object. */
  readonly parameters: unknown;
  readonly description?: string | null | undefined;
  readonly optimizerName?: string | null | undefined;
  /** A JSON object, or null for none. */
  readonly optimizerParameters?: unknown;
  /** Needed with an optimizer. */
  readonly goalMetric?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** Changes to a run; absent ones stay. A null description takes it away. */
export interface SessionRunChanges {
  readonly runId: string;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

/** New values of one metric. */
export interface SplitSeries {
  /** `TRAIN`, `VALIDATION` or `TEST`. */
  readonly split: string;
  /** `LAST`, `TRIAL`, `STEP` or `EPOCH`. */
  readonly level: string;
  readonly name: string;
  readonly values: readonly number[];
  /** One for each value; null: they go on after the last step of this split and level. */
  readonly steps: readonly bigint[] | null;
}

export interface NewSplitMetrics {
  readonly runId: string;
  readonly series: readonly SplitSeries[];
  readonly idempotencyKey?: string | null | undefined;
}

/** How many values were written, and how many were left out because they are not finite, as DashAI does. */
export interface LoggedSplitMetrics {
  readonly accepted: number;
  readonly skipped: number;
}

/** Writes to one DashAI home. An answer means committed; a broken rule means that nothing was written. */
export interface DashaiWriter {
  createModelSession(input: NewModelSession): Promise<{ readonly sessionId: string }>;
  renameModelSession(input: { readonly sessionId: string; readonly name: string }): Promise<void>;
  createSessionRun(input: NewSessionRun): Promise<{ readonly runId: string }>;
  updateSessionRun(input: SessionRunChanges): Promise<void>;
  /** The first values start a run that was not started. */
  logSplitMetrics(input: NewSplitMetrics): Promise<LoggedSplitMetrics>;
  /** @param input.status `FINISHED`, or `ERROR`, which DashAI keeps without an end time */
  finishSessionRun(input: { readonly runId: string; readonly status: string }): Promise<void>;
}
