import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf } from '../../sdk/src/sse.js';
import { graphql, NetworkError, RequestFailed, RunGraph, type WatchedBatch, type WatchStatus } from '../../sdk/src/index.js';
import { tries } from '../kit/property.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { startTcpProxy } from './proxies.js';
import { startSseGateway, type SseGateway } from './sse-gateway.js';

let server: TestServer;
let gateway: SseGateway | undefined;
let client: RunGraph;
beforeAll(async () => {
  server = await startTestServer();
  client = new RunGraph({ url: server.url });
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** A client that can open no WebSocket. */
const overSse = (url: string, keepAliveMs?: number): RunGraph => {
  const webSocket = class {
    constructor() {
      throw new Error('A WebSocket was opened.');
    }
  };
  return new RunGraph({ url, transport: 'sse', webSocket, keepAliveMs });
};

const valuesOf = (batches: readonly WatchedBatch[]): number[] =>
  batches.flatMap(({ series }) => series.flatMap(({ values }) => [...values]));

async function collect(
  stream: AsyncIterable<WatchedBatch>,
  enough: (batches: readonly WatchedBatch[]) => boolean,
): Promise<WatchedBatch[]> {
  const batches: WatchedBatch[] = [];
  for await (const batch of stream) {
    batches.push(batch);
    if (enough(batches)) break;
  }
  return batches;
}

async function loggedRun(...values: number[]) {
  const run = await client.createRun({ experiment: { name: 'sse' } });
  for (const [step, loss] of values.entries()) void run.log({ loss }, { step: 2n ** 53n + BigInt(step) });
  await run.flush();
  return run;
}

describe.each(['the server', 'a gateway before it'])('watch over SSE of %s', (name) => {
  const startUrl = async (keepAliveMs?: number): Promise<string> => {
    if (name === 'the server') return server.url;
    gateway = await startSseGateway(server.url, keepAliveMs);
    return gateway.url;
  };

  it('tells what is there, then what comes, with every bit, and leaves no stream open', async () => {
    const url = await startUrl(20);
    const run = await loggedRun(NaN, -0, 5e-324);
    const stream = overSse(url).watch({ runIds: [run.id], maxRateHz: 100 });
    const [history] = (await stream.next()).value!.series;
    expect(history!.steps).toEqual(BigInt64Array.of(2n ** 53n, 2n ** 53n + 1n, 2n ** 53n + 2n));
    expect(history!.values).toEqual(Float64Array.of(NaN, -0, 5e-324));
    await run.log({ loss: -Infinity });
    await run.finish();
    expect(valuesOf([(await stream.next()).value!])).toEqual([-Infinity]);
    if (gateway) expect(gateway.open).toBe(1);
    await stream.return();
    if (gateway) await expect.poll(() => gateway?.open).toBe(0);
  });

  it('tells every point once and in order when its connection is cut again and again', async () => {
    const proxy = await startTcpProxy(await startUrl());
    const run = await client.createRun({ experiment: { name: 'sse' } });
    const statuses: WatchStatus[] = [];
    const cuts = new Map([
      [200, 300],
      [600, 700],
      [1_000, 100],
      [1_400, Infinity],
    ]);
    const reading = collect(
      overSse(proxy.url).watch({ runIds: [run.id], maxRateHz: 100 }, { onStatus: (status) => statuses.push(status) }),
      (batches) => {
        const { length } = valuesOf(batches);
        for (const [at, bytesOfNext] of cuts) {
          if (length < at) break;
          cuts.delete(at);
          proxy.cut(bytesOfNext);
        }
        return length >= 2_000;
      },
    );
    for (let step = 0; step < 2_000; step++) {
      await run.log({ loss: step }, { step });
      if (step % 100 === 99) await run.flush();
    }
    await run.finish();
    expect(valuesOf(await reading)).toEqual(Array.from({ length: 2_000 }, (_, step) => step));
    expect(statuses.some(({ state }) => state === 'waiting')).toBe(true);
    await proxy.close();
  });

  it('throws what the server refuses, with its code', async () => {
    const url = await startUrl();
    await expect(overSse(url).watch({}).next()).rejects.toMatchObject({ name: 'RequestFailed', code: 'BAD_USER_INPUT' });
    await expect(
      overSse(url)
        .watch({ runIds: ['nonsense'] })
        .next(),
    ).rejects.toBeInstanceOf(RequestFailed);
  });
});

describe('watch over SSE', () => {
  it('connects again when the stream falls silent, and not while it only says that it is there', async () => {
    gateway = await startSseGateway(server.url, 30);
    const run = await loggedRun(1);
    const statuses: string[] = [];
    const stream = overSse(gateway.url, 600).watch({ runIds: [run.id] }, { onStatus: ({ state }) => statuses.push(state) });
    await stream.next();
    const second = stream.next();
    // Longer than a silence may be, with nothing but comments.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(statuses).toEqual(['connecting', 'live']);
    gateway.freeze();
    await expect.poll(() => statuses, { timeout: 10_000 }).toContain('waiting');
    await run.log({ loss: 2 });
    await run.finish();
    // The batch after a reconnect that says everything is there may come first.
    const values = valuesOf([(await second).value!]);
    expect(values.length > 0 ? values : valuesOf([(await stream.next()).value!])).toEqual([2]);
    await stream.return();
  });

  it('throws what is answered instead of a stream', async () => {
    gateway = await startSseGateway(server.url);
    const sse = overSse(gateway.url);
    gateway.fates.push((response) =>
      response
        .writeHead(401, { 'content-type': 'application/json' })
        .end('{"errors":[{"message":"Who are you?","extensions":{"code":"UNAUTHENTICATED"}}]}'),
    );
    const refused: unknown = await sse
      .watch({ runIds: ['x'] })
      .next()
      .catch((reason: unknown) => reason);
    expect(refused).toBeInstanceOf(RequestFailed);
    expect(refused).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  });

  it('waits as long as a busy server asks', async () => {
    gateway = await startSseGateway(server.url);
    const run = await loggedRun(1);
    gateway.fates.push((response) => response.writeHead(503, { 'retry-after': '1' }).end('later'));
    const statuses: WatchStatus[] = [];
    const stream = overSse(gateway.url).watch({ runIds: [run.id] }, { onStatus: (status) => statuses.push(status) });
    expect(valuesOf([(await stream.next()).value!])).toEqual([1]);
    const waiting = statuses.find((status) => status.state === 'waiting');
    expect(waiting).toMatchObject({ retryInMs: 1_000, error: { code: 'NETWORK', status: 503, retryAfter: 1 } });
    expect(waiting?.error).toBeInstanceOf(NetworkError);
    await stream.return();
  });

  it('ends without an error when its signal is aborted, also while it connects', async () => {
    gateway = await startSseGateway(server.url);
    gateway.fates.push(() => undefined); // never answers
    const controller = new AbortController();
    const stream = overSse(gateway.url).watch({ runIds: ['x'] }, { signal: controller.signal });
    const pending = stream.next();
    setTimeout(() => controller.abort(), 50);
    expect(await pending).toEqual({ done: true, value: undefined });
  });
});

it('subscribes to a stock GraphQL over SSE server', async () => {
  const schema = buildSchema('type Query { a: Int } type Subscription { count(to: Int!): Int! }');
  schema.getSubscriptionType()!.getFields().count!.subscribe = async function* (_, { to }: { to: number }) {
    for (let value = 1; value <= to; value++) yield { count: await Promise.resolve(value) };
  };
  const handler = createHandler({ schema });
  const stock = createServer((request, response) => void handler(request, response));
  stock.listen(0, '127.0.0.1');
  await once(stock, 'listening');
  const sse = overSse(`http://127.0.0.1:${(stock.address() as AddressInfo).port}/graphql`);
  const Count = graphql<{ count: number }, { to: number }>('subscription ($to: Int!) { count(to: $to) }');
  const counted: number[] = [];
  for await (const { count: value } of sse.subscribe(Count, { to: 3 })) counted.push(value);
  expect(counted).toEqual([1, 2, 3]);
  const wrong = graphql<{ none: number }>('subscription { none }');
  await expect(sse.subscribe(wrong).next()).rejects.toBeInstanceOf(RequestFailed);
  stock.closeAllConnections();
  stock.close();
});

describe('an event stream', () => {
  const eventsIn = async (chunks: readonly string[]) => {
    const left = [...chunks];
    const read = () => Promise.resolve(left.length > 0 ? { done: false, value: left.shift() } : { done: true });
    const events: unknown[] = [];
    for await (const event of eventsOf(read)) events.push(event);
    return events;
  };

  it('is read the same wherever it is cut and however its lines end', async () => {
    const lines = [':', ': comment', '', 'event: next', 'data: {"a":', 'data:1}', '', 'id: 7', 'event:complete', 'data:', '', 'data: cut'];
    const expected = [
      { event: 'next', data: '{"a":\n1}' },
      { event: 'complete', data: '' },
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(120)), async (end, cuts) => {
        const text = lines.join(end);
        const places = [...cuts, text.length].sort((a, b) => a - b);
        expect(await eventsIn(places.map((place, index) => text.slice(places[index - 1] ?? 0, place)))).toEqual(expected);
      }),
      tries(200),
    );
  });
});
