import { sql, type Database } from '../../engine/sql.js';
import { once } from '../../mlflow/idempotency.js';
import type { LoggedSplitMetrics, NewSplitMetrics, SplitSeries } from '../dashai-writer.js';
import type { DashaiWriteContext } from './dashai-writes.js';
import { rowNumber } from './home-rows.sql.js';
import { requireRun } from './run-writes.js';

/**
 * Appends values to metrics of a run; those of level LAST are changed in place. DashAI since 0.9.6 leaves values out that
 * are not finite, for its column takes no NULL, which is what SQLite makes of NaN; so do we, and their steps stay empty.
 */
export function logSplitMetrics(context: DashaiWriteContext, input: NewSplitMetrics): Promise<LoggedSplitMetrics> {
  const { db, now, nowMs } = context;
  return once(context, { key: input.idempotencyKey, operation: 'logSplitMetrics', input, now: nowMs }, async () => {
    await requireRun(db, input.runId);
    const runId = rowNumber(input.runId)!;
    const nextSteps = await stepsToContinue(db, runId, input.series);
    let accepted = 0;
    for (const series of input.series) {
      const write = series.level === 'LAST' ? putLast : append;
      const steps = series.steps ?? nextSteps(series);
      for (const [index, value] of series.values.entries()) {
        if (!Number.isFinite(value)) continue;
        await write(context, runId, series, value, steps[index]!);
        accepted++;
      }
    }
    await db.run(sql`/* dashai.startRun */
      UPDATE run SET status = 'STARTED', start_time = ${now}, last_modified = ${now} WHERE id = ${runId} AND status = 'NOT_STARTED'`);
    const given = input.series.reduce((sum, { values }) => sum + values.length, 0);
    return { accepted, skipped: given - accepted };
  });
}

async function append({ db, now }: DashaiWriteContext, runId: bigint, { split, level, name }: SplitSeries, value: number, step: bigint) {
  await db.run(sql`/* dashai.appendMetric */
    INSERT INTO metric (run_id, split, level, name, value, step, timestamp)
    VALUES (${runId}, ${split}, ${level}, ${name}, ${value}, ${step}, ${now})`);
}

/** The row keeps its number and the time of its first value, as with DashAI. */
async function putLast(context: DashaiWriteContext, runId: bigint, series: SplitSeries, value: number, step: bigint): Promise<void> {
  const changed = await context.db.run(sql`/* dashai.changeLast */
    UPDATE metric SET value = ${value}, step = ${step} WHERE id = (
      SELECT MAX(id) FROM metric WHERE run_id = ${runId} AND split = ${series.split} AND level = ${series.level} AND name = ${series.name})`);
  if (changed === 0) await append(context, runId, series, value, step);
}

/**
 * Steps for values without any. They are counted for all metrics of a split and level together, as DashAI does: after the
 * last step come others at the distance of the last two. Last values have one row, so no distance: they count by one.
 */
async function stepsToContinue(db: Database, runId: bigint, series: readonly SplitSeries[]): Promise<(one: SplitSeries) => bigint[]> {
  const next = new Map<string, { readonly last: bigint; readonly distance: bigint }>();
  for (const { split, level, steps } of series) {
    const key = `${split} ${level}`;
    if (steps !== null || next.has(key)) continue;
    const rows = await db.all(sql`/* dashai.lastSteps */
      SELECT DISTINCT step FROM metric WHERE run_id = ${runId} AND split = ${split} AND level = ${level} ORDER BY step DESC LIMIT 2`);
    const [last = 0n, previous = 0n] = rows.map(([step]) => step as bigint);
    next.set(key, { last, distance: level === 'LAST' || last <= previous ? 1n : last - previous });
  }
  return ({ split, level, values }) => {
    const { last, distance } = next.get(`${split} ${level}`)!;
    return values.map((_, index) => last + distance * BigInt(index + 1));
  };
}
