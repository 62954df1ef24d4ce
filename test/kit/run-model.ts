import type { NativeRef } from '../../src/core/ids.js';
import type { DoubleCondition, KeyedCondition, LongCondition, StringCondition, TimeCondition } from '../../src/stores/conditions.js';
import type { Aggregate, RefCondition, RunFilter, RunOrder, RunOrderField } from '../../src/stores/run-store.js';
import { distinctPoints, latestOf, type LayoutName, type RunRow } from './mlflow-database.js';

/**
 * What filters and orders mean, said as plainly as possible over rows in memory. Written from the comments of the
 * contract alone, so that the SQL is checked against them and not against itself.
 */
export interface ModelRun {
  readonly row: RunRow;
  readonly source: string;
  readonly experiment: string | null;
  readonly layout: LayoutName;
}

/** Texts that the tests use as params, with what they mean as numbers. */
export const numberTexts: ReadonlyMap<string, number | null> = new Map([
  ['1e-3', 0.001],
  ['0.001', 0.001],
  ['.5', 0.5],
  ['+5E-1', 0.5],
  ['10', 10],
  ['9', 9],
  ['9007199254740993', 9007199254740992],
  ['-0', -0],
  ['0', 0],
  ['nan', NaN],
  ['NaN', NaN],
  ['inf', Infinity],
  ['-Infinity', -Infinity],
  ['1e999', Infinity],
  ['abc', null],
  ['', null],
  ['0x10', null],
  ['1_000', null],
  ['constructor', null],
]);

export const nameOf = ({ row }: ModelRun): string => row.name || row.tags.get('mlflow.runName') || '';
const userOf = ({ row }: ModelRun): string | null => row.user || null;
const durationOf = ({ row }: ModelRun): number | null =>
  row.startTime === null || row.endTime === null ? null : row.endTime - row.startTime;
// KeyValue.value is never null: a tag without a text is the empty text.
const tagOf = ({ row }: ModelRun, key: string): string | undefined => (row.tags.has(key) ? (row.tags.get(key) ?? '') : undefined);
const numberOf = (text: string): number | null => numberTexts.get(text) ?? null;

/** A metric's value: undefined without the metric, null when only NaN was logged and an extreme is asked for. */
export function metricOf({ row, layout }: ModelRun, key: string, aggregate: Aggregate): number | null | undefined {
  const points = distinctPoints(row.metrics.get(key) ?? []);
  if (points.length === 0) return undefined;
  const seen = (value: number) => (layout === 'own' ? value : asMlflowKeeps(value));
  if (aggregate === 'LAST') return seen(latestOf(points).value);
  const numbers = points.map(({ value }) => seen(value)).filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return null;
  return numbers.reduce((best, value) => ((aggregate === 'MIN' ? value < best : value > best) ? value : best));
}

// The largest double reads as Infinity there, and -0 as 0.
const asMlflowKeeps = (value: number): number => (Math.abs(value) === Number.MAX_VALUE ? value * 2 : value === 0 ? 0 : value);

export function matches(filter: RunFilter, run: ModelRun): boolean {
  const { row } = run;
  const ref = (nativeId: string | number | null | undefined) =>
    nativeId === null || nativeId === undefined ? null : { source: run.source, nativeId: String(nativeId) };
  const holds: boolean[] = [];
  const check = <T>(condition: T | null | undefined, test: (condition: T) => boolean) => {
    if (condition !== null && condition !== undefined) holds.push(test(condition));
  };
  check(filter.and, (all) => all.every((inner) => matches(inner, run)));
  check(filter.or, (any) => any.some((inner) => matches(inner, run)));
  check(filter.not, (inner) => !matches(inner, run));
  check(filter.id, (condition) => refMatches(condition, ref(row.id)));
  check(filter.experimentId, (condition) => refMatches(condition, ref(row.experimentId)));
  check(filter.parentId, (condition) => refMatches(condition, ref(tagOf(run, 'mlflow.parentRunId'))));
  check(filter.source, (condition) => textMatches(condition, run.source));
  check(filter.name, (condition) => textMatches(condition, nameOf(run)));
  check(filter.experiment, (condition) => textMatches(condition, run.experiment));
  check(filter.user, (condition) => textMatches(condition, userOf(run)));
  check(filter.nativeId, (condition) => textMatches(condition, row.id));
  check(filter.artifactLocation, (condition) => textMatches(condition, row.artifactUri));
  check(filter.status?.eq, (status) => (row.status ?? 'UNKNOWN') === status);
  check(filter.status?.neq, (status) => (row.status ?? 'UNKNOWN') !== status);
  check(filter.status?.in, (statuses) => statuses.some((status) => status === (row.status ?? 'UNKNOWN')));
  check(filter.lifecycleStage, (stage) => (stage === 'DELETED') === row.deleted);
  check(filter.startedAt, (condition) => timeMatches(condition, row.startTime));
  check(filter.endedAt, (condition) => timeMatches(condition, row.endTime));
  check(filter.durationMs, (condition) => longMatches(condition, durationOf(run)));
  check(filter.metric, ({ key, aggregate, value, exists }) => {
    const metric = metricOf(run, key, aggregate ?? 'LAST');
    if (metric === undefined) return exists === false && !value;
    return exists !== false && (!value || doubleMatches(value, metric));
  });
  check(filter.param, (condition) => keyedMatches(condition, row.params.get(condition.key)));
  check(filter.tag, (condition) => keyedMatches(condition, tagOf(run, condition.key)));
  check(filter.dataset, ({ name, digest, context }) =>
    row.inputs.some(
      (input) =>
        (!name || textMatches(name, input.name)) &&
        (!digest || textMatches(digest, input.digest)) &&
        (!context || textMatches(context, input.context)),
    ),
  );
  return holds.every(Boolean);
}

function keyedMatches({ string, number, exists }: KeyedCondition, text: string | undefined): boolean {
  if (text === undefined) return exists === false && !string && !number;
  return exists !== false && (!string || textMatches(string, text)) && (!number || doubleMatches(number, numberOf(text)));
}

/** Every given member holds; a missing value matches `isNull: true` and nothing else. */
function everyHolds<T>(value: T | null, isNull: boolean | null | undefined, members: readonly (((value: T) => boolean) | null)[]): boolean {
  if (isNull !== null && isNull !== undefined && isNull !== (value === null)) return false;
  return members.every((holds) => holds === null || (value !== null && holds(value)));
}

const when = <C, T>(given: C | null | undefined, holds: (value: T, given: C) => boolean): ((value: T) => boolean) | null =>
  given === null || given === undefined ? null : (value) => holds(value, given);

const textMatches = (c: StringCondition, text: string | null): boolean =>
  everyHolds(text, c.isNull, [
    when(c.eq, (value: string, other) => value === other),
    when(c.neq, (value: string, other) => value !== other),
    when(c.in, (value: string, others) => others.includes(value)),
    when(c.nin, (value: string, others) => !others.includes(value)),
    when(c.contains, (value: string, part) => value.includes(part)),
    when(c.startsWith, (value: string, part) => value.startsWith(part)),
    when(c.endsWith, (value: string, part) => value.endsWith(part)),
    when(c.like, (value: string, pattern) => like([...value], [...pattern], (a, b) => a === b)),
    when(c.ilike, (value: string, pattern) => like([...value], [...pattern], sameLetter)),
  ]);

function like(value: readonly string[], pattern: readonly string[], same: (a: string, b: string) => boolean): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return value.length === 0;
  if (first === '%')
    return Array.from({ length: value.length + 1 }, (_, skipped) => value.slice(skipped)).some((left) => like(left, rest, same));
  return value.length > 0 && (first === '_' || same(first, value[0]!)) && like(value.slice(1), rest, same);
}

const sameLetter = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase() || a.toUpperCase() === b.toUpperCase();

const doubleMatches = (c: DoubleCondition, number: number | null): boolean =>
  everyHolds(number, c.isNull, [...comparisons<number>(c), when(c.isNaN, (value: number, wanted) => Number.isNaN(value) === wanted)]);

const longMatches = (c: LongCondition, number: number | null): boolean =>
  everyHolds(number, c.isNull, [...comparisons<number, bigint>(c), when(c.in, (value: number, others) => others.includes(BigInt(value)))]);

const timeMatches = (c: TimeCondition, time: number | null): boolean =>
  everyHolds(time, c.isNull, [
    when(c.before, (value: number, bound) => value < bound),
    when(c.after, (value: number, bound) => value >= bound),
  ]);

type Bounds<B> = Partial<Record<'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte', B | null | undefined>>;

const comparisons = <T extends number | bigint, B extends number | bigint = T>(c: Bounds<B>) => [
  // A number and a bigint are equal by value when neither is less.
  when(c.eq, (value: T, bound) => value <= bound && value >= bound),
  when(c.neq, (value: T, bound) => !(value <= bound && value >= bound)),
  when(c.lt, (value: T, bound) => value < bound),
  when(c.lte, (value: T, bound) => value <= bound),
  when(c.gt, (value: T, bound) => value > bound),
  when(c.gte, (value: T, bound) => value >= bound),
];

function refMatches(c: RefCondition, ref: NativeRef | null): boolean {
  const same = (a: NativeRef, b: NativeRef) => a.source === b.source && a.nativeId === b.nativeId;
  return everyHolds(ref, null, [
    when(c.eq, same),
    when(c.neq, (value: NativeRef, other) => !same(value, other)),
    when(c.in, (value: NativeRef, others) => others.some((other) => same(value, other))),
    when(c.nin, (value: NativeRef, others) => !others.some((other) => same(value, other))),
  ]);
}

/** The runs in the order asked for; ties break by start time (newest first), then native id, then source. */
export function inOrder(runs: readonly ModelRun[], orderBy: readonly RunOrder[]): ModelRun[] {
  const terms: readonly RunOrder[] = [...orderBy, newestFirst];
  return [...runs].sort((a, b) => {
    for (const term of terms) {
      const [x, y] = [sortValue(a, term), sortValue(b, term)];
      if (standing(x) !== standing(y)) return standing(x) - standing(y);
      if (standing(x) > 0 || x === y) continue;
      const smaller = typeof x === 'string' ? byCodePoint(x, y as string) < 0 : x! < (y as number);
      return smaller === (term.direction === 'ASC') ? -1 : 1;
    }
    return byCodePoint(a.row.id, b.row.id) || byCodePoint(a.source, b.source);
  });
}

/** What the caller of the store puts after every order. */
export const newestFirst: RunOrder = { by: 'field', field: 'STARTED_AT', direction: 'DESC' };

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

// Values, then NaN, then missing, in both directions.
const standing = (value: number | string | null): number => (value === null ? 2 : Number.isNaN(value) ? 1 : 0);

function sortValue(run: ModelRun, term: RunOrder): number | string | null {
  switch (term.by) {
    case 'field':
      return fields[term.field](run);
    case 'tag':
      return tagOf(run, term.key) ?? null;
    case 'param': {
      const text = run.row.params.get(term.key);
      if (text === undefined) return null;
      return term.as === 'STRING' ? text : numberOf(text);
    }
    case 'metric': {
      const value = metricOf(run, term.key, term.aggregate);
      return value === undefined ? null : (value ?? NaN);
    }
  }
}

const fields: Readonly<Record<RunOrderField, (run: ModelRun) => number | string | null>> = {
  STARTED_AT: ({ row }) => row.startTime,
  ENDED_AT: ({ row }) => row.endTime,
  NAME: nameOf,
  STATUS: ({ row }) => row.status,
  DURATION: durationOf,
  EXPERIMENT: ({ experiment }) => experiment,
  USER: userOf,
  NATIVE_ID: ({ row }) => row.id,
  ARTIFACT_LOCATION: ({ row }) => row.artifactUri,
};
