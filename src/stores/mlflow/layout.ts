import { randomUUID } from 'node:crypto';
import type { Database } from '../engine/sql.js';
import { raw, sql } from '../engine/sql.js';
import type { Dialect } from '../engine/dialect.js';

/**
 * What an MLflow-shaped database looks like. Found by looking at tables and columns, never at a version:
 * a newer MLflow that merely opens a database migrates it, also under a running server.
 */
export interface MlflowLayout {
  /** Another one whenever the file was opened anew or its schema changed: what was remembered of the connection means nothing then. */
  readonly connection: string;
  /** alembic's revision, for people to read; nothing depends on it. */
  readonly revision: string | null;
  /** Since 3.10 experiments and registered models belong to a workspace; only `default` is read. */
  readonly workspaces: boolean;
  /** Whether the database is RunGraph's own: it then has the append log and the metric statistics. */
  readonly own: boolean;
}

/** A database with what store code needs to know of it. */
export interface MlflowDatabase {
  readonly db: Database;
  readonly dialect: Dialect;
  readonly layout: MlflowLayout;
  /** Name of the source this database is. */
  readonly source: string;
}

/** The database is not one this server can read. */
export class IncompatibleDatabase extends Error {
  override readonly name = 'IncompatibleDatabase';
}

// What revision 4465047574b1 (MLflow 2.15) has; older ones lack some of it.
const required: Readonly<Record<string, readonly string[]>> = {
  experiments: ['experiment_id', 'name', 'artifact_location', 'lifecycle_stage', 'creation_time', 'last_update_time'],
  runs: [
    'run_uuid',
    'name',
    'user_id',
    'status',
    'start_time',
    'end_time',
    'lifecycle_stage',
    'artifact_uri',
    'experiment_id',
    'deleted_time',
  ],
  metrics: ['key', 'value', 'timestamp', 'run_uuid', 'step', 'is_nan'],
  latest_metrics: ['key', 'value', 'timestamp', 'step', 'is_nan', 'run_uuid'],
  params: ['key', 'value', 'run_uuid'],
  tags: ['key', 'value', 'run_uuid'],
  datasets: ['dataset_uuid', 'name', 'digest', 'dataset_source_type', 'dataset_source', 'dataset_schema', 'dataset_profile'],
  inputs: ['input_uuid', 'source_type', 'source_id', 'destination_type', 'destination_id'],
  input_tags: ['input_uuid', 'name', 'value'],
  registered_models: ['name', 'creation_time', 'last_updated_time', 'description'],
  registered_model_aliases: ['alias', 'version', 'name'],
  model_versions: ['name', 'version', 'current_stage', 'source', 'run_id', 'status', 'run_link', 'storage_location'],
  trace_info: ['request_id'],
  trace_request_metadata: ['request_id'],
};

/**
 * Looks at a database.
 * @throws IncompatibleDatabase when it is no MLflow database, or one older than MLflow 2.15
 */
export async function readLayout(db: Database): Promise<MlflowLayout> {
  const rows = await db.all(
    raw(`/* mlflow.layout */ SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'`),
  );
  const columns = new Map<string, Set<string>>();
  for (const [table, column] of rows as [string, string][]) {
    if (!columns.has(table)) columns.set(table, new Set());
    columns.get(table)!.add(column);
  }
  if (!columns.has('runs') || !columns.has('experiments') || !columns.has('alembic_version')) {
    throw new IncompatibleDatabase('This is not an MLflow database: it has no tables runs, experiments and alembic_version.');
  }
  for (const [table, names] of Object.entries(required)) {
    const missing = names.find((name) => !columns.get(table)?.has(name));
    if (missing === undefined) continue;
    throw new IncompatibleDatabase(`The database is older than MLflow 2.15 (no ${table}.${missing}); run "mlflow db upgrade" on it.`);
  }
  const revisions = await db.all(sql`/* mlflow.revision */ SELECT version_num FROM alembic_version`);
  return {
    connection: randomUUID(),
    revision: (revisions[0]?.[0] as string | undefined) ?? null,
    workspaces: columns.get('experiments')!.has('workspace'),
    own: columns.has('rungraph_metric_log'),
  };
}
