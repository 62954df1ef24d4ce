import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { gauge, openLiveClient, valuesOf, type Batch, type Followed } from '../kit/live.js';
import { tries } from '../kit/property.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
beforeAll(async () => {
  server = await startTestServer();
  api = createApi(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const maxPoints = 20;
const keys = ['loss', 'acc'] as const;

/** A way to ask for the same points; `read` gives what matters of a result. */
interface Shape {
  readonly document: (input: object) => string;
  readonly variables: (input: object) => object;
  readonly read: (result: any) => Pick<Batch, 'cursor' | 'caughtUp' | 'series'>;
}

const whole = 'kind cursor caughtUp dropped series { runId key steps timestamps values }';
const variables = (input: object) => ({ input });
const asIs = (result: Batch): Batch => result;

/** The input as it is written in a document: `{ runIds: ["…"], history: ALL }`. */
const literal = (input: object): string =>
  `{ ${Object.entries(input)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${name === 'history' ? value : JSON.stringify(value)}`)
    .join(', ')} }`;

const shapes: Readonly<Record<string, Shape>> = {
  'everything there is': {
    document: () => `subscription ($input: MetricPointsInput!) { points: metricPoints(input: $input) { ${whole} } }`,
    variables,
    read: asIs,
  },
  'only what is needed': {
    document: () =>
      `subscription Narrow($input: MetricPointsInput!) { points: metricPoints(input: $input) { series { values key runId } caughtUp cursor } }`,
    variables,
    read: asIs,
  },
  'other names': {
    document: () =>
      `subscription ($input: MetricPointsInput!) { points: metricPoints(input: $input) { at: cursor done: caughtUp kind: dropped all: series { of: runId what: key values } } }`,
    variables,
    read: ({ at, done, all }) => ({
      cursor: at,
      caughtUp: done,
      series: all.map((one: any) => ({ ...one, runId: one.of, key: one.what })),
    }),
  },
  '@include, off': {
    document: () =>
      `subscription ($input: MetricPointsInput!, $steps: Boolean!) { points: metricPoints(input: $input) { cursor caughtUp series { runId key values steps @include(if: $steps) } } }`,
    variables: (input) => ({ input, steps: false }),
    read: (result) => (expect(result.series.some((points: object) => 'steps' in points)).toBe(false), result),
  },
  '@include, on': {
    document: () =>
      `subscription ($input: MetricPointsInput!, $steps: Boolean!) { points: metricPoints(input: $input) { cursor caughtUp series { runId key values steps @include(if: $steps) } } }`,
    variables: (input) => ({ input, steps: true }),
    read: (result: Batch) => {
      for (const { steps, values } of result.series) expect(steps.length).toBe(values.length);
      return result;
    },
  },
  'arguments in the document': {
    document: (input) => `subscription { points: metricPoints(input: ${literal(input)}) { ${whole} } }`,
    variables: () => ({}),
    read: asIs,
  },
};

const act = fc.record({ afterMs: fc.integer({ min: 0, max: 80 }), what: fc.constantFrom('cut', 'lag') });
const listener = fc.record({
  shape: fc.constantFrom(...Object.keys(shapes)),
  history: fc.constantFrom('ALL', 'SAMPLED', 'NONE'),
  maxRateHz: fc.constantFrom(10, 100),
  joinsAfterMs: fc.integer({ min: 0, max: 150 }),
  acts: fc.array(act, { maxLength: 3 }),
});
type Listener = typeof listener extends fc.Arbitrary<infer T> ? T : never;

const plan = fc.record({
  // Whose run it writes to, and how many points each of its calls has; two writers may have the same run.
  writers: fc.array(fc.record({ run: fc.nat(1), calls: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 5, maxLength: 15 }) }), {
    minLength: 2,
    maxLength: 3,
  }),
  listeners: fc.array(listener, { minLength: 1, maxLength: 4 }),
  // Two that ask for the very same, one of them later.
  twin: listener,
  twinJoinsAfterMs: fc.integer({ min: 0, max: 200 }),
});

/** Values nobody else writes: the writer's number, and a count of its own per metric. */
const valuesFrom = (writer: number, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => writer * 1e6 + from + index);
const closing = -1;

async function write(writer: number, run: string, calls: readonly number[]): Promise<void> {
  let from = 0;
  for (const count of calls) {
    await api.log(
      run,
      keys.map((key) => ({ key, values: valuesFrom(writer, from, count) })),
    );
    from += count;
    await sleep(count % 9);
  }
}

/** A subscriber that goes on after its last cursor each time it is cut. */
function listen(runs: readonly string[], { shape, history, maxRateHz, joinsAfterMs, acts }: Listener) {
  const { document, variables: toVariables, read } = shapes[shape]!;
  const heard: ReturnType<Shape['read']>[] = [];
  let live = openLiveClient(server);
  let followed: Followed<unknown>;
  const connect = () => {
    const input = { runIds: runs, history, maxPoints, maxRateHz, after: heard.at(-1)?.cursor };
    followed = live.follow(document(input), toVariables(input), 'points');
  };
  const all = () => [...heard, ...followed.items.map(read)] as unknown as Batch[];
  const complete = () => runs.every((run) => keys.every((key) => valuesOf(all(), run, key).at(-1) === closing));
  return {
    /** Comes, lags and is cut as planned; resolves when it is there and has everything that was. */
    async live() {
      await sleep(joinsAfterMs);
      connect();
      for (const { afterMs, what } of acts) {
        await sleep(afterMs);
        if (what === 'lag') {
          live.pause();
          await sleep(afterMs);
          live.resume();
        } else {
          live.cut();
          await followed.ended;
          heard.push(...followed.items.map(read));
          live = openLiveClient(server);
          connect();
        }
      }
      await followed.until((items) => items.some((item) => read(item).caughtUp));
    },
    /** Everything it was given, once it was given the last point of every metric. */
    async everything() {
      await followed.until(complete, 20);
      expect(followed.errors).toEqual([]);
      await live.close();
      return all();
    },
  };
}

/** How many values at the end of `values` are the end of `reference`. */
function commonEnd(values: readonly unknown[], reference: readonly unknown[]): number {
  let length = 0;
  while (length < Math.min(values.length, reference.length) && values.at(-1 - length) === reference.at(-1 - length)) length++;
  return length;
}

function expectDelivered(history: Listener['history'], values: readonly unknown[], reference: readonly unknown[]): void {
  if (history === 'ALL') return expect(values).toEqual(reference);
  if (history === 'NONE') return expect(values).toEqual(reference.slice(-values.length));
  expect(new Set(values).size).toBe(values.length);
  const places = values.map((value) => reference.indexOf(value));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(values.length - commonEnd(values, reference)).toBeLessThanOrEqual(maxPoints);
}

describe('subscribers of many kinds that join, lag, are cut and resume while several writers append', () => {
  it('are each given exactly what was committed, in its order', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ writers, listeners, twin, twinJoinsAfterMs }) => {
        const runs = await Promise.all([0, 1].map(() => api.createRun()));
        const everybody: Listener[] = [...listeners, twin, { ...twin, joinsAfterMs: twinJoinsAfterMs }];
        const listening = everybody.map((one) => listen(runs, one));
        await Promise.all([
          ...writers.map(({ run, calls }, writer) => write(writer, runs[run]!, calls)),
          ...listening.map((one) => one.live()),
        ]);
        // With everybody there: who asked for no history has seen nothing else yet, perhaps.
        for (const run of runs) await api.log(run, keys.map((key) => ({ key, values: [closing] }))); // prettier-ignore
        const reference = listen(runs, { shape: 'everything there is', history: 'ALL', maxRateHz: 100, joinsAfterMs: 0, acts: [] });
        await reference.live();
        const committed = await reference.everything();
        expectCommitted(committed, runs, writers);
        for (const [index, one] of listening.entries()) {
          const heard = await one.everything();
          for (const run of runs)
            for (const key of keys) expectDelivered(everybody[index]!.history, valuesOf(heard, run, key), valuesOf(committed, run, key));
        }
      }),
      { ...tries(6), endOnFailure: true },
    );
    await expect.poll(() => gauge(server, 'rungraph_websocket_operations'), { timeout: 10_000 }).toBe(0);
  });
});

/** What every writer wrote is there in its order, and nothing else. */
function expectCommitted(
  committed: readonly Batch[],
  runs: readonly string[],
  writers: readonly { readonly run: number; readonly calls: readonly number[] }[],
): void {
  for (const [index, run] of runs.entries()) {
    for (const key of keys) {
      const values = valuesOf(committed, run, key) as number[];
      expect(values.at(-1)).toBe(closing);
      const mine = writers.flatMap(({ run: of, calls }, writer) => (of === index ? [{ writer, calls }] : []));
      for (const { writer, calls } of mine) {
        const total = calls.reduce((sum, count) => sum + count, 0);
        expect(values.filter((value) => value >= 0 && Math.floor(value / 1e6) === writer)).toEqual(valuesFrom(writer, 0, total));
      }
      expect(values.length).toBe(1 + mine.reduce((sum, { calls }) => sum + calls.reduce((all, count) => all + count, 0), 0));
    }
  }
}
