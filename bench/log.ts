import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { samplePoints } from '../src/core/sampling.js';
import { readMigrations } from '../src/stores/engine/migrations.js';
import { SqliteConnection } from '../src/stores/engine/sqlite/connection.js';
import { sqliteDialect } from '../src/stores/engine/sqlite/dialect.js';
import { migrateSqlite } from '../src/stores/engine/sqlite/migrate.js';
import { openReader, openWriter } from '../src/stores/engine/sqlite/open.js';
import { sql } from '../src/stores/engine/sql.js';
import { initialise } from '../src/stores/mlflow/initialise.js';
import { readLayout } from '../src/stores/mlflow/layout.js';
import { compactLog } from '../src/stores/mlflow/metric-log/log-compaction.js';
import { logMetrics } from '../src/stores/mlflow/metrics/metric-writes.js';
import { createRun } from '../src/stores/mlflow/runs/run-writes.js';
import { readSeries } from '../src/stores/mlflow/metrics/series.sql.js';
import type { WriteContext } from '../src/stores/mlflow/writes.js';
import { medianMs } from './load.js';
import { ratio, report } from './report.js';
import { seededRandom } from './seed.js';

const start = Date.UTC(2026, 0, 1);

/** What the append log costs on disk and how fast it is read, before and after its entries were merged. */
export async function benchLog(folder: string): Promise<void> {
  for (const { points, perRequest, keys } of [
    { points: 1_000_000, perRequest: 1, keys: 1 },
    { points: 1_000_000, perRequest: 1_000, keys: 1 },
    { points: 1_000_000, perRequest: 1_000, keys: 100 },
  ]) {
    const title = `${perRequest} point${perRequest > 1 ? 's' : ''} a request, ${keys} metric${keys > 1 ? 's' : ''}`;
    const store = await openStore(join(folder, `log-${perRequest}-${keys}`));
    const runId = await fill(store, points, perRequest, keys);
    report(`${title}: MLflow's rows, bytes a point`, (bytesOf(store, mlflowTables) / points).toFixed(1));
    await measure(store, runId, points, `${title}, as appended`);
    const merges = (await mergeAll(store, runId)).sort((a, b) => a - b);
    const [median, longest] = [merges[Math.floor(merges.length / 2)]!, merges.at(-1)!];
    report(`  ${title}: ${merges.length} merges, ms each`, `${median.toFixed(1)}, longest ${longest.toFixed(1)}`, 'bar: 10');
    await measure(store, runId, points, `${title}, merged`);
    store.connection.close();
  }
}

interface Store {
  readonly path: string;
  readonly connection: SqliteConnection;
  readonly context: WriteContext;
}

async function openStore(dataFolder: string): Promise<Store> {
  mkdirSync(dataFolder, { recursive: true });
  const path = join(dataFolder, 'mlflow.db');
  migrateSqlite(path, readMigrations('mlflow', 'sqlite'));
  const connection = new SqliteConnection(openWriter(path, 'normal'));
  const context = { db: connection, dialect: sqliteDialect, now: start };
  await initialise(context, null);
  return { path, connection, context };
}

/** Logs one run: every metric gets a value at each step, `perRequest` points at a time. */
async function fill({ connection, context }: Store, points: number, perRequest: number, keys: number): Promise<string> {
  const random = seededRandom(1);
  const { runId } = await createRun(context, { experimentId: '0', name: 'curve', params: [], tags: [], startedAt: start });
  const perKey = perRequest / keys;
  connection.exec('BEGIN');
  for (let request = 0; request * perRequest < points; request++) {
    const steps = BigInt64Array.from({ length: perKey }, (_, index) => BigInt(request * perKey + index));
    const timestamps = steps.map((step) => BigInt(start) + step);
    const series = Array.from({ length: keys }, (_, key) => ({
      ...{ key: `metric_${key}`, steps, timestamps },
      values: Float64Array.from({ length: perKey }, random),
    }));
    await logMetrics(context, { runId, series });
  }
  connection.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  return runId;
}

const mlflowTables = ['metrics', 'sqlite_autoindex_metrics_1', 'index_metrics_run_uuid'];
const logTables = ['rungraph_metric_log', 'sqlite_autoindex_rungraph_metric_log_1'];

function bytesOf({ connection }: Store, tables: readonly string[]): number {
  const rows = connection.query(sql`SELECT SUM(pgsize) FROM dbstat WHERE name IN ${sqliteDialect.texts(tables)}`).rows;
  return Number(rows[0]![0]);
}

async function measure(store: Store, runId: string, points: number, title: string): Promise<void> {
  report(`  ${title}: log, bytes a point`, (bytesOf(store, logTables) / points).toFixed(1));
  const reader = new SqliteConnection(openReader(store.path));
  const database = { db: reader, dialect: sqliteDialect, layout: await readLayout(reader, sqliteDialect), source: 'local' };
  const query = { runId, keys: ['metric_0'], sampling: 'MIN_MAX' as const, maxPoints: 1_000 };
  const ours = await medianMs(5, () => readSeries(database, query));
  const rows = await medianMs(3, () => Promise.resolve(sampleRows(reader, runId)));
  report(
    `  ${title}: one metric to 1,000 points, ms`,
    ours.toFixed(1),
    `rows by the driver: ${rows.toFixed(0)} ms, ${ratio(rows, ours)} as long`,
  );
  reader.close();
}

/** The same answer from MLflow's rows, by the driver alone. */
function sampleRows({ handle }: SqliteConnection, runId: string): unknown {
  const rows = handle
    .prepare(`SELECT step, timestamp, value FROM metrics WHERE run_uuid = ? AND key = 'metric_0' ORDER BY step`)
    .raw(true)
    .all([runId]) as [bigint, bigint, number][];
  const columns = {
    steps: BigInt64Array.from(rows, ([step]) => step),
    timestamps: BigInt64Array.from(rows, ([, timestamp]) => timestamp),
    values: Float64Array.from(rows, ([, , value]) => value),
  };
  return samplePoints(columns, 'MIN_MAX', 1_000);
}

/** Merges until nothing is worth it. @returns how long each transaction took, in ms */
async function mergeAll({ connection, context }: Store, runId: string): Promise<number[]> {
  const taken: number[] = [];
  for (let from: bigint | null = 0n; from !== null;) {
    const began = performance.now();
    connection.exec('BEGIN IMMEDIATE');
    from = (await compactLog(context, { runId, from })).next;
    connection.exec('COMMIT');
    taken.push(performance.now() - began);
  }
  connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return taken;
}
