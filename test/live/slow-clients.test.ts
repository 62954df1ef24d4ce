import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { countOf, followPoints, gauge, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
let run: string;
let clients: LiveClient[];
beforeEach(async () => {
  server = await startTestServer();
  api = createApi(server);
  run = await api.createRun();
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.cut();
  await server[Symbol.asyncDispose]();
});

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;
const residentMb = async () => (await gauge(server, 'process_resident_memory_bytes')) / 2 ** 20;

/** A subscriber that has everything there was. */
async function join(past: { readonly after?: string; readonly history?: 'NONE' } = {}) {
  const client = openLiveClient(server);
  clients.push(client);
  const followed = followPoints(client, { runIds: [run], maxRateHz: 100, ...past });
  await followed.until(isCaughtUp);
  return { client, followed };
}

const pointsPerCommit = 3_000;

/** Long values: a point is about 40 bytes of a message. */
const valuesOfCommit = (commit: number): number[] =>
  range(commit * pointsPerCommit, (commit + 1) * pointsPerCommit).map((point) => point + 0.123456789);

async function commit(from: number, to: number): Promise<void> {
  for (const index of range(from, to)) await api.log(run, [{ key: 'loss', values: valuesOfCommit(index) }]);
}

/** That the subscriber was given the points of these commits, each once, in their order. */
function expectCommits(batches: readonly Batch[], from: number, to: number): void {
  const values = valuesOf(batches, run, 'loss');
  const expected = range(from, to).flatMap(valuesOfCommit);
  expect(values.length).toBe(expected.length);
  expect(values.findIndex((value, index) => value !== expected[index])).toBe(-1);
}

describe('clients that do not read', () => {
  it('cost a bounded amount of memory, hold up nobody, and get everything once they read again', { timeout: 180_000 }, async () => {
    const commits = 120;
    const healthy = await join();
    await commit(0, 20); // the server has made room for work like this
    await healthy.followed.until((batches) => countOf(batches) >= 20 * pointsPerCommit);
    // Without history: a connection that has carried much is given more room by the operating system.
    const stalled = await Promise.all(range(0, 30).map(() => join({ history: 'NONE' })));
    for (const { client } of stalled) client.pause();
    const before = await residentMb();
    let most = before;
    // 12 MB for each. Not for long: who answers no ping either is let go.
    for (let done = 20; done < commits; done += 20) {
      await commit(done, done + 20);
      // Whoever reads has it before more is written: nobody waits for those who do not.
      await healthy.followed.until((batches) => countOf(batches) >= (done + 20) * pointsPerCommit, 20);
      most = Math.max(most, await residentMb());
    }
    expect(await gauge(server, 'rungraph_live_moves_total')).toBeGreaterThanOrEqual(stalled.length);
    expectCommits(healthy.followed.items, 0, commits);

    const [patient, impatient] = [stalled.slice(0, 5), stalled.slice(5)];
    for (const { client } of impatient) client.cut();
    for (const { client } of patient) client.resume();
    for (const { followed } of patient) {
      const batches = await followed.until((all) => countOf(all) >= (commits - 20) * pointsPerCommit, 60);
      expectCommits(batches, 20, commits);
      expect(batches.length).toBeLessThan((commits - 20) * 0.8); // what they missed came together
      expect(followed.errors).toEqual([]);
    }
    await commit(commits, commits + 1);
    for (const { followed } of patient) {
      await followed.until((all) => countOf(all) >= (commits + 1 - 20) * pointsPerCommit, 20);
      expectCommits(followed.items, 20, commits + 1);
    }
    expect(most - before).toBeLessThan(200);
  });

  it('may be cut meanwhile and resume with the last cursor they read', { timeout: 120_000 }, async () => {
    const { client, followed } = await join();
    await commit(0, 1);
    await followed.until((batches) => countOf(batches) >= pointsPerCommit);
    client.pause();
    await commit(1, 60);
    client.cut();
    await followed.ended;
    const resumed = await join({ after: followed.items.at(-1)!.cursor });
    await resumed.followed.until((batches) => countOf([...followed.items, ...batches]) >= 60 * pointsPerCommit, 30);
    expectCommits([...followed.items, ...resumed.followed.items], 0, 60);
  });

  it('but in bursts get everything once, in its order', { timeout: 120_000 }, async () => {
    const { client, followed } = await join();
    let writing = true;
    const bursts = (async () => {
      for (let burst = 0; writing; burst++) {
        client.pause();
        await sleep(600);
        client.resume();
        await sleep(20 + (burst % 4) * 40);
      }
    })();
    await commit(0, 80);
    writing = false;
    await bursts;
    await followed.until((batches) => countOf(batches) >= 80 * pointsPerCommit, 30);
    expectCommits(followed.items, 0, 80);
  });

  it('do not hold up the end of the server; those who read are told by 1001', { timeout: 60_000 }, async () => {
    const stalled = await join();
    const healthy = await join();
    stalled.client.pause();
    await commit(0, 40);
    const exited = once(server.process, 'exit');
    await server.stop();
    expect(await exited).toEqual([0, null]);
    await healthy.followed.ended;
    expect(healthy.client.closeCodes).toEqual([1001]);
  });

  it('nor answer pings are let go after a while, and resume with their cursor', { timeout: 120_000 }, async () => {
    const { client, followed } = await join();
    await commit(0, 1);
    await followed.until((batches) => countOf(batches) >= pointsPerCommit);
    client.pause();
    const [read, { cursor }] = [followed.items.length, followed.items.at(-1)!];
    await commit(1, 3);
    const operations = () => gauge(server, 'rungraph_websocket_operations');
    await expect.poll(operations, { timeout: 90_000, interval: 500 }).toBe(0);
    client.resume();
    await followed.ended;
    expect(client.closeCodes).toEqual([1006]);
    const resumed = await join({ after: cursor });
    await resumed.followed.until((batches) => countOf(batches) >= 2 * pointsPerCommit);
    expectCommits([...followed.items.slice(0, read), ...resumed.followed.items], 0, 3);
  });
});
