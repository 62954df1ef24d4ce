import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { attachFlags, copyFixtures, removeFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { toRunOrder } from './mlflow-questions.js';
import { inOrder, type Row } from './naive-search.js';

let fixtures: MlflowFixture[];
let attached: readonly Pick<MlflowFixture, 'name' | 'path' | 'expected'>[];
let server: TestServer;

beforeAll(async () => {
  fixtures = copyFixtures(['3.17.2', '2.16.2']);
  // The same database under a second name: every run of it ties with itself.
  attached = [...fixtures, { ...fixtures[1]!, name: 'again' }];
  server = await startTestServer(attachFlags(attached));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  removeFixtures(fixtures);
});

type Place = readonly [source: string, nativeId: string];

/** Active runs of all sources in one order; source names decide last. */
function merged(order: readonly string[]): Place[] {
  const compare = inOrder(order);
  return attached
    .flatMap(({ name, expected }) =>
      Object.entries(expected.runs).map(([id, run]): { source: string; row: Row } => ({ source: name, row: { id, ...run } })),
    )
    .filter(({ row }) => row.lifecycle_stage === 'active')
    .sort((a, b) => compare(a.row, b.row) || (a.source < b.source ? -1 : 1))
    .map(({ source, row }) => [source, row.id]);
}

interface Page {
  readonly nodes: readonly { readonly sourceName: string; readonly nativeId: string }[];
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string;
    readonly endCursor: string;
  };
  readonly totalCount: number;
}

const question = `query ($orderBy: [RunOrder!], $first: Int, $after: String, $last: Int, $before: String) {
  runs(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { sourceName nativeId } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

async function page(order: readonly string[], window: object): Promise<Page> {
  const { data, errors } = await server.query(question, { orderBy: toRunOrder(order), ...window });
  expect(errors).toBeUndefined();
  return data.runs;
}

const placesOf = ({ nodes }: Page): Place[] => nodes.map(({ sourceName, nativeId }) => [sourceName, nativeId]);

async function walkForward(order: readonly string[], first: number): Promise<Place[]> {
  const places: Place[] = [];
  for (let after: string | undefined; ;) {
    const found = await page(order, { first, after });
    places.push(...placesOf(found));
    expect(found.pageInfo.hasPreviousPage).toBe(after !== undefined);
    if (!found.pageInfo.hasNextPage) return places;
    after = found.pageInfo.endCursor;
  }
}

async function walkBackward(order: readonly string[], last: number): Promise<Place[]> {
  const places: Place[] = [];
  for (let before: string | undefined; ;) {
    const found = await page(order, { last, before });
    places.unshift(...placesOf(found));
    expect(found.pageInfo.hasNextPage).toBe(before !== undefined);
    if (!found.pageInfo.hasPreviousPage) return places;
    before = found.pageInfo.startCursor;
  }
}

const orders: readonly (readonly string[])[] = [
  [],
  ['start_time ASC'],
  ['metrics.acc DESC'],
  ['metrics.special ASC', 'run_name DESC'],
  ['params.lr ASC'],
  ['tags.team DESC'],
  ['end_time ASC'],
  ['run_id DESC'],
];

describe.each(orders.map((order) => ({ order })))('the runs of three sources by $order', ({ order }) => {
  it('come in one total order', async () => {
    const all = await page(order, { first: 1000 });
    expect(placesOf(all)).toEqual(merged(order));
    expect(all.totalCount).toBe(merged(order).length);
  });

  it.each([1, 7, 50])('are each met once in pages of %i, forwards and backwards', async (size) => {
    expect(await walkForward(order, size)).toEqual(merged(order));
    expect(await walkBackward(order, size)).toEqual(merged(order));
  });
});

describe('a cursor', () => {
  it('bounds a page from both sides', async () => {
    const { edges } = await page([], { first: 30 });
    const between = await page([], { first: 1000, after: edges[4]!.cursor, before: edges[20]!.cursor });
    expect(placesOf(between)).toEqual(merged([]).slice(5, 20));
    const lastOf = await page([], { last: 3, after: edges[4]!.cursor, before: edges[20]!.cursor });
    expect(placesOf(lastOf)).toEqual(merged([]).slice(17, 20));
  });

  it('belongs to its order and to this server', async () => {
    const { endCursor } = (await page([], { first: 3 })).pageInfo;
    for (const after of [endCursor, 'nonsense', '']) {
      const { errors } = await server.query(question, { orderBy: toRunOrder(['metrics.acc DESC']), after });
      expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['CURSOR_INVALID']);
    }
  });
});
