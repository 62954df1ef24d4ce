import { fromStoredValue, toStoredValue } from '../../core/metric-value.js';
import type { SortValue } from '../page.js';

// The neighbour of the largest double. Nothing lies between them, so a bound that really is the largest double has no place of its
// own beside the one that stands for infinity; a cursor that stands on it (of another source, whose engine tells them apart) goes here.
const secondLargest = 1.7976931348623155e308;

/** A double as an engine without infinities is asked for it in a keyset. */
export function toClamped(value: SortValue): SortValue {
  if (typeof value !== 'number') return value;
  if (Math.abs(value) === Number.MAX_VALUE) return Math.sign(value) * secondLargest;
  return Number.isFinite(value) ? value : toStoredValue(value).value;
}

/** The double that such an engine means. */
export const fromClamped = (value: SortValue): SortValue => (typeof value === 'number' ? fromStoredValue(value, false) : value);

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

// Whatever is as large as the largest double is infinite there, and so beyond the largest double itself.
const beyond: Readonly<Record<Comparison, Comparison>> = { '=': '>', '<>': '<=', '<': '<', '<=': '<', '>': '>=', '>=': '>=' };
const flipped: Readonly<Record<Comparison, Comparison>> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** A comparison with a bound that is no NaN, as it must be asked where ±1.7976931348623157e308 stands for ±∞. */
export function clampComparison(operator: Comparison, bound: number): readonly [Comparison, number] {
  if (bound === Number.MAX_VALUE) return [beyond[operator], bound];
  if (bound === -Number.MAX_VALUE) return [flipped[beyond[flipped[operator]]], bound];
  return [operator, toStoredValue(bound).value];
}
