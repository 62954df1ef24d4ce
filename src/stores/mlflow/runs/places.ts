import { isGiven, type DoubleCondition } from '../../conditions.js';

/**
 * Numbers that SQL is not told. It sees the place of each among all of them, in ascending order; so they are compared
 * exactly, in JavaScript, on every engine.
 */
export interface Scale {
  readonly numbers: readonly number[] | Float64Array;
}

/** The distinct numbers in order, and the place of each. -0 and 0 are one number. */
export function toPlaces(numbers: readonly number[] | Float64Array): { scale: Scale; places: number[] } {
  const sorted = Float64Array.from(numbers).sort();
  const distinct = sorted.filter((number, index) => index === 0 || number !== sorted[index - 1]);
  const placeOfNumber = new Map(Array.from(distinct, (number, place) => [number, place]));
  return { scale: { numbers: distinct }, places: Array.from(numbers, (number) => placeOfNumber.get(number)!) };
}

/** The number at a place. */
export const numberAt = ({ numbers }: Scale, place: number): number => numbers[place]!;

/** The place of a number; between two places when it is none of them. */
export function placeOf({ numbers }: Scale, number: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === number ? low : low - 0.5;
}

/** The same condition, on places instead of numbers. */
export function conditionOnPlaces(scale: Scale, condition: DoubleCondition): DoubleCondition {
  const bound = (number: number | null | undefined) => (isGiven(number) && !Number.isNaN(number) ? placeOf(scale, number) : number);
  return {
    ...condition,
    eq: bound(condition.eq),
    neq: bound(condition.neq),
    lt: bound(condition.lt),
    lte: bound(condition.lte),
    gt: bound(condition.gt),
    gte: bound(condition.gte),
  };
}
