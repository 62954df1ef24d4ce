import { raw, sql, type Sql } from '../engine/sql.js';
import type { HomeLayout } from './home-layout.js';
import type { KeptSelects } from './kept-runs.sql.js';

/**
 * DashAI's tables as MLflow's: views and temporary tables of our own connection, of which its file knows nothing. With them a DashAI
 * run is a run like any other: filters, orders, groups, series and sampling need no second implementation.
 *
 * | MLflow        | DashAI                                                                                              |
 * | ------------- | --------------------------------------------------------------------------------------------------- |
 * | experiment    | model session                                                                                       |
 * | param         | a parameter, or the fixed value of one that can be optimised                                        |
 * | metric        | `<split>/<name>`: the rows of its epochs; without any, of its steps; without those, the last value  |
 * | latest metric | the last value where there is one                                                                   |
 * | dataset input | the dataset of the model session                                                                    |
 */
export interface MlflowViews {
  readonly views: ReadonlyMap<string, Sql>;
  /** Rows of the runs in `changed_runs`, for the tables that are kept. */
  readonly kept: KeptSelects;
}

export function mlflowViews(home: HomeLayout, toMs: (column: Sql) => Sql): MlflowViews {
  const column = (table: string, name: string, alias: string) => raw(home.has(table, name) ? `${alias}.${name}` : 'NULL');
  const time = (table: string, name: string, alias: string) => (home.has(table, name) ? toMs(raw(`${alias}.${name}`)) : raw('NULL'));
  const tag = (owner: string, table: string, name: string, key: string, where = '1') =>
    sql`SELECT ${raw(owner)}, '${raw(key)}' AS key, CAST(${column(table, name, 'x')} AS TEXT) AS value FROM ${raw(table)} x
      WHERE ${raw(where)} AND COALESCE(${column(table, name, 'x')}, '') <> ''`;
  const ofRun = (name: string, key: string) => tag('CAST(x.id AS TEXT) AS run_uuid', 'run', name, key, `x.id IN ${changed}`);
  const ofSession = (name: string, key: string) => tag('x.id AS experiment_id', 'model_session', name, key);

  const views: Record<string, Sql> = {
    experiments: sql`SELECT s.id AS experiment_id, s.name, NULL AS artifact_location, 'active' AS lifecycle_stage,
      ${time('model_session', 'created', 's')} AS creation_time, ${time('model_session', 'last_modified', 's')} AS last_update_time
      FROM model_session s`,
    experiment_tags: sql`${ofSession('task_name', 'dashai.task_name')} UNION ALL ${ofSession('evaluation_strategy', 'dashai.evaluation_strategy')}`,
    // `run_id` and `level` are for our own questions: the first can use DashAI's index.
    metrics: sql`SELECT m.id AS rowid, m.run_id, m.level, c.run_uuid, c.key, ${storedValue}, ${toMs(raw('m.timestamp'))} AS timestamp, m.step
      FROM metric m JOIN curves c ON c.run_id = m.run_id AND c.split = m.split AND c.level = m.level AND c.name = m.name`,
    // One table and no join: SQLite looks a run's row up in it then, also to the right of a LEFT JOIN.
    latest_metrics: sql`SELECT c.run_uuid, c.key, ${latest(raw('COALESCE(m.value, 0.0)'))} AS value, ${latest(raw('m.value IS NULL'))} AS is_nan,
      ${latest(toMs(raw('m.timestamp')))} AS timestamp, ${latest(raw('m.step'))} AS step FROM curves c`,
    datasets: sql`SELECT CAST(d.id AS TEXT) AS dataset_uuid, d.name, '' AS digest, 'dashai' AS dataset_source_type,
      COALESCE(${column('dataset', 'file_path', 'd')}, '') AS dataset_source, NULL AS dataset_schema, NULL AS dataset_profile FROM dataset d`,
    inputs: sql`SELECT r.run_uuid AS input_uuid, 'DATASET' AS source_type, CAST(s.dataset_id AS TEXT) AS source_id,
      'RUN' AS destination_type, r.run_uuid AS destination_id FROM runs r JOIN model_session s ON s.id = r.experiment_id`,
    ...emptyViews,
    ...(home.has('alembic_version') ? {} : { alembic_version: noRows('version_num') }),
  };
  const runs = sql`SELECT CAST(r.id AS TEXT), r.name, NULL, CASE r.status ${statuses} ELSE r.status END,
    ${time('run', 'start_time', 'r')}, ${time('run', 'end_time', 'r')}, 'active', NULL, r.model_session_id, NULL FROM run r WHERE r.id IN ${raw(changed)}`;
  const params = sql`SELECT CAST(r.id AS TEXT), p.key, ${parameterText}
    FROM (SELECT id, ${readableJson(raw('parameters'))} AS parameters FROM run WHERE id IN ${raw(changed)}) r, json_each(r.parameters) p`;
  const tags = sql`${ofRun('description', 'mlflow.note.content')} UNION ALL ${ofRun('model_name', 'dashai.model_name')}
    UNION ALL ${ofRun('optimizer_name', 'dashai.optimizer_name')} UNION ALL ${ofRun('goal_metric', 'dashai.goal_metric')}`;
  return { views: new Map(Object.entries(views)), kept: { runs: runs.text, params: params.text, tags: tags.text } };
}

const changed = '(SELECT id FROM changed_runs)';
const latest = (value: Sql): Sql => sql`(SELECT ${value} FROM metric m WHERE m.id = c.latest_id)`;

const noRows = (...columns: string[]): Sql => raw(`SELECT ${columns.map((column) => `NULL AS ${column}`).join(', ')} WHERE 0`);

// DashAI has no model registry and no traces.
const emptyViews: Readonly<Record<string, Sql>> = {
  input_tags: noRows('input_uuid', 'name', 'value'),
  registered_models: noRows('name', 'creation_time', 'last_updated_time', 'description'),
  registered_model_tags: noRows('name', 'key', 'value'),
  registered_model_aliases: noRows('alias', 'version', 'name'),
  model_versions: noRows(
    ...['name', 'version', 'creation_time', 'last_updated_time', 'description', 'user_id', 'current_stage', 'source', 'run_id'],
    ...['status', 'status_message', 'run_link', 'storage_location'],
  ),
  model_version_tags: noRows('name', 'version', 'key', 'value'),
  trace_info: noRows('request_id', 'experiment_id', 'timestamp_ms', 'execution_time_ms', 'status'),
  trace_tags: noRows('request_id', 'key', 'value'),
  trace_request_metadata: noRows('request_id', 'key', 'value'),
};

/** FINISHED has the same name in both. A member of DashAI's that is not known here stays as it is. */
const statuses = raw(
  "WHEN 'NOT_STARTED' THEN 'SCHEDULED' WHEN 'DELIVERED' THEN 'SCHEDULED' WHEN 'STARTED' THEN 'RUNNING' WHEN 'ERROR' THEN 'FAILED'",
);

/** SQLite keeps NaN as NULL. */
const storedValue = raw('COALESCE(m.value, 0.0) AS value, m.value IS NULL AS is_nan');

/**
 * JSON as Python writes it, which has NaN and Infinity, as JSON that SQLite reads without losing them: as texts. Where that is
 * none (such a word stands within a text, too) it is read as JSON5, in which NaN is null.
 */
function readableJson(text: Sql): Sql {
  let quoted = text;
  for (const word of ['NaN', 'Infinity', '-Infinity']) {
    for (const end of [',', '}']) quoted = sql`replace(${quoted}, ': ${raw(word)}${raw(end)}', ': "${raw(word)}"${raw(end)}')`;
  }
  return sql`CASE WHEN json_valid(${quoted}) AND json_type(${quoted}) = 'object' THEN ${quoted}
    WHEN json_valid(${text}, 2) AND json_type(${text}) = 'object' THEN ${text} ELSE '{}' END`;
}

/** A text as it is, everything else as the JSON that was written; of a parameter that can be optimised the value it has. */
const parameterText = raw(`CASE
  WHEN p.type = 'text' THEN p.value
  WHEN p.type = 'object' AND json_type(p.value, '$.optimize') IS NOT NULL THEN
    CASE json_type(p.value, '$.fixed_value') WHEN 'text' THEN p.value ->> '$.fixed_value' ELSE COALESCE(p.value -> '$.fixed_value', p.value) END
  WHEN p.type IN ('object', 'array') THEN p.value
  ELSE r.parameters -> p.fullkey END`);
