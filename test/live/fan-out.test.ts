import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { toStoredValue } from '../../src/core/metric-value.js';
import { sql } from '../../src/stores/engine/sql.js';
import { createApi, type Api } from '../kit/api.js';
import { countOf, followPoints, gauge, openAcknowledged, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import { bareRun, insertRuns, openTestDatabase, type TestDatabase } from '../kit/mlflow-database.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let theirs: TestDatabase;
let server: TestServer;
let api: Api;
beforeAll(async () => {
  theirs = await openTestDatabase('foreign', 'theirs');
  server = await startTestServer(['--attach', `mlflow=${theirs.path},name=theirs`, '--poll-interval', '250']);
  api = createApi(server);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  theirs.close();
});

let clients: LiveClient[];
let run: string;
beforeEach(async () => {
  clients = [];
  run = await api.createRun();
});
afterEach(() => Promise.all(clients.map((client) => client.close())));

const open = (): LiveClient => {
  const client = openLiveClient(server);
  clients.push(client);
  return client;
};
const log = (id: string, values: readonly number[]) => api.log(id, [{ key: 'loss', values }]);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;
const counted = async (name: string) => gauge(server, `rungraph_live_${name}`);

describe('identical subscriptions', () => {
  it('form one group, however much of the past each wants; any other subscription is a group of its own', async () => {
    await log(run, range(0, 100));
    const { cursor } = await log(run, [100]);
    const input = { runIds: [run], maxRateHz: 50 };
    const pasts = [
      {},
      {},
      { history: 'NONE' },
      { history: 'SAMPLED', maxPoints: 10 },
      { history: 'SAMPLED', maxPoints: 20 },
      { after: cursor },
    ];
    const same = pasts.map((past) => followPoints(open(), { ...input, ...past }));
    await Promise.all(same.map((followed) => followed.until(isCaughtUp)));
    await expect.poll(() => counted('subscribers')).toBe(same.length);
    expect(await counted('groups')).toBe(1);

    const narrow = 'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { caughtUp } }';
    const others = [
      followPoints(open(), { ...input, maxRateHz: 20 }),
      followPoints(open(), { ...input, keys: ['loss'] }),
      followPoints(open(), { ...input, runIds: [run, await api.createRun()] }),
      open().follow<Batch>(narrow, { input }, 'metricPoints'),
    ];
    await Promise.all(others.map((followed) => followed.until(isCaughtUp)));
    expect(await counted('groups')).toBe(1 + others.length);
    for (const client of clients) await client.close();
    await expect.poll(() => counted('subscribers')).toBe(0);
    expect(await counted('groups')).toBe(0);
  });

  it('share one read and one message of every batch', async () => {
    const same = range(0, 20).map(() => followPoints(open(), { runIds: [run], maxRateHz: 100 }));
    await Promise.all(same.map((followed) => followed.until(isCaughtUp)));
    const before = [await counted('batches_total'), await counted('messages_total')];
    for (const value of range(0, 10)) {
      await log(run, [value]);
      await Promise.all(same.map((followed) => followed.until((batches) => countOf(batches) === value + 1)));
    }
    await expect.poll(async () => (await counted('messages_total')) - before[1]!).toBe(200);
    expect((await counted('batches_total')) - before[0]!).toBe(10);
  });

  it('go on when one of them completes and another one is cut', async () => {
    const [stays, completes, cut] = range(0, 3).map(() => followPoints(open(), { runIds: [run], maxRateHz: 100 }));
    await Promise.all([stays!, completes!, cut!].map((followed) => followed.until(isCaughtUp)));
    await log(run, [1]);
    await Promise.all([stays!, completes!, cut!].map((followed) => followed.until((batches) => countOf(batches) === 1)));
    completes!.stop();
    clients[2]!.cut();
    await log(run, [2, 3]);
    expect(valuesOf(await stays!.until((batches) => countOf(batches) >= 3), run, 'loss')).toEqual([1, 2, 3]);
    expect([countOf(completes!.items), countOf(cut!.items)]).toEqual([1, 1]);
  });

  it('of one connection each get their messages under their own id', async () => {
    const client = open();
    const both = [followPoints(client, { runIds: [run], maxRateHz: 100 }), followPoints(client, { runIds: [run], maxRateHz: 100 })];
    await Promise.all(both.map((followed) => followed.until(isCaughtUp)));
    await log(run, [1, 2]);
    for (const followed of both) expect(valuesOf(await followed.until((all) => countOf(all) >= 2), run, 'loss')).toEqual([1, 2]);
    both[0]!.stop();
    await log(run, [3]);
    expect(valuesOf(await both[1]!.until((all) => countOf(all) >= 3), run, 'loss')).toEqual([1, 2, 3]);
    expect(countOf(both[0]!.items)).toBe(2);
  });

  it('joined while others are far ahead get the whole past and then what the others get', { timeout: 60_000 }, async () => {
    await log(run, range(0, 25_000));
    const first = followPoints(open(), { runIds: [run], maxRateHz: 100 });
    await first.until(isCaughtUp);
    let next = 25_000;
    let writing = true;
    const work = (async () => {
      while (writing) await log(run, range(next, (next += 10)));
    })();
    const later = [{}, { history: 'NONE' }, { after: first.items[0]!.cursor }, {}].map((past) =>
      followPoints(open(), { runIds: [run], maxRateHz: 100, ...past }),
    );
    await Promise.all(later.map((followed) => followed.until((batches) => batches.some(({ kind }) => kind === 'LIVE'), 20)));
    writing = false;
    await work;
    const hasAll = (batches: readonly Batch[]) => valuesOf(batches, run, 'loss').at(-1) === next - 1;
    const [whole, none, resumed, again] = await Promise.all(later.map((followed) => followed.until(hasAll)));
    for (const batches of [await first.until(hasAll), whole!, again!]) expect(valuesOf(batches, run, 'loss')).toEqual(range(0, next));
    const seen = valuesOf(first.items.slice(0, 1), run, 'loss').length;
    expect(valuesOf(resumed!, run, 'loss')).toEqual(range(seen, next));
    const live = valuesOf(none!, run, 'loss');
    expect(live).toEqual(range(next - live.length, next));
    expect(live.length).toBeLessThan(next - 25_000 + 1);
  });
});

describe('a subscription to runs of several sources', () => {
  const runOf = (id: string) => `Run:theirs:${id}`;
  let runs = 0;
  /** A run in their file, as their client would make it. */
  const createTheirs = async (name: string): Promise<string> => {
    const id = String(++runs).padStart(32, '0');
    await insertRuns(theirs, [{ ...bareRun(id), name }]);
    return id;
  };
  const logTheirs = async (id: string, values: readonly number[], from = 0) => {
    theirs.db.exec('BEGIN');
    for (const [index, value] of values.entries()) {
      const stored = toStoredValue(value);
      await theirs.db.run(sql`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
        VALUES ('loss', ${stored.value}, ${BigInt(from + index)}, ${id}, ${BigInt(from + index)}, ${Number(stored.isNan)})`);
      await theirs.db.run(sql`INSERT OR REPLACE INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
        VALUES ('loss', ${stored.value}, ${BigInt(from + index)}, ${BigInt(from + index)}, ${Number(stored.isNan)}, ${id})`);
    }
    theirs.db.exec('COMMIT');
  };

  it('by id gets the past and what comes in each, and resumes in each with one cursor', async () => {
    const id = await createTheirs('named');
    await logTheirs(id, [1, NaN]);
    await log(run, [10]);
    const followed = followPoints(open(), { runIds: [runOf(id), run], maxRateHz: 100 });
    await followed.until((all) => isCaughtUp(all) && countOf(all) >= 3);
    await logTheirs(id, [3], 2);
    await log(run, [11]);
    const batches = await followed.until((all) => countOf(all) >= 5);
    expect([valuesOf(batches, runOf(id), 'loss'), valuesOf(batches, run, 'loss')]).toEqual([
      [1, 'NaN', 3],
      [10, 11],
    ]);
    followed.stop();
    await logTheirs(id, [4, 5], 3);
    await log(run, [12]);
    const resumed = followPoints(open(), { runIds: [runOf(id), run], after: batches.at(-1)!.cursor });
    const rest = await resumed.until((all) => countOf(all) >= 3);
    expect([valuesOf(rest, runOf(id), 'loss'), valuesOf(rest, run, 'loss')]).toEqual([[4, 5], [12]]);
  });

  it('by filter picks up runs that come later, in each', async () => {
    const followed = followPoints(open(), { filter: { name: { eq: 'both' } }, maxRateHz: 100 });
    await followed.until(isCaughtUp);
    const id = await createTheirs('both');
    const other = await createTheirs('neither');
    await logTheirs(other, [100]);
    await logTheirs(id, [1, 2]);
    const ours = await api.createRun({ name: 'both' });
    await log(ours, [3]);
    const batches = await followed.until((all) => countOf(all) >= 3);
    expect([valuesOf(batches, runOf(id), 'loss'), valuesOf(batches, ours, 'loss')]).toEqual([[1, 2], [3]]);
    expect(valuesOf(batches, runOf(other), 'loss')).toEqual([]);
  });

  it('shares its reads with others of the same, too', async () => {
    const id = await createTheirs('shared');
    const same = range(0, 5).map(() => followPoints(open(), { runIds: [runOf(id), run], maxRateHz: 100 }));
    await Promise.all(same.map((followed) => followed.until(isCaughtUp)));
    expect(await counted('groups')).toBe(1);
    await logTheirs(id, range(0, 50));
    for (const followed of same)
      expect(valuesOf(await followed.until((all) => countOf(all) >= 50), runOf(id), 'loss')).toEqual(range(0, 50));
  });
});

describe('a socket driven by hand', () => {
  const document = 'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { kind series { values } } }';
  const subscribe = (id: string, input: object = {}) => ({
    id,
    type: 'subscribe',
    payload: { query: document, variables: { input: { runIds: [run], maxRateHz: 100, ...input } } },
  });
  const pong = async (hand: Awaited<ReturnType<typeof openAcknowledged>>) => {
    hand.send({ type: 'ping' });
    const before: Record<string, any>[] = [];
    for (let message = await hand.next(); message.type !== 'pong'; message = await hand.next()) before.push(message);
    return before;
  };

  it('that completes before the first answer is sent nothing that comes later', async () => {
    await log(run, range(0, 30_000));
    const hand = await openAcknowledged(server);
    hand.send(subscribe('1'));
    hand.send({ id: '1', type: 'complete' });
    await expect.poll(() => gauge(server, 'rungraph_websocket_operations')).toBe(0);
    await pong(hand); // what was under way has come
    await log(run, [1]);
    expect(await pong(hand)).toEqual([]);
    hand.socket.terminate();
  });

  it('may use an id again at once after it completed it', async () => {
    const hand = await openAcknowledged(server);
    for (let round = 0; round < 20; round++) {
      hand.send(subscribe('same'));
      if (round % 2 === 0) await hand.next();
      hand.send({ id: 'same', type: 'complete' });
    }
    await pong(hand);
    hand.send(subscribe('same', { history: 'NONE' }));
    expect(await hand.next()).toMatchObject({ id: 'same', type: 'next', payload: { data: { metricPoints: { series: [] } } } });
    await log(run, [7]);
    expect(await hand.next()).toMatchObject({ payload: { data: { metricPoints: { kind: 'LIVE', series: [{ values: [7] }] } } } });
    hand.socket.terminate();
    await expect.poll(() => gauge(server, 'rungraph_websocket_operations')).toBe(0);
  });

  it('may send a message in several frames', async () => {
    const hand = await openAcknowledged(server);
    const message = JSON.stringify(subscribe('1'));
    hand.socket.send(message.slice(0, 20), { fin: false });
    hand.socket.send(message.slice(20), { fin: true });
    expect(await hand.next()).toMatchObject({ id: '1', type: 'next' });
    hand.socket.terminate();
  });

  it.each([
    ['JSON', Buffer.from('{"type":"ping"}')],
    ['bytes', Buffer.from([0, 159, 146, 150])],
  ])('that sends %s in a binary frame is read as text or closed as a bad client, and the server goes on', async (_what, frame) => {
    const hand = await openAcknowledged(server);
    hand.socket.send(frame, { binary: true });
    const outcome = await Promise.race([hand.next(), hand.closed]);
    expect([{ type: 'pong' }, { code: 4400 }, { code: 1003 }, { code: 1007 }]).toContainEqual(
      'code' in outcome ? { code: outcome.code as number } : outcome,
    );
    hand.socket.terminate();
    expect((await server.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it('gets every message as a text frame', async () => {
    const hand = await openAcknowledged(server);
    const kinds: boolean[] = [];
    hand.socket.on('message', (_data, isBinary) => kinds.push(isBinary));
    hand.send(subscribe('1'));
    await hand.next();
    await log(run, [1]);
    await hand.next();
    expect(kinds).toEqual([false, false]);
    hand.socket.terminate();
  });
});
