import { pickPoints, type MetricColumns } from './metric-columns.js';

/** Points at the positions a sampler chose, in order. */
type Sampler = (columns: MetricColumns, maxPoints: number) => Uint32Array;

const samplers: Readonly<Record<'MIN_MAX' | 'LTTB' | 'NEAREST', Sampler>> = { MIN_MAX: minMax, LTTB: largestTriangles, NEAREST: nearest };

/**
 * At most `maxPoints` of the points, which are ordered by step; all of them when they are no more, or with `NONE`.
 * The first and the last point are always among them; where only one is allowed it is the last. Every point returned is one that was logged.
 */
export function samplePoints(columns: MetricColumns, method: 'NONE' | keyof typeof samplers, maxPoints: number): MetricColumns {
  if (method === 'NONE' || columns.values.length <= maxPoints) return columns;
  const last = columns.values.length - 1;
  if (maxPoints < 4) return pickPoints(columns, [[], [last], [0, last], [0, Math.floor(last / 2), last]][Math.max(0, maxPoints)]!);
  return pickPoints(columns, samplers[method](columns, maxPoints));
}

/** First and last point, and between them the least and the greatest value of each bucket; a bucket of NaN alone gives one NaN, so a gap stays visible. */
function minMax({ values }: MetricColumns, maxPoints: number): Uint32Array {
  const last = values.length - 1;
  const buckets = Math.floor((maxPoints - 2) / 2);
  const chosen = new Uint32Array(2 + 2 * buckets);
  let count = 1; // position 0 is there already
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = 1 + Math.floor((bucket * (last - 1)) / buckets);
    const end = 1 + Math.floor(((bucket + 1) * (last - 1)) / buckets);
    let low = -1;
    let high = -1;
    for (let position = start; position < end; position++) {
      const value = values[position]!;
      if (value !== value) continue; // NaN
      if (low < 0 || value < values[low]!) low = position;
      if (high < 0 || value > values[high]!) high = position;
    }
    if (low < 0) chosen[count++] = start;
    else {
      chosen[count++] = Math.min(low, high);
      if (low !== high) chosen[count++] = Math.max(low, high);
    }
  }
  chosen[count++] = last;
  return chosen.subarray(0, count);
}

/** Largest Triangle Three Buckets (Steinarsson 2013): the point of each bucket that spans the largest triangle with its neighbours. Non-finite values are chosen only in buckets that have no other. */
function largestTriangles({ steps, values }: MetricColumns, maxPoints: number): Uint32Array {
  const last = values.length - 1;
  const buckets = maxPoints - 2;
  const bounds = (bucket: number) => 1 + Math.floor((bucket * (last - 1)) / buckets);
  const x = (position: number) => Number(steps[position]! - steps[0]!);
  const chosen = new Uint32Array(maxPoints);
  let previous = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const next = centre(bucket + 1 < buckets ? bounds(bucket + 1) : last, bucket + 1 < buckets ? bounds(bucket + 2) : last + 1, x, values);
    let best = bounds(bucket);
    let bestArea = -1;
    for (let position = best; position < bounds(bucket + 1); position++) {
      const area = Math.abs(
        (x(previous) - next.x) * (values[position]! - values[previous]!) - (x(previous) - x(position)) * (next.y - values[previous]!),
      );
      // Beside a NaN every area is NaN: any finite point is then better than none.
      const weight = Number.isFinite(values[position]!) ? (Number.isNaN(area) ? 0 : area) : -1;
      if (weight > bestArea) [best, bestArea] = [position, weight];
    }
    chosen[bucket + 1] = previous = best;
  }
  chosen[maxPoints - 1] = last;
  return chosen;
}

function centre(start: number, end: number, x: (position: number) => number, values: Float64Array): { x: number; y: number } {
  let sumX = 0;
  let sumY = 0;
  let count = 0;
  for (let position = start; position < end; position++) {
    if (!Number.isFinite(values[position]!)) continue;
    sumX += x(position);
    sumY += values[position]!;
    count++;
  }
  return { x: sumX / count, y: sumY / count };
}

/** Per bucket of equal width in steps the point nearest to its middle; ordinary points, spikes may be missed. */
function nearest({ steps }: MetricColumns, maxPoints: number): Uint32Array {
  const last = steps.length - 1;
  const first = steps[0]!;
  const width = Number(steps[last]! - first) / (maxPoints - 1);
  const distance = (position: number, wanted: number) => Math.abs(Number(steps[position]! - first) - wanted);
  const chosen = new Uint32Array(maxPoints);
  let count = 0;
  let position = 0;
  for (let point = 0; point < maxPoints; point++) {
    const wanted = point * width;
    while (position < last && distance(position + 1, wanted) <= distance(position, wanted)) position++;
    const candidate = point === 0 ? 0 : point === maxPoints - 1 ? last : position;
    if (count === 0 || chosen[count - 1] !== candidate) chosen[count++] = candidate;
  }
  return chosen.subarray(0, count);
}
