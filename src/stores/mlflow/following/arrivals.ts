import { emptyColumns, halvesOf, type KeyedColumns, type MetricColumns } from '../../../core/metric-columns.js';
import { toStoredValue } from '../../../core/metric-value.js';
import { inOrder, byTime, type PointOrder } from './arrival-order.js';

/** Points of one key, with 32 bits of each that the database made of its row. */
export interface HashedColumns extends KeyedColumns {
  readonly hashes: Uint32Array;
}

/** A multitude of rows: how many, and the sum of their hashes modulo 2^32. */
export interface RowSum {
  readonly count: number;
  readonly digest: number;
}

/**
 * The position after the first points of a run: `count · 2^32 + digest`. Rows are told apart by their primary key and never
 * change, so the digest proves that it is exactly those which were delivered, whatever their order.
 */
export const positionAfter = ({ count, digest }: RowSum): bigint => (BigInt(count) << 32n) | BigInt(digest);

export const countOf = (position: bigint): number => Number(position >> 32n);
export const digestOf = (position: bigint): number => Number(position & 0xffff_ffffn);

/** The points of one run in the order in which they were seen. 32 bytes a point. */
export interface RunArrivals {
  readonly count: number;
  /** Position of the last point. */
  readonly end: bigint;
  /** Whether the position is one of this order. */
  holds(position: bigint): boolean;
  /** Puts points at the end, ordered among themselves. */
  append(parts: readonly HashedColumns[], order?: PointOrder): void;
  /** Points with numbers from `from` on, `to` excluded, by key; and the position after them. */
  between(from: number, to: number): { readonly series: KeyedColumns[]; readonly next: bigint };
  /** Those of the rows that are not among the points yet. */
  unknown(rows: HashedColumns): HashedColumns;
  /** Whether a key has a point at a timestamp whose row has this hash. */
  knows(key: string, timestamp: bigint, hash: number): boolean;
  /** The latest timestamp of a key; null: it has no point. */
  latestTimestamp(key: string): bigint | null;
  /** Points of one key. */
  sumOf(key: string): RowSum;
  readonly keys: Iterable<string>;
}

interface KeyArrivals {
  columns: MetricColumns;
  /** Number of each point among those of the run; ascending. */
  numbers: Uint32Array;
  count: number;
  digest: number;
  latest: bigint;
}

const sum = (a: number, b: number): number => (a + b) >>> 0;

export function createRunArrivals(): RunArrivals {
  const keys = new Map<string, KeyArrivals>();
  /** Of the first point, the first two, and so on. */
  let digests = new Uint32Array(16);
  let count = 0;
  const digestAfter = (points: number) => (points === 0 ? 0 : digests[points - 1]!);
  const after = (points: number) => positionAfter({ count: points, digest: digestAfter(points) });

  function put(part: HashedColumns, index: number): void {
    const known = keys.get(part.key) ?? keys.set(part.key, noArrivals(part.timestamps[index]!)).get(part.key)!;
    if (known.count === known.numbers.length) grow(known);
    if (count === digests.length) digests = longer(digests, new Uint32Array(2 * count));
    const { columns } = known;
    columns.steps[known.count] = part.steps[index]!;
    columns.timestamps[known.count] = part.timestamps[index]!;
    columns.values[known.count] = part.values[index]!;
    known.numbers[known.count] = count;
    known.count++;
    known.digest = sum(known.digest, part.hashes[index]!);
    if (part.timestamps[index]! > known.latest) known.latest = part.timestamps[index]!;
    digests[count] = sum(digestAfter(count), part.hashes[index]!);
    count++;
  }

  return {
    get count() {
      return count;
    },
    get end() {
      return after(count);
    },
    holds: (position) => countOf(position) <= count && after(countOf(position)) === position,
    append(parts, order = byTime(parts)) {
      for (const [part, index] of inOrder(parts, order)) put(part, index);
    },
    between(from, to) {
      const series: KeyedColumns[] = [];
      for (const [key, known] of keys) {
        const [first, end] = [firstFrom(known, from), firstFrom(known, to)];
        if (first < end) series.push({ key, ...slice(known.columns, first, end) });
      }
      return { series, next: after(to) };
    },
    unknown(rows) {
      const known = keys.get(rows.key);
      return known ? unknownOf(rows, known) : rows;
    },
    knows(key, timestamp, hash) {
      const known = keys.get(key);
      if (!known) return false;
      for (const place of placesBetween(known.columns.timestamps, known.count, timestamp, timestamp)) {
        const number = known.numbers[place]!;
        if ((digestAfter(number + 1) - digestAfter(number)) >>> 0 === hash) return true;
      }
      return false;
    },
    latestTimestamp: (key) => keys.get(key)?.latest ?? null,
    sumOf: (key) => keys.get(key) ?? { count: 0, digest: 0 },
    get keys() {
      return keys.keys();
    },
  };
}

const noArrivals = (latest: bigint): KeyArrivals => ({
  columns: emptyColumns(16),
  numbers: new Uint32Array(16),
  count: 0,
  digest: 0,
  latest,
});

function grow(known: KeyArrivals): void {
  const { columns, numbers, count } = known;
  const larger = emptyColumns(2 * count);
  known.columns = {
    steps: longer(columns.steps, larger.steps),
    timestamps: longer(columns.timestamps, larger.timestamps),
    values: longer(columns.values, larger.values),
  };
  known.numbers = longer(numbers, new Uint32Array(2 * count));
}

function longer<Column extends BigInt64Array | Float64Array | Uint32Array>(short: Column, long: Column): Column {
  long.set(short as never);
  return long;
}

const slice = ({ steps, timestamps, values }: MetricColumns, from: number, to: number): MetricColumns => ({
  steps: steps.slice(from, to),
  timestamps: timestamps.slice(from, to),
  values: values.slice(from, to),
});

/** Place of the first point whose number among the run's is at least this. */
function firstFrom({ numbers, count }: KeyArrivals, number: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function unknownOf(rows: HashedColumns, { columns, count }: KeyArrivals): HashedColumns {
  if (rows.values.length === 0) return rows;
  const [first, last] = rangeOf(rows.timestamps);
  const known = new Set<string>();
  for (const place of placesBetween(columns.timestamps, count, first, last)) known.add(identityOf(columns, place));
  const left: number[] = [];
  for (let index = 0; index < rows.values.length; index++) if (!known.has(identityOf(rows, index))) left.push(index);
  return left.length === rows.values.length ? rows : pickHashed(rows, left);
}

/** What the primary key tells apart, of one key of one run. */
export function identityOf({ steps, timestamps, values }: MetricColumns, index: number): string {
  const { value, isNan } = toStoredValue(values[index]!);
  return `${timestamps[index]!} ${steps[index]!} ${isNan ? 'NaN' : value}`;
}

export const pickHashed = ({ key, steps, timestamps, values, hashes }: HashedColumns, places: readonly number[]): HashedColumns => ({
  key,
  steps: BigInt64Array.from(places, (place) => steps[place]!),
  timestamps: BigInt64Array.from(places, (place) => timestamps[place]!),
  values: Float64Array.from(places, (place) => values[place]!),
  hashes: Uint32Array.from(places, (place) => hashes[place]!),
});

export function rangeOf(numbers: BigInt64Array): [first: bigint, last: bigint] {
  let [first, last] = [numbers[0]!, numbers[0]!];
  for (const number of numbers) {
    if (number < first) first = number;
    if (number > last) last = number;
  }
  return [first, last];
}

/** Places of timestamps in a range. Compared by halves: making a BigInt of each would take twenty times as long. */
export function* placesBetween(timestamps: BigInt64Array, count: number, first: bigint, last: bigint): Generator<number> {
  const words = halvesOf(timestamps);
  const [low, high] = [halvesOf(BigInt64Array.of(first)), halvesOf(BigInt64Array.of(last))];
  for (let place = 0; place < count; place++) {
    const [lower, upper] = [words[2 * place]! >>> 0, words[2 * place + 1]!];
    if (upper < low[1]! || (upper === low[1]! && lower < low[0]! >>> 0)) continue;
    if (upper > high[1]! || (upper === high[1]! && lower > high[0]! >>> 0)) continue;
    yield place;
  }
}
