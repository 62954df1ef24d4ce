import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';

import { createApi } from '../kit/api.js';
import { withDatabase } from '../kit/database-digest.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const clients = 4;
const pointsPerBatch = 25;

/** One batch of points that no other batch has; the same number always gives the same batch. */
const batchOf = (client: number, number: number) => ({
  series: [0, 1].map((half) => {
    const steps = Array.from({ length: pointsPerBatch }, (_, index) => number * pointsPerBatch + index);
    return {
      key: `client ${client} half ${half}`,
      steps,
      timestamps: steps.map((step) => 1_000 + step),
      values: steps.map((step) => step + half / 2),
    };
  }),
  idempotencyKey: `client ${client} batch ${number}`,
});

interface Ingest {
  readonly runs: readonly string[];
  /** By client, the numbers of the batches that were sent, and of those that were acknowledged. */
  readonly sent: readonly number[];
  readonly acknowledged: readonly ReadonlySet<number>[];
}

async function send(url: string, run: string, client: number, number: number): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($input: LogMetricsInput!) { logMetrics(input: $input) { pointsAccepted userErrors { code } } }',
      variables: { input: { run, ...batchOf(client, number) } },
    }),
  });
  const { data } = (await response.json()) as { data?: { logMetrics: { pointsAccepted: number } } };
  return data?.logMetrics.pointsAccepted === 2 * pointsPerBatch;
}

/** Four clients send batch after batch, two of them to one run, until the server is gone. */
async function ingestUntilGone(server: TestServer, end: () => void): Promise<Ingest> {
  const api = createApi(server);
  const [a, b, c] = [await api.createRun(), await api.createRun(), await api.createRun()];
  const runs = [a, a, b, c];
  const sent = runs.map(() => 0);
  const acknowledged = runs.map(() => new Set<number>());
  const loops = runs.map(async (run, client) => {
    for (let number = 0; ; number++) {
      sent[client] = number + 1;
      try {
        if (!(await send(server.url, run, client, number))) return;
        acknowledged[client]!.add(number);
      } catch {
        return; // the server is gone
      }
    }
  });
  await sleep(700);
  end();
  await Promise.all(loops);
  return { runs, sent, acknowledged };
}

const nativeId = (run: string): string => run.split(':')[2]!;

/** The steps of one series in the rows of the file, with their multiplicity. */
function stepsInRows(folder: string, run: string, key: string): number[] {
  return withDatabase(folder, (rows) =>
    rows('SELECT step FROM metrics WHERE run_uuid = ? AND key = ? ORDER BY step', nativeId(run), key).map(([step]) => Number(step)),
  );
}

/** Rows, series, statistics and log say the same, and each batch that was acknowledged is there once, every other completely or not at all. */
async function expectWhole(server: TestServer, { runs, sent, acknowledged }: Ingest): Promise<number> {
  let total = 0;
  for (const [client, run] of runs.entries()) {
    for (const half of [0, 1]) {
      const key = `client ${client} half ${half}`;
      const steps = stepsInRows(server.dataFolder, run, key);
      expect(new Set(steps).size).toBe(steps.length);
      const batches = new Map<number, number>();
      for (const step of steps) batches.set(Math.floor(step / pointsPerBatch), (batches.get(Math.floor(step / pointsPerBatch)) ?? 0) + 1);
      for (const [number, count] of batches) {
        expect(count, `batch ${number}`).toBe(pointsPerBatch);
        expect(number).toBeLessThan(sent[client]!);
      }
      for (const number of acknowledged[client]!) expect(batches.has(number), `batch ${number} was acknowledged`).toBe(true);
      const { data } = await server.query(
        'query ($id: ID!, $key: String!) { run(by: { id: $id }) { metric(key: $key) { count value max } series(keys: [$key], sampling: NONE) { steps values } } }',
        { id: run, key },
      );
      expect(data.run.metric.count).toBe(steps.length);
      expect(data.run.metric.max).toBe(steps.at(-1)! + half / 2);
      expect(data.run.series[0].steps).toEqual(steps);
      expect(data.run.series[0].values).toEqual(steps.map((step) => step + half / 2));
      total += steps.length;
    }
  }
  withDatabase(server.dataFolder, (rows) => {
    expect(rows('PRAGMA integrity_check')).toEqual([['ok']]);
    expect(rows('PRAGMA foreign_key_check')).toEqual([]);
    expect(rows('SELECT SUM(count) FROM rungraph_metric_log')).toEqual([[BigInt(total)]]);
    expect(rows('SELECT SUM(count) FROM rungraph_metric_stats')).toEqual([[BigInt(total)]]);
    // Offsets of a run have neither a gap nor an overlap.
    const gaps = rows(
      `SELECT * FROM (SELECT first_offset, LAG(first_offset + count, 1, 0) OVER (PARTITION BY run_uuid ORDER BY first_offset) AS expected FROM rungraph_metric_log) WHERE first_offset <> expected`,
    );
    expect(gaps).toEqual([]);
  });
  return total;
}

describe('a server that is killed while four clients write', () => {
  it('has every acknowledged point once and no half batch; sending everything again completes it', { timeout: 60_000 }, async () => {
    const killed = await startTestServer();
    const ingest = await ingestUntilGone(killed, () => killed.process.kill('SIGKILL'));
    expect(Math.min(...ingest.acknowledged.map((batches) => batches.size))).toBeGreaterThan(0);

    await using server = await startTestServer([], { dataFolder: killed.dataFolder });
    const before = await expectWhole(server, ingest);
    expect(before).toBeGreaterThanOrEqual(ingest.acknowledged.reduce((sum, batches) => sum + batches.size, 0) * 2 * pointsPerBatch);

    await Promise.all(
      ingest.runs.map(async (run, client) => {
        for (let number = 0; number < ingest.sent[client]!; number++) expect(await send(server.url, run, client, number)).toBe(true);
      }),
    );
    const after = await expectWhole(server, {
      ...ingest,
      acknowledged: ingest.sent.map((count) => new Set(Array.from({ length: count }, (_, number) => number))),
    });
    expect(after).toBe(ingest.sent.reduce((sum, count) => sum + count, 0) * 2 * pointsPerBatch);
  });
});

describe('a server that is told to end', () => {
  it('answers what is under way, closes subscriptions with 1001, loses nothing and exits with 0', { timeout: 60_000 }, async () => {
    const ended = await startTestServer();
    let closeCode: number | undefined;
    const follower = createClient({
      url: ended.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      on: { closed: (event) => (closeCode = (event as { code: number }).code) },
    });
    const following = new Promise<void>((resolve) => {
      follower.subscribe(
        { query: 'subscription { runEvents { kind } }' },
        { next: () => {}, error: () => resolve(), complete: () => resolve() },
      );
    });
    const exited = once(ended.process, 'exit');
    const ingest = await ingestUntilGone(ended, () => ended.process.kill('SIGTERM'));
    await following;
    expect(closeCode).toBe(1001);
    expect(await exited).toEqual([0, null]);
    expect(ended.log()).toBe('');
    // Nothing was written that nobody was told of.
    const total = ingest.acknowledged.reduce((sum, batches) => sum + batches.size, 0) * 2 * pointsPerBatch;
    await using server = await startTestServer([], { dataFolder: ended.dataFolder });
    expect(await expectWhole(server, ingest)).toBe(total);
  });

  it('exits with 0 even though a subscriber does not answer its close', { timeout: 60_000 }, async () => {
    await using server = await startTestServer();
    const socket = new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    // A laptop that sleeps: the connection is there, nobody reads.
    socket.pause();
    const exited = once(server.process, 'exit');
    server.process.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    socket.terminate();
  });

  it('ends at once when it is told twice', { timeout: 60_000 }, async () => {
    await using server = await startTestServer();
    const socket = new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.pause(); // holds the first signal up
    const exited = once(server.process, 'exit');
    server.process.kill('SIGTERM');
    await sleep(300);
    const second = performance.now();
    server.process.kill('SIGTERM');
    await exited;
    expect(performance.now() - second).toBeLessThan(1_000);
    socket.terminate();
  });
});

describe('two servers on one folder', () => {
  it('both write and both read what the other wrote, and no point is lost or doubled', { timeout: 60_000 }, async () => {
    await using first = await startTestServer();
    await using second = await startTestServer([], { dataFolder: first.dataFolder });
    const api = createApi(first);
    const run = await api.createRun();
    const urls = [first.url, second.url];
    const batches = 10;
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        // Every batch goes to both servers: the key makes it one.
        for (let number = 0; number < batches; number++) {
          const accepted = await Promise.all(urls.map((url) => send(url, run, client, number)));
          expect(accepted).toEqual([true, true]);
        }
      }),
    );
    const ingest = {
      runs: Array.from({ length: clients }, () => run),
      sent: Array.from({ length: clients }, () => batches),
      acknowledged: Array.from({ length: clients }, () => new Set(Array.from({ length: batches }, (_, number) => number))),
    };
    for (const server of [first, second]) expect(await expectWhole(server, ingest)).toBe(clients * batches * 2 * pointsPerBatch);
    const experiments = await Promise.all(
      [first, second].map((server) => createApi(server).mutate('createExperiment', { name: 'the same name' }, 'experiment { id }')),
    );
    expect(experiments.map(({ userErrors }) => userErrors.length).sort()).toEqual([0, 1]);
  });
});
