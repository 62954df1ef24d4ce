import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import mysql from 'mysql2/promise';
import pg from 'pg';

import { createDatabase, dropDatabase } from './postgres.js';

/** A point as MLflow stores it. */
export interface StoredPoint {
  readonly key: string;
  readonly step: number | bigint;
  readonly timestamp: number | bigint;
  readonly value: number;
  readonly isNan?: boolean;
}

/** A connection that writes MLflow's rows as another program does: nothing tells our server. */
export interface MlflowRows {
  createRun(runId: string, name?: string): Promise<void>;
  /** One transaction: the points and what MLflow keeps of the latest. */
  log(runId: string, points: readonly StoredPoint[]): Promise<void>;
  run(statement: string): Promise<void>;
  close(): Promise<void>;
}

/** An MLflow database of revision 4465047574b1 behind a server, with the experiment 0. */
export interface NetworkedMlflow extends MlflowRows {
  readonly url: string;
  /** For MLflow's client. */
  readonly mlflowUrl: string;
  /** Another connection. */
  another(): Promise<MlflowRows>;
  /** Cuts all connections to the database but this. */
  cutOthers(): Promise<void>;
  drop(): Promise<void>;
}

const ddl = (engine: 'pg' | 'mysql') => readFileSync(new URL(`../fixtures/mlflow/ddl/4465047574b1.${engine}.sql`, import.meta.url), 'utf8');
const firstRows = [
  `INSERT INTO experiments (experiment_id, name, lifecycle_stage) VALUES (0, 'Default', 'active')`,
  `INSERT INTO alembic_version (version_num) SELECT '4465047574b1' WHERE NOT EXISTS (SELECT 1 FROM alembic_version)`,
];

/** @param withTables false: an empty database, for MLflow's client to fill */
export async function createPostgresMlflow(withTables = true): Promise<NetworkedMlflow> {
  const url = await createDatabase();
  const rows = await writePostgres(url);
  if (withTables) for (const statement of [ddl('pg'), 'SET search_path TO public', ...firstRows]) await rows.run(statement);
  return {
    ...rows,
    url,
    mlflowUrl: url.replace('postgresql://', 'postgresql+psycopg2://'),
    another: () => writePostgres(url),
    cutOthers: () =>
      rows.run('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'),
    async drop() {
      await rows.close();
      await dropDatabase(url);
    },
  };
}

/** Writes MLflow's rows into a PostgreSQL database that has its tables. */
export async function writePostgres(url: string): Promise<MlflowRows> {
  const client = new pg.Client({ connectionString: url, application_name: 'another program' });
  client.on('error', () => undefined);
  await client.connect();
  return writerOf({
    run: async (statement) => void (await client.query(statement)),
    close: () => client.end(),
    isNan: (value) => (value ? 'TRUE' : 'FALSE'),
    key: 'key',
    upsert: `ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan`,
  });
}

const mysqlServer = { host: '127.0.0.1', port: 3306, user: 'root' };

/** Whether there is a MySQL or MariaDB server to test with. */
export const mysqlIsThere = (): Promise<boolean> =>
  mysql.createConnection({ ...mysqlServer, connectTimeout: 2_000 }).then(
    (connection) => connection.end().then(() => true),
    () => false,
  );

/** As `createPostgresMlflow`, on MySQL or MariaDB. */
export async function createMysqlMlflow(withTables = true): Promise<NetworkedMlflow> {
  const database = `rungraph_test_${randomBytes(6).toString('hex')}`;
  const admin = await mysql.createConnection({ ...mysqlServer, multipleStatements: true });
  await admin.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  await admin.query(`USE ${database}`);
  if (withTables) {
    await admin.query(`SET FOREIGN_KEY_CHECKS = 0; ${ddl('mysql')} SET FOREIGN_KEY_CHECKS = 1`);
    // In its old default mode 0 would be the next number.
    await admin.query(`SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')`);
    for (const statement of firstRows) await admin.query(statement);
  }
  const rows = await writeMysql(database);
  const url = `mysql://root@127.0.0.1:3306/${database}`;
  return {
    ...rows,
    url,
    mlflowUrl: url.replace('mysql://', 'mysql+pymysql://'),
    another: () => writeMysql(database),
    async cutOthers() {
      const [sessions] = await admin.query(
        `SELECT id FROM information_schema.processlist WHERE db = '${database}' AND id <> CONNECTION_ID() AND id <> ${rows.session}`,
      );
      for (const { id } of sessions as { id: number }[]) await admin.query(`KILL ${id}`).catch(() => undefined);
    },
    async drop() {
      await rows.close();
      await admin.query(`DROP DATABASE ${database}`);
      await admin.end();
    },
  };
}

async function writeMysql(database: string): Promise<MlflowRows & { session: number }> {
  const connection = await mysql.createConnection({ ...mysqlServer, database });
  connection.on('error', () => undefined);
  const rows = writerOf({
    run: async (statement) => void (await connection.query(statement)),
    close: () => connection.end(),
    isNan: (value) => (value ? '1' : '0'),
    key: '`key`',
    upsert: `ON DUPLICATE KEY UPDATE value = VALUES(value), timestamp = VALUES(timestamp), step = VALUES(step), is_nan = VALUES(is_nan)`,
  });
  return { ...rows, session: connection.threadId };
}

interface Engine extends Pick<MlflowRows, 'run' | 'close'> {
  isNan(value: boolean): string;
  readonly key: string;
  readonly upsert: string;
}

// What is written here is the test's own; keys are plain words.
function writerOf({ run, close, isNan, key, upsert }: Engine): MlflowRows {
  const insert = (table: string, runId: string, points: readonly StoredPoint[], after = '') => {
    const values = points.map((point) => {
      const { step, timestamp, value } = point;
      return `('${point.key}', ${value}, ${timestamp}, '${runId}', ${step}, ${isNan(point.isNan ?? false)})`;
    });
    return run(`INSERT INTO ${table} (${key}, value, timestamp, run_uuid, step, is_nan) VALUES ${values.join(', ')} ${after}`);
  };
  // Of each run and key, as MLflow would look it up.
  const latest = new Map<string, StoredPoint>();
  return {
    run,
    close,
    createRun: (runId, name = runId) =>
      run(
        `INSERT INTO runs (run_uuid, name, status, lifecycle_stage, experiment_id, start_time, source_type) VALUES ('${runId}', '${name}', 'RUNNING', 'active', 0, ${Date.now()}, 'LOCAL')`,
      ),
    async log(runId, points) {
      const changed = new Map<string, StoredPoint>();
      for (const point of points) {
        const before = latest.get(`${runId} ${point.key}`);
        if (before && !isLater(point, before)) continue;
        latest.set(`${runId} ${point.key}`, point);
        changed.set(point.key, point);
      }
      await run('BEGIN');
      await insert('metrics', runId, points);
      if (changed.size > 0) await insert('latest_metrics', runId, [...changed.values()], upsert);
      await run('COMMIT');
    },
  };
}

function isLater(a: StoredPoint, b: StoredPoint): boolean {
  if (a.step !== b.step) return a.step > b.step;
  return a.timestamp === b.timestamp ? a.value > b.value : a.timestamp > b.timestamp;
}
