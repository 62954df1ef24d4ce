import { randomBytes } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi } from '../kit/api.js';
import { countOf, followPoints, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import { writePostgres, type MlflowRows, type StoredPoint } from '../kit/networked-mlflow.js';
import { missing } from '../kit/optional.js';
import { createDatabase, dropDatabase, onDatabase, postgresIsThere } from '../kit/postgres.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const isThere = await postgresIsThere();
if (!isThere) missing('no PostgreSQL server on 127.0.0.1:5432');

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const points = (from: number, to: number, key = 'loss'): StoredPoint[] =>
  range(from, to).map((step) => ({ key, step, timestamp: 1_000 + step, value: step }));
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;
const sorted = (values: readonly (number | string)[]) => [...values].sort((a, b) => Number(a) - Number(b));

describe.skipIf(!isThere)('another program that writes into our PostgreSQL database', { timeout: 120_000 }, () => {
  let database: string;
  let servers: TestServer[];
  let client: LiveClient;
  let other: MlflowRows;
  let runId: string;
  beforeAll(async () => {
    database = await createDatabase();
    servers = [await start(), await start()];
    other = await writePostgres(database);
  }, 120_000);
  afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
    await other.close();
    await dropDatabase(database);
  });
  beforeEach(async () => {
    client = openLiveClient(servers[0]!);
    runId = randomBytes(16).toString('hex');
    await other.createRun(runId);
  });
  afterEach(() => client.close());

  const start = () => startTestServer(['--database', database, '--poll-interval', '250']);
  const idOf = (id = runId) => `Run:local:${id}`;
  const follow = (input: object = {}, from = client) => followPoints(from, { runIds: [idOf()], maxRateHz: 100, ...input });

  /** Rows, statistics and log say the same. */
  async function expectWhole(): Promise<void> {
    const [sums] = await onDatabase<Record<'rows' | 'log' | 'stats', string>>(
      database,
      `SELECT (SELECT COUNT(*) FROM metrics) AS rows, (SELECT SUM(count) FROM rungraph_metric_log) AS log,
        (SELECT SUM(count) FROM rungraph_metric_stats) AS stats`,
    );
    expect([sums!.log, sums!.stats]).toEqual([sums!.rows, sums!.rows]);
  }

  it('has its points taken in once, whatever it logs, and delivered by both servers', async () => {
    const second = openLiveClient(servers[1]!);
    const followed = [follow(), follow({}, second)];
    for (const one of followed) await one.until(isCaughtUp);
    await other.log(runId, [...points(0, 50), ...points(0, 20, 'accuracy')]);
    for (const one of followed) await one.until((all) => countOf(all) >= 70, 20);
    for (const step of range(50, 60)) await other.log(runId, points(step, step + 1));
    await other.log(runId, [{ key: 'odd', step: 1, timestamp: 1, value: 0, isNan: true }]);
    await other.log(runId, [{ key: 'odd', step: 2, timestamp: 1, value: -Number.MAX_VALUE }]);
    for (const one of followed) {
      const batches = await one.until((all) => countOf(all) >= 82, 20);
      expect(valuesOf(batches, idOf(), 'loss')).toEqual(range(0, 60));
      expect(valuesOf(batches, idOf(), 'odd')).toEqual(['NaN', '-Infinity']);
    }
    await second.close();
    await expectWhole();
  });

  it('may log 20,000 points of one moment', async () => {
    const followed = follow();
    await followed.until(isCaughtUp);
    await other.log(
      runId,
      range(0, 20_000).map((step) => ({ key: 'loss', step, timestamp: 5, value: step })),
    );
    const batches = await followed.until((all) => countOf(all) >= 20_000, 20);
    expect(valuesOf(batches, idOf(), 'loss')).toEqual(range(0, 20_000));
    await expectWhole();
  });

  it('may write to the run that we write to: nothing is lost or taken twice, and steps count on', async () => {
    const api = createApi(servers[0]!);
    const followed = follow();
    await followed.until(isCaughtUp);
    await other.log(runId, points(0, 5));
    await api.log(idOf(), [{ key: 'loss', values: [100] }]);
    const batches = await followed.until((all) => countOf(all) >= 6, 20);
    expect(batches.flatMap(({ series }) => series.flatMap(({ steps }) => steps))).toEqual([0, 1, 2, 3, 4, 5]);
    await Promise.all([
      ...range(0, 20).map((index) => api.log(idOf(), [{ key: 'both', values: [index], steps: [2 * index] }])),
      (async () => {
        for (const index of range(0, 20)) await other.log(runId, [{ key: 'both', step: 2 * index + 1, timestamp: 7, value: 100 + index }]);
      })(),
    ]);
    const all = await followed.until((some) => countOf(some) >= 46, 40);
    expect(sorted(valuesOf(all, idOf(), 'both'))).toEqual([...range(0, 20), ...range(100, 120)]);
    await expectWhole();
  });

  it('has points that come late taken in, too', async () => {
    await other.log(runId, points(10, 20));
    const followed = follow();
    await followed.until((all) => countOf(all) >= 10, 20);
    await other.log(runId, points(0, 10));
    const batches = await followed.until((all) => countOf(all) >= 20, 40);
    expect(valuesOf(batches, idOf(), 'loss')).toEqual([...range(10, 20), ...range(0, 10)]);
    await expectWhole();
  });

  it('is told of by one event for what it does to a run, though two servers notice', async () => {
    const { data } = await servers[0]!.query<{ runEventCursor: string }>('{ runEventCursor }');
    const created = randomBytes(16).toString('hex');
    const document = 'subscription ($after: String) { runEvents(after: $after) { kind run { id } } }';
    const followed = client.follow<{ kind: string; run: { id: string } }>(document, { after: data.runEventCursor }, 'runEvents');
    const kinds = () => followed.items.filter(({ run }) => run.id === idOf(created)).map(({ kind }) => kind);
    await other.createRun(created);
    await followed.until(() => kinds().length === 1, 20);
    await other.run(`UPDATE runs SET status = 'FINISHED', end_time = 5 WHERE run_uuid = '${created}'`);
    await followed.until(() => kinds().length === 2, 20);
    await other.run(`UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = '${created}'`);
    await followed.until(() => kinds().length === 3, 20);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(kinds()).toEqual(['CREATED', 'STATUS_CHANGED', 'DELETED']);
  });
});
