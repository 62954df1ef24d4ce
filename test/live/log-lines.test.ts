import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { gauge, openLiveClient, type Followed, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

interface Batch {
  readonly lines: readonly { readonly message: string; readonly cursor: string }[];
  readonly cursor: string;
  readonly caughtUp: boolean;
}

let server: TestServer;
let api: Api;
let client: LiveClient;
let run: string;

beforeAll(async () => {
  server = await startTestServer([
    '--attach',
    `mlflow=${fileURLToPath(new URL('../fixtures/mlflow/3.17.2.db', import.meta.url))},name=prod`,
  ]);
  api = createApi(server);
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  client = openLiveClient(server);
  run = await api.createRun();
});
afterEach(() => client.close());

const document =
  'subscription ($runId: ID!, $after: String) { logLines(runId: $runId, after: $after) { lines { message cursor } cursor caughtUp } }';
const follow = (variables: object = {}, live: LiveClient = client): Followed<Batch> =>
  live.follow(document, { runId: run, ...variables }, 'logLines');
const messagesOf = (batches: readonly Batch[]): string[] => batches.flatMap(({ lines }) => lines.map(({ message }) => message));
const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `line ${from + index}`);

async function log(messages: readonly string[], to: Api = api): Promise<string> {
  const { userErrors, cursor } = await to.mutate('logLines', { run, lines: messages.map((message) => ({ message })) }, 'cursor');
  expect(userErrors).toEqual([]);
  return cursor;
}

describe('logLines', () => {
  it('sends the history, says that it has caught up, then sends what comes', async () => {
    await log(numbered(2_500));
    const followed = follow();
    await followed.until((batches) => batches.at(-1)?.caughtUp === true);
    expect(messagesOf(followed.items)).toEqual(numbered(2_500));
    expect(followed.items.slice(0, -1).map(({ caughtUp }) => caughtUp)).not.toContain(true);
    await log(numbered(10, 2_500));
    const batches = await followed.until((all) => messagesOf(all).length >= 2_510);
    expect(messagesOf(batches)).toEqual(numbered(2_510));
    expect(batches.at(-1)!.caughtUp).toBe(true);
  });

  it('says that it has caught up where there is no line yet, and says nothing more until one comes', async () => {
    const followed = follow();
    expect(await followed.until((batches) => batches.length > 0)).toEqual([{ lines: [], cursor: expect.any(String), caughtUp: true }]);
    const other = await api.createRun();
    await api.mutate('logLines', { run: other, lines: [{ message: 'of another run' }] });
    await log(['first']);
    const batches = await followed.until((all) => messagesOf(all).length > 0);
    expect(batches.map(({ lines }) => lines.length)).toEqual([0, 1]);
  });

  it('sends every line once and in order to all who follow, whoever writes and however fast', async () => {
    const others = [openLiveClient(server), openLiveClient(server)];
    const early = follow();
    await early.until((batches) => batches.length > 0);
    const writing = ['a', 'b'].map(async (writer) => {
      for (let index = 0; index < 150; index++) await log([`${writer} ${2 * index}`, `${writer} ${2 * index + 1}`]);
    });
    const late = others.map((other) => follow({}, other));
    await Promise.all(writing);
    for (const followed of [early, ...late]) {
      const lines = messagesOf(await followed.until((batches) => messagesOf(batches).length >= 600)).map((line) => line.split(' '));
      expect(lines).toHaveLength(600);
      for (const writer of ['a', 'b']) {
        const own = lines.filter(([name]) => name === writer).map(([, index]) => Number(index));
        expect(own).toEqual(Array.from({ length: 300 }, (_, index) => index));
      }
      expect(messagesOf(followed.items)).toEqual(messagesOf(early.items));
    }
    for (const other of others) await other.close();
  });

  it('goes on after the cursor of a batch, a line, a page and a mutation, without a gap or a repeated line', async () => {
    const third = await log(numbered(3));
    await log(numbered(2, 3));
    const followed = follow();
    const [batch] = await followed.until((batches) => batches.length > 0);
    const { data } = await server.query(
      'query ($run: ID!) { node(id: $run) { ... on Run { logs(first: 4) { pageInfo { endCursor } } } } }',
      { run },
    );
    const expected: readonly (readonly [string, number])[] = [
      [third, 3],
      [batch!.cursor, 5],
      [batch!.lines[1]!.cursor, 2],
      [data.node.logs.pageInfo.endCursor, 4],
    ];
    client.cut();
    await followed.ended;
    await log(numbered(2_000, 5));
    const again = openLiveClient(server);
    for (const [after, from] of expected) {
      const resumed = await follow({ after }, again).until((batches) => batches.at(-1)?.caughtUp === true);
      expect(messagesOf(resumed)).toEqual(numbered(2_005 - from, from));
    }
    await again.close();
  });

  it('goes on against a server that was killed and started again: what was acknowledged is there, once and in order', async () => {
    const first = await startTestServer();
    try {
      const writer = createApi(first);
      run = await writer.createRun();
      const live = openLiveClient(first);
      const followed = follow({}, live);
      await log(numbered(5), writer);
      await followed.until((batches) => messagesOf(batches).length >= 5);
      const acknowledged = await writeUntilGone(first, followed);
      await followed.ended;
      const heard = followed.items.at(-1)!;

      const second = await startTestServer([], { dataFolder: first.dataFolder });
      try {
        const { cursor } = await createApi(second).mutate('logLines', { run, lines: [{ message: 'the last' }] }, 'cursor');
        expect(cursor).not.toBeNull();
        const live2 = openLiveClient(second);
        const resumed = follow({ after: heard.cursor }, live2);
        await resumed.until((batches) => messagesOf(batches).at(-1) === 'the last');
        const messages = messagesOf([...followed.items, ...resumed.items]);
        // A request that was under way when the server died may have been committed without an answer.
        expect(messages.length - 1).toBeGreaterThanOrEqual(acknowledged);
        expect(messages.length - 1).toBeLessThanOrEqual(acknowledged + 1);
        expect(messages).toEqual([...numbered(messages.length - 1), 'the last']);
        const whole = await follow({}, live2).until((batches) => messagesOf(batches).at(-1) === 'the last');
        expect(messagesOf(whole)).toEqual(messages);
        await live2.close();
      } finally {
        await second.stop();
      }
      await live.close();
    } finally {
      await first[Symbol.asyncDispose]();
    }
  }, 120_000);

  it('sends the lines that another server on the same folder takes, in the one order of their commits', async () => {
    const followed = follow();
    await followed.until((batches) => batches.length > 0);
    const second = await startTestServer([], { dataFolder: server.dataFolder });
    try {
      const other = createApi(second);
      for (let index = 0; index < 20; index++) await log([`line ${index}`], index % 2 === 0 ? api : other);
      await log(['the last'], other);
      const batches = await followed.until((all) => messagesOf(all).at(-1) === 'the last');
      expect(messagesOf(batches)).toEqual([...numbered(20), 'the last']);
    } finally {
      await second.stop();
    }
  }, 120_000);

  it('serves a reader whose cursor is newer than what those who follow already have been sent', async () => {
    const followed = follow();
    await followed.until((batches) => batches.length > 0);
    for (let index = 0; index < 10; index++) {
      const after = await log([`before ${index}`]);
      const ahead = follow({ after });
      expect(await ahead.until((batches) => batches.length > 0)).toMatchObject([{ lines: [], caughtUp: true }]);
      await log([`after ${index}`]);
      const batches = await ahead.until((all) => messagesOf(all).length > 0);
      expect(messagesOf(batches)).toEqual([`after ${index}`]);
      ahead.stop();
    }
    const expected = numbered(20).map((_, index) => `${index % 2 === 0 ? 'before' : 'after'} ${Math.floor(index / 2)}`);
    expect(messagesOf(await followed.until((batches) => messagesOf(batches).length >= 20))).toEqual(expected);
  });

  it('ends when its reader does, also while nothing comes', async () => {
    const open = () => gauge(server, 'rungraph_websocket_operations');
    const before = await open();
    const followed = follow();
    await followed.until((batches) => batches.length > 0);
    expect(await open()).toBe(before + 1);
    followed.stop();
    await followed.ended;
    await expect.poll(open, { timeout: 10_000 }).toBe(before);
    await log(['after the end']);
    expect(messagesOf(followed.items)).toEqual([]);
  });

  it.each([
    ['a run that does not exist', { runId: 'Run:local:none' }, 'NOT_FOUND', 'runId'],
    ['a source that does not exist', { runId: 'Run:nowhere:none' }, 'NOT_FOUND', 'runId'],
    ['a source that keeps no log lines', { runId: 'Run:prod:any' }, 'FILTER_UNSUPPORTED', 'runId'],
    ['the id of something else', { runId: 'Experiment:local:0' }, 'BAD_USER_INPUT', 'runId'],
    ['a cursor that is none', { after: 'x' }, 'CURSOR_INVALID', 'after'],
  ])('refuses %s', async (_, variables, code, argument) => {
    const refused = follow(variables);
    await refused.ended;
    expect(refused.errors).toMatchObject([{ extensions: { code, argument } }]);
  });

  it('refuses a cursor of another run and of points', async () => {
    const other = await log(['a']);
    run = await api.createRun();
    const { cursor: points } = await api.log(run, [{ key: 'loss', values: [1] }]);
    for (const after of [other, points]) {
      const refused = follow({ after });
      await refused.ended;
      expect(refused.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', argument: 'after' } }]);
    }
  });
});

/** Writes lines one by one, the sixth first, and kills the server once some were heard; answers how many lines were acknowledged in all. */
async function writeUntilGone(target: TestServer, followed: Followed<Batch>): Promise<number> {
  const killed = followed.until((batches) => messagesOf(batches).length >= 60).then(() => target.stop('SIGKILL'));
  for (let acknowledged = 5; ; acknowledged++) {
    try {
      await log([`line ${acknowledged}`], createApi(target));
    } catch {
      await killed;
      return acknowledged;
    }
  }
}
