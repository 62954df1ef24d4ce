import { fromStoredValue } from '../../../core/metric-value.js';
import { join, raw, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import {
  modelStatuses,
  type DatasetRef,
  type LoggedModelQuery,
  type LoggedModelRecord,
  type ModelCondition,
  type ModelMetricRecord,
  type ModelOrder,
  type RunModels,
} from '../../logged-model-store.js';
import type { Page, PageRequest } from '../../page.js';
import type { KeyValueRecord } from '../../run-store.js';
import { allOf, always, anyOf, longCondition, stringCondition } from '../condition.sql.js';
import { pageBounds, pageOrder, plainTerm, termColumns, termNames, textTerm } from '../keyset.sql.js';
import type { MlflowDatabase, TraceLayout } from '../layout.js';
import { byOwner } from '../runs/run-parts.sql.js';
import { toPage, toPosition } from '../runs/run.sql.js';

const columns =
  'model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id, status_message';
const columnCount = 11;
const metricColumns = 'model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, run_id, dataset_name, dataset_digest';

/** Rows of MLflow's table and of ours, whichever there are: until they were moved, both have some. */
function rowsOf(layout: TraceLayout, table: string, names: string): Sql {
  const tables = [...(layout.models ? [table] : []), ...(layout.own ? [`rungraph_${table}`] : [])];
  const none = raw(
    `SELECT ${names
      .split(', ')
      .map((name) => `NULL AS ${name}`)
      .join(', ')} WHERE 1 = 0`,
  );
  if (tables.length === 0) return sql`(${none})`;
  return sql`(${join(
    tables.map((one) => raw(`SELECT ${names} FROM ${one}`)),
    ' UNION ALL ',
  )})`;
}

/** A page of logged models that were not deleted, whole: four statements. */
export async function loggedModelPage(
  database: MlflowDatabase,
  { query, request }: { query: LoggedModelQuery; request: PageRequest },
): Promise<Page<LoggedModelRecord>> {
  const terms = query.orderBy.map((order) => {
    const value = orderValue(database, order);
    return isText(order) ? textTerm(database.dialect, value, order.direction) : plainTerm(value, order.direction);
  });
  const where = allOf([
    sql`m.lifecycle_stage <> 'deleted'`,
    sql`CAST(m.experiment_id AS TEXT) IN ${database.dialect.texts(query.experimentIds)}`,
    ...query.conditions.map((condition) => conditionOf(database, condition, query.datasets)),
    hasDataset(database, query),
  ]);
  const rows = await database.db.all(sql`/* mlflow.loggedModelPage */
    SELECT ${raw(columns.replace('model_id', 'id').replace('experiment_id', 'CAST(experiment_id AS TEXT)'))}, ${termNames(terms)} FROM (
      SELECT m.model_id AS id, ${raw(
        columns
          .split(', ')
          .slice(1)
          .map((name) => `m.${name}`)
          .join(', '),
      )}, ${termColumns(terms)}
      FROM ${rowsOf(database.layout.traces, 'logged_models', columns)} m WHERE ${where}) page
    WHERE ${pageBounds(database, terms, request)} ORDER BY ${pageOrder(database.dialect, terms, request.backward)} LIMIT ${request.limit + 1}`);
  const page = toPage(rows, request, (row) => {
    const record = toModel(row, database.source);
    return { record, position: toPosition(row, columnCount, terms, record) };
  });
  const whole = await withParts(
    database,
    page.rows.map(({ record }) => record),
  );
  return { ...page, rows: page.rows.map(({ position }, index) => ({ record: whole[index]!, position })) };
}

/** Logged models by id, deleted ones too. */
export async function loggedModelsByIds(database: MlflowDatabase, ids: readonly string[]): Promise<LoggedModelRecord[]> {
  const rows = await database.db.all(sql`/* mlflow.loggedModelsByIds */
    SELECT ${raw(columns.replace('experiment_id', 'CAST(experiment_id AS TEXT)'))}
    FROM ${rowsOf(database.layout.traces, 'logged_models', columns)} m WHERE m.model_id IN ${database.dialect.texts(ids)}`);
  return withParts(
    database,
    rows.map((row) => toModel(row, database.source)),
  );
}

type BareModel = Omit<LoggedModelRecord, 'params' | 'tags' | 'metrics'>;

async function withParts(database: MlflowDatabase, models: readonly BareModel[]): Promise<LoggedModelRecord[]> {
  const ids = models.map(({ nativeId }) => nativeId);
  const params = await texts(database, 'param', ids);
  const tags = await texts(database, 'tag', ids);
  const metrics = await metricsOf(database, ids);
  return models.map((model, index) => ({ ...model, params: params[index]!, tags: tags[index]!, metrics: metrics[index]! }));
}

async function texts(database: MlflowDatabase, kind: 'param' | 'tag', ids: readonly string[]): Promise<KeyValueRecord[][]> {
  const rows = await database.db.all(sql`/* mlflow.loggedModelTexts */
    SELECT x.model_id, x.${raw(kind)}_key, x.${raw(kind)}_value FROM ${textRows(database, kind)} x
    WHERE x.model_id IN ${database.dialect.texts(ids)} ORDER BY ${database.dialect.byCodePoint(sql`x.${raw(kind)}_key`)}`);
  return byOwner(ids, rows, ([, key, value]) => ({ key: key as string, value: value as string }));
}

const textRows = ({ layout }: MlflowDatabase, kind: 'param' | 'tag'): Sql =>
  rowsOf(layout.traces, `logged_model_${kind}s`, `model_id, ${kind}_key, ${kind}_value`);
const metricRows = ({ layout }: MlflowDatabase): Sql => rowsOf(layout.traces, 'logged_model_metrics', metricColumns);

async function metricsOf(database: MlflowDatabase, ids: readonly string[]): Promise<ModelMetricRecord[][]> {
  const rows = await database.db.all(sql`/* mlflow.loggedModelMetrics */
    SELECT ${raw(metricColumns)} FROM ${metricRows(database)} x WHERE x.model_id IN ${database.dialect.texts(ids)}
    ORDER BY ${database.dialect.byCodePoint(sql`x.metric_name`)}, x.metric_timestamp_ms, x.metric_step, x.run_id`);
  return byOwner(ids, rows, ([, key, timestamp, step, value, runId, datasetName, datasetDigest]) => ({
    key: key as string,
    value: fromStoredValue(Number(value), value === null),
    timestamp: BigInt(timestamp as bigint | number),
    step: BigInt(step as bigint | number),
    runId: runId as string,
    datasetName: datasetName as string | null,
    datasetDigest: datasetDigest as string | null,
  }));
}

/** Models that runs read and made, in the order of `runIds`: one statement per table that says so. */
export async function modelsOfRuns(database: MlflowDatabase, runIds: readonly string[]): Promise<RunModels[]> {
  const { layout, dialect, db } = database;
  const step = raw(layout.traces.inputColumns.has('step') ? 'i.step' : '0');
  const rows = await db.all(sql`/* mlflow.modelsOfRuns */
    SELECT i.source_id, i.destination_type, i.destination_id, ${step} FROM inputs i
    WHERE i.source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND i.source_id IN ${dialect.texts(runIds)} ORDER BY i.destination_id`);
  const own = layout.traces.own
    ? await db.all(sql`/* mlflow.ownModelsOfRuns */
        SELECT r.run_uuid, 'MODEL_' || r.role, r.model_id, r.step FROM rungraph_run_models r WHERE r.run_uuid IN ${dialect.texts(runIds)} ORDER BY r.model_id`)
    : [];
  return byOwner(runIds, [...rows, ...own], ([, role, modelId, at]) => ({
    role,
    modelId: modelId as string,
    step: BigInt(at as bigint),
  })).map((found) => ({
    inputs: found.filter(({ role }) => role === 'MODEL_INPUT').map(({ modelId }) => ({ modelId })),
    outputs: found.filter(({ role }) => role === 'MODEL_OUTPUT').map(({ modelId, step: at }) => ({ modelId, step: at })),
  }));
}

function conditionOf(database: MlflowDatabase, condition: ModelCondition, datasets: readonly DatasetRef[]): Sql {
  const { dialect } = database;
  switch (condition.on) {
    case 'text':
      return stringCondition(dialect, raw(`m.${condition.attribute}`), condition.condition);
    case 'number':
      return longCondition(dialect, raw(`m.${condition.attribute}`), condition.condition);
    case 'param':
    case 'tag': {
      const kind = raw(condition.on);
      const value = stringCondition(dialect, sql`x.${kind}_value`, condition.condition);
      return sql`EXISTS (SELECT 1 FROM ${textRows(database, condition.on)} x
        WHERE x.model_id = m.model_id AND x.${kind}_key = ${condition.key} AND ${value})`;
    }
    case 'metric':
      return metricExists(database, [
        sql`x.metric_name = ${condition.key}`,
        sql`x.metric_value ${raw(condition.operator === '!=' ? '<>' : condition.operator)} ${condition.value}`,
        onDatasets(datasets),
      ]);
  }
}

const metricExists = (database: MlflowDatabase, conditions: readonly Sql[]): Sql =>
  sql`EXISTS (SELECT 1 FROM ${metricRows(database)} x WHERE x.model_id = m.model_id AND ${allOf(conditions)})`;

const onDatasets = (datasets: readonly DatasetRef[]): Sql =>
  datasets.length === 0
    ? always
    : anyOf(
        datasets.map(({ name, digest }) =>
          allOf([sql`x.dataset_name = ${name}`, digest === null ? always : sql`x.dataset_digest = ${digest}`]),
        ),
      );

const hasDataset = (database: MlflowDatabase, { conditions, datasets }: LoggedModelQuery): Sql =>
  datasets.length === 0 || conditions.some(({ on }) => on === 'metric') ? always : metricExists(database, [onDatasets(datasets)]);

const isText = (order: ModelOrder): boolean => order.by === 'attribute' && !/_ms$|^status$|^experiment_id$/.test(order.attribute);

function orderValue(database: MlflowDatabase, order: ModelOrder): Sql {
  if (order.by === 'attribute') return raw(`m.${order.attribute}`);
  const conditions = [sql`x.model_id = m.model_id`, sql`x.metric_name = ${order.key}`];
  if (order.datasetName !== null) conditions.push(sql`x.dataset_name = ${order.datasetName}`);
  if (order.datasetDigest !== null) conditions.push(sql`x.dataset_digest = ${order.datasetDigest}`);
  return sql`(SELECT x.metric_value FROM ${metricRows(database)} x WHERE ${allOf(conditions)}
    ORDER BY x.metric_timestamp_ms DESC, x.metric_step DESC, x.run_id LIMIT 1)`;
}

function toModel(row: SqlValue[], source: string): BareModel {
  const [id, experimentId, name, artifactLocation, createdAt, updatedAt, status, stage, modelType, sourceRunId, message] = row;
  return {
    source,
    nativeId: id as string,
    experimentId: experimentId as string,
    name: name as string,
    artifactLocation: artifactLocation as string,
    createdAt: Number(createdAt),
    updatedAt: Number(updatedAt),
    status: modelStatuses[Number(status)] ?? 'UNSPECIFIED',
    isDeleted: stage === 'deleted',
    modelType: modelType as string | null,
    sourceRunId: sourceRunId as string | null,
    statusMessage: message as string | null,
  };
}
