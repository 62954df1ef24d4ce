import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  attachFlags,
  everyFixtureName,
  openFixtures,
  readExpected,
  type ExpectedRunSearch,
  type MlflowFixture,
} from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { parseFilter } from './mlflow-grammar.js';
import { toRunFilter, toRunOrder } from './mlflow-questions.js';
import { searchNaively } from './naive-search.js';

let fixtures: MlflowFixture[];
let closeFixtures: () => Promise<void>;
let server: TestServer;

beforeAll(async () => {
  ({ fixtures, close: closeFixtures } = await openFixtures(everyFixtureName));
  server = await startTestServer(attachFlags(fixtures));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await closeFixtures();
});

const question = `query ($filter: RunFilter, $orderBy: [RunOrder!], $first: Int, $after: String) {
  runs(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount nodes { nativeId } pageInfo { hasNextPage endCursor } } }`;

function ask(source: string, { experiments, filter, order_by, view }: ExpectedRunSearch, page: { first?: number; after?: string } = {}) {
  const typed = { and: [{ source: { eq: source }, experiment: { in: experiments } }, toRunFilter(filter, view)] };
  return server.query(question, { first: 1000, ...page, filter: typed, orderBy: toRunOrder(order_by) });
}

const idsOf = ({ runs }: Record<string, any>): string[] => runs.nodes.map(({ nativeId }: { nativeId: string }) => nativeId);

async function idsOfPages(source: string, search: ExpectedRunSearch): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after: string | undefined; ;) {
    const { data, errors } = await ask(source, search, { first: search.page_size!, after });
    expect(errors).toBeUndefined();
    expect(data.runs.totalCount).toBe(search.run_ids!.length);
    pages.push(idsOf(data));
    if (!data.runs.pageInfo.hasNextPage) return pages;
    after = data.runs.pageInfo.endCursor;
  }
}

const title = ({ filter, order_by, view, experiments }: ExpectedRunSearch): string =>
  `${filter || 'all runs'} of ${experiments.length} experiments by ${order_by.join(', ') || 'default'} in ${view}`;
const titled = (searches: readonly ExpectedRunSearch[]) => searches.map((search) => ({ title: title(search), search }));

// Up to 2.16 MLflow compared a NaN as the 0 it is stored as.
const oldNan = ['metrics.special < 1', 'metrics.special >= 0', 'metrics.special = 0', 'metrics.`only nan` = 0'];
/** Questions MLflow refuses that have a typed form, and those the schema has no word for. */
const newer = ['params.`model` IS NULL', 'tags.team IS NOT NULL'];
const typed = [...newer, 'metrics.`acc` > 0.5 or metrics.`acc` < 0.1', "params.`lr` > '0.01'", "tags.team IN ('red','blue')"];
const untyped = ["metrics.`acc` > 'abc'", 'bogus.x = 1', "attributes.status = 'NOPE'"];

describe.each(everyFixtureName)('searching the MLflow database %s', (name) => {
  const { runs, search_runs: searches, mlflow_version: version } = readExpected(name);
  const isOldNan = ({ filter }: ExpectedRunSearch) => version === '2.16.2' && oldNan.includes(filter!);
  const isUntyped = ({ filter, order_by }: ExpectedRunSearch) => untyped.includes(filter!) || order_by.includes('bogus');
  const answered = searches.filter((search) => !search.error && !isOldNan(search) && !isUntyped(search));

  it('has questions of every kind', () => {
    const refused = searches.filter(({ error }) => error);
    expect(searches.length).toBe(72);
    expect(refused.every((search) => typed.includes(search.filter!) || isUntyped(search))).toBe(true);
    expect(searches.filter(isUntyped).length).toBe(4);
    expect(searches.filter(({ filter }) => oldNan.includes(filter!)).length).toBe(4);
  });

  it.each(titled(answered.filter((search) => !search.page_size)))('answers as MLflow does: $title', async ({ search }) => {
    const { data, errors } = await ask(name, search);
    expect(errors).toBeUndefined();
    expect(idsOf(data)).toEqual(search.run_ids);
    expect(data.runs.totalCount).toBe(search.run_ids!.length);
  });

  it.each(titled(answered.filter((search) => search.page_size)))('pages as MLflow does: $title', async ({ search }) => {
    const pages = await idsOfPages(name, search);
    expect(pages.map(({ length }) => length)).toEqual(search.page_sizes);
    expect(pages.flat()).toEqual(search.run_ids);
  });

  it('agrees with the naive evaluation wherever MLflow answers', () => {
    for (const search of answered) expect(searchNaively(runs, search), title(search)).toEqual(search.run_ids);
  });

  it.each(titled(searches.filter(isOldNan)))('compares NaN as the newest MLflow does: $title', async ({ search }) => {
    const { data } = await ask(name, search);
    expect(idsOf(data)).toEqual(searchNaively(runs, search));
    expect(idsOf(data)).not.toEqual(search.run_ids);
    const newest = readExpected(name.replace('2.16.2', '3.17.2'));
    const theirs = newest.search_runs.find((other) => title(other) === title(search))!.run_ids!;
    expect(idsOf(data).map((id) => runs[id]!.name)).toEqual(theirs.map((id) => newest.runs[id]!.name));
  });

  it.each(titled(searches.filter(({ error, filter }) => error && typed.includes(filter!))))(
    'answers what MLflow refuses: $title',
    async ({ search }) => {
      const { data, errors } = await ask(name, search);
      expect(errors).toBeUndefined();
      expect(idsOf(data)).toEqual(searchNaively(runs, search));
      expect(idsOf(data).length).toBeGreaterThan(0);
      expect(idsOf(data).length).toBeLessThan(Object.keys(runs).length);
    },
  );

  it.each(titled(searches.filter(isUntyped)))('refuses what has no typed form: $title', async ({ search }) => {
    const { data, errors } = await ask(name, search);
    expect(data).toBeUndefined();
    expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });
});

describe('a filter of MLflow that is written into the document', () => {
  it.each([
    ['an unknown field', '{ runs(filter: { bogus: { eq: 1 } }) { totalCount } }'],
    ['an unknown sort field', '{ runs(orderBy: [{ field: BOGUS }]) { totalCount } }'],
    ['a text where a number belongs', '{ runs(filter: { metric: { key: "acc", value: { gt: "abc" } } }) { totalCount } }'],
    ['an unknown status', '{ runs(filter: { status: { eq: NOPE } }) { totalCount } }'],
  ])('is refused before it is executed when it has %s', async (_what, document) => {
    const { data, errors } = await server.query(document);
    expect(data).toBeUndefined();
    expect(errors!.length).toBe(1);
    // What a scalar refuses is bad input, what the schema refuses is an invalid document.
    expect(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']).toContain(errors![0]!.extensions.code);
  });

  it('is read clause by clause', () => {
    expect(parseFilter("metrics.`val/loss` <= -1e5 AND tags.team IS NOT NULL or run_id NOT IN ('a', 'b')")).toEqual([
      [
        { entity: 'metric', key: 'val/loss', operator: '<=', value: -1e5 },
        { entity: 'tag', key: 'team', operator: 'IS NOT NULL', value: null },
      ],
      [{ entity: 'attribute', key: 'run_id', operator: 'NOT IN', value: ['a', 'b'] }],
    ]);
  });
});
