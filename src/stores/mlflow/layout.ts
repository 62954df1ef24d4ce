import { randomUUID } from 'node:crypto';
import type { Database } from '../engine/sql.js';
import { sql } from '../engine/sql.js';
import type { Dialect } from '../engine/dialect.js';
import type { ArrivalMemory } from './following/arrival-memory.js';
import type { RowPositions } from './following/row-positions.js';
import type { KnownStatistics } from './statistics/known-statistics.js';

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
  /** Columns by table, for writes that copy rows whole, with columns that only a newer MLflow knows. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly traces: TraceLayout;
  /** Where tables are made of others: brings them up to date before they are asked. */
  refresh?(db: Database): Promise<void>;
  /** How its points are followed, where that is not a matter of the engine. */
  readonly positions?: RowPositions;
}

/** Where an MLflow-shaped database keeps traces and logged models. */
export interface TraceLayout {
  /** Columns of `trace_info`; newer revisions keep in columns what were tags and metadata. */
  readonly columns: ReadonlySet<string>;
  /** Columns of `inputs`, which say since 3.0 at which step a model was logged. */
  readonly inputColumns: ReadonlySet<string>;
  /** Since 3.2 there is a table of spans. */
  readonly spans: boolean;
  /** Since 3.2 traces can belong to runs they were not recorded in (`entity_associations`). */
  readonly links: boolean;
  /** Since 3.0 there are logged models. */
  readonly models: boolean;
  /** Whether our own tables for all of these are there. */
  readonly own: boolean;
}

/** A database with what store code needs to know of it. */
export interface MlflowDatabase {
  readonly db: Database;
  readonly dialect: Dialect;
  readonly layout: MlflowLayout;
  /** Name of the source this database is. */
  readonly source: string;
  /** What is remembered of its rows where they have no numbers and somebody follows it; absent: that is not asked. */
  readonly arrivals?: ArrivalMemory;
  /** Of an attached database: what need not be read out of its histories. */
  readonly statistics?: KnownStatistics;
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
export async function readLayout(db: Database, dialect: Dialect): Promise<MlflowLayout> {
  const rows = await db.all(dialect.columns);
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
    columns,
    traces: {
      columns: columns.get('trace_info')!,
      inputColumns: columns.get('inputs')!,
      spans: columns.has('spans'),
      links: columns.has('entity_associations'),
      models: columns.has('logged_models'),
      own: columns.has('rungraph_trace_spans'),
    },
  };
}
