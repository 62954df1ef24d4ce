import type { NativeRef } from '../core/ids.js';
import type { LongCondition, StringCondition } from './conditions.js';
import type { Page, PageRequest, SortDirection } from './page.js';
import type { KeyValueRecord } from './run-store.js';

/** How far a logged model is, as the number MLflow stores. */
export const modelStatuses = ['UNSPECIFIED', 'PENDING', 'READY', 'FAILED'] as const;
export type LoggedModelStatus = (typeof modelStatuses)[number];

/** A metric point of a model, logged by a run. */
export interface ModelMetricRecord {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint;
  readonly step: bigint;
  readonly runId: string;
  readonly datasetName: string | null;
  readonly datasetDigest: string | null;
}

/** A model that was logged (MLflow 3), whole; its native id is MLflow's model id. Times are ms since the epoch, UTC. */
export interface LoggedModelRecord extends NativeRef {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: LoggedModelStatus;
  readonly isDeleted: boolean;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
  readonly statusMessage: string | null;
  readonly params: readonly KeyValueRecord[];
  readonly tags: readonly KeyValueRecord[];
  readonly metrics: readonly ModelMetricRecord[];
}

export type ModelTextAttribute = 'name' | 'model_id' | 'model_type' | 'source_run_id' | 'status_message' | 'artifact_location';
export type ModelNumberAttribute = 'creation_timestamp_ms' | 'last_updated_timestamp_ms' | 'status' | 'experiment_id';

/** One condition on models. */
export type ModelCondition =
  | { readonly on: 'text'; readonly attribute: ModelTextAttribute; readonly condition: StringCondition }
  | { readonly on: 'number'; readonly attribute: ModelNumberAttribute; readonly condition: LongCondition }
  | { readonly on: 'param' | 'tag'; readonly key: string; readonly condition: StringCondition }
  | { readonly on: 'metric'; readonly key: string; readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>='; readonly value: number };

export interface DatasetRef {
  readonly name: string;
  readonly digest: string | null;
}

/** One sort term: a property, or the newest value of a metric, on a dataset where one is named. */
export type ModelOrder = { readonly direction: SortDirection } & (
  | { readonly by: 'attribute'; readonly attribute: ModelTextAttribute | ModelNumberAttribute }
  | { readonly by: 'metric'; readonly key: string; readonly datasetName: string | null; readonly datasetDigest: string | null }
);

/** Models of experiments, deleted ones left out, for which all conditions hold. */
export interface LoggedModelQuery {
  readonly experimentIds: readonly string[];
  readonly conditions: readonly ModelCondition[];
  /** Metric conditions look at metrics on one of these only; without a metric condition the model must have any metric on one. */
  readonly datasets: readonly DatasetRef[];
  readonly orderBy: readonly ModelOrder[];
}

/** Logged models that a run read and made. */
export interface RunModels {
  readonly inputs: readonly { readonly modelId: string }[];
  readonly outputs: readonly { readonly modelId: string; readonly step: bigint }[];
}

/** Reads the logged models of one source. Every method is a fixed number of short statements. */
export interface LoggedModelStore {
  page(query: LoggedModelQuery, request: PageRequest): Promise<Page<LoggedModelRecord>>;
  /** In no particular order, deleted ones too; unknown ids are absent. */
  modelsByIds(ids: readonly string[]): Promise<readonly LoggedModelRecord[]>;
  /** In the order of `runIds`. */
  modelsOfRuns(runIds: readonly string[]): Promise<readonly RunModels[]>;
}
