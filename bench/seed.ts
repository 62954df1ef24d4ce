import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrations } from '../src/stores/engine/migrations.js';
import { SqliteConnection } from '../src/stores/engine/sqlite/connection.js';
import { sqliteDialect } from '../src/stores/engine/sqlite/dialect.js';
import { migrateSqlite } from '../src/stores/engine/sqlite/migrate.js';
import { openWriter } from '../src/stores/engine/sqlite/open.js';
import { initialise } from '../src/stores/mlflow/initialise.js';
import { logMetrics } from '../src/stores/mlflow/metrics/metric-writes.js';
import { createRun } from '../src/stores/mlflow/runs/run-writes.js';
import type { WriteContext } from '../src/stores/mlflow/writes.js';

/** When the first run began. */
export const seedTime = Date.UTC(2026, 0, 1);

/** Numbers that are the same in every run of the benchmark. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Fills the embedded store of a data folder: `runs` runs, each with 20 params, 20 metrics of `points` points, and 5 tags. */
export const seedRuns = (dataFolder: string, runs: number, points: number): Promise<void> =>
  inStore(dataFolder, (context) => writeRuns(context, runs, points));

/** Adds one run with one metric `curve` of `points` points, logged in batches of 1,000. @returns its native id */
export const seedCurve = (dataFolder: string, points: number): Promise<string> =>
  inStore(dataFolder, (context) => writeCurve(context, points));

/** What `seedRuns` writes, in a transaction of the caller's. */
export async function writeRuns(context: WriteContext, runs: number, points: number): Promise<void> {
  const random = seededRandom(1);
  for (let run = 0; run < runs; run++) {
    const params = Array.from({ length: 20 }, (_, index) => ({
      key: `param_${index}`,
      value: String(Math.floor(random() * 1000) / 1000),
    }));
    const tags = Array.from({ length: 3 }, (_, index) => ({ key: `tag_${index}`, value: `value ${run % (index + 2)}` }));
    const { runId } = await createRun(context, {
      experimentId: '0',
      name: `run ${run}`,
      params,
      tags,
      user: 'ann',
      startedAt: seedTime + run * 60_000,
    });
    const steps = BigInt64Array.from({ length: points }, (_, index) => BigInt(index));
    const timestamps = steps.map((step) => BigInt(seedTime + run * 60_000) + step);
    const series = Array.from({ length: 20 }, (_, index) => ({
      key: `metric_${index}`,
      values: Float64Array.from({ length: points }, random),
      steps,
      timestamps,
    }));
    await logMetrics(context, { runId, series });
  }
}

/** What `seedCurve` writes, in a transaction of the caller's. */
export async function writeCurve(context: WriteContext, points: number): Promise<string> {
  const { runId } = await createRun(context, { experimentId: '0', name: `curve of ${points}`, params: [], tags: [], startedAt: seedTime });
  for (let from = 0; from < points; from += 1000) {
    const length = Math.min(1000, points - from);
    const values = Float64Array.from({ length }, (_, index) => Math.sin((from + index) / 5000) + ((from + index) % 7) * 0.001);
    const steps = BigInt64Array.from({ length }, (_, index) => BigInt(from + index));
    await logMetrics(context, {
      runId,
      series: [{ key: 'curve', values, steps, timestamps: steps.map((step) => BigInt(seedTime) + step) }],
    });
  }
  return runId;
}

async function inStore<T>(dataFolder: string, work: (context: WriteContext) => Promise<T>): Promise<T> {
  mkdirSync(dataFolder, { recursive: true });
  const path = join(dataFolder, 'mlflow.db');
  migrateSqlite(path, readMigrations('mlflow', 'sqlite'));
  const connection = new SqliteConnection(openWriter(path, 'normal'));
  const context = { db: connection, dialect: sqliteDialect, now: seedTime };
  connection.exec('BEGIN IMMEDIATE');
  await initialise(context, null);
  const result = await work(context);
  connection.exec('COMMIT');
  connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  connection.close();
  return result;
}
