import type { DoubleCondition, KeyedCondition, LongCondition, StringCondition, TimeCondition } from '../stores/conditions.js';
import { invalid } from './request-fields.js';
import type { SearchClause } from './search-clauses.js';
import { checkComparator, listValue, numberValue, textValue } from './search-terms.js';

/** The comparators of MLflow's values. */
export const comparators = {
  number: ['>', '>=', '!=', '=', '<', '<='],
  text: ['!=', '=', 'LIKE', 'ILIKE'],
  list: ['IN', 'NOT IN'],
  textOrList: ['!=', '=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'],
  keyed: ['!=', '=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'],
} as const;

/** A comparison of a text, once its comparator was checked. @param value the text, or the texts of a list */
export function stringCondition(comparator: string, value: string | readonly string[]): StringCondition {
  if (typeof value !== 'string') return comparator === 'NOT IN' || comparator === '!=' ? { nin: value } : { in: value };
  switch (comparator) {
    case '!=':
      return { neq: value };
    case 'LIKE':
      return { like: value };
    case 'ILIKE':
      return { ilike: value };
    case 'NOT IN':
      return { nin: [value] };
    case 'IN':
      return { in: [value] };
    default:
      return { eq: value };
  }
}

/** A comparison with a param or tag: the key must be there, also for `!=`. @param entity MLflow's name of it, for messages */
export function keyedCondition(clause: SearchClause, key: string, entity: string): KeyedCondition {
  const { comparator, value } = clause;
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') return { key, exists: comparator === 'IS NOT NULL' };
  const text = textValue(value, `Expected a quoted string value for ${entity} (e.g. 'my-value').`);
  checkComparator(clause, comparators.keyed);
  return { key, string: stringCondition(comparator, text) };
}

/** A comparison with a text or with the texts of a list. @param what whose it is, for messages */
export function textCondition(clause: SearchClause, what: string): StringCondition {
  const value = textOrList(clause, `Expected a quoted string value for ${what} (e.g. 'my-value').`, () => {});
  checkComparator(clause, typeof value === 'string' ? comparators.text : comparators.list);
  return stringCondition(clause.comparator, value);
}

/** The number something is compared with. @param what MLflow's words for whose it is */
export function numberBound(clause: SearchClause, what: string): number {
  const bound = numberValue(clause.value, what);
  checkComparator(clause, comparators.number);
  return bound;
}

const longComparators = { '=': 'eq', '!=': 'neq', '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' } as const;

/** A comparison of an integer, once its comparator was checked. */
export const longCondition = (comparator: string, bound: bigint): LongCondition => ({
  [longComparators[comparator as keyof typeof longComparators]]: bound,
});

/** A comparison of an integer. @param what MLflow's words for whose it is */
export function integerCondition(clause: SearchClause, what: string): LongCondition {
  numberBound(clause, what);
  const text = clause.value!.text;
  if (!/^-?\d{1,18}(\.0*)?$/.test(text)) throw invalid(`Expected a whole number for ${what}. Found ${text}`);
  return longCondition(clause.comparator, BigInt(text.replace(/\..*/, '')));
}

/** The text, or the texts of a list. @param mayBeList refuses a list the key has no use for */
export function textOrList({ value }: SearchClause, expected: string, mayBeList: () => void): string | string[] {
  if (value?.kind !== 'list') return textValue(value, expected);
  mayBeList();
  return listValue(value);
}

/**
 * A comparison of a metric. MLflow's tables hold ±Infinity as the largest doubles, so a bound of that size means both.
 * NaN matches `!=` only.
 */
export function doubleCondition(comparator: string, bound: number): DoubleCondition {
  const largest = Number.MAX_VALUE;
  const isTop = bound === largest;
  const isBottom = bound === -largest;
  switch (comparator) {
    case '=':
      return isTop ? { gte: largest } : isBottom ? { lte: -largest } : { eq: bound };
    case '>':
      return { gt: isTop ? Infinity : bound };
    case '>=':
      return { gte: isBottom ? -Infinity : bound };
    case '<':
      return { lt: isBottom ? -Infinity : bound };
    default:
      return { lte: isTop ? Infinity : bound };
  }
}

/** A comparison of a time (ms since the epoch); several conditions, any of which must hold. No time matches nothing. */
export function timeConditions(comparator: string, bound: number): TimeCondition[] {
  // No time is further away, and not every engine compares integers with a double beyond them.
  const at = Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, bound));
  const from = Math.ceil(at);
  const beyond = Math.floor(at) + 1;
  switch (comparator) {
    case '=':
      return from === beyond ? [] : [{ after: from, before: beyond }];
    case '!=':
      return [{ before: from }, { after: beyond }];
    case '>':
      return [{ after: beyond }];
    case '>=':
      return [{ after: from }];
    case '<':
      return [{ before: from }];
    default:
      return [{ before: beyond }];
  }
}
