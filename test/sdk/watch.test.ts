import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../kit/server.js';
import {
  NetworkError,
  RequestFailed,
  RunEventsDocument,
  RunGraph,
  RunGraphError,
  type WatchedBatch,
  type WatchStatus,
} from '../../sdk/src/index.js';
import { startTcpProxy, type TcpProxy } from './proxies.js';

let server: TestServer;
let client: RunGraph;
let proxy: TcpProxy | undefined;

beforeAll(async () => {
  server = await startTestServer();
  client = new RunGraph({ url: server.url });
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});
afterAll(() => server?.[Symbol.asyncDispose]());

const start = (name: string) => client.createRun({ experiment: { name: 'watched' }, name });
const valuesOf = (batches: readonly WatchedBatch[]): number[] =>
  batches.flatMap(({ series }) => series.flatMap(({ values }) => [...values]));

/** Collects batches until `enough` says so. */
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

describe('watch', () => {
  it('tells what is there, then what comes, as columns', async () => {
    const run = await start('columns');
    await run.log({ loss: NaN }, { step: 2n ** 53n + 1n, timestamp: 7 });
    await run.flush();
    const stream = client.watch({ runIds: [run.id], maxRateHz: 100 });
    const history = (await stream.next()).value!;
    expect(history).toMatchObject({ kind: 'HISTORY', caughtUp: true });
    const [{ steps, timestamps, values, runId, key }] = history.series as [WatchedBatch['series'][number]];
    expect({ steps, timestamps, values, runId, key }).toEqual({
      steps: BigInt64Array.of(2n ** 53n + 1n),
      timestamps: BigInt64Array.of(7n),
      values: Float64Array.of(NaN),
      runId: run.id,
      key: 'loss',
    });
    await run.log({ loss: -Infinity, other: 1 });
    await run.finish();
    const live = (await stream.next()).value!;
    expect(live.kind).toBe('LIVE');
    expect(live.series.map((series) => [series.key, [...series.values]])).toEqual([
      ['loss', [-Infinity]],
      ['other', [1]],
    ]);
    await stream.return();
  });

  it('goes on after a cursor of another stream', async () => {
    const run = await start('cursor');
    for (let step = 0; step < 10; step++) void run.log({ loss: step }, { step });
    await run.flush();
    const [first] = await collect(client.watch({ runIds: [run.id] }), () => true);
    for (let step = 10; step < 20; step++) void run.log({ loss: step }, { step });
    await run.finish();
    const rest = await collect(client.watch({ runIds: [run.id], after: first!.cursor }), (batches) => valuesOf(batches).length >= 10);
    expect(valuesOf(rest)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  it('tells every point once and in order when its connection is cut again and again', async () => {
    const points = 6_000;
    proxy = await startTcpProxy(server.url);
    const run = await start('cut');
    const statuses: WatchStatus[] = [];
    const controller = new AbortController();
    const watched = new RunGraph({ url: proxy.url }).watch(
      { runIds: [run.id], keys: ['loss'], maxRateHz: 100 },
      { signal: controller.signal, onStatus: (status) => statuses.push(status) },
    );
    // Cut where the reader has come so far; what follows is cut in the middle of a frame, or of the handshake.
    const cuts = new Map([
      [500, 400],
      [1_500, 900],
      [2_500, 60],
      [3_500, 2_500],
      [4_500, Infinity],
    ]);
    const reading = collect(watched, (batches) => {
      const { length } = valuesOf(batches);
      for (const [at, bytesOfNext] of cuts) {
        if (length < at) break;
        cuts.delete(at);
        proxy!.cut(bytesOfNext);
      }
      return length >= points;
    });
    for (let step = 0; step < points; step++) {
      await run.log({ loss: step, other: -step }, { step });
      if (step % 50 === 0) await sleep(15);
      if (step % 200 === 0) await run.flush();
    }
    await run.finish();
    const batches = await reading;
    expect(valuesOf(batches)).toEqual(Array.from({ length: points }, (_, step) => step));
    expect(cuts.size).toBe(0);
    // One at first, one after the last cut at least; several thresholds may have been passed by one batch.
    expect(proxy.connections).toBeGreaterThan(2);
    expect(statuses.filter(({ state }) => state === 'waiting').length).toBe(proxy.connections - 1);
    expect(statuses.at(-1)!.state).toBe('live');
  });

  it('survives a server that was down', async () => {
    const other = await startTestServer();
    const port = new URL(other.url).port;
    const writer = await new RunGraph({ url: other.url }).createRun({ experiment: { name: 'restart' } });
    await writer.log({ loss: 1 });
    await writer.flush();
    let waited = false;
    const stream = new RunGraph({ url: other.url }).watch(
      { runIds: [writer.id], maxRateHz: 100 },
      { onStatus: ({ state }) => (waited ||= state === 'waiting') },
    );
    const first = (await stream.next()).value!;
    const second = stream.next();
    await other.stop('SIGKILL');
    const log = writer.log({ loss: 2 });
    await using restarted = await startTestServer(['--port', port], { dataFolder: other.dataFolder });
    await log;
    await writer.finish();
    // The end of the history may have come as a batch of its own before the server was killed.
    const batches = [first, (await second).value!];
    while (valuesOf(batches).length < 2) batches.push((await stream.next()).value!);
    expect(valuesOf(batches)).toEqual([1, 2]);
    expect(waited).toBe(true);
    await stream.return();
    expect(restarted.url).toBe(other.url);
  }, 60_000);

  it('gives a reader that falls behind everything all the same', async () => {
    const points = 1_500_000 / 2;
    const run = await start('slow reader');
    const row = Float64Array.from({ length: points / 75 }, (_, index) => index);
    for (let batch = 0; batch < 75; batch++) {
      const steps = Array.from(row, (index) => batch * row.length + index);
      const answer = await server.query<{ logMetrics: { pointsAccepted: number } }>(
        'mutation ($input: LogMetricsInput!) { logMetrics(input: $input) { pointsAccepted userErrors { message } } }',
        { input: { run: run.id, series: [{ key: 'loss', steps, values: steps, timestamps: steps }] } },
      );
      expect(answer.data.logMetrics.pointsAccepted).toBe(row.length);
    }
    const batches = await collect(client.watch({ runIds: [run.id] }), (all) => {
      if (all.length === 1) {
        // Everything comes while the reader is busy.
        const until = performance.now() + 500;
        while (performance.now() < until);
      }
      return all.at(-1)!.caughtUp;
    });
    const values = valuesOf(batches);
    expect(values).toHaveLength(points);
    expect(values.every((value, index) => value === index)).toBe(true);
  }, 60_000);

  it('ends without an error when its signal is aborted, whatever it is doing', async () => {
    const run = await start('abort');
    const controller = new AbortController();
    const stream = client.watch({ runIds: [run.id] }, { signal: controller.signal });
    await stream.next();
    const pending = stream.next();
    controller.abort();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await client.watch({ runIds: [run.id] }, { signal: AbortSignal.abort() }).next()).toMatchObject({ done: true });

    const waiting = new AbortController();
    const nowhere = new RunGraph({ url: 'http://127.0.0.1:1/graphql' }).watch(
      { runIds: [run.id] },
      { signal: waiting.signal, onStatus: ({ state }) => state === 'waiting' && waiting.abort() },
    );
    expect(await nowhere.next()).toMatchObject({ done: true });
  });

  it('throws what is wrong with the request, with its code', async () => {
    await expect(client.watch({}).next()).rejects.toMatchObject({ name: 'RequestFailed', code: 'BAD_USER_INPUT' });
    await expect(client.watch({ runIds: ['nonsense'] }).next()).rejects.toBeInstanceOf(RequestFailed);
    const run = await start('wrong');
    await expect(client.watch({ runIds: [run.id], after: 'nonsense' }).next()).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('gives up on a server that was never there', async () => {
    await expect(new RunGraph({ url: 'http://127.0.0.1:1/graphql' }).watch({ runIds: ['x'] }).next()).rejects.toBeInstanceOf(NetworkError);
  });

  it('tells a refused connection by its code', async () => {
    class Refused {
      static readonly CONNECTING = 0;
      static readonly OPEN = 1;
      static readonly CLOSING = 2;
      static readonly CLOSED = 3;
      onclose?: (event: unknown) => void;
      constructor() {
        setTimeout(() => this.onclose?.({ code: 4403, reason: 'The token is not known.', wasClean: true }));
      }
      close(): void {}
    }
    const refused = new RunGraph({ url: server.url, webSocket: Refused }).watch({ runIds: ['x'] });
    const error: unknown = await refused.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RunGraphError);
    expect(error).toMatchObject({ code: 'FORBIDDEN', message: 'The token is not known.' });
  });
});

describe('watchRuns', () => {
  it('tells what happens to runs, in order, and goes on after a cut', async () => {
    proxy = await startTcpProxy(server.url);
    const experiment = (await client.createExperiment({ name: 'events' })).id;
    let live = () => {};
    const isLive = new Promise<void>((resolve) => (live = resolve));
    const events = new RunGraph({ url: proxy.url }).watchRuns(
      { experiment: { eq: 'events' } },
      { onStatus: ({ state }) => state === 'live' && live() },
    );
    const first = events.next();
    await isLive;
    // The server has the connection before it has the subscription.
    await sleep(200);
    const run = await client.createRun({ experiment });
    expect((await first).value).toMatchObject({ kind: 'CREATED', run: { id: run.id, status: 'RUNNING' } });
    proxy.cut();
    await run.finish('KILLED');
    const second = (await events.next()).value!;
    expect(second).toMatchObject({ kind: 'STATUS_CHANGED', run: { id: run.id, status: 'KILLED' } });
    expect(second.at).toBeInstanceOf(Date);
    await events.return();
  });

  it('is one subscription of many: any document can be subscribed to', async () => {
    const subscription = client.subscribe(RunEventsDocument, { filter: { experiment: { eq: 'subscribed' } } });
    const first = subscription.next();
    await sleep(300);
    const run = await client.createRun({ experiment: { name: 'subscribed' } });
    expect((await first).value?.runEvents.run.id).toBe(run.id);
    await subscription.return();
  });
});

describe('watchLogs', () => {
  it('tells the lines that are there, then those that come, each once through a cut', async () => {
    proxy = await startTcpProxy(server.url);
    const run = await start('lines');
    await run.print('one', { level: 'INFO' });
    await run.flush();
    const stream = new RunGraph({ url: proxy.url }).watchLogs(run);
    const messages: string[] = [];
    for await (const { lines } of stream) {
      messages.push(...lines.map(({ message }) => message));
      if (messages.length === 1) {
        proxy.cut();
        for (const message of ['two', 'three']) void run.print(message);
        await run.finish();
      }
      if (messages.length >= 3) break;
    }
    expect(messages).toEqual(['one', 'two', 'three']);
  });
});
