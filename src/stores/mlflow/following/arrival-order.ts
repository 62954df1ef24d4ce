import type { HashedColumns } from './arrivals.js';

/** Points of several keys in an order; each is a part and a place in it. */
export interface PointOrder {
  readonly parts: Uint32Array;
  readonly places: Uint32Array;
}

/** The order in which training usually writes, and that of whoever logs times that lie in the past. */
export const byTime = (parts: readonly HashedColumns[]): PointOrder => sorted(parts, ['timestamps', 'steps']);
export const byStep = (parts: readonly HashedColumns[]): PointOrder => sorted(parts, ['steps', 'timestamps']);

export function* inOrder(parts: readonly HashedColumns[], order: PointOrder): Generator<[part: HashedColumns, place: number]> {
  for (let index = 0; index < order.parts.length; index++) yield [parts[order.parts[index]!]!, order.places[index]!];
}

type Column = 'timestamps' | 'steps';

function sorted(parts: readonly HashedColumns[], [first, second]: readonly [Column, Column]): PointOrder {
  const count = parts.reduce((points, { values }) => points + values.length, 0);
  const [part, place, leading] = [new Uint32Array(count), new Uint32Array(count), new Float64Array(count)];
  let at = 0;
  parts.forEach((columns, index) => {
    for (let point = 0; point < columns.values.length; point++, at++) {
      part[at] = index;
      place[at] = point;
      leading[at] = Number(columns[first][point]);
    }
  });
  const compare = (a: number, b: number): number => {
    // Doubles first: comparing BigInts is slow, and where two of them are one double the rest decides.
    const difference = leading[a]! - leading[b]!;
    if (difference !== 0) return difference;
    const [one, other] = [parts[part[a]!]!, parts[part[b]!]!];
    const [i, j] = [place[a]!, place[b]!];
    return (
      order(one[first][i]!, other[first][j]!) ||
      order(one[second][i]!, other[second][j]!) ||
      order(one.key, other.key) ||
      order(one.values[i]!, other.values[j]!) ||
      one.hashes[i]! - other.hashes[j]!
    );
  };
  const indexes = Uint32Array.from({ length: count }, (_, index) => index);
  if (!isSorted(indexes, compare)) indexes.sort(compare);
  return { parts: indexes.map((index) => part[index]!), places: indexes.map((index) => place[index]!) };
}

const isSorted = (indexes: Uint32Array, compare: (a: number, b: number) => number): boolean =>
  indexes.every((index) => index === 0 || compare(index - 1, index) <= 0);

const order = <T extends bigint | number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** Points on either side of a position that may have changed places. */
const windowPoints = 24;

/**
 * An order in which a position holds, made by moving up to two points across it: writers that write at the same time commit
 * in another order than their clocks say. Null when there is none near by.
 */
export function exchanged(
  parts: readonly HashedColumns[],
  order: PointOrder,
  position: { count: number; digest: number },
): PointOrder | null {
  const { count, digest } = position;
  if (count > order.parts.length) return null;
  const hashAt = (index: number) => parts[order.parts[index]!]!.hashes[order.places[index]!]!;
  let sum = 0;
  for (let index = 0; index < count; index++) sum = (sum + hashAt(index)) >>> 0;
  const wanted = (digest - sum) >>> 0;
  if (wanted === 0) return order;
  const pairs = new Map<number, [before: number, after: number]>();
  for (let before = Math.max(0, count - windowPoints); before < count; before++) {
    for (let after = count; after < Math.min(order.parts.length, count + windowPoints); after++) {
      pairs.set((hashAt(after) - hashAt(before)) >>> 0, [before, after]);
    }
  }
  const one = pairs.get(wanted);
  if (one) return swapped(order, [one]);
  for (const [difference, pair] of pairs) {
    const other = pairs.get((wanted - difference) >>> 0);
    if (other && other[0] !== pair[0] && other[1] !== pair[1]) return swapped(order, [pair, other]);
  }
  return null;
}

function swapped({ parts, places }: PointOrder, pairs: readonly (readonly [number, number])[]): PointOrder {
  const order = { parts: parts.slice(), places: places.slice() };
  for (const [a, b] of pairs) {
    [order.parts[a], order.parts[b]] = [parts[b]!, parts[a]!];
    [order.places[a], order.places[b]] = [places[b]!, places[a]!];
  }
  return order;
}
