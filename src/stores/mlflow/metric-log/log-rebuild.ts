import { randomUUID } from 'node:crypto';
import type { KeyedColumns } from '../../../core/metric-columns.js';
import { fromStoredValue, toStoredValue } from '../../../core/metric-value.js';
import { sql, type Database } from '../../engine/sql.js';
import { allEntries, caughtUpTo, metricRows } from './log-check.sql.js';
import { encodeEntry, openEntry, selectPoints } from './metric-log.js';
import { appendEntry } from './metric-log.sql.js';
import { seriesOfRows } from '../metrics/metric-rows.js';
import { combineStats, statsOf } from '../metrics/metric-stats.js';
import { writeStats, type KeyedStats } from '../metrics/metric.sql.js';
import type { WriteContext } from '../writes.js';

/** What writing a run's log anew came to. */
export interface RunRebuilt {
  readonly points: number;
  /** Doubles that only the old log knew: MLflow's rows cannot tell them from others. */
  readonly exactKept: number;
}

/**
 * Writes the log and the statistics of a run anew from MLflow's rows, in the order of their rowids. Intact entries of the old
 * log say what a row cannot: -0, and the largest finite double. Everything of others must have been caught up with.
 */
export async function rebuildRun({ db }: WriteContext, runId: string): Promise<RunRebuilt> {
  const exact = await exactValues(db, runId);
  const upTo = await caughtUpTo(db);
  await db.run(sql`DELETE FROM rungraph_metric_log WHERE run_uuid = ${runId}`);
  await db.run(sql`DELETE FROM rungraph_metric_stats WHERE run_uuid = ${runId}`);
  const stats = new Map<string, KeyedStats>();
  let points = 0;
  let exactKept = 0;
  for await (const rows of metricRows(db, runId, upTo)) {
    const series = seriesOfRows(rows, 1);
    for (const columns of series) {
      exactKept += putExactValues(columns, exact);
      const [known, added] = [stats.get(columns.key), statsOf(columns)];
      stats.set(columns.key, { key: columns.key, ...(known ? combineStats(known, added) : added) });
    }
    await appendEntry(db, runId, BigInt(points), rows.length, encodeEntry(series));
    points += rows.length;
  }
  await writeStats(db, runId, [...stats.values()]);
  return { points, exactKept };
}

/** Values of intact entries that MLflow's rows hold as another value, by the point. */
type ExactValues = ReadonlyMap<string, number>;

async function exactValues(db: Database, runId: string): Promise<ExactValues> {
  const exact = new Map<string, number>();
  for await (const { count, payload } of allEntries(db, runId)) {
    const entry = openEntry(payload);
    if (entry?.points !== count) continue;
    for (const columns of selectPoints(entry, { from: 0, end: count, keys: null })) {
      columns.values.forEach((value, index) => {
        const stored = asStored(value);
        if (!Object.is(stored, value)) exact.set(pointName(columns, index, stored), value);
      });
    }
  }
  return exact;
}

/** What is left of a value once MLflow's tables had it. */
function asStored(value: number): number {
  const stored = toStoredValue(value);
  return fromStoredValue(stored.value, stored.isNan);
}

function putExactValues(columns: KeyedColumns, exact: ExactValues): number {
  if (exact.size === 0) return 0;
  let kept = 0;
  columns.values.forEach((value, index) => {
    const known = exact.get(pointName(columns, index, value));
    if (known === undefined) return;
    columns.values[index] = known;
    kept++;
  });
  return kept;
}

const pointName = ({ key, steps, timestamps }: KeyedColumns, index: number, value: number): string =>
  `${steps[index]!} ${timestamps[index]!} ${value} ${key}`;

/** Takes log entries and statistics of runs that do not exist out of the store. */
export async function removeOrphans(db: Database): Promise<void> {
  await db.run(sql`DELETE FROM rungraph_metric_log WHERE run_uuid NOT IN (SELECT run_uuid FROM runs)`);
  await db.run(sql`DELETE FROM rungraph_metric_stats WHERE run_uuid NOT IN (SELECT run_uuid FROM runs)`);
}

/** Makes every position in the log void: whoever has one reads from the beginning. Belongs into each transaction that rewrites a log. */
export async function beginEpoch(db: Database): Promise<void> {
  await db.run(sql`INSERT INTO rungraph_meta (key, value) VALUES ('epoch', ${randomUUID().slice(0, 8)})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
}
