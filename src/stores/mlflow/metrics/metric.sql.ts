import type { KeyedColumns } from '../../../core/metric-columns.js';
import { toStoredValue } from '../../../core/metric-value.js';
import { join, raw, sql, type Database, type SqlValue } from '../../engine/sql.js';
import type { Dialect } from '../../engine/dialect.js';
import type { MetricStats } from './metric-stats.js';
import { insertMetricArrays } from './metric-arrays.sql.js';
import { negativeZeroBits } from '../runs/run-parts.sql.js';
import type { WriteContext } from '../writes.js';

// Few statement texts stay prepared, and no statement comes near SQLite's limit of bound values.
const rowsPerInsert = 100;
const valuesPerRow = 6;

/**
 * Inserts the points that are not there yet. A row's identity is all of its columns: (key, value, timestamp, run, step, is_nan).
 * @returns per series which points were new; null where all of them were
 */
export async function insertMetrics(
  { db, dialect }: Pick<WriteContext, 'db' | 'dialect'>,
  runId: string,
  series: readonly KeyedColumns[],
): Promise<(Uint32Array | null)[]> {
  if (dialect.engine === 'postgres') return insertMetricArrays(db, runId, series);
  const kept: (Uint32Array | null)[] = [];
  for (const columns of series) {
    const isNew = new Uint8Array(columns.values.length);
    for (let start = 0; start < isNew.length; start += rowsPerInsert) {
      await insertChunk(db, rowValues(runId, columns, start, Math.min(start + rowsPerInsert, isNew.length)), isNew.subarray(start));
    }
    kept.push(isNew.includes(0) ? Uint32Array.from(isNew.keys()).filter((position) => isNew[position] === 1) : null);
  }
  return kept;
}

/** Inserts rows and marks those that were new. The engine only counts, so a chunk with repeats is done again row by row. */
async function insertChunk(db: Database, values: SqlValue[], isNew: Uint8Array): Promise<void> {
  const rows = values.length / valuesPerRow;
  await db.run(raw('SAVEPOINT chunk'));
  if ((await insertRows(db, values)) === rows) isNew.fill(1, 0, rows);
  else {
    await db.run(raw('ROLLBACK TO chunk'));
    for (let row = 0; row < rows; row++) isNew[row] = await insertRows(db, values.slice(row * valuesPerRow, (row + 1) * valuesPerRow));
  }
  await db.run(raw('RELEASE chunk'));
}

function insertRows(db: Database, values: SqlValue[]): Promise<number> {
  return db.run({ text: insertText(values.length / valuesPerRow), values });
}

const insertText = (rows: number): string =>
  `/* mlflow.insertMetrics */ INSERT OR IGNORE INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ${'(?,?,?,?,?,?),'.repeat(rows - 1)}(?,?,?,?,?,?)`;

/** The bound values of some rows, one after the other: this is the hottest loop of ingest. */
function rowValues(runId: string, { key, steps, timestamps, values }: KeyedColumns, start: number, end: number): SqlValue[] {
  const bound = new Array<SqlValue>((end - start) * valuesPerRow);
  for (let index = start, at = 0; index < end; index++) {
    const { value, isNan } = toStoredValue(values[index]!);
    bound[at++] = key;
    bound[at++] = value;
    bound[at++] = plainInteger(timestamps[index]!);
    bound[at++] = runId;
    bound[at++] = plainInteger(steps[index]!);
    bound[at++] = isNan ? 1 : 0;
  }
  return bound;
}

// Binding a number is cheaper than binding a bigint, and exact as long as it is safe.
function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
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
export async function writeLatest(db: Database, dialect: Dialect, runId: string, all: readonly KeyedStats[]): Promise<void> {
  for (let start = 0; start < all.length; start += rowsPerInsert) {
    const rows = all.slice(start, start + rowsPerInsert).map(({ key, last, lastStep, lastTimestamp }) => {
      const { value, isNan } = toStoredValue(last);
      return sql`(${key}, ${value}, ${lastTimestamp}, ${lastStep}, ${dialect.boolean(isNan)}, ${runId})`;
    });
    await db.run(sql`/* mlflow.writeLatest */
      INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ${join(rows)}
      ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
      WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`);
  }
}
