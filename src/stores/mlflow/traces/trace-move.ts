import { raw, sql, type Database } from '../../engine/sql.js';
import { traceTags } from '../../trace-store.js';
import { newHexId, traceTables } from './trace-writes.js';
import type { WriteContext } from '../writes.js';

/**
 * Moves what our tables held for MLflow into its own, once a newer MLflow has made them: its clients on the file look nowhere else.
 * Does nothing before, and nothing the second time.
 */
export async function moveToMlflowTables(context: WriteContext): Promise<void> {
  const { db, layout } = await traceTables(context);
  if (!layout.own) return;
  if (layout.columns.has('request_preview')) await movePreviews(db);
  if (layout.spans) await moveSpans(db);
  if (layout.links) await moveLinks(db);
  if (layout.models) await moveModels(db);
  if (layout.inputColumns.has('step')) await moveRunModels(db);
}

async function movePreviews(db: Database): Promise<void> {
  const columns = ['client_request_id', 'request_preview', 'response_preview'];
  const from = (column: string) =>
    `${column} = COALESCE(${column}, (SELECT o.${column} FROM rungraph_traces o WHERE o.request_id = trace_info.request_id))`;
  await db.run(sql`/* mlflow.movePreviews */
    UPDATE trace_info SET ${raw(columns.map(from).join(', '))} WHERE request_id IN (SELECT request_id FROM rungraph_traces)`);
  await db.run(sql`DELETE FROM rungraph_traces`);
}

const spanColumns = 'trace_id, span_id, parent_span_id, name, type, status, start_time_unix_nano, end_time_unix_nano, content';

async function moveSpans(db: Database): Promise<void> {
  const values = spanColumns.replaceAll(/\w+/g, 's.$&');
  await db.run(sql`/* mlflow.moveSpans */
    INSERT INTO spans (experiment_id, ${raw(spanColumns)}) SELECT t.experiment_id, ${raw(values)}
    FROM rungraph_trace_spans s JOIN trace_info t ON t.request_id = s.trace_id WHERE TRUE ON CONFLICT DO NOTHING`);
  await db.run(sql`/* mlflow.tellSpansMoved */
    INSERT INTO trace_tags (request_id, "key", value) SELECT DISTINCT s.trace_id, ${traceTags.spansLocation}, 'TRACKING_STORE'
    FROM rungraph_trace_spans s WHERE TRUE ON CONFLICT DO NOTHING`);
  await db.run(sql`DELETE FROM rungraph_trace_spans`);
}

async function moveLinks(db: Database): Promise<void> {
  const rows = await db.all(sql`/* mlflow.linksToMove */ SELECT run_uuid, request_id, created_time FROM rungraph_trace_links`);
  for (const [runId, requestId, createdTime] of rows) {
    await db.run(sql`/* mlflow.moveLink */
      INSERT INTO entity_associations (association_id, source_type, source_id, destination_type, destination_id, created_time)
      VALUES (${newHexId()}, 'trace', ${requestId!}, 'run', ${runId!}, ${createdTime!}) ON CONFLICT DO NOTHING`);
  }
  await db.run(sql`DELETE FROM rungraph_trace_links`);
}

const modelColumns =
  'model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id, status_message';
// MLflow's metrics have no place for NaN and infinities: it writes 0 and the largest doubles.
const stored = `CASE WHEN x.metric_value IS NULL THEN 0 WHEN x.metric_value > 1.7976931348623157e308 THEN 1.7976931348623157e308
  WHEN x.metric_value < -1.7976931348623157e308 THEN -1.7976931348623157e308 ELSE x.metric_value END`;
const modelParts: readonly (readonly [table: string, columns: string, values: string])[] = [
  ['logged_model_params', 'model_id, param_key, param_value', 'x.model_id, x.param_key, x.param_value'],
  ['logged_model_tags', 'model_id, tag_key, tag_value', 'x.model_id, x.tag_key, x.tag_value'],
  [
    'logged_model_metrics',
    'model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, run_id, dataset_uuid, dataset_name, dataset_digest',
    `x.model_id, x.metric_name, x.metric_timestamp_ms, x.metric_step, ${stored}, x.run_id, x.dataset_uuid, x.dataset_name, x.dataset_digest`,
  ],
];

async function moveModels(db: Database): Promise<void> {
  await db.run(sql`/* mlflow.moveLoggedModels */
    INSERT INTO logged_models (${raw(modelColumns)}) SELECT ${raw(modelColumns)} FROM rungraph_logged_models WHERE TRUE ON CONFLICT DO NOTHING`);
  for (const [table, columns, values] of modelParts) {
    await db.run(sql`/* mlflow.moveLoggedModelParts */
      INSERT INTO ${raw(table)} (experiment_id, ${raw(columns)}) SELECT m.experiment_id, ${raw(values)}
      FROM rungraph_${raw(table)} x JOIN rungraph_logged_models m ON m.model_id = x.model_id WHERE TRUE ON CONFLICT DO NOTHING`);
  }
  await db.run(sql`DELETE FROM rungraph_logged_models`);
}

async function moveRunModels(db: Database): Promise<void> {
  const rows = await db.all(sql`/* mlflow.runModelsToMove */ SELECT run_uuid, model_id, role, step FROM rungraph_run_models`);
  for (const [runId, modelId, role, step] of rows as [string, string, string, bigint][]) {
    await db.run(sql`/* mlflow.moveRunModel */
      INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id, step)
      VALUES (${newHexId()}, ${`RUN_${role}`}, ${runId}, ${`MODEL_${role}`}, ${modelId}, ${step}) ON CONFLICT DO NOTHING`);
  }
  await db.run(sql`DELETE FROM rungraph_run_models`);
}
