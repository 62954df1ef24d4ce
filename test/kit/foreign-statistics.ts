import type { Clock } from '../../src/core/clock.js';
import { toStoredValue } from '../../src/core/metric-value.js';
import { sql, type SqlValue, type Statement } from '../../src/stores/engine/sql.js';
import { SqliteConnection } from '../../src/stores/engine/sqlite/connection.js';
import { sqliteDialect } from '../../src/stores/engine/sqlite/dialect.js';
import { openForeign } from '../../src/stores/engine/sqlite/open.js';
import { createForeignRunStore } from '../../src/stores/mlflow/runs/foreign-run-store.js';
import { createForeignStatistics } from '../../src/stores/mlflow/statistics/foreign-statistics.js';
import { readLayout, type MlflowDatabase } from '../../src/stores/mlflow/layout.js';
import { createMlflowRunStore } from '../../src/stores/mlflow/mlflow-store.js';
import { reads, type MlflowReader } from '../../src/stores/mlflow/reads.js';
import { writes, type MlflowWriter } from '../../src/stores/mlflow/writes.js';
import type { RunStore } from '../../src/stores/run-store.js';
import { openTestDatabase, type Point, type TestDatabase } from './mlflow-database.js';

/** An attached database and ours on this thread; the attached one is read on a connection of its own, as in a server. */
export interface TestAttachment {
  /** To write to the attached database as MLflow does. */
  readonly foreign: TestDatabase;
  readonly own: TestDatabase;
  /** Answers with statistics. */
  readonly store: () => RunStore;
  /** Answers without. */
  readonly plain: () => RunStore;
  /** Texts of the statements the attached database was sent since this was last asked. */
  statements(): string[];
  /** Milliseconds that pass for the server. */
  wait(ms: number): void;
  /** A server that starts with what the one before left in our database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openTestAttachment(experiments?: readonly string[]): Promise<TestAttachment> {
  const foreign = await openTestDatabase('foreign', 'a', experiments);
  const own = await openTestDatabase('own', 'local');
  for (const { db } of [foreign, own]) db.exec('PRAGMA synchronous = OFF'); // nobody cuts the power
  let now = 0;
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const sent: string[] = [];
  let opened = await open();

  async function open() {
    const connection = new SqliteConnection(openForeign(foreign.path));
    const db = {
      all: (statement: Statement): Promise<SqlValue[][]> => (sent.push(statement.text), connection.all(statement)),
      run: (statement: Statement) => connection.run(statement),
    };
    const reader = readerOf({ db, dialect: sqliteDialect, layout: await readLayout(connection, sqliteDialect), source: 'a' });
    const statistics = createForeignStatistics({
      name: 'a',
      location: 'sqlite:///a.db',
      foreign: reader,
      own: { ...readerOf(own), ...writerOf(own) },
      clock,
      log: { warn: (said: unknown) => Promise.reject(said) } as never,
    });
    return { connection, statistics, store: createForeignRunStore(reader, statistics), plain: createMlflowRunStore(reader) };
  }

  async function closeServer(): Promise<void> {
    await opened.statistics.close();
    opened.connection.close();
  }

  return {
    foreign,
    own,
    store: () => opened.store,
    plain: () => opened.plain,
    statements: () => sent.splice(0).map((text) => /\w+\.\w+/.exec(text)?.[0] ?? text),
    wait: (ms) => void (now += ms),
    async restart() {
      await closeServer();
      opened = await open();
    },
    async close() {
      await closeServer();
      foreign.close();
      own.close();
    },
  };
}

const readerOf = (database: MlflowDatabase): MlflowReader => ({
  read: (name, input) => (reads[name] as (database: MlflowDatabase, input: unknown) => Promise<never>)(database, input),
});

const writerOf = ({ db, dialect }: TestDatabase): MlflowWriter => ({
  async write(name, input) {
    const write = writes[name] as (context: object, input: unknown) => Promise<never>;
    db.exec('BEGIN');
    try {
      const result = await write({ db, dialect, now: 0 }, input);
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  },
});

/** Adds points to a run that is there, as MLflow does. */
export async function addPoints({ db }: TestDatabase, runId: string, key: string, points: readonly Point[]): Promise<void> {
  for (const { step, timestamp, value } of points) {
    const stored = toStoredValue(value);
    await db.run(sql`INSERT OR IGNORE INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
      SELECT ${key}, ${stored.value}, ${timestamp}, ${runId}, ${step}, ${Number(stored.isNan)} WHERE EXISTS (SELECT 1 FROM runs WHERE run_uuid = ${runId})`);
  }
  await db.run(sql`DELETE FROM latest_metrics WHERE run_uuid = ${runId} AND key = ${key}`);
  await db.run(sql`INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
    SELECT key, value, timestamp, step, is_nan, run_uuid FROM metrics WHERE run_uuid = ${runId} AND key = ${key}
    ORDER BY step DESC, timestamp DESC, value DESC LIMIT 1`);
}

/** What `mlflow gc` does to a run. */
export async function removeRun({ db }: TestDatabase, runId: string): Promise<void> {
  for (const table of ['metrics', 'latest_metrics', 'params', 'tags', 'runs'])
    await db.run({ text: `DELETE FROM ${table} WHERE run_uuid = ?`, values: [runId] });
}
