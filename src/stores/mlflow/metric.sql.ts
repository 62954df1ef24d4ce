import type { KeyedColumns } from '../../core/metric-columns.js';
import { toStoredValue } from '../../core/metric-value.js';
import { join, raw, sql, type Database, type SqlValue } from '../engine/sql.js';
import type { Dialect } from '../engine/dialect.js';
import type { MetricStats } from './metric-stats.js';
import { negativeZeroBits } from './run-parts.sql.js';

// Few statement texts stay prepared, and no statement comes near SQLite's limit of bound values.
const rowsPerInsert = 100;

/** One row of `metrics`: (key, value, timestamp, run, step, is_nan), which together are its identity. */
type MetricRow = [key: string, value: number, timestamp: bigint, runId: string, step: bigint, isNan: number];

/**
 * Inserts the points that are not there yet.
 * @returns per series which points were new; null where all of them were
 */
export async function insertMetrics(db: Database, runId: string, series: readonly KeyedColumns[]): Promise<(Uint32Array | null)[]> {
  const rows = series.flatMap((columns) => toRows(runId, columns));
  const isNew = new Uint8Array(rows.length);
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await insertChunk(db, rows.slice(start, start + rowsPerInsert), isNew.subarray(start));
  }
  let end = 0;
  return series.map(({ values }) => {
    const marks = isNew.subarray(end, (end += values.length));
    return marks.includes(0) ? Uint32Array.from(marks.keys()).filter((position) => marks[position] === 1) : null;
  });
}

/** Inserts rows and marks those that were new. The engine only counts, so a chunk with repeats is done again row by row. */
async function insertChunk(db: Database, rows: readonly MetricRow[], isNew: Uint8Array): Promise<void> {
  await db.run(raw('SAVEPOINT chunk'));
  if ((await insertRows(db, rows)) === rows.length) isNew.fill(1, 0, rows.length);
  else {
    await db.run(raw('ROLLBACK TO chunk'));
    for (const [position, row] of rows.entries()) isNew[position] = await insertRows(db, [row]);
  }
  await db.run(raw('RELEASE chunk'));
}

async function insertRows(db: Database, rows: readonly MetricRow[]): Promise<number> {
  const text = `/* mlflow.insertMetrics */ INSERT OR IGNORE INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ${placeholders(rows.length)}`;
  return db.run({ text, values: rows.flat() });
}

const placeholders = (rows: number): string => `${'(?,?,?,?,?,?),'.repeat(rows - 1)}(?,?,?,?,?,?)`;

function toRows(runId: string, { key, steps, timestamps, values }: KeyedColumns): MetricRow[] {
  return Array.from(values, (exact, index): MetricRow => {
    const { value, isNan } = toStoredValue(exact);
    return [key, value, timestamps[index]!, runId, steps[index]!, Number(isNan)];
  });
}

export type KeyedStats = MetricStats & { readonly key: string };

/** What is kept of the run's metrics with these keys. */
export async function readStats(db: Database, dialect: Dialect, runId: string, keys: readonly string[]): Promise<Map<string, KeyedStats>> {
  const rows = await db.all(sql`/* mlflow.readStats */
    SELECT key, count, last, last_step, last_timestamp, min, max, min_step, max_step, non_finite, negative_zeros
    FROM rungraph_metric_stats WHERE run_uuid = ${runId} AND key IN ${dialect.texts(keys)}`);
  return new Map(rows.map((row) => [row[0] as string, toStats(row)]));
}

function toStats([key, count, last, lastStep, lastTimestamp, min, max, minStep, maxStep, nonFinite, zeros]: SqlValue[]): KeyedStats {
  const signed = (value: SqlValue | undefined, bit: number) => (value === null ? null : Number(zeros) & bit ? -0 : (value as number));
  return {
    key: key as string,
    count: Number(count),
    last: signed(last, negativeZeroBits.last) ?? NaN,
    lastStep: lastStep as bigint,
    lastTimestamp: lastTimestamp as bigint,
    min: signed(min, negativeZeroBits.min),
    max: signed(max, negativeZeroBits.max),
    minStep: minStep as bigint | null,
    maxStep: maxStep as bigint | null,
    nonFinite: Number(nonFinite),
  };
}

export async function writeStats(db: Database, runId: string, all: readonly KeyedStats[]): Promise<void> {
  for (let start = 0; start < all.length; start += rowsPerInsert) {
    const rows = all.slice(start, start + rowsPerInsert).map((stats) => {
      const { key, count, last, lastStep, lastTimestamp, min, max, minStep, maxStep, nonFinite } = stats;
      const stored = Number.isNaN(last) ? null : last;
      return sql`(${runId}, ${key}, ${count}, ${stored}, ${lastStep}, ${lastTimestamp}, ${min}, ${max}, ${minStep}, ${maxStep}, ${nonFinite}, ${negativeZeros(stats)})`;
    });
    await db.run(sql`/* mlflow.writeStats */
      INSERT INTO rungraph_metric_stats (run_uuid, key, count, last, last_step, last_timestamp, min, max, min_step, max_step, non_finite, negative_zeros)
      VALUES ${join(rows)}
      ON CONFLICT (run_uuid, key) DO UPDATE SET count = excluded.count, last = excluded.last, last_step = excluded.last_step,
        last_timestamp = excluded.last_timestamp, min = excluded.min, max = excluded.max, min_step = excluded.min_step,
        max_step = excluded.max_step, non_finite = excluded.non_finite, negative_zeros = excluded.negative_zeros`);
  }
}

const negativeZeros = ({ last, min, max }: MetricStats): number =>
  (Object.is(last, -0) ? negativeZeroBits.last : 0) |
  (Object.is(min, -0) ? negativeZeroBits.min : 0) |
  (Object.is(max, -0) ? negativeZeroBits.max : 0);

/** Keeps MLflow's own table of latest points; a row changes only when the new point is later by MLflow's rule. */
export async function writeLatest(db: Database, runId: string, all: readonly KeyedStats[]): Promise<void> {
  for (let start = 0; start < all.length; start += rowsPerInsert) {
    const rows = all.slice(start, start + rowsPerInsert).map(({ key, last, lastStep, lastTimestamp }) => {
      const { value, isNan } = toStoredValue(last);
      return sql`(${key}, ${value}, ${lastTimestamp}, ${lastStep}, ${Number(isNan)}, ${runId})`;
    });
    await db.run(sql`/* mlflow.writeLatest */
      INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ${join(rows)}
      ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
      WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`);
  }
}
