import type { MetricColumns } from '../../../core/metric-columns.js';
import { toStoredValue } from '../../../core/metric-value.js';

/** What is kept of all points of one metric of one run. */
export interface MetricStats {
  readonly count: number;
  readonly last: number;
  readonly lastStep: bigint;
  readonly lastTimestamp: bigint;
  /** Null while every point is NaN. */
  readonly min: number | null;
  readonly max: number | null;
  /** The smallest step that has the least value. */
  readonly minStep: bigint | null;
  readonly maxStep: bigint | null;
  readonly nonFinite: number;
}

/** Statistics of points that are at least one. */
export function statsOf({ steps, timestamps, values }: MetricColumns): MetricStats {
  let last = 0;
  let low = -1;
  let high = -1;
  let nonFinite = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (index > 0 && isLater([steps[index]!, timestamps[index]!, value], [steps[last]!, timestamps[last]!, values[last]!])) last = index;
    if (!Number.isFinite(value)) nonFinite++;
    if (Number.isNaN(value)) continue;
    if (low < 0 || value < values[low]! || (value === values[low] && steps[index]! < steps[low]!)) low = index;
    if (high < 0 || value > values[high]! || (value === values[high] && steps[index]! < steps[high]!)) high = index;
  }
  return {
    count: values.length,
    last: values[last]!,
    lastStep: steps[last]!,
    lastTimestamp: timestamps[last]!,
    min: low < 0 ? null : values[low]!,
    max: high < 0 ? null : values[high]!,
    minStep: low < 0 ? null : steps[low]!,
    maxStep: high < 0 ? null : steps[high]!,
    nonFinite,
  };
}

/** Statistics of the points of `a`, which came first, and `b`. */
export function combineStats(a: MetricStats, b: MetricStats): MetricStats {
  const newest = isLater([b.lastStep, b.lastTimestamp, b.last], [a.lastStep, a.lastTimestamp, a.last]) ? b : a;
  const lowest = a.min === null || (b.min !== null && (b.min < a.min || (b.min === a.min && b.minStep! < a.minStep!))) ? b : a;
  const highest = a.max === null || (b.max !== null && (b.max > a.max || (b.max === a.max && b.maxStep! < a.maxStep!))) ? b : a;
  return {
    count: a.count + b.count,
    last: newest.last,
    lastStep: newest.lastStep,
    lastTimestamp: newest.lastTimestamp,
    min: lowest.min,
    minStep: lowest.minStep,
    max: highest.max,
    maxStep: highest.maxStep,
    nonFinite: a.nonFinite + b.nonFinite,
  };
}

type LastPoint = readonly [step: bigint, timestamp: bigint, value: number];

/** MLflow's rule for the latest point: the larger step, then the later time, then the larger stored value, where NaN counts as 0. */
function isLater(a: LastPoint, b: LastPoint): boolean {
  if (a[0] !== b[0]) return a[0] > b[0];
  if (a[1] !== b[1]) return a[1] > b[1];
  return toStoredValue(a[2]).value > toStoredValue(b[2]).value;
}
