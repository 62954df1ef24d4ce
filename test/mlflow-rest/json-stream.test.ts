import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

import { answerJson, streamList } from '../../src/mlflow-rest/json-stream.js';
import { streamPages } from '../../src/mlflow-rest/page-stream.js';
import { toJson } from '../../src/mlflow-rest/rest-json.js';
import type { PageRequest } from '../../src/stores/page.js';

const range = (length: number) => Array.from({ length }, (_, index) => index);

describe('an answer', () => {
  it('without a long list is a text', () => {
    expect(answerJson({ run: { id: 'r', metrics: range(100) } })).toBe(toJson({ run: { id: 'r', metrics: range(100) } }));
  });

  it.each([
    ['one', { trace: { spans: range(1000).map((n) => ({ n, at: BigInt(n) * 10n ** 18n, value: NaN })), none: undefined, id: 't' } }],
    ['several', { traces: [{ spans: range(101) }, { spans: [] }, { spans: range(250) }], empty: {} }],
    ['lists in a long list', { models: range(150).map((n) => ({ n, tags: range(n) })) }],
    ['nothing around it', range(300)],
  ])('with a long list says the same as the text: %s', async (_kind, answer) => {
    expect(await text(answerJson(answer) as Readable)).toBe(toJson(answer));
  });

  it('with a long list leaves others their turn while it is written', async () => {
    let turns = 0;
    const count = () => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await text(answerJson({ metrics: range(2_000) }) as Readable);
    clearImmediate(timer);
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});

it('a list whose items have huge lists of their own says the same as the text', async () => {
  const runs = [{ id: 'a', metrics: range(3) }, { id: 'b', metrics: range(5_000), tags: range(150) }, { id: 'c' }];
  const slices = async function* () {
    yield [{ id: 'first' }];
    yield await Promise.resolve(runs);
  };
  expect(await text(streamList('runs', slices(), () => ({ next: 't' })))).toBe(toJson({ runs: [{ id: 'first' }, ...runs], next: 't' }));
});

describe('a page that is read while it is written', () => {
  const all = range(25);
  const asked: number[] = [];
  const read = ({ limit, after }: PageRequest) => {
    asked.push(limit);
    const from = after === null ? 0 : Number(after.nativeId) + 1;
    const rows = all
      .slice(from, from + limit)
      .map((record) => ({ record, position: { source: 's', nativeId: String(record), parts: [] } }));
    return Promise.resolve({ rows, hasMore: from + limit < all.length });
  };
  const page = async (limit: number) => {
    asked.length = 0;
    const stream = await streamPages({
      name: 'numbers',
      request: { limit, backward: false, after: null, before: null },
      sizes: { perRead: 10, perPart: 4, perSlice: 3 },
      read,
      toAnswers: (numbers) => Promise.resolve(numbers.map((n) => ({ n }))),
      nextToken: ({ rows, hasMore }) => (hasMore ? `after ${rows.at(-1)!.position.nativeId}` : undefined),
    });
    return JSON.parse(await text(stream)) as object;
  };

  it('has every record once, and the token of what follows', async () => {
    expect(await page(23)).toEqual({ numbers: range(23).map((n) => ({ n })), next_page_token: 'after 22' });
    expect(asked).toEqual([10, 10, 3]);
  });

  it('ends where the list does', async () => {
    expect(await page(1_000)).toEqual({ numbers: all.map((n) => ({ n })) });
    expect(asked).toEqual([10, 10, 10]);
  });
});
