import type { KeyedColumns } from '../../../core/metric-columns.js';
import { createRunArrivals, type RunArrivals } from './arrivals.js';
import { curvesFrom, type CurveStart } from './arrival.sql.js';
import { curvesOfOthersIn, type OthersCurve } from './curves-of-others.sql.js';
import { entriesFrom } from '../metric-log/metric-log.sql.js';
import { recordPoints } from '../metrics/record-points.js';
import { lockRun } from '../runs/run-writes.js';
import type { WriteContext } from '../writes.js';

/** Parts of curves that become one entry of the log; each has at most some thousand points. */
const partsPerEntry = 16;
const beginning = -(2n ** 63n);

/**
 * Takes the rows of curves that others wrote into the log and the statistics: those that are in `metrics` and not in the log.
 * Under the run's lock, so it may be done by several servers at once, and again.
 * @param curves of one run
 * @returns how many points were taken in
 */
export async function takeInCurves(context: WriteContext, curves: readonly OthersCurve[]): Promise<number> {
  const runId = curves[0]!.runId;
  await lockRun(context, runId);
  return takeIn(context, runId, curves);
}

/** As `takeInCurves`, of the keys that are about to be written; the caller has the run's lock. */
export async function takeInBefore(context: WriteContext, runId: string, keys: readonly string[]): Promise<void> {
  const curves = await curvesOfOthersIn(context, runId, keys);
  if (curves.length > 0) await takeIn(context, runId, curves);
}

async function takeIn(context: WriteContext, runId: string, curves: readonly OthersCurve[]): Promise<number> {
  const known = await logged(context, runId, new Set(curves.map(({ key }) => key)));
  const starts = curves.map(({ key, from }): CurveStart => ({ runId, key, from: from ?? beginning }));
  let taken = 0;
  let waiting: KeyedColumns[] = [];
  const record = async () => {
    if (waiting.length > 0) await recordPoints(context, runId, waiting);
    waiting = [];
  };
  for await (const { rows } of curvesFrom(context, starts)) {
    const { hashes, ...news } = known.unknown(rows);
    if (hashes.length === 0) continue;
    waiting.push(news);
    taken += hashes.length;
    if (waiting.length >= partsPerEntry) await record();
  }
  await record();
  return taken;
}

/** What the log holds of some keys. */
async function logged({ db }: WriteContext, runId: string, keys: ReadonlySet<string>): Promise<RunArrivals> {
  const known = createRunArrivals();
  for await (const { series } of entriesFrom(db, runId, 0n, null, keys)) {
    known.append(
      series.filter(({ key }) => keys.has(key)).map((columns) => ({ ...columns, hashes: new Uint32Array(columns.values.length) })),
    );
  }
  return known;
}
