import { refuse } from '../../../core/errors.js';
import { toStoredValue } from '../../../core/metric-value.js';
import { randomRunName } from '../../../core/run-name.js';
import { join, raw, sql, type Database, type Sql } from '../../engine/sql.js';
import { modelStatuses, type LoggedModelStatus } from '../../logged-model-store.js';
import type { CreateLoggedModel, LogModelMetrics, LogRunModels } from '../../logged-model-writer.js';
import type { KeyValueRecord } from '../../run-store.js';
import { requireActiveExperiment, requireActiveRun } from '../runs/run-writes.js';
import { newHexId, traceTables } from './trace-writes.js';
import type { WriteContext } from '../writes.js';

/** Where a model's rows are: MLflow's tables, or ours. Only MLflow's repeat the experiment in every row. */
interface ModelHome {
  readonly prefix: '' | 'rungraph_';
  readonly experimentId: bigint;
}

export async function createLoggedModel(context: WriteContext, input: CreateLoggedModel): Promise<{ modelId: string }> {
  const artifactRoot = await requireActiveExperiment(context, input.experimentId);
  const { db, now, layout } = await traceTables(context);
  const home: ModelHome = { prefix: layout.models ? '' : 'rungraph_', experimentId: BigInt(input.experimentId) };
  const modelId = `m-${newHexId()}`;
  await db.run(sql`/* mlflow.insertLoggedModel */
    INSERT INTO ${raw(home.prefix)}logged_models (model_id, experiment_id, name, artifact_location, creation_timestamp_ms,
      last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id)
    VALUES (${modelId}, ${home.experimentId}, ${input.name ?? randomRunName()}, ${`${artifactRoot}/models/${modelId}/artifacts`}, ${now},
      ${now}, ${modelStatuses.indexOf('PENDING')}, 'active', ${input.modelType}, ${input.sourceRunId})`);
  await insertParams(db, home, modelId, input.params);
  await upsertTags(db, home, modelId, input.tags);
  return { modelId };
}

export async function setLoggedModelStatus(
  context: WriteContext,
  { modelId, status }: { readonly modelId: string; readonly status: LoggedModelStatus },
): Promise<null> {
  const { db, now } = context;
  const { prefix } = await requireModel(context, modelId);
  await db.run(sql`/* mlflow.setLoggedModelStatus */
    UPDATE ${raw(prefix)}logged_models SET status = ${modelStatuses.indexOf(status)}, last_updated_timestamp_ms = ${now} WHERE model_id = ${modelId}`);
  return null;
}

/** Marks the model deleted. Doing it again changes nothing. */
export async function deleteLoggedModel(context: WriteContext, modelId: string): Promise<null> {
  const { db, now } = context;
  const { prefix } = await requireModel(context, modelId);
  await db.run(sql`/* mlflow.deleteLoggedModel */
    UPDATE ${raw(prefix)}logged_models SET lifecycle_stage = 'deleted', last_updated_timestamp_ms = ${now}
    WHERE model_id = ${modelId} AND lifecycle_stage <> 'deleted'`);
  return null;
}

export async function logLoggedModelParams(
  context: WriteContext,
  { modelId, params }: { readonly modelId: string; readonly params: readonly KeyValueRecord[] },
): Promise<null> {
  await insertParams(context.db, await requireModel(context, modelId), modelId, params);
  return null;
}

export async function setLoggedModelTags(
  context: WriteContext,
  { modelId, tags }: { readonly modelId: string; readonly tags: readonly KeyValueRecord[] },
): Promise<null> {
  await upsertTags(context.db, await requireModel(context, modelId), modelId, tags);
  return null;
}

export async function deleteLoggedModelTag(
  context: WriteContext,
  { modelId, key }: { readonly modelId: string; readonly key: string },
): Promise<null> {
  const { db } = context;
  const { prefix } = await requireModel(context, modelId);
  const deleted = await db.run(sql`/* mlflow.deleteLoggedModelTag */
    DELETE FROM ${raw(prefix)}logged_model_tags WHERE model_id = ${modelId} AND tag_key = ${key}`);
  if (deleted === 0) throw refuse('NOT_FOUND', `No tag with key '${key}' found for model with ID '${modelId}'.`, ['key']);
  return null;
}

export async function logLoggedModelMetrics(context: WriteContext, { runId, metrics }: LogModelMetrics): Promise<null> {
  const { db } = context;
  await requireActiveRun(context, runId);
  const homes = new Map<string, ModelHome>();
  for (const { modelId, key, value, timestamp, step, datasetName, datasetDigest } of metrics) {
    const home = homes.get(modelId) ?? (await requireModel(context, modelId));
    homes.set(modelId, home);
    // MLflow's table has no place for NaN and infinities; ours holds NaN as NULL.
    const stored = home.prefix === '' ? toStoredValue(value).value : Number.isNaN(value) ? null : value;
    await db.run(sql`/* mlflow.insertLoggedModelMetric */
      INSERT INTO ${raw(home.prefix)}logged_model_metrics (model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, run_id,
        dataset_name, dataset_digest${experimentColumn(home)})
      VALUES (${modelId}, ${key}, ${timestamp}, ${step}, ${stored}, ${runId}, ${datasetName}, ${datasetDigest}${experimentValue(home)})
      ON CONFLICT DO NOTHING`);
  }
  return null;
}

export async function logRunModels(context: WriteContext, { runId, inputs, outputs }: LogRunModels): Promise<null> {
  await requireActiveRun(context, runId);
  const { db, layout } = await traceTables(context);
  const models = [
    ...inputs.map(({ modelId }) => ({ role: 'INPUT', modelId, step: 0n })),
    ...outputs.map(({ modelId, step }) => ({ role: 'OUTPUT', modelId, step })),
  ];
  for (const { role, modelId, step } of models) {
    await db.run(
      layout.inputColumns.has('step')
        ? sql`/* mlflow.insertRunModel */ INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id, step)
            VALUES (${newHexId()}, ${`RUN_${role}`}, ${runId}, ${`MODEL_${role}`}, ${modelId}, ${step}) ON CONFLICT DO NOTHING`
        : sql`/* mlflow.insertRunModel */ INSERT INTO rungraph_run_models (run_uuid, model_id, role, step)
            VALUES (${runId}, ${modelId}, ${role}, ${step}) ON CONFLICT DO NOTHING`,
    );
  }
  return null;
}

/** A model that may be written to, with where its rows are. */
async function requireModel(context: WriteContext, modelId: string): Promise<ModelHome> {
  const { db, layout } = await traceTables(context);
  for (const prefix of layout.models ? (['', 'rungraph_'] as const) : (['rungraph_'] as const)) {
    const rows = await db.all(sql`/* mlflow.loggedModelHome */
      SELECT experiment_id FROM ${raw(prefix)}logged_models WHERE model_id = ${modelId}`);
    if (rows[0]) return { prefix, experimentId: BigInt(rows[0][0] as bigint) };
  }
  throw refuse('NOT_FOUND', `Logged model with ID '${modelId}' not found.`, ['modelId']);
}

const experimentColumn = ({ prefix }: ModelHome): Sql => raw(prefix === '' ? ', experiment_id' : '');
const experimentValue = ({ prefix, experimentId }: ModelHome): Sql => (prefix === '' ? sql`, ${experimentId}` : join([]));

/** A param is written once; the same value again is fine, another is refused. */
async function insertParams(db: Database, home: ModelHome, modelId: string, params: readonly KeyValueRecord[]): Promise<void> {
  for (const [index, { key, value }] of params.entries()) {
    const table = sql`${raw(home.prefix)}logged_model_params`;
    const inserted = await db.run(sql`/* mlflow.insertLoggedModelParam */
      INSERT INTO ${table} (model_id, param_key, param_value${experimentColumn(home)})
      VALUES (${modelId}, ${key}, ${value}${experimentValue(home)}) ON CONFLICT DO NOTHING`);
    if (inserted > 0) continue;
    const rows = await db.all(sql`/* mlflow.loggedModelParam */
      SELECT param_value FROM ${table} WHERE model_id = ${modelId} AND param_key = ${key}`);
    if (rows[0]![0] === value) continue;
    throw refuse('IMMUTABLE', `Param ${JSON.stringify(key)} of the model is set and cannot be changed.`, [
      'params',
      String(index),
      'value',
    ]);
  }
}

async function upsertTags(db: Database, home: ModelHome, modelId: string, tags: readonly KeyValueRecord[]): Promise<void> {
  for (const { key, value } of tags) {
    await db.run(sql`/* mlflow.upsertLoggedModelTag */
      INSERT INTO ${raw(home.prefix)}logged_model_tags (model_id, tag_key, tag_value${experimentColumn(home)})
      VALUES (${modelId}, ${key}, ${value}${experimentValue(home)})
      ON CONFLICT (model_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value`);
  }
}
