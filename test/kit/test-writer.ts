import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readMigrations } from '../../src/stores/engine/migrations.js';
import { raw, sql, type Sql, type SqlValue } from '../../src/stores/engine/sql.js';
import { migrateSqlite } from '../../src/stores/engine/sqlite/migrate.js';
import { openReader } from '../../src/stores/engine/sqlite/open.js';
import { startWriter, type SqliteWriter } from '../../src/stores/engine/sqlite/writer.js';
import type { CreateRun, LoggedMetrics, LogMetrics } from '../../src/stores/run-writer.js';

/** A database of ours with the experiment 1, its writer thread, and a reader on this thread that sees what was committed. */
export interface TestWriter {
  readonly path: string;
  readonly writer: SqliteWriter;
  rows(statement: Sql): SqlValue[][];
  count(table: string): number;
  /** Answers the run's id. */
  createRun(input?: Partial<CreateRun>): Promise<string>;
  /** Logs the values of metric `loss` with the steps 0, 1, … */
  log(runId: string, values: readonly number[], more?: Partial<LogMetrics>): Promise<LoggedMetrics>;
  close(): Promise<void>;
}

const migrations = readMigrations('mlflow', 'sqlite');
const thread = new URL('../../src/stores/mlflow/sqlite-write.thread.ts', import.meta.url);

export async function openTestWriter(): Promise<TestWriter> {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-writer-'));
  const path = join(folder, 'mlflow.db');
  migrateSqlite(path, migrations);
  const reader = openReader(path);
  const writer = startWriter(thread, { path, durability: 'normal' });
  await writer.execute(sql`INSERT INTO experiments (experiment_id, name, lifecycle_stage) VALUES (1, 'Default', 'active')`);
  const rows = ({ text, values }: Sql) =>
    reader
      .prepare(text)
      .raw(true)
      .all([...values]) as SqlValue[][];
  return {
    path,
    writer,
    rows,
    count: (table) => Number(rows(sql`SELECT COUNT(*) FROM ${raw(table)}`)[0]![0]),
    createRun: async (input = {}) => {
      const { runId } = await writer.operation<{ runId: string }>('createRun', { experimentId: '1', tags: [], params: [], ...input });
      return runId;
    },
    log: (runId, values, more = {}) => {
      const steps = BigInt64Array.from(values, (_, index) => BigInt(index));
      const series = [{ key: 'loss', values: Float64Array.from(values), steps, timestamps: new BigInt64Array(values.length) }];
      return writer.operation('logMetrics', { runId, series, ...more });
    },
    async close() {
      await writer.close();
      reader.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
