import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';

import { createApi, defaultExperiment, type Api } from '../kit/api.js';
import { followPoints, gauge, openAcknowledged, openHandSocket, openLiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
let run: string;
beforeAll(async () => {
  server = await startTestServer();
  api = createApi(server);
  run = await api.createRun();
});
afterAll(() => server[Symbol.asyncDispose]());

const operations = () => gauge(server, 'rungraph_websocket_operations');
const subscribe = (id: string, query: string, variables?: object) => ({ id, type: 'subscribe', payload: { query, variables } });
const points = (id: string, input: object = {}) =>
  subscribe(id, 'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { kind series { values } } }', {
    input: { runIds: [run], maxRateHz: 100, ...input },
  });

describe('a socket that breaks the rules of graphql-transport-ws is closed', () => {
  it('with 4408 when it says nothing', async () => {
    const hand = await openHandSocket(server);
    expect(await hand.closed).toMatchObject({ code: 4408 });
  });

  it('with 4429 when it begins twice', async () => {
    const hand = await openAcknowledged(server);
    hand.send({ type: 'connection_init' });
    expect(await hand.closed).toMatchObject({ code: 4429 });
  });

  it('with 4401 when it asks before it was acknowledged', async () => {
    const hand = await openHandSocket(server);
    hand.send(subscribe('1', '{ __typename }'));
    expect(await hand.closed).toMatchObject({ code: 4401 });
  });

  it('with 4409 when an id is taken', async () => {
    const hand = await openAcknowledged(server);
    hand.send(points('1'));
    await hand.next();
    hand.send(points('1'));
    expect(await hand.closed).toMatchObject({ code: 4409 });
  });

  it.each([
    '',
    'hello',
    '{',
    'null',
    '[]',
    '{"type":"nothing"}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":1,"payload":{"query":"{ __typename }"}}',
    '{"type":"subscribe","id":"1","payload":{}}',
    '{"type":"subscribe","id":"1","payload":{"query":1}}',
    '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","variables":[]}}',
  ])('with 4400 when it sends %j', async (message) => {
    const hand = await openAcknowledged(server);
    hand.send(message);
    expect(await hand.closed).toMatchObject({ code: 4400 });
  });

  it('with 4406 when it speaks another protocol', async () => {
    const hand = await openHandSocket(server, { protocol: 'graphql-ws' }).catch((error: Error) => error);
    if (hand instanceof Error) expect(hand.message).toContain('subprotocol');
    else expect(await hand.closed).toMatchObject({ code: 4406 });
  });

  it('with 1009 when a message is over the limit, and the server stays up', async () => {
    const hand = await openAcknowledged(server);
    hand.send(subscribe('1', ' '.repeat(5_000_001)));
    expect(await hand.closed).toMatchObject({ code: 1009 });
    expect((await server.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});

describe('a socket', () => {
  it('answers a ping, with its payload, also before it is acknowledged', async () => {
    const hand = await openHandSocket(server);
    hand.send({ type: 'ping', payload: { at: 1 } });
    expect(await hand.next()).toEqual({ type: 'pong', payload: { at: 1 } });
    hand.send({ type: 'connection_init' });
    expect(await hand.next()).toEqual({ type: 'connection_ack' });
    hand.send({ type: 'pong' });
    hand.send({ type: 'ping' });
    expect(await hand.next()).toEqual({ type: 'pong' });
    hand.socket.terminate();
  });

  it('answers queries and mutations as HTTP does, several at once', async () => {
    const hand = await openAcknowledged(server);
    hand.send(subscribe('q', '{ server { version } }'));
    hand.send(
      subscribe('m', 'mutation ($input: CreateRunInput!) { createRun(input: $input) { run { name } userErrors { code } } }', {
        input: { experiment: defaultExperiment, name: 'by socket' },
      }),
    );
    const messages = [await hand.next(), await hand.next(), await hand.next(), await hand.next()];
    const of = (id: string) => messages.filter((message) => message.id === id);
    expect(of('q')).toEqual([
      { id: 'q', type: 'next', payload: { data: { server: { version: expect.any(String) as string } } } },
      { id: 'q', type: 'complete' },
    ]);
    expect(of('m')).toEqual([
      { id: 'm', type: 'next', payload: { data: { createRun: { run: { name: 'by socket' }, userErrors: [] } } } },
      { id: 'm', type: 'complete' },
    ]);
    hand.socket.terminate();
  });

  it.each([
    ['a document that is none', '{', 'GRAPHQL_PARSE_FAILED'],
    ['a field that does not exist', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too many levels', `{ runs { nodes { ${'parent { '.repeat(18)} id ${'} '.repeat(18)} } } }`, 'QUERY_TOO_COMPLEX'],
    ['a missing variable', 'query ($id: ID!) { node(id: $id) { id } }', 'BAD_USER_INPUT'],
    [
      'a missing variable of a subscription',
      'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { kind } }',
      'BAD_USER_INPUT',
    ],
    [
      'a variable with a field that does not exist',
      'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { kind } }',
      'BAD_USER_INPUT',
      { input: { filter: {}, dropped: [] } },
    ],
    ['an argument that cannot be', '{ runs(first: -1) { nodes { id } } }', 'BAD_USER_INPUT'],
    ['an argument of a subscription that cannot be', 'subscription { metricPoints(input: {}) { kind } }', 'BAD_USER_INPUT'],
    ['two operations and no choice', 'query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ['two fields of one subscription', 'subscription { a: runEvents { at } b: runEvents { at } }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('refuses with a code and stays open: %s', async (_what, query, code, variables?: object) => {
    const hand = await openAcknowledged(server);
    hand.send(subscribe('1', query, variables));
    const message = await hand.next();
    const errors = (message.type === 'error' ? message.payload : message.payload.errors) as { extensions: { code: string } }[];
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expect(JSON.stringify(message)).not.toMatch(/node_modules|\.ts:|stack/);
    hand.send({ type: 'ping' });
    expect(message.type === 'error' ? await hand.next() : (await hand.next(), await hand.next())).toEqual({ type: 'pong' });
    hand.socket.terminate();
  });

  it('sends nothing more of a subscription that was completed, and its id is free again', async () => {
    const hand = await openAcknowledged(server);
    hand.send(points('1'));
    expect(await hand.next()).toMatchObject({ id: '1', type: 'next' });
    hand.send({ id: '1', type: 'complete' });
    await expect.poll(operations).toBe(0);
    await api.log(run, [{ key: 'loss', values: [1] }]);
    hand.send(points('1', { history: 'NONE' }));
    expect(await hand.next()).toMatchObject({ id: '1', payload: { data: { metricPoints: { kind: 'HISTORY', series: [] } } } });
    hand.socket.terminate();
    await expect.poll(operations).toBe(0);
  });

  it('may complete what it never began', async () => {
    const hand = await openAcknowledged(server);
    hand.send({ id: 'nothing', type: 'complete' });
    hand.send({ type: 'ping' });
    expect(await hand.next()).toEqual({ type: 'pong' });
    hand.socket.terminate();
  });

  it('may complete and go away at any moment', async () => {
    for (const act of ['complete', 'terminate', 'close'] as const) {
      const hand = await openAcknowledged(server);
      hand.send(points('1'));
      if (act === 'complete') hand.send({ id: '1', type: 'complete' });
      else hand.socket[act]();
      await sleep(5);
      hand.socket.terminate();
    }
    await expect.poll(operations).toBe(0);
  });
});

describe('an upgrade', () => {
  const upgrade = async (path: string, headers: Record<string, string> = {}) => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}${path}`, 'graphql-transport-ws', { headers });
    const outcome = await Promise.race([
      once(socket, 'open').then(() => 101),
      once(socket, 'unexpected-response').then(([, response]) => (response as { statusCode: number }).statusCode),
    ]);
    socket.on('error', () => {}).terminate();
    return outcome;
  };

  it('from a page of another origin is refused with 403', async () => {
    for (const origin of ['https://example.org', 'http://127.0.0.1:1', 'null', 'nonsense'])
      expect(await upgrade('/graphql', { origin }), origin).toBe(403);
    expect(await upgrade('/graphql', { origin: server.origin })).toBe(101);
    expect(await upgrade('/graphql?token=x')).toBe(101);
  });

  it('at another path is refused with 404', async () => {
    for (const path of ['/', '/graphqlx', '/metrics', '/graphql/']) expect(await upgrade(path)).toBe(404);
  });

  it.each(['//', '///', 'http://[', '*', '/%', '?'])(
    'of the target %j, and a client that is gone at once, do not end the server',
    async (target) => {
      for (const linger of [true, false]) {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {});
        await once(socket, 'connect');
        socket.write(
          `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
        );
        if (linger) await sleep(30);
        socket.resetAndDestroy();
      }
      await sleep(30);
      expect(server.process.exitCode).toBeNull();
      expect((await server.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
    },
  );
});

describe('500 subscriptions that were opened and closed', () => {
  it('leave nothing behind: no operation, and no memory to speak of', async () => {
    const round = async () => {
      const client = openLiveClient(server);
      const open = Array.from({ length: 250 }, (_, index) =>
        followPoints(client, index % 2 === 0 ? { runIds: [run] } : { filter: { name: { eq: `name ${index}` } } }),
      );
      await Promise.all(open.map((followed) => followed.until((batches) => batches.length > 0)));
      expect(await operations()).toBe(250);
      for (const followed of open.slice(0, 125)) followed.stop();
      await expect.poll(operations).toBe(125);
      client.cut();
      await expect.poll(operations).toBe(0);
    };
    await round();
    const before = await gauge(server, 'nodejs_heap_size_used_bytes');
    await round();
    await round();
    // Some of it waits for the collector; a leak of what 500 subscriptions hold would be more than this.
    expect((await gauge(server, 'nodejs_heap_size_used_bytes')) - before).toBeLessThan(40_000_000);
    // Their readers are gone too: a write wakes nobody, and the server is idle again at once.
    const cpu = await gauge(server, 'process_cpu_seconds_total');
    await sleep(500);
    expect((await gauge(server, 'process_cpu_seconds_total')) - cpu).toBeLessThan(0.4);
  });
});
