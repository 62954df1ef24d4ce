import { copyFileSync, cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import type WebSocket from 'ws';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import {
  followPoints,
  gauge,
  openAcknowledged,
  openLiveClient,
  valuesOf,
  type Batch,
  type HandSocket,
  type LiveClient,
} from '../kit/live.js';
import { onPostgres, startTestServer, type TestServer } from '../kit/server.js';

const fixture = fileURLToPath(new URL('../fixtures/mlflow/2.16.2.db', import.meta.url));

let folder: string;
let lab: string;
let server: TestServer;
let api: Api;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-live-'));
  lab = join(folder, 'lab.db');
  copyFileSync(fixture, lab);
  server = await startTestServer(['--attach', `mlflow=${lab},name=lab`, '--poll-interval', '250']);
  api = createApi(server);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

let client: LiveClient;
beforeEach(() => {
  client = openLiveClient(server);
});
afterEach(() => client.close());

const operations = () => gauge(server, 'rungraph_websocket_operations');
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;

interface RunEvent {
  readonly kind: string;
  readonly run: { readonly id: string };
}
const followEvents = (variables: object, live = client) =>
  live.follow<RunEvent>(
    'subscription ($filter: RunFilter, $after: String) { runEvents(filter: $filter, after: $after) { kind run { id } } }',
    variables,
    'runEvents',
  );

describe('an id that is used again in the same packet in which it was completed', () => {
  const points = (id: string, run: string) => ({
    id,
    type: 'subscribe',
    payload: {
      query: 'subscription ($run: ID!) { metricPoints(input: { runIds: [$run], maxRateHz: 100 }) { series { values } } }',
      variables: { run },
    },
  });
  const sendTogether = ({ socket, send }: HandSocket, messages: readonly object[]) => {
    const { _socket: stream } = socket as WebSocket & { _socket: { cork(): void; uncork(): void } };
    stream.cork();
    for (const message of messages) send(message);
    stream.uncork();
  };

  it.each([
    ['a subscription', 'subscription { runEvents { kind } }'],
    ['a query', '{ runs { nodes { id } } }'],
  ])('belongs to the new operation, which %s does not end and the client can', async (_what, query) => {
    const run = await api.createRun();
    const hand = await openAcknowledged(server);
    sendTogether(hand, [{ id: '1', type: 'subscribe', payload: { query } }, { id: '1', type: 'complete' }, points('1', run)]);
    expect(await hand.next()).toEqual({ id: '1', type: 'next', payload: { data: { metricPoints: { series: [] } } } });
    await api.log(run, [{ key: 'loss', values: [7] }]);
    expect(await hand.next()).toEqual({ id: '1', type: 'next', payload: { data: { metricPoints: { series: [{ values: [7] }] } } } });
    expect(await operations()).toBe(1);
    hand.send({ id: '1', type: 'complete' });
    await expect.poll(operations).toBe(0);
    hand.socket.terminate();
  });
});

describe('a subscription whose field is skipped', () => {
  it.each(['@skip(if: true)', '@include(if: false)'])('with %s is refused, and its connection goes on', async (directive) => {
    const hand = await openAcknowledged(server);
    hand.send({ id: '1', type: 'subscribe', payload: { query: `subscription { runEvents ${directive} { kind } }` } });
    expect(await hand.next()).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    hand.send({ type: 'ping' });
    expect(await hand.next()).toEqual({ type: 'pong' });
    hand.socket.terminate();
  });
});

describe('runEvents', () => {
  it('keeps filters apart that differ in a bound JSON has no number for', async () => {
    const crossing = (lt: string) => followEvents({ filter: { metric: { key: 'bound', value: { lt } } } });
    const [nothing, everything] = [crossing('-Infinity'), crossing('Infinity')];
    await expect.poll(() => gauge(server, 'rungraph_live_groups')).toBe(2);
    const run = await api.createRun();
    await expect
      .poll(async () => {
        await api.log(run, [{ key: 'bound', values: [1] }]);
        return everything.items.length;
      })
      .toBe(1);
    expect(everything.items.map((event) => event.run.id)).toEqual([run]);
    expect(nothing.items).toEqual([]);
  });

  it.skipIf(onPostgres)('refuses a cursor from before its store was put back to an earlier state', { timeout: 60_000 }, async () => {
    const data = join(folder, 'data');
    const backup = join(folder, 'backup');
    const first = await startTestServer([], { dataFolder: data });
    await first.stop();
    cpSync(data, backup, { recursive: true });
    const second = await startTestServer([], { dataFolder: data });
    await createApi(second).createRun();
    const { data: answer } = await second.query<{ runEventCursor: string }>('{ runEventCursor }');
    await second.stop();
    await using restored = await startTestServer([], { dataFolder: backup });
    const live = openLiveClient(restored);
    const refused = followEvents({ after: answer.runEventCursor }, live);
    await refused.ended;
    expect(refused.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', argument: 'after' } }]);
    await live.close();
  });

  it.skipIf(onPostgres)('goes on with the other sources while an attached one is away', async () => {
    const followed = followEvents({ filter: { or: [{ name: { startsWith: 'here' } }, { metric: { key: 'away', value: { lt: 0.5 } } }] } });
    const witness = async () => {
      const run = await api.createRun({ name: 'here' });
      await followed.until((events) => events.some((event) => event.run.id === run));
    };
    await expect
      .poll(async () => {
        await api.createRun({ name: 'here' });
        return followed.items.length;
      })
      .toBeGreaterThan(0);
    renameSync(lab, `${lab}.away`);
    const other = new Libsql(join(server.dataFolder, 'mlflow.db'), { timeout: 5_000 });
    other.exec('UPDATE experiments SET last_update_time = last_update_time + 1'); // nobody knows what else: all are looked at
    await witness();
    const run = await api.createRun();
    await witness(); // the creation was read before the point
    await api.log(run, [{ key: 'away', values: [0.1] }]);
    await followed.until((events) => events.some((event) => event.run.id === run && event.kind === 'ENTERED'));
    renameSync(`${lab}.away`, lab);
    other.close();
    expect(followed.errors).toEqual([]);
  });

  it.skipIf(onPostgres)(
    'tells every run of ours once while another process writes into the same database',
    { timeout: 60_000 },
    async () => {
      const followed = followEvents({});
      const first = await api.createRun();
      const other = new Libsql(join(server.dataFolder, 'mlflow.db'), { timeout: 5_000 });
      const setTag = other.prepare(`INSERT INTO tags (key, value, run_uuid) VALUES (?, 'x', ?)`);
      const runs: string[] = [];
      const end = Date.now() + 4_000;
      while (Date.now() < end) {
        runs.push(...(await Promise.all([api.createRun(), api.createRun()])));
        if (runs.length % 20 === 0) setTag.run([`tag ${runs.length}`, first.split(':')[2]!]);
      }
      other.close();
      const last = await api.createRun();
      // What others did is told within two looks.
      await new Promise((resolve) => setTimeout(resolve, 600));
      await followed.until((events) => events.some((event) => event.run.id === last));
      const told = followed.items.map((event) => event.run.id).filter((id) => runs.includes(id));
      expect(told).toHaveLength(new Set(told).size);
    },
  );
});

describe('metricPoints of a filter', () => {
  const input = { filter: { and: [{ status: { eq: 'RUNNING' } }, { name: { eq: 'filtered' } }] } };
  let run: string;
  beforeEach(async () => {
    run = await api.createRun({ name: 'filtered' });
  });
  afterEach(() => api.mutate('deleteRun', { run }));

  it('sends the points a run got before it ceased to match', async () => {
    const followed = followPoints(client, { ...input, maxRateHz: 2 });
    await followed.until(isCaughtUp);
    await api.log(run, [{ key: 'loss', values: [1] }]);
    await followed.until((batches) => valuesOf(batches, run, 'loss').length === 1);
    await api.log(run, [{ key: 'loss', values: [2, 3] }]);
    await api.mutate('finishRun', { run });
    await followed.until((batches) => valuesOf(batches, run, 'loss').length === 3);
    expect(valuesOf(followed.items, run, 'loss')).toEqual([1, 2, 3]);
  });

  it('goes on after a cursor with a run that did not match when it was resumed', async () => {
    await api.log(run, [{ key: 'loss', values: [1, 2] }]);
    const [before] = await followPoints(client, input).until(isCaughtUp);
    await api.mutate('finishRun', { run });
    const resumed = followPoints(client, { ...input, after: before!.cursor, maxRateHz: 100 });
    await resumed.until(isCaughtUp);
    await api.mutate('updateRun', { run, status: 'RUNNING' });
    await api.log(run, [{ key: 'loss', values: [3] }]);
    await resumed.until((batches) => valuesOf(batches, run, 'loss').includes(3));
    expect(valuesOf(resumed.items, run, 'loss')).toEqual([3]);
  });
});

describe('metricPoints', () => {
  it('at less than one batch in 24 days sends the past, and does not hurry', async () => {
    const run = await api.createRun();
    const slow = followPoints(client, { runIds: [run], maxRateHz: 1e-9 });
    const fast = followPoints(client, { runIds: [run], maxRateHz: 100 });
    await Promise.all([slow, fast].map((followed) => followed.until(isCaughtUp)));
    await api.log(run, [{ key: 'loss', values: [1] }]);
    await fast.until((batches) => valuesOf(batches, run, 'loss').length === 1);
    expect(slow.items).toHaveLength(1);
    expect(server.log()).not.toContain('TimeoutOverflowWarning');
  });
});

describe('a client that reads nothing of its event stream', () => {
  it('does not hold up the end of the server', { timeout: 60_000 }, async () => {
    await using own = await startTestServer();
    const ownApi = createApi(own);
    const run = await ownApi.createRun();
    const values = Array.from({ length: 50_000 }, (_, index) => index + Math.PI);
    for (let part = 0; part < 10; part++) await ownApi.log(run, [{ key: 'loss', values }]);
    const { port, host } = new URL(own.url);
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
    const query = `subscription { metricPoints(input: { runIds: ["${run}"] }) { series { values steps timestamps } } }`;
    const body = JSON.stringify({ query });
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'data');
    socket.pause();
    await expect.poll(() => gauge(own, 'rungraph_live_messages_total')).toBeGreaterThan(0);
    own.process.kill('SIGTERM');
    // 1 would mean that it was given up after ten seconds.
    expect(await once(own.process, 'exit')).toEqual([0, null]);
    socket.destroy();
  });
});
