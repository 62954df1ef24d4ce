/** Points of one metric as equal-length columns. Typed arrays cross threads without a copy and hold every bit. */
export interface MetricColumns {
  readonly steps: BigInt64Array;
  /** Milliseconds since the epoch. */
  readonly timestamps: BigInt64Array;
  readonly values: Float64Array;
}

/** Columns of one metric key. */
export interface KeyedColumns extends MetricColumns {
  readonly key: string;
}

export const emptyColumns = (length = 0): MetricColumns => ({
  steps: new BigInt64Array(length),
  timestamps: new BigInt64Array(length),
  values: new Float64Array(length),
});

/** The points at the given positions, in that order. */
export function pickPoints(columns: MetricColumns, positions: ArrayLike<number>): MetricColumns {
  const picked = emptyColumns(positions.length);
  for (let index = 0; index < positions.length; index++) {
    const position = positions[index]!;
    picked.steps[index] = columns.steps[position]!;
    picked.timestamps[index] = columns.timestamps[position]!;
    picked.values[index] = columns.values[position]!;
  }
  return picked;
}

/** The same points with buffers of their own: handing a view to another thread would copy the whole buffer under it. */
export const ownBuffers = ({ steps, timestamps, values }: MetricColumns): MetricColumns => ({
  steps: steps.slice(),
  timestamps: timestamps.slice(),
  values: values.slice(),
});

/** Puts parts of one metric one after the other. */
export function concatColumns(parts: readonly MetricColumns[]): MetricColumns {
  if (parts.length === 1) return parts[0]!;
  const all = emptyColumns(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    all.steps.set(part.steps, at);
    all.timestamps.set(part.timestamps, at);
    all.values.set(part.values, at);
    at += part.values.length;
  }
  return all;
}

/** The same points ordered by (step, timestamp); points equal in both keep their order. Sorted input is returned as it is. */
export function orderBySteps(columns: MetricColumns): MetricColumns {
  const { steps, timestamps } = columns;
  if (isOrdered(steps, timestamps)) return columns;
  const positions = Uint32Array.from({ length: steps.length }, (_, index) => index);
  positions.sort((a, b) => compare(steps[a]!, steps[b]!) || compare(timestamps[a]!, timestamps[b]!) || a - b);
  return pickPoints(columns, positions);
}

function isOrdered(steps: BigInt64Array, timestamps: BigInt64Array): boolean {
  const [step, time] = [halvesOf(steps), halvesOf(timestamps)];
  for (let index = 1; index < steps.length; index++) {
    if ((compareHalves(step, index - 1, index) || compareHalves(time, index - 1, index)) > 0) return false;
  }
  return true;
}

// A BigInt made of each of a million numbers takes longer than reading them from the disk. Every platform Node runs on that
// the database drivers are built for is little-endian: the lower half comes first.
/** The 64-bit numbers of a column as pairs of 32-bit words, the lower one first. */
export const halvesOf = ({ buffer, byteOffset, length }: BigInt64Array | Float64Array): Int32Array =>
  new Int32Array(buffer, byteOffset, 2 * length);

const compareHalves = (words: Int32Array, a: number, b: number): number =>
  words[2 * a + 1]! - words[2 * b + 1]! || (words[2 * a]! >>> 0) - (words[2 * b]! >>> 0);

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
