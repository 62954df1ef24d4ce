import { pickPoints, type KeyedColumns } from '../../../core/metric-columns.js';
import type { LoggedMetrics, LogMetrics, NewSeries } from '../../run-writer.js';
import { catchUp, markCaughtUp } from '../following/catch-up.js';
import { takeInBefore } from '../following/points-of-others.js';
import { once } from '../idempotency.js';
import { nextOffset } from '../metric-log/metric-log.sql.js';
import { insertMetrics, readStats, type KeyedStats } from './metric.sql.js';
import { recordPoints } from './record-points.js';
import { requireActiveRun } from '../runs/run-writes.js';
import type { WriteContext } from '../writes.js';

/**
 * Appends points to a run: MLflow's rows, its latest points, our statistics and the log entry, all in the caller's transaction.
 * A point that is there already is accepted and kept once.
 */
export async function logMetrics(context: WriteContext, input: LogMetrics): Promise<LoggedMetrics> {
  const { now } = context;
  const request = { key: input.idempotencyKey, operation: 'logMetrics', input: [input.runId, input.series], now };
  return once(context, request, async () => {
    await requireActiveRun(context, input.runId);
    return appendSeries(context, input);
  });
}

/** Appends points to a run of which the caller knows that it is active, and has its lock. */
export async function appendSeries(context: WriteContext, { runId, series }: Pick<LogMetrics, 'runId' | 'series'>): Promise<LoggedMetrics> {
  const { db, dialect, now } = context;
  const counted = series.filter(({ steps }) => steps === null).map(({ key }) => key);
  if (counted.length > 0) await takeInRows(context, runId, counted); // points of others count, too
  const known = counted.length > 0 ? await readStats(db, dialect, runId, counted) : new Map<string, KeyedStats>();
  const complete = withDefaults(series, known, BigInt(now));
  const accepted = complete.reduce((sum, { values }) => sum + values.length, 0);
  const { position } = await appendPoints(context, runId, complete);
  return { accepted, position };
}

/**
 * Appends complete points to a run, whatever stage it is in: all that a point means to our store, in the caller's transaction,
 * which has the run's lock.
 * @returns how many were not there yet, and the offset that follows the run's last point
 */
export async function appendPoints(
  context: WriteContext,
  runId: string,
  complete: readonly KeyedColumns[],
): Promise<{ added: number; position: bigint }> {
  const { db, dialect } = context;
  // Rows of others come first, or they would be taken for ours, and ours would hide that there are others.
  await takeInRows(
    context,
    runId,
    complete.map(({ key }) => key),
  );
  const kept = await insertMetrics(context, runId, complete);
  const added = complete
    .map((columns, index) => (kept[index] ? { key: columns.key, ...pickPoints(columns, kept[index]) } : columns))
    .filter(({ values }) => values.length > 0);
  const position = added.length > 0 ? await recordPoints(context, runId, added) : await nextOffset(db, runId);
  if (dialect.engine === 'sqlite') await markCaughtUp(db);
  return { added: added.reduce((sum, { values }) => sum + values.length, 0), position };
}

/** Takes in what others wrote: everywhere where that is found out at once, else to the run's metrics with these keys. */
async function takeInRows(context: WriteContext, runId: string, keys: readonly string[]): Promise<void> {
  if (context.dialect.engine === 'sqlite') await catchUp(context);
  else await takeInBefore(context, runId, [...new Set(keys)]);
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
