import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Libsql from 'libsql';

import { toStoredValue } from '../../src/core/metric-value.js';
import { readMigrations } from '../../src/stores/engine/migrations.js';
import { readAddress } from '../../src/stores/engine/mysql/address.js';
import { mysqlDatabase } from '../../src/stores/engine/mysql/connection.js';
import { mysqlDialect } from '../../src/stores/engine/mysql/dialect.js';
import * as mysql from '../../src/stores/engine/mysql/pool.js';
import { postgresDatabase } from '../../src/stores/engine/postgres/connection.js';
import { postgresDialect } from '../../src/stores/engine/postgres/dialect.js';
import { migratePostgres } from '../../src/stores/engine/postgres/migrate.js';
import * as postgres from '../../src/stores/engine/postgres/pool.js';
import { raw, sql, type Database } from '../../src/stores/engine/sql.js';
import { SqliteConnection } from '../../src/stores/engine/sqlite/connection.js';
import { sqliteDialect } from '../../src/stores/engine/sqlite/dialect.js';
import { migrateSqlite } from '../../src/stores/engine/sqlite/migrate.js';
import { openWriter } from '../../src/stores/engine/sqlite/open.js';
import { readLayout, type MlflowDatabase } from '../../src/stores/mlflow/layout.js';
import { logMetrics } from '../../src/stores/mlflow/metrics/metric-writes.js';
import { createServerDatabase, networkedEngines, type NetworkedEngine, type ServerDatabase } from './database-servers.js';
import { createMlflowTables } from './mlflow-copies.js';

/** A database on disk, opened on this thread for reading and writing. */
export interface TestDatabase extends MlflowDatabase {
  readonly db: SqliteConnection;
  readonly path: string;
  close(): void;
}

/** A database of any engine, on one connection. */
export interface AnyTestDatabase extends MlflowDatabase {
  /** Runs a statement that binds nothing. */
  exec(text: string): Promise<void>;
  close(): void | Promise<void>;
}

/** Columns of one row of `runs` and what hangs on it, as a client of MLflow would have left them. */
export interface RunRow {
  readonly id: string;
  readonly experimentId: number | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly deleted: boolean;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly user: string | null;
  readonly artifactUri: string | null;
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string | null>;
  /** Points in the order they were logged. */
  readonly metrics: ReadonlyMap<string, readonly Point[]>;
  readonly inputs: readonly { readonly name: string; readonly digest: string; readonly context: string | null }[];
}

export interface Point {
  readonly step: bigint;
  readonly timestamp: bigint;
  readonly value: number;
}

/** A run of which nothing is known but its id. */
export const bareRun = (id: string): RunRow => ({
  id,
  experimentId: 1,
  name: id,
  status: 'RUNNING',
  deleted: false,
  startTime: null,
  endTime: null,
  user: null,
  artifactUri: null,
  params: new Map(),
  tags: new Map(),
  metrics: new Map(),
  inputs: [],
});

/** The layouts in which the same rows can be stored: RunGraph's own, and MLflow's alone. */
export const layouts = ['own', 'foreign'] as const;
export type LayoutName = (typeof layouts)[number];
export type Engine = 'sqlite' | NetworkedEngine;

const migrations = readMigrations('mlflow', 'sqlite');
const mlflowTables = new URL('../fixtures/mlflow/ddl/4465047574b1.sqlite.sql', import.meta.url);

/** An empty database with experiments of the given names, which get the ids 1, 2, … */
export async function openTestDatabase(
  layout: LayoutName,
  source: string,
  experiments: readonly string[] = ['Default'],
): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-store-'));
  const path = join(folder, 'mlflow.db');
  if (layout === 'own') migrateSqlite(path, migrations);
  const db = new SqliteConnection(layout === 'own' ? openWriter(path, 'normal') : new Libsql(path).defaultSafeIntegers(true));
  if (layout === 'foreign') db.exec(readFileSync(mlflowTables, 'utf8'));
  await insertExperiments(db, experiments);
  const close = () => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { db, dialect: sqliteDialect, layout: await readLayout(db, sqliteDialect), source, path, close };
}

/** Layouts and engines that this machine has. RunGraph's own layout is never on MySQL. */
export const storesOfEveryEngine: readonly { readonly layout: LayoutName; readonly engine: Engine }[] = [
  { layout: 'own', engine: 'sqlite' },
  { layout: 'foreign', engine: 'sqlite' },
  ...networkedEngines.flatMap((engine) =>
    layouts.filter((layout) => layout === 'foreign' || engine === 'postgres').map((layout) => ({ layout, engine })),
  ),
];

/** As `openTestDatabase`, on any engine. */
export async function openAnyTestDatabase(
  { layout, engine }: { layout: LayoutName; engine: Engine },
  source: string,
  experiments: readonly string[],
): Promise<AnyTestDatabase> {
  if (engine === 'sqlite') {
    const { close, ...database } = await openTestDatabase(layout, source, experiments);
    return { ...database, exec: async (text) => database.db.exec(text), close };
  }
  const place = layout === 'own' ? await createServerDatabase(engine) : await createMlflowTables(engine, '4465047574b1');
  if (layout === 'own') await migratePostgres(place.url, readMigrations('mlflow', 'postgresql'), place.name);
  // MariaDB's default collation takes names of datasets for the same that differ in case; MLflow could not have written both.
  if (engine === 'mysql') await place.execute('ALTER TABLE datasets DROP PRIMARY KEY');
  const { db, dialect, end } = await openNetworked(place);
  await insertExperiments(db, experiments);
  return {
    db,
    dialect,
    layout: await readLayout(db, dialect),
    source,
    exec: async (text) => {
      await db.run(raw(text));
    },
    async close() {
      await end();
      await place.drop();
    },
  };
}

/** One connection, so that a transaction can be held open. */
async function openNetworked({ engine, url }: ServerDatabase): Promise<Pick<MlflowDatabase, 'db' | 'dialect'> & { end(): Promise<void> }> {
  const options = { max: 1, readOnly: false, connectTimeoutMs: 2_000, statementTimeoutMs: 60_000 };
  if (engine === 'postgres') {
    const pool = postgres.openPool({ ...options, url });
    return { db: postgresDatabase(pool), dialect: postgresDialect, end: () => pool.end() };
  }
  const pool = mysql.openPool({ ...options, address: readAddress(url) });
  return { db: mysqlDatabase(() => pool, options.statementTimeoutMs), dialect: mysqlDialect, end: () => pool.end() };
}

async function insertExperiments(db: Database, names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    await db.run(sql`INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
      VALUES (${BigInt(index + 1)}, ${name}, ${`mlflow-artifacts:/${index + 1}`}, 'active', 0, 0)`);
  }
}

/** Shows what `look` sees of the database while it holds exactly these runs, then takes them away again. */
export async function whileHolding<T>(
  database: TestDatabase | AnyTestDatabase,
  runs: readonly RunRow[],
  look: () => Promise<T>,
): Promise<T> {
  await execute(database, 'BEGIN');
  try {
    await insertRuns(database, runs);
    return await look();
  } finally {
    await execute(database, 'ROLLBACK');
  }
}

const execute = async (database: TestDatabase | AnyTestDatabase, text: string): Promise<void> =>
  'exec' in database ? database.exec(text) : database.db.exec(text);

/** Inserts runs: metrics through the store's own writer, or as the rows MLflow writes. */
export async function insertRuns(database: MlflowDatabase, runs: readonly RunRow[]): Promise<void> {
  for (const run of runs) {
    const { db } = database;
    await db.run(sql`INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version,
        lifecycle_stage, artifact_uri, experiment_id)
      VALUES (${run.id}, ${run.name}, 'UNKNOWN', '', '', ${run.user}, ${run.status}, ${run.startTime}, ${run.endTime}, '',
        'active', ${run.artifactUri}, ${run.experimentId})`);
    for (const [key, value] of run.params)
      await db.run(sql`INSERT INTO params (run_uuid, "key", value) VALUES (${run.id}, ${key}, ${value})`);
    for (const [key, value] of run.tags) await db.run(sql`INSERT INTO tags (run_uuid, "key", value) VALUES (${run.id}, ${key}, ${value})`);
    await (database.layout.own ? logPoints : insertPoints)(database, run);
    await insertInputs(database, run);
    if (run.deleted) await db.run(sql`UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = ${run.id}`);
  }
}

async function logPoints({ db, dialect }: MlflowDatabase, { id, metrics }: RunRow): Promise<void> {
  const series = [...metrics].map(([key, points]) => ({
    key,
    steps: BigInt64Array.from(points, ({ step }) => step),
    timestamps: BigInt64Array.from(points, ({ timestamp }) => timestamp),
    values: Float64Array.from(points, ({ value }) => value),
  }));
  if (series.length > 0) await logMetrics({ db, dialect, now: 0 }, { runId: id, series });
}

async function insertPoints({ db, dialect }: MlflowDatabase, { id, metrics }: RunRow): Promise<void> {
  for (const [key, points] of metrics) {
    for (const { step, timestamp, value } of distinctPoints(points)) {
      const stored = toStoredValue(value);
      await db.run(sql`INSERT INTO metrics ("key", value, timestamp, run_uuid, step, is_nan)
        VALUES (${key}, ${stored.value}, ${timestamp}, ${id}, ${step}, ${dialect.boolean(stored.isNan)})`);
    }
    const { step, timestamp, value } = latestOf(points);
    const stored = toStoredValue(value);
    await db.run(sql`INSERT INTO latest_metrics ("key", value, timestamp, step, is_nan, run_uuid)
      VALUES (${key}, ${stored.value}, ${timestamp}, ${step}, ${dialect.boolean(stored.isNan)}, ${id})`);
  }
}

/** MLflow's latest point: the larger step, then the later time, then the larger stored value; among equals the one logged first. */
export function latestOf(points: readonly Point[]): Point {
  return points.reduce((latest, point) => {
    if (point.step !== latest.step) return point.step > latest.step ? point : latest;
    if (point.timestamp !== latest.timestamp) return point.timestamp > latest.timestamp ? point : latest;
    return toStoredValue(point.value).value > toStoredValue(latest.value).value ? point : latest;
  });
}

/** The points MLflow's tables tell apart: of those with the same step, time and stored value only the first. */
export function distinctPoints(points: readonly Point[]): Point[] {
  const seen = new Set<string>();
  return points.filter(({ step, timestamp, value }) => {
    const stored = toStoredValue(value);
    const identity = [step, timestamp, stored.value, stored.isNan].join();
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

async function insertInputs({ db, dialect }: MlflowDatabase, { id, experimentId, inputs }: RunRow): Promise<void> {
  for (const [index, { name, digest, context }] of inputs.entries()) {
    const dataset = createHash('md5')
      .update(`${experimentId ?? 1}/${name}/${digest}`)
      .digest('hex');
    const input = `${id}/${index}`;
    const known = await db.all(sql`SELECT 1 FROM datasets d WHERE ${dialect.equals(sql`d.dataset_uuid`, dataset)}`);
    if (known.length === 0)
      await db.run(sql`INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source)
        VALUES (${dataset}, ${experimentId ?? 1}, ${name}, ${digest}, 'code', '{}')`);
    await db.run(sql`INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
      VALUES (${input}, 'DATASET', ${dataset}, 'RUN', ${id})`);
    if (context !== null)
      await db.run(sql`INSERT INTO input_tags (input_uuid, name, value) VALUES (${input}, 'mlflow.data.context', ${context})`);
    // What MLflow 3 keeps in the same table and is no dataset.
    await db.run(sql`INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
      VALUES (${`${input}-model`}, 'RUN_INPUT', ${id}, 'MODEL_INPUT', ${`m-${id}-${index}`})`);
  }
}
