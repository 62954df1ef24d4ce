import { pickPoints, type KeyedColumns } from '../../core/metric-columns.js';
import type { LoggedMetrics, LogMetrics, NewSeries } from '../run-writer.js';
import { once } from './idempotency.js';
import { encodeEntry } from './metric-log.js';
import { appendEntry, nextOffset } from './metric-log.sql.js';
import { combineStats, statsOf } from './metric-stats.js';
import { insertMetrics, readStats, writeLatest, writeStats, type KeyedStats } from './metric.sql.js';
import { requireActiveRun } from './run-writes.js';
import type { WriteContext } from './writes.js';

/**
 * Appends points to a run: MLflow's rows, its latest points, our statistics and the log entry, all in the caller's transaction.
 * A point that is there already is accepted and kept once.
 */
export async function logMetrics(context: WriteContext, input: LogMetrics): Promise<LoggedMetrics> {
  const { db, now } = context;
  const request = { key: input.idempotencyKey, operation: 'logMetrics', input: [input.runId, input.series], now };
  return once(db, request, async () => {
    await requireActiveRun(db, input.runId);
    return append(context, input);
  });
}

async function append({ db, dialect, now }: WriteContext, { runId, series }: LogMetrics): Promise<LoggedMetrics> {
  const known = await readStats(
    db,
    dialect,
    runId,
    series.map(({ key }) => key),
  );
  const complete = withDefaults(series, known, BigInt(now));
  const kept = await insertMetrics(db, runId, complete);
  const added = complete
    .map((columns, index) => (kept[index] ? { key: columns.key, ...pickPoints(columns, kept[index]) } : columns))
    .filter(({ values }) => values.length > 0);
  const accepted = complete.reduce((sum, { values }) => sum + values.length, 0);
  const firstOffset = await nextOffset(db, runId);
  if (added.length === 0) return { accepted, position: firstOffset };

  const changed = new Map<string, KeyedStats>();
  for (const columns of added) {
    const before = changed.get(columns.key) ?? known.get(columns.key);
    const stats = statsOf(columns);
    changed.set(columns.key, { key: columns.key, ...(before ? combineStats(before, stats) : stats) });
  }
  await writeStats(db, runId, [...changed.values()]);
  await writeLatest(db, runId, [...changed.values()]);
  const count = added.reduce((sum, { values }) => sum + values.length, 0);
  await appendEntry(db, runId, firstOffset, count, encodeEntry(added));
  return { accepted, position: firstOffset + BigInt(count) };
}

/** Steps default to the number of points the metric has so far, timestamps to now. */
function withDefaults(series: readonly NewSeries[], known: ReadonlyMap<string, KeyedStats>, now: bigint): KeyedColumns[] {
  const counts = new Map([...known].map(([key, { count }]) => [key, count]));
  return series.map(({ key, values, steps, timestamps }) => {
    const first = BigInt(counts.get(key) ?? 0);
    counts.set(key, Number(first) + values.length);
    return {
      key,
      values,
      steps: steps ?? BigInt64Array.from({ length: values.length }, (_, index) => first + BigInt(index)),
      timestamps: timestamps ?? new BigInt64Array(values.length).fill(now),
    };
  });
}
