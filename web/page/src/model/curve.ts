import type { SeriesBuffer } from './series-buffer.js';
import type { Axis } from './view.js';

/** Points as they are drawn: ascending x, and which point of the buffer each is. */
export interface Curve {
  /** Steps less the origin; seconds since the epoch; seconds since the start of the run. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Positions in the buffer; null when they are the same as here. */
  readonly order: Uint32Array | null;
}

/** How values become places on the axis. */
export interface AxisFrame {
  readonly axis: Axis;
  /** Step that is drawn at 0: doubles cannot tell neighbours beyond 2^53 apart, differences they can. */
  readonly origin: bigint;
  /** Where relative time begins, ms since the epoch. */
  readonly zero: number;
}

/** The points of a buffer along an axis. */
export function toCurve(buffer: SeriesBuffer, { axis, origin, zero }: AxisFrame): Curve {
  if (axis === 'step') {
    const x = origin === 0n ? buffer.positions : Float64Array.from(buffer.steps, (step) => Number(step - origin));
    return { x, y: buffer.values, order: null };
  }
  const start = axis === 'relative' ? zero : 0;
  const x = buffer.times.map((time) => (time - start) / 1000);
  if (isAscending(x)) return { x, y: buffer.values, order: null };
  // A run that was resumed has late points at early steps.
  const order = Uint32Array.from(x, (_value, at) => at).sort((one, other) => x[one]! - x[other]! || one - other);
  const { values } = buffer;
  return { x: Float64Array.from(order, (at) => x[at]!), y: Float64Array.from(order, (at) => values[at]!), order };
}

/** 0, or the smallest step when some step is beyond what a double can hold exactly. */
export function stepOrigin(buffers: Iterable<SeriesBuffer>): bigint {
  let least: bigint | null = null;
  let isFar = false;
  for (const { steps } of buffers) {
    if (steps.length === 0) continue;
    const [first, last] = [steps[0]!, steps[steps.length - 1]!];
    isFar ||= last > BigInt(Number.MAX_SAFE_INTEGER) || first < BigInt(Number.MIN_SAFE_INTEGER);
    if (least === null || first < least) least = first;
  }
  return isFar ? least! : 0n;
}

/** Position of the point nearest to x; -1 when there is none. */
export function nearest(x: Float64Array, wanted: number): number {
  let low = 0;
  let high = x.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  if (x.length === 0) return -1;
  return low > 0 && wanted - x[low - 1]! <= x[low]! - wanted ? low - 1 : low;
}

function isAscending(x: Float64Array): boolean {
  for (let at = 1; at < x.length; at++) if (x[at]! < x[at - 1]!) return false;
  return true;
}
