import type { Aggregate, DoubleFilter, RunFilter, RunStatus } from '@rungraph/sdk';

/** How a number, or a text read as one, is compared. */
export const comparisons = ['lt', 'lte', 'gt', 'gte', 'eq', 'neq'] as const;
export type Comparison = (typeof comparisons)[number];

/** How a value that is a text is tested. */
export type TextTest = 'is' | 'contains' | 'exists' | 'missing' | Comparison;

/** Statuses in the order they are offered. */
export const statuses: readonly RunStatus[] = ['RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'SCHEDULED', 'STALE', 'UNKNOWN'];

/** One chip of the filter. Values are as they were typed. */
export type Condition =
  | { readonly on: 'source'; readonly name: string }
  | { readonly on: 'experiment'; readonly name: string }
  | { readonly on: 'status'; readonly any: readonly RunStatus[] }
  | {
      readonly on: 'metric';
      readonly key: string;
      readonly aggregate: Aggregate;
      readonly test: Comparison | 'isNaN' | 'exists' | 'missing';
      readonly value: string;
    }
  | { readonly on: 'param'; readonly key: string; readonly test: TextTest; readonly value: string }
  | { readonly on: 'tag'; readonly key: string; readonly test: TextTest; readonly value: string };

const signs: Readonly<Record<string, string>> = { lt: '<', lte: '≤', gt: '>', gte: '≥', eq: '=', neq: '≠', is: 'is', contains: 'contains' };

/** The sign or word of a test. */
export const testText = (test: string): string => signs[test] ?? { isNaN: 'is NaN', exists: 'exists', missing: 'is missing' }[test] ?? test;

/** A condition as its chip says it: `min val/loss < 0.2`. */
export function conditionText(condition: Condition): string {
  if (condition.on === 'status') return condition.any.map((status) => status.toLowerCase()).join(' or ');
  if (condition.on === 'source' || condition.on === 'experiment') return `${condition.on} ${condition.name}`;
  const { key, test, value } = condition;
  const subject = condition.on === 'metric' ? `${condition.aggregate.toLowerCase()} ${key}` : `${condition.on} ${key}`;
  return ['isNaN', 'exists', 'missing'].includes(test) ? `${subject} ${testText(test)}` : `${subject} ${testText(test)} ${value}`;
}

/** What is wrong with a condition, and the way out; null when it can be asked. */
export function conditionProblem(condition: Condition): string | null {
  if (condition.on === 'status') return condition.any.length === 0 ? 'Choose at least one status.' : null;
  if (condition.on === 'source' || condition.on === 'experiment') return condition.name === '' ? `Name the ${condition.on}.` : null;
  if (condition.key === '') return `Name the ${condition.on}.`;
  return isComparison(condition.test) && numberOf(condition.value) === null
    ? 'The value must be a number, such as 0.2, 1e-4 or -Infinity.'
    : null;
}

/**
 * The filter that search text and conditions make: all hold together. Undefined when there are none, so that all runs match.
 * @param search part of a run's name in any case; % and _ stand for any characters
 */
export function toRunFilter(search: string, conditions: readonly Condition[]): RunFilter | undefined {
  const all = [
    ...(search.trim() === '' ? [] : [{ name: { ilike: `%${search.trim()}%` } }]),
    ...conditions.filter((condition) => conditionProblem(condition) === null).map(toFilter),
  ];
  return all.length > 1 ? { and: all } : all[0];
}

function toFilter(condition: Condition): RunFilter {
  switch (condition.on) {
    case 'source':
      return { source: { eq: condition.name } };
    case 'experiment':
      return { experiment: { eq: condition.name } };
    case 'status':
      return { status: condition.any.length === 1 ? { eq: condition.any[0]! } : { in: [...condition.any] } };
    case 'metric': {
      const { key, aggregate, test, value } = condition;
      if (test === 'exists' || test === 'missing') return { metric: { key, exists: test === 'exists' } };
      return { metric: { key, aggregate, value: test === 'isNaN' ? { isNaN: true } : compared(test, value) } };
    }
    case 'param':
      return { param: keyed(condition) };
    case 'tag':
      return { tag: keyed(condition) };
  }
}

function keyed({ key, test, value }: Extract<Condition, { on: 'param' | 'tag' }>): NonNullable<RunFilter['param']> {
  if (test === 'exists' || test === 'missing') return { key, exists: test === 'exists' };
  if (isComparison(test)) return { key, number: compared(test, value) };
  return { key, string: test === 'is' ? { eq: value } : { contains: value } };
}

const compared = (test: Comparison, value: string): DoubleFilter => ({ [test]: numberOf(value) });

const isComparison = (test: string): test is Comparison => (comparisons as readonly string[]).includes(test);

function numberOf(text: string): number | null {
  const number = Number(text.trim());
  return text.trim() === '' || Number.isNaN(number) ? null : number;
}
