import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runGroups } from '../../src/stores/mlflow/runs/group.sql.js';
import { addGroup, sortGroups, type GroupTotals } from '../../src/stores/run-groups.js';
import type { GroupQuery, GroupTerm, RunGroupRecord } from '../../src/stores/run-store.js';
import {
  bareRun,
  layouts,
  openTestDatabase,
  whileHolding,
  type LayoutName,
  type RunRow,
  type TestDatabase,
} from '../kit/mlflow-database.js';
import { tries } from '../kit/property.js';
import { experimentNames, runsOf } from '../kit/run-arbitraries.js';
import { metricOf, type ModelRun } from '../kit/run-model.js';

/** Groups as a client sees them, worked out one by one. */
function naiveGroups(runs: readonly ModelRun[], query: GroupQuery) {
  const members = new Map<string, ModelRun[]>();
  for (const run of runs) {
    const name = JSON.stringify(query.by.map((term) => keyOf(run, term)));
    members.set(name, [...(members.get(name) ?? []), run]);
  }
  return [...members].map(([name, group]) => ({
    key: JSON.parse(name) as (string | null)[],
    count: group.length,
    metrics: query.metrics.map(({ key, aggregate }) => ({ key, ...spread(numbersOf(group.map((run) => metricOf(run, key, aggregate)))) })),
    best: query.best && bestOf(group, query.best, query.bestDirection),
  }));
}

function keyOf({ row, source, experiment }: ModelRun, term: GroupTerm): string | null {
  if (term.by === 'param') return row.params.get(term.key) ?? null;
  if (term.by === 'tag') return row.tags.has(term.key) ? (row.tags.get(term.key) ?? '') : null;
  return term.by === 'field' ? { EXPERIMENT: experiment, STATUS: row.status, USER: row.user || null, SOURCE: source }[term.field] : null;
}

const numbersOf = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value) => typeof value === 'number' && !Number.isNaN(value)).map((value) => value! + 0); // groups do not tell -0 from 0

function spread(values: readonly number[]) {
  if (values.length === 0) return { count: 0, mean: null, min: null, max: null, stddev: null };
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
  return { count: values.length, mean, min: Math.min(...values), max: Math.max(...values), stddev: Math.sqrt(variance) };
}

function bestOf(group: readonly ModelRun[], { key, aggregate }: NonNullable<GroupQuery['best']>, direction: 'ASC' | 'DESC') {
  const better = (a: number, b: number) => (direction === 'ASC' ? a < b : a > b);
  const candidates = group.flatMap((run) =>
    numbersOf([metricOf(run, key, aggregate)]).map((value) => ({ source: run.source, nativeId: run.row.id, value })),
  );
  const name = ({ nativeId, source }: { nativeId: string; source: string }) => Buffer.from(`${nativeId}\0${source}`);
  return candidates.sort((a, b) => (a.value === b.value ? Buffer.compare(name(a), name(b)) : better(a.value, b.value) ? -1 : 1))[0] ?? null;
}

/** The store's groups with the spread that is made of their squares. */
const shown = ({ key, count, metrics, best }: RunGroupRecord) => ({
  key,
  count,
  metrics: metrics.map(({ squares, ...metric }) => ({ ...metric, stddev: metric.count === 0 ? null : Math.sqrt(squares / metric.count) })),
  best,
});

const byName = (a: { key: unknown }, b: { key: unknown }): number => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1);

function expectSame(groups: readonly RunGroupRecord[], expected: ReturnType<typeof naiveGroups>): void {
  const [actual, wanted] = [groups.map(shown).sort(byName), [...expected].sort(byName)];
  expect(actual.map(({ key, count, best }) => ({ key, count, best }))).toEqual(
    wanted.map(({ key, count, best }) => ({ key, count, best })),
  );
  for (const [index, { metrics }] of wanted.entries()) {
    for (const [at, metric] of metrics.entries()) {
      const { mean, stddev, ...rest } = actual[index]!.metrics[at]!;
      expect(rest).toEqual({ key: metric.key, count: metric.count, min: metric.min, max: metric.max });
      expectClose(mean, metric.mean, Math.max(Math.abs(metric.min ?? 0), Math.abs(metric.max ?? 0)));
      expectClose(stddev, metric.stddev, Math.max(Math.abs(metric.min ?? 0), Math.abs(metric.max ?? 0)));
    }
  }
}

/** Equal to twelve digits of the largest value that went in. */
function expectClose(actual: number | null, expected: number | null, scale: number): void {
  if (expected === null || !Number.isFinite(expected)) return expect(actual).toBe(expected);
  expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(scale * 1e-12);
}

const metric = { key: 'acc', aggregate: 'LAST' } as const;
const point = (value: number) => [{ step: 0n, timestamp: 0n, value }];
const withMetric = (id: string, value: number, params: readonly (readonly [string, string])[] = []): RunRow => ({
  ...bareRun(id),
  metrics: new Map([['acc', point(value)]]),
  params: new Map(params),
});

describe.each(layouts)('groups of runs of the %s layout', (layout: LayoutName) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(layout, 'a', experimentNames);
  });
  afterAll(() => database.close());

  const model = (rows: readonly RunRow[], source = 'a'): ModelRun[] =>
    rows.map((row) => ({ row, source, layout, experiment: row.experimentId === null ? null : experimentNames[row.experimentId - 1]! }));
  const groups = async (rows: readonly RunRow[], query: GroupQuery): Promise<RunGroupRecord[]> =>
    whileHolding(database, rows, () => runGroups(database, query));

  // Values whose squares do not overflow: what happens beyond that has tests of its own.
  const values = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(NaN, 0, -0, 1, 1e-300, 1e15, 1e15 + 1));
  const rowsOf = fc
    .tuple(runsOf(20), fc.array(fc.option(values), { minLength: 20, maxLength: 20 }))
    .map(([rows, all]) =>
      rows.map((row, index) => ({ ...row, metrics: new Map(all[index] === null ? [] : [['acc', point(all[index]!)]]) })),
    );
  const term = fc.constantFrom<GroupTerm>(
    { by: 'param', key: 'loss' },
    { by: 'tag', key: '字' },
    ...(['EXPERIMENT', 'STATUS', 'SOURCE', 'USER'] as const).map((field) => ({ by: 'field', field }) as const),
  );
  const queries: fc.Arbitrary<GroupQuery> = fc.record({
    filter: fc.constant({}),
    by: fc.array(term, { maxLength: 3 }),
    metrics: fc.constantFrom([metric], [metric, { key: 'acc', aggregate: 'MAX' as const }, { key: 'none', aggregate: 'LAST' as const }]),
    best: fc.constantFrom(metric, null),
    bestDirection: fc.constantFrom('ASC' as const, 'DESC' as const),
  });

  it('have the keys, counts, means, spreads, extremes and best runs that one by one come out', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf, queries, async (rows, query) => expectSame(await groups(rows, query), naiveGroups(model(rows), query))),
      tries(120),
    );
  });

  it('of two sources are put together as if all runs were in one', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf, rowsOf, queries, fc.boolean(), async (rowsA, rowsB, query, swapped) => {
        const parts = [
          await groups(rowsA, query),
          await whileHolding(database, rowsB, () => runGroups({ ...database, source: 'b' }, query)),
        ];
        const totals: GroupTotals = new Map();
        for (const group of (swapped ? parts.reverse() : parts).flat()) addGroup(totals, query, group);
        expectSame([...totals.values()], naiveGroups([...model(rowsA), ...model(rowsB, 'b')], query));
      }),
      tries(80),
    );
  });

  it('have the same best run whichever source is added first, when two runs are equally good', async () => {
    const query: GroupQuery = { filter: {}, by: [], metrics: [], best: metric, bestDirection: 'DESC' };
    const parts = await whileHolding(database, [withMetric('r', 1)], () =>
      Promise.all(['b', 'a'].map((source) => runGroups({ ...database, source }, query))),
    );
    for (const order of [parts, [...parts].reverse()]) {
      const totals: GroupTotals = new Map();
      for (const group of order.flat()) addGroup(totals, query, group);
      expect([...totals.values()].map(({ best }) => best)).toEqual([{ source: 'a', nativeId: 'r', value: 1 }]);
    }
  });

  it('keep a spread that is tiny beside the mean', async () => {
    const rows = [1e9, 1e9 + 1, 1e9 + 2].map((value, index) => withMetric(`r${index}`, value));
    const [group] = await groups(rows, { filter: {}, by: [], metrics: [metric], best: null, bestDirection: 'DESC' });
    expect(Math.sqrt(group!.metrics[0]!.squares / 3)).toBeCloseTo(Math.sqrt(2 / 3), 12);
  });

  it('put runs without the param into a group of their own, apart from those where it is the empty text', async () => {
    const rows = [withMetric('a', 1, [['lr', '']]), withMetric('b', 2), withMetric('c', 3)];
    const found = await groups(rows, { filter: {}, by: [{ by: 'param', key: 'lr' }], metrics: [], best: null, bestDirection: 'DESC' });
    expect(found.map(({ key, count }) => [key, count]).sort()).toEqual([
      [[''], 1],
      [[null], 2],
    ]);
  });

  it.each([
    [[1, Infinity, Infinity], Infinity],
    [[Infinity, 1, 2], Infinity],
    [[-Infinity, -Infinity, 5], -Infinity],
    [[Infinity, 1, -Infinity], NaN],
    [[-8e307, 8e307, -8e307, 8e307], 0],
    [[1.5e308, -1.5e308], 0],
  ])('have the mean of %j in whatever order: %d', async (all, mean) => {
    for (const values of [all, [...all].reverse()]) {
      const rows = values.map((value, index) => withMetric(`r${index}`, value));
      const [group] = await groups(rows, { filter: {}, by: [], metrics: [metric], best: null, bestDirection: 'DESC' });
      expect(Number.isFinite(mean) || Number.isNaN(group!.metrics[0]!.squares)).toBe(true);
      if (mean === 0) expect(Math.abs(group!.metrics[0]!.mean! / 1e308)).toBeLessThan(1e-12);
      else expect(group!.metrics[0]!.mean).toBe(mean);
    }
  });
});

describe('the order of groups', () => {
  const group = (key: string, count: number, value: number | null): RunGroupRecord => ({
    ...{ key: [key], count, metrics: [] },
    best: value === null ? null : { source: 'a', nativeId: key, value },
  });
  const order = (query: Partial<GroupQuery>, ...all: RunGroupRecord[]) =>
    sortGroups(all, { filter: {}, by: [], metrics: [], best: null, bestDirection: 'DESC', ...query }).map(({ key }) => key[0]);

  it('is the largest first, then by key', () => {
    expect(order({}, group('b', 1, null), group('c', 2, null), group('a', 1, null))).toEqual(['c', 'a', 'b']);
  });

  it('is by the best run when one is asked for, groups without one last, in both directions', () => {
    const all = [group('none', 9, null), group('one', 1, 1), group('two', 1, 2), group('also one', 1, 1)];
    expect(order({ best: metric, bestDirection: 'DESC' }, ...all)).toEqual(['two', 'also one', 'one', 'none']);
    expect(order({ best: metric, bestDirection: 'ASC' }, ...all)).toEqual(['also one', 'one', 'two', 'none']);
  });
});
