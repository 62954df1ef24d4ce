import type { LoggedModelStatus, ModelMetricRecord } from './logged-model-store.js';
import type { KeyValueRecord } from './run-store.js';

export interface CreateLoggedModel {
  readonly experimentId: string;
  /** Default: a random one. */
  readonly name: string | null;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
  readonly params: readonly KeyValueRecord[];
  readonly tags: readonly KeyValueRecord[];
}

/** Points of metrics of models; `datasetName` and `datasetDigest` say what they were measured on. */
export interface LogModelMetrics {
  readonly runId: string;
  readonly metrics: readonly (Omit<ModelMetricRecord, 'runId'> & { readonly modelId: string })[];
}

/** Models that a run read (`inputs`) and made (`outputs`). */
export interface LogRunModels {
  readonly runId: string;
  readonly inputs: readonly { readonly modelId: string }[];
  readonly outputs: readonly { readonly modelId: string; readonly step: bigint }[];
}

/** Changes the logged models of one source. Every method checks MLflow's rules and writes all or nothing. */
export interface LoggedModelWriter {
  /** The new model is PENDING. */
  createModel(input: CreateLoggedModel): Promise<{ readonly modelId: string }>;
  setStatus(input: { readonly modelId: string; readonly status: LoggedModelStatus }): Promise<void>;
  /** Marks the model deleted; its files stay. */
  deleteModel(modelId: string): Promise<void>;
  /** A param is written once; the same value again is fine. */
  logParams(input: { readonly modelId: string; readonly params: readonly KeyValueRecord[] }): Promise<void>;
  setTags(input: { readonly modelId: string; readonly tags: readonly KeyValueRecord[] }): Promise<void>;
  deleteTag(input: { readonly modelId: string; readonly key: string }): Promise<void>;
  /** A point that is there already is kept once. */
  logMetrics(input: LogModelMetrics): Promise<void>;
  logRunModels(input: LogRunModels): Promise<void>;
}
