import { pickPoints, type KeyedColumns } from '../../core/metric-columns.js';
import type { LoggedMetrics, LogMetrics, NewSeries } from '../run-writer.js';
import { catchUp, markCaughtUp } from './catch-up.js';
import { once } from './idempotency.js';
import { nextOffset } from './metric-log.sql.js';
import { insertMetrics, readStats, type KeyedStats } from './metric.sql.js';
import { recordPoints } from './record-points.js';
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

async function append(context: WriteContext, { runId, series }: LogMetrics): Promise<LoggedMetrics> {
  const { db, dialect, now } = context;
  await catchUp(context); // rows of others come first, or they would be taken for ours
  const counted = series.filter(({ steps }) => steps === null).map(({ key }) => key);
  const known = counted.length > 0 ? await readStats(db, dialect, runId, counted) : new Map<string, KeyedStats>();
  const complete = withDefaults(series, known, BigInt(now));
  const kept = await insertMetrics(db, runId, complete);
  const added = complete
    .map((columns, index) => (kept[index] ? { key: columns.key, ...pickPoints(columns, kept[index]) } : columns))
    .filter(({ values }) => values.length > 0);
  const accepted = complete.reduce((sum, { values }) => sum + values.length, 0);
  const position = added.length > 0 ? await recordPoints(context, runId, added) : await nextOffset(db, runId);
  await markCaughtUp(db);
  return { accepted, position };
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
