import { toStoredValue } from '../core/metric-value.js';
import type { RunModels } from '../stores/logged-model-store.js';
import type { DatasetInputRecord, KeyValueRecord, RunParts, RunRecord } from '../stores/run-store.js';
import type { Source } from '../stores/sources.js';

/** Everything of a run that MLflow's API shows. */
const everyPart = { params: 'all', tags: 'all', metrics: 'all', inputs: true } as const;

/** Runs with everything on them, as MLflow writes them; a fixed number of statements. Empty lists are left out. */
export async function runAnswers({ runs, loggedModels }: Source, records: readonly RunRecord[]): Promise<object[]> {
  const ids = records.map(({ nativeId }) => nativeId);
  const [parts, models] = await Promise.all([runs.parts(ids, everyPart), loggedModels.modelsOfRuns(ids)]);
  return records.map((record, index) => toRunAnswer(record, parts[index]!, models[index]!));
}

const toRunAnswer = (
  record: RunRecord,
  { params = [], tags = [], metrics = [], inputs = [] }: Partial<RunParts>,
  models: RunModels,
): object => ({
  info: toRunInfo(record),
  data: {
    metrics: unlessEmpty(metrics.map(({ key, value, timestamp, step }) => toMetricAnswer(key, value, timestamp, step))),
    params: unlessEmpty(params),
    tags: unlessEmpty(tags),
  },
  inputs: {
    dataset_inputs: unlessEmpty(inputs.map(toDatasetInput)),
    model_inputs: unlessEmpty(models.inputs.map(({ modelId }) => ({ model_id: modelId }))),
  },
  outputs: { model_outputs: unlessEmpty(models.outputs.map(({ modelId, step }) => ({ model_id: modelId, step }))) },
});

/** The part of a run that is no param, metric or tag. Times are ms since the epoch. */
export const toRunInfo = (record: RunRecord): object => ({
  run_uuid: record.nativeId,
  run_name: record.name,
  experiment_id: record.experimentId ?? undefined,
  user_id: record.user ?? '',
  status: record.status,
  start_time: record.startedAt ?? undefined,
  end_time: record.endedAt ?? undefined,
  artifact_uri: record.artifactLocation ?? undefined,
  lifecycle_stage: record.lifecycleStage.toLowerCase(),
  run_id: record.nativeId,
});

/** A point as MLflow's database would give it back: ±Infinity is the largest double. RunGraph's own log keeps it as it was. */
export const toMetricAnswer = (key: string, value: number, timestamp: number | bigint, step: bigint): object => ({
  key,
  value: Number.isNaN(value) ? 'NaN' : toStoredValue(value).value,
  timestamp: toPlain(timestamp),
  step: toPlain(step),
});

/** A number, which is written faster, where one can hold it. */
const toPlain = (integer: number | bigint): number | bigint => (Number.isSafeInteger(Number(integer)) ? Number(integer) : integer);

const toDatasetInput = ({ name, digest, sourceType, source, schema, profile, tags }: DatasetInputRecord): object => ({
  tags: unlessEmpty(tags),
  dataset: { name, digest, source_type: sourceType, source, schema: schema ?? undefined, profile: profile ?? undefined },
});

const unlessEmpty = <T extends object | KeyValueRecord>(list: readonly T[]): readonly T[] | undefined =>
  list.length > 0 ? list : undefined;
