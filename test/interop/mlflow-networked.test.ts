import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { countOf, followPoints, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import { createMysqlMlflow, createPostgresMlflow, mysqlIsThere, type NetworkedMlflow } from '../kit/networked-mlflow.js';
import { missing } from '../kit/optional.js';
import { createDatabase, dropDatabase, onDatabase, postgresIsThere } from '../kit/postgres.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { hasMlflow } from './mlflow-client.js';
import { openMlflow, type MlflowSession } from './mlflow-session.js';

const mlflowIsThere = hasMlflow();
const engines = [
  { engine: 'PostgreSQL', isThere: await postgresIsThere(), create: createPostgresMlflow },
  { engine: 'MariaDB', isThere: await mysqlIsThere(), create: createMysqlMlflow },
];
for (const { engine, isThere } of engines) if (!isThere) missing(`no ${engine} server on 127.0.0.1`);

// MLflow makes its sixty tables one migration after the other.
const openingMs = 400_000;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;
const sorted = (values: readonly (number | string)[]) => [...values].sort((a, b) => Number(a) - Number(b));

describe.each(engines)(
  'MLflow’s client at a database on $engine that is attached and followed',
  { timeout: 240_000 },
  ({ isThere, create }) => {
    const skipped = !isThere || !mlflowIsThere;
    let database: NetworkedMlflow;
    let sessions: MlflowSession[];
    let server: TestServer;
    let client: LiveClient;
    beforeAll(async () => {
      if (skipped) return;
      database = await create(false);
      sessions = [await openMlflow(database.mlflowUrl)];
      sessions.push(await openMlflow(database.mlflowUrl));
      server = await startTestServer(['--attach', `mlflow=${database.url},name=theirs`, '--poll-interval', '250']);
      client = openLiveClient(server);
    }, openingMs);
    afterAll(async () => {
      await client?.close();
      await server?.[Symbol.asyncDispose]();
      for (const session of sessions ?? []) await session.close();
      await database?.drop();
    }, openingMs);
    const runOf = (id: string) => `Run:theirs:${id}`;
    const follow = (input: object) => followPoints(client, { maxRateHz: 100, ...input });

    it.skipIf(skipped)('has every point of its delivered once, in its order per metric, while two of it write', async () => {
      const [one, other] = [sessions[0]!, sessions[1]!];
      const run = await one.create('followed');
      await one.log(run, 'loss', [0.5, 'NaN', 'Infinity', '-Infinity'], 0);
      const followed = follow({ runIds: [runOf(run)] });
      await followed.until((all) => isCaughtUp(all) && countOf(all) >= 4, 30);
      const values = range(4, 64).map((step) => 1 / (step + 1));
      await Promise.all([one.log(run, 'loss', values, 4), other.log(run, 'other', range(0, 40), 0)]);
      await one.logBatch(run, 'accuracy', range(0, 20_000), 0);
      const batches = await followed.until((all) => countOf(all) >= 20_104, 90);
      expect(valuesOf(batches, runOf(run), 'loss')).toEqual([0.5, 'NaN', 'Infinity', '-Infinity', ...values]);
      expect(valuesOf(batches, runOf(run), 'other')).toEqual(range(0, 40));
      expect(valuesOf(batches, runOf(run), 'accuracy')).toEqual(range(0, 20_000));
    });

    it.skipIf(skipped)('may log late, and to one metric with two processes; a cursor goes on from there', async () => {
      const [one, other] = [sessions[0]!, sessions[1]!];
      const run = await one.create('late');
      await one.logBatch(run, 'loss', range(100, 110), 100);
      const followed = follow({ runIds: [runOf(run)] });
      await followed.until((all) => isCaughtUp(all) && countOf(all) >= 10, 30);
      await one.logBatch(run, 'loss', range(0, 10), 0);
      await followed.until((all) => countOf(all) >= 20, 60);
      const { cursor } = followed.items.at(-1)!;
      await Promise.all([one.log(run, 'loss', range(200, 220), 200), other.log(run, 'loss', range(300, 320), 300)]);
      const batches = await followed.until((all) => countOf(all) >= 60, 60);
      expect(valuesOf(batches, runOf(run), 'loss').slice(0, 20)).toEqual([...range(100, 110), ...range(0, 10)]);
      expect(sorted(valuesOf(batches, runOf(run), 'loss').slice(20))).toEqual([...range(200, 220), ...range(300, 320)]);
      const resumed = await follow({ runIds: [runOf(run)], after: cursor }).until((all) => isCaughtUp(all) && countOf(all) >= 40, 30);
      expect(resumed.map(({ kind }) => kind)).not.toContain('RESET');
      expect(sorted(valuesOf(resumed, runOf(run), 'loss'))).toEqual([...range(200, 220), ...range(300, 320)]);
    });

    it.skipIf(skipped)('may erase a run: it is followed on without a word', async () => {
      const [run, other] = [await sessions[0]!.create('erased'), await sessions[0]!.create('beside it')];
      await sessions[0]!.log(run, 'loss', [1, 2], 0);
      const followed = follow({ runIds: [runOf(run), runOf(other)] });
      await followed.until((all) => isCaughtUp(all) && countOf(all) >= 2, 30);
      await sessions[0]!.erase(run);
      await sessions[0]!.log(other, 'loss', [3], 0);
      const batches = await followed.until((all) => countOf(all) >= 3, 30);
      expect(valuesOf(batches, runOf(other), 'loss')).toEqual([3]);
      expect(batches.map(({ kind }) => kind)).not.toContain('RESET');
      expect(followed.errors).toEqual([]);
    });
  },
);

describe.skipIf(!engines[0]!.isThere || !mlflowIsThere)('MLflow’s client at our own PostgreSQL database', { timeout: 240_000 }, () => {
  let database: string;
  let mlflow: MlflowSession;
  let server: TestServer;
  beforeAll(async () => {
    database = await createDatabase();
    server = await startTestServer(['--database', database, '--poll-interval', '250']);
    // Opening it brings the tables up to the newest revision while the server runs.
    mlflow = await openMlflow(database.replace('postgresql://', 'postgresql+psycopg2://'));
  }, openingMs);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await mlflow?.close();
    await dropDatabase(database);
  }, openingMs);

  it('has its points taken into the log once, and delivered while it writes', async () => {
    const client = openLiveClient(server);
    const run = await mlflow.create('theirs in ours');
    const id = `Run:local:${run}`;
    const followed = followPoints(client, { runIds: [id], maxRateHz: 100 });
    await followed.until(isCaughtUp, 30);
    await mlflow.log(run, 'loss', [0.5, 'NaN', '-Infinity', 1 / 3], 0);
    await followed.until((all) => countOf(all) >= 4, 60);
    const logged = server.query(
      `mutation { logMetrics(input: { run: "${id}", series: [{ key: "ours", values: [1, 2, 3] }] }) { pointsAccepted } }`,
    );
    await Promise.all([mlflow.logBatch(run, 'accuracy', range(0, 5_000), 0), logged]);
    const batches = await followed.until((all) => countOf(all) >= 5_007, 90);
    expect(valuesOf(batches, id, 'loss')).toEqual([0.5, 'NaN', '-Infinity', 1 / 3]);
    expect(valuesOf(batches, id, 'accuracy')).toEqual(range(0, 5_000));
    expect(valuesOf(batches, id, 'ours')).toEqual([1, 2, 3]);
    const [sums] = await onDatabase<Record<'rows' | 'log' | 'stats', string>>(
      database,
      `SELECT (SELECT COUNT(*) FROM metrics) AS rows, (SELECT SUM(count) FROM rungraph_metric_log) AS log,
        (SELECT SUM(count) FROM rungraph_metric_stats) AS stats`,
    );
    expect([sums!.log, sums!.stats]).toEqual([sums!.rows, sums!.rows]);
    await client.close();
  });
});
