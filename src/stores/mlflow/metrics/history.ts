import { halvesOf, orderBySteps, ownBuffers, pickPoints, type MetricColumns } from '../../../core/metric-columns.js';
import { toStoredValue } from '../../../core/metric-value.js';
import { isGiven } from '../../conditions.js';
import type { HistoryPage, HistoryPosition, HistoryQuery, SpreadQuery } from '../../run-store.js';
import type { MlflowDatabase } from '../layout.js';
import { readPoints } from './series.sql.js';

/** One metric's points ordered by (time, step, stored value), as MLflow's history has them. */
export async function readHistory(database: MlflowDatabase, { runId, key, after, limit }: HistoryQuery): Promise<HistoryPage> {
  const points = inOrder(await readPoints(database, runId, key), 'timestamps');
  const from = after ? countUpTo(points, after) : 0;
  const to = Math.min(points.values.length, from + (limit ?? Infinity));
  return { points: slice(points, from, to), hasMore: to < points.values.length };
}

/**
 * One metric's points ordered by (step, time, stored value), thinned out as MLflow does (`ntile`): the first of each of `maxPoints` equal
 * parts, of which the earlier ones have the points that are left over, and the last of all.
 */
export async function readSpread(database: MlflowDatabase, query: SpreadQuery): Promise<MetricColumns> {
  const all = inOrder(await readPoints(database, query.runId, query.key), 'steps');
  const from = isGiven(query.fromStep) ? firstStepFrom(all.steps, query.fromStep) : 0;
  const to = isGiven(query.toStep) ? firstStepFrom(all.steps, query.toStep + 1n) : all.steps.length;
  return pickPoints(
    all,
    spreadPositions(Math.max(0, to - from), query.maxPoints).map((position) => from + position),
  );
}

/** Positions of at most `parts` of `count` points. */
export function spreadPositions(count: number, parts: number): number[] {
  const [size, larger] = [Math.floor(count / parts), count % parts];
  const positions = Array.from({ length: Math.min(parts, count) }, (_, part) => part * size + Math.min(part, larger));
  if (count === 0 || positions.at(-1) === count - 1) return positions;
  return [...positions.slice(0, parts - 1), count - 1];
}

/** The points by one of their two integers, then the other, then the stored value, NaN after the 0 it is stored as. */
function inOrder(points: MetricColumns, first: 'steps' | 'timestamps'): MetricColumns {
  const swap = ({ steps, timestamps, values }: MetricColumns): MetricColumns =>
    first === 'steps' ? { steps, timestamps, values } : { steps: timestamps, timestamps: steps, values };
  return swap(orderTies(orderBySteps(swap(points))));
}

/** Puts points of the same step and time in the order of their values. */
function orderTies(points: MetricColumns): MetricColumns {
  const [steps, timestamps] = [halvesOf(points.steps), halvesOf(points.timestamps)];
  const same = (words: Int32Array, a: number, b: number) => words[2 * a] === words[2 * b] && words[2 * a + 1] === words[2 * b + 1];
  const { length } = points.values;
  let positions: Uint32Array | undefined;
  for (let from = 0, to = 1; from < length; from = to++) {
    while (to < length && same(steps, from, to) && same(timestamps, from, to)) to++;
    if (to - from === 1) continue;
    positions ??= Uint32Array.from({ length }, (_, index) => index);
    positions.subarray(from, to).sort((a, b) => compareStored(points.values[a]!, points.values[b]!));
  }
  return positions ? pickPoints(points, positions) : points;
}

function compareStored(a: number, b: number): number {
  const [left, right] = [toStoredValue(a), toStoredValue(b)];
  return left.value - right.value || Number(left.isNan) - Number(right.isNan);
}

/** How many points of a history come no later than a position. */
function countUpTo(points: MetricColumns, position: HistoryPosition): number {
  const isAfter = (index: number) =>
    (compare(points.timestamps[index]!, position.timestamp) ||
      compare(points.steps[index]!, position.step) ||
      compareStored(points.values[index]!, position.value)) > 0;
  return firstWhere(points.values.length, isAfter);
}

const firstStepFrom = (steps: BigInt64Array, step: bigint): number => firstWhere(steps.length, (index) => steps[index]! >= step);

/** The first of `length` places for which the condition holds, and with it for all that follow; `length` when there is none. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const slice = ({ steps, timestamps, values }: MetricColumns, from: number, to: number): MetricColumns =>
  ownBuffers({ steps: steps.subarray(from, to), timestamps: timestamps.subarray(from, to), values: values.subarray(from, to) });
