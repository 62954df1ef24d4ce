import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { tries } from '../kit/property.js';
import { decode, encode } from '../../sdk/src/scalars.js';
import type { RequestErrorCode, RuleErrorCode } from '../../src/core/errors.js';
import type { KnownCode } from '../../sdk/src/errors.js';
import { backoffMs } from '../../sdk/src/backoff.js';
import {
  RunsDocument,
  type CreateRunInput,
  type ErrorCode,
  type Page,
  type Requester,
  type Run,
  type RunGraph,
  type RunsQuery,
  type RunStatus,
  type Series,
  type Source,
  type TypedDocument,
  type WatchedBatch,
} from '../../sdk/src/index.js';

describe('answers', () => {
  it('are decoded where the shape says so, and nowhere else', () => {
    const text =
      '{"a":"NaN","b":"-0","c":["Infinity",1],"d":"9007199254740993","e":[1,"-9223372036854775808"],"f":"2026-01-31T12:00:00.000Z","g":"NaN","h":null}';
    const data = JSON.parse(text) as Record<string, unknown>;
    decode(data, { a: 'D', b: 'D', c: 'DD', d: 'L', e: 'LL', f: 'T', h: 'D', missing: 'L' });
    expect(data).toEqual({
      a: NaN,
      b: -0,
      c: Float64Array.of(Infinity, 1),
      d: 9007199254740993n,
      e: BigInt64Array.of(1n, -(2n ** 63n)),
      f: new Date('2026-01-31T12:00:00.000Z'),
      g: 'NaN',
      h: null,
    });
  });

  it('stay as they are when two fragments say the same', () => {
    const fragment = { text: '', shape: { at: 'T', steps: 'LL', step: 'L', values: 'DD' } } as const;
    const data = { list: [{ at: '2026-01-31T12:00:00.000Z', steps: [1], step: '1', values: ['NaN'] }] };
    decode(data, { list: { '': [fragment, fragment], at: 'T' } });
    expect(data).toEqual({
      list: [{ at: new Date('2026-01-31T12:00:00.000Z'), steps: BigInt64Array.of(1n), step: 1n, values: Float64Array.of(NaN) }],
    });
  });
});

describe('variables', () => {
  it('carry every double and every 64-bit integer', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values, steps) => {
        const sent = JSON.parse(encode({ values, steps, columns: Float64Array.from(values) })) as Record<string, unknown>;
        decode(sent, { values: 'DD', steps: 'LL', columns: 'DD' });
        expect(sent).toEqual({ values: Float64Array.from(values), steps: BigInt64Array.from(steps), columns: Float64Array.from(values) });
      }),
      tries(200),
    );
  });

  it('carry dates as instants', () => {
    expect(encode({ at: new Date(0), none: undefined })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
  });
});

it('waits longer after each failure, up to five seconds, and as long as it is told', () => {
  for (const [attempt, least, most] of [
    [0, 100, 200],
    [3, 800, 1_600],
    [50, 2_500, 5_000],
  ] as const) {
    expect(backoffMs(attempt)).toBeGreaterThanOrEqual(least);
    expect(backoffMs(attempt)).toBeLessThanOrEqual(most);
  }
  expect(backoffMs(0, 30)).toBe(30_000);
  // A timer that is to take longer than 2^31 ms takes none.
  expect(backoffMs(0, 1e9)).toBe(3_600_000);
});

it('knows every code of the API', () => {
  expectTypeOf<RequestErrorCode | RuleErrorCode>().toExtend<KnownCode>();
  expectTypeOf<KnownCode>().toExtend<ErrorCode>();
});

it('has the types of what is decoded', () => {
  expectTypeOf<Run['durationMs']>().toEqualTypeOf<bigint | null>();
  expectTypeOf<Run['startedAt']>().toEqualTypeOf<Date | null>();
  expectTypeOf<Run['metrics'][number]['value']>().toEqualTypeOf<number>();
  expectTypeOf<Run['metrics'][number]['step']>().toEqualTypeOf<bigint>();
  expectTypeOf<Run['status']>().toEqualTypeOf<RunStatus>();
  expectTypeOf<RunStatus>().extract<'KILLED'>().toEqualTypeOf<'KILLED'>();
  expectTypeOf<Series['steps']>().toEqualTypeOf<BigInt64Array>();
  expectTypeOf<Series['values']>().toEqualTypeOf<Float64Array>();
  expectTypeOf<Source['pointCount']>().toEqualTypeOf<bigint>();
  expectTypeOf<WatchedBatch['series'][number]['timestamps']>().toEqualTypeOf<BigInt64Array>();
  expectTypeOf<CreateRunInput['experiment']>().toEqualTypeOf<string>();

  expectTypeOf<RunGraph>().toExtend<Requester>();
  expectTypeOf<ReturnType<RunGraph['runs']>>().resolves.toEqualTypeOf<Page<Run>>();
  expectTypeOf<ReturnType<RunGraph['runs']['all']>>().toEqualTypeOf<AsyncGenerator<Run, void, undefined>>();
  expectTypeOf(RunsDocument).toExtend<TypedDocument<RunsQuery, { first?: number | null | undefined }>>();
  const query = (client: RunGraph) => client.query(RunsDocument, { first: 1, filter: { metric: { key: 'loss', value: { lt: 1 } } } });
  expectTypeOf(query).returns.resolves.toEqualTypeOf<RunsQuery>();
  // @ts-expect-error a status that does not exist
  const wrong = (client: RunGraph) => client.runs({ filter: { status: { eq: 'DONE' } } });
  expectTypeOf(wrong).toBeFunction();
});
