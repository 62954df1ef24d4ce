import type { ExperimentRecord, KeyValueRecord } from '../stores/run-store.js';

/** An experiment as MLflow writes it. Times are ms since the epoch; the only workspace is `default`. */
export const toExperimentAnswer = (record: ExperimentRecord, tags: readonly KeyValueRecord[]): object => ({
  experiment_id: record.nativeId,
  name: record.name,
  artifact_location: record.artifactLocation ?? undefined,
  lifecycle_stage: record.lifecycleStage.toLowerCase(),
  last_update_time: record.updatedAt ?? undefined,
  creation_time: record.createdAt ?? undefined,
  tags: tags.length > 0 ? tags : undefined,
  workspace: 'default',
});
