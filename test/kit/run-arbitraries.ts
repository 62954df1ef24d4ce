import fc from 'fast-check';

import type { DoubleCondition, LongCondition, StringCondition, TimeCondition } from '../../src/stores/conditions.js';
import type { Aggregate, RefCondition, RunFilter, RunOrder, RunStatus } from '../../src/stores/run-store.js';
import { bareRun, type Point, type RunRow } from './mlflow-database.js';
import { numberTexts } from './run-model.js';

// Few letters, so that texts and patterns meet; and every one that some way of matching treats as special.
const letters = [
  'a',
  'A',
  'b',
  'ä',
  'Ä',
  'ж',
  'Ж',
  'ß',
  'ẞ',
  'Σ',
  'ς',
  '%',
  '_',
  '*',
  '?',
  '[',
  ']',
  '^',
  '-',
  '\\',
  '"',
  "'",
  ' ',
  '字',
  '\uffee',
  '😀',
  '🍷',
  '\u0301',
];
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...letters), maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom('wine', 'Wine', '10', '9') },
);
const pattern = fc.string({ unit: fc.constantFrom('%', '%', '_', ...letters), maxLength: 5 });
const numberText = fc.constantFrom(...numberTexts.keys());

const double = fc.oneof(
  fc.constantFrom(
    NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    1,
    -1,
    0.5,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Number.MIN_VALUE,
    2.2e-308,
    1 / 3,
    2 ** 53,
  ),
  fc.double(),
);
// Mostly missing or equal to another.
const time = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4_102_444_800_000 }));
const keys = ['loss', 'a key', "o'k", '字', '__proto__'] as const;
const key = fc.constantFrom(...keys);
const experimentIds = [1, 2, 3];
/** Names of the experiments 1, 2, 3 that a database needs for the runs made here. */
export const experimentNames = ['Default', 'wine', 'Wein 🍷'];

const point: fc.Arbitrary<Point> = fc.record({
  step: fc.bigInt({ min: -1n, max: 2n }),
  timestamp: fc.bigInt({ min: 0n, max: 2n }),
  value: double,
});
const mapOf = <T>(keyed: fc.Arbitrary<string>, value: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> =>
  fc.uniqueArray(fc.tuple(keyed, value), { maxLength: 3, selector: ([name]) => name }).map((entries) => new Map(entries));

const tags = fc
  .tuple(mapOf(key, fc.oneof(text, numberText, fc.constant(null))), fc.option(text), fc.option(fc.nat(30)))
  .map(
    ([own, name, parent]) =>
      new Map([
        ...own,
        ...(name === null ? [] : [['mlflow.runName', name] as const]),
        ...(parent === null ? [] : [['mlflow.parentRunId', idOf(parent)] as const]),
      ]),
  );

// Ids that code points and UTF-16 units order differently.
const idOf = (number: number): string => `${['r', '\uffee', '😀'][number % 3]!}${number}`;

const statuses = ['SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED'] as const;
const run: fc.Arbitrary<RunRow> = fc
  .record({
    experimentId: fc.option(fc.constantFrom(...experimentIds)),
    name: fc.option(text),
    status: fc.option(fc.constantFrom(...statuses), { freq: 8 }),
    deleted: fc.boolean(),
    startTime: time,
    endTime: time,
    user: fc.option(text),
    artifactUri: fc.option(text),
    params: mapOf(key, fc.oneof(numberText, text)),
    tags,
    metrics: mapOf(key, fc.array(point, { minLength: 1, maxLength: 4 })),
    inputs: fc.uniqueArray(fc.record({ name: text, digest: text, context: fc.option(text) }), {
      maxLength: 2,
      selector: ({ name, digest }) => `${name}\n${digest}`,
    }),
  })
  .map((columns) => ({ ...bareRun(''), ...columns }));

/** Runs with distinct ids. */
export const runsOf = (maxLength: number): fc.Arbitrary<RunRow[]> =>
  fc.array(run, { maxLength }).map((runs) => runs.map((columns, index) => ({ ...columns, id: idOf(index) })));

// Any of the members, none of them included; `null` is as good as not given.
const someOf = <T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .constantFrom(...(Object.keys(members) as (keyof T & string)[]))
        .chain((name) => members[name].map((value) => ({ [name]: value }) as Partial<T>)),
    },
    { weight: 1, arbitrary: fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>> },
  );

const textCondition: fc.Arbitrary<StringCondition> = someOf<Required<StringCondition>>({
  eq: text,
  neq: text,
  in: fc.array(text, { maxLength: 3 }),
  nin: fc.array(text, { maxLength: 3 }),
  contains: text,
  startsWith: text,
  endsWith: text,
  like: pattern,
  ilike: pattern,
  isNull: fc.option(fc.boolean()),
});
const doubleCondition: fc.Arbitrary<DoubleCondition> = someOf<Required<DoubleCondition>>({
  eq: double,
  neq: double,
  lt: double,
  lte: double,
  gt: double,
  gte: double,
  isNaN: fc.option(fc.boolean()),
  isNull: fc.option(fc.boolean()),
});
const long = fc.bigInt({ min: -4n, max: 4n });
const longCondition: fc.Arbitrary<LongCondition> = someOf<Required<LongCondition>>({
  eq: long,
  neq: long,
  in: fc.array(long, { maxLength: 3 }),
  lt: long,
  lte: long,
  gt: long,
  gte: long,
  isNull: fc.option(fc.boolean()),
});
const timeCondition: fc.Arbitrary<TimeCondition> = someOf<Required<TimeCondition>>({
  before: time,
  after: time,
  isNull: fc.option(fc.boolean()),
});

const aggregate = fc.constantFrom<Aggregate>('LAST', 'MIN', 'MAX');
const refs = (source: string, nativeId: fc.Arbitrary<string>): fc.Arbitrary<RefCondition> => {
  const ref = fc.record({ source: fc.constantFrom(source, source, 'elsewhere'), nativeId });
  return someOf<Required<RefCondition>>({ eq: ref, neq: ref, in: fc.array(ref, { maxLength: 4 }), nin: fc.array(ref, { maxLength: 4 }) });
};
const keyed = fc.record(
  { key, string: fc.option(textCondition), number: fc.option(doubleCondition), exists: fc.option(fc.boolean()) },
  { requiredKeys: ['key'] },
);
const status = fc.constantFrom<RunStatus>(...statuses, 'STALE', 'UNKNOWN');

/** Filters with every kind of condition, nested up to `depth`. @param source the name under which the database is read */
export function filterOf(source: string, depth: number): fc.Arbitrary<RunFilter> {
  const runId = fc.nat(30).map(idOf);
  const leaf: { [K in keyof RunFilter]-?: fc.Arbitrary<RunFilter[K]> } = {
    and: fc.constant(null),
    or: fc.constant(null),
    not: fc.constant(null),
    id: refs(source, runId),
    experimentId: refs(source, fc.constantFrom('1', '2', '9', '01')),
    parentId: refs(source, runId),
    source: someOf<Required<StringCondition>>({
      eq: fc.constantFrom(source, 'elsewhere'),
      neq: fc.constantFrom(source, 'elsewhere'),
      in: fc.subarray([source, 'elsewhere']),
      nin: fc.subarray([source, 'elsewhere']),
      contains: fc.constantFrom('', source.slice(1)),
      startsWith: text,
      endsWith: fc.constant(source.slice(1)),
      like: fc.constant(`${source[0]!}%`),
      ilike: fc.constant(source.toUpperCase()),
      isNull: fc.boolean(),
    }),
    name: textCondition,
    experiment: fc.oneof(textCondition, fc.record({ like: fc.constantFrom('W%', '%🍷', '_ine') })),
    user: textCondition,
    nativeId: fc.oneof(textCondition, fc.record({ in: fc.array(runId, { maxLength: 5 }) })),
    artifactLocation: textCondition,
    status: someOf({ eq: status, neq: status, in: fc.array(status, { maxLength: 3 }) }),
    lifecycleStage: fc.constantFrom('ACTIVE', 'DELETED'),
    startedAt: timeCondition,
    endedAt: timeCondition,
    durationMs: longCondition,
    metric: fc.record(
      { key, aggregate: fc.option(aggregate), value: fc.option(doubleCondition), exists: fc.option(fc.boolean()) },
      { requiredKeys: ['key'] },
    ),
    param: keyed,
    tag: keyed,
    dataset: someOf({ name: textCondition, digest: textCondition, context: textCondition }),
  };
  if (depth === 0) return someOf(leaf);
  const inner = filterOf(source, depth - 1);
  const branch = someOf({ and: fc.array(inner, { maxLength: 3 }), or: fc.array(inner, { maxLength: 3 }), not: inner });
  return fc.oneof(
    someOf(leaf),
    branch,
    fc.tuple(someOf(leaf), branch).map(([a, b]) => ({ ...a, ...b })),
  );
}

const direction = fc.constantFrom('ASC' as const, 'DESC' as const);
const order: fc.Arbitrary<RunOrder> = fc.oneof(
  fc.record({
    by: fc.constant('field' as const),
    field: fc.constantFrom('STARTED_AT', 'ENDED_AT', 'NAME', 'STATUS', 'DURATION', 'EXPERIMENT', 'USER', 'NATIVE_ID', 'ARTIFACT_LOCATION'),
    direction,
  }),
  fc.record({ by: fc.constant('metric' as const), key, aggregate, direction }),
  fc.record({ by: fc.constant('param' as const), key, as: fc.constantFrom('NUMBER' as const, 'STRING' as const), direction }),
  fc.record({ by: fc.constant('tag' as const), key, direction }),
);

/** One to three sort terms, of every kind. */
export const orders: fc.Arbitrary<RunOrder[]> = fc.array(order, { minLength: 1, maxLength: 3 });
