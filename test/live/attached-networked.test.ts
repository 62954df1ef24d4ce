import { randomBytes } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { countOf, followPoints, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import {
  createMysqlMlflow,
  createPostgresMlflow,
  mysqlIsThere,
  type MlflowRows,
  type NetworkedMlflow,
  type StoredPoint,
} from '../kit/networked-mlflow.js';
import { missing } from '../kit/optional.js';
import { postgresIsThere } from '../kit/postgres.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const engines = [
  { engine: 'PostgreSQL', isThere: await postgresIsThere(), create: createPostgresMlflow },
  { engine: 'MariaDB', isThere: await mysqlIsThere(), create: createMysqlMlflow },
];
for (const { engine, isThere } of engines) if (!isThere) missing(`no ${engine} server on 127.0.0.1`);

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const points = (from: number, to: number, key = 'loss'): StoredPoint[] =>
  range(from, to).map((step) => ({ key, step, timestamp: 1_000 + step, value: step }));
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;
const kindsOf = (batches: readonly Batch[]): string[] => batches.map(({ kind }) => kind);
const held = (batches: readonly Batch[]): readonly Batch[] => batches.slice(batches.findLastIndex(({ kind }) => kind === 'RESET') + 1);

describe.each(engines)('an attached MLflow database on $engine', { timeout: 120_000 }, ({ isThere, create }) => {
  let database: NetworkedMlflow;
  let server: TestServer;
  let client: LiveClient;
  let runId: string;
  beforeEach(async (context) => {
    if (!isThere) return context.skip();
    database = await create();
    server = await start();
    client = openLiveClient(server);
    runId = randomBytes(16).toString('hex');
    await database.createRun(runId);
  });
  afterEach(async () => {
    await client?.close();
    await server?.[Symbol.asyncDispose]();
    await database?.drop();
  });

  const start = (dataFolder?: string) =>
    startTestServer(
      ['--attach', `mlflow=${database.url},name=lab`, '--poll-interval', '250'],
      dataFolder === undefined ? {} : { dataFolder },
    );
  const restart = async () => {
    await client.close();
    await server.stop();
    server = await start(server.dataFolder);
    client = openLiveClient(server);
  };
  const idOf = (id = runId) => `Run:lab:${id}`;
  const follow = (input: object = {}) => followPoints(client, { runIds: [idOf()], maxRateHz: 100, ...input });

  it('sends what is there, then what others write, each point once and in order', async () => {
    await database.log(runId, points(0, 5));
    const followed = follow();
    await followed.until(isCaughtUp);
    await database.log(runId, points(5, 50));
    await followed.until((all) => countOf(all) >= 50);
    for (const step of range(50, 60)) await database.log(runId, points(step, step + 1));
    await database.log(runId, points(0, 10, 'accuracy'));
    const batches = await followed.until((all) => countOf(all) >= 70);
    expect(valuesOf(batches, idOf(), 'loss')).toEqual(range(0, 60));
    expect(valuesOf(batches, idOf(), 'accuracy')).toEqual(range(0, 10));
  });

  it('has values exact to the last bit, NaN and infinities among them', async () => {
    const followed = follow();
    await followed.until(isCaughtUp);
    const values = [5e-324, 1 / 3, -1.5, Number.MAX_VALUE, -Number.MAX_VALUE];
    await database.log(
      runId,
      values.map((value, step) => ({ key: 'odd', step, timestamp: 1_000, value })),
    );
    await database.log(runId, [{ key: 'odd', step: 9_007_199_254_740_993n, timestamp: 1_000, value: 0, isNan: true }]);
    const batches = await followed.until((all) => countOf(all) >= 6);
    expect(valuesOf(batches, idOf(), 'odd')).toEqual([5e-324, 1 / 3, -1.5, 'Infinity', '-Infinity', 'NaN']);
    expect(batches.flatMap(({ series }) => series.flatMap(({ steps }) => steps)).at(-1)).toBe('9007199254740993');
  });

  it('delivers points that come late, with older steps and timestamps, once', async () => {
    await database.log(runId, points(10, 20));
    const followed = follow();
    await followed.until(isCaughtUp);
    await database.log(runId, points(0, 10));
    const batches = await followed.until((all) => countOf(all) >= 20, 20);
    expect(valuesOf(batches, idOf(), 'loss')).toEqual([...range(10, 20), ...range(0, 10)]);
    await database.log(runId, points(20, 22));
    expect(valuesOf(await followed.until((all) => countOf(all) >= 22), idOf(), 'loss').slice(20)).toEqual([20, 21]);
  });

  it('delivers 20,000 points of one moment', async () => {
    const followed = follow();
    await followed.until(isCaughtUp);
    await database.log(
      runId,
      range(0, 20_000).map((step) => ({ key: 'loss', step, timestamp: 5, value: step })),
    );
    const batches = await followed.until((all) => countOf(all) >= 20_000, 20);
    expect(valuesOf(batches, idOf(), 'loss')).toEqual(range(0, 20_000));
  });

  it('wakes everybody who follows the same run', async () => {
    await database.log(runId, points(0, 2));
    const all = [
      follow(),
      follow({ keys: ['loss'] }),
      follow({ history: 'NONE' }),
      follow({ filter: { name: { eq: runId } }, runIds: null }),
    ];
    for (const each of all) await each.until(isCaughtUp);
    await database.log(runId, points(2, 4));
    for (const each of all) await each.until((batches) => valuesOf(batches, idOf(), 'loss').includes(3));
    expect(valuesOf(all[3]!.items, idOf(), 'loss')).toEqual(range(0, 4));
  });

  it('goes on after a cursor, also with a new server', async () => {
    await database.log(runId, points(0, 10));
    const followed = follow();
    const { cursor } = (await followed.until(isCaughtUp)).at(-1)!;
    client.cut();
    await database.log(runId, points(10, 20));
    client = openLiveClient(server);
    expect(valuesOf(await follow({ after: cursor }).until(isCaughtUp), idOf(), 'loss')).toEqual(range(10, 20));
    await restart();
    const resumed = await follow({ after: cursor }).until(isCaughtUp);
    expect(kindsOf(resumed)).not.toContain('RESET');
    expect(valuesOf(resumed, idOf(), 'loss')).toEqual(range(10, 20));
  });

  it('goes on with a new server also when clocks say another order than that of the commits', async () => {
    await database.log(runId, points(0, 10));
    const followed = follow();
    await followed.until(isCaughtUp);
    await database.log(runId, points(11, 12));
    const { cursor } = (await followed.until((all) => countOf(all) >= 11)).at(-1)!;
    await database.log(runId, points(10, 11));
    await restart();
    const resumed = await follow({ after: cursor }).until(isCaughtUp);
    expect(kindsOf(resumed)).not.toContain('RESET');
    expect(valuesOf(resumed, idOf(), 'loss')).toEqual([10]);
  });

  it('continues after the cursor of a series without a gap or a repeated point', async () => {
    await database.log(runId, [...points(0, 10), ...points(0, 30, 'accuracy')]);
    const { data } = await server.query(
      `{ node(id: "${idOf()}") { ... on Run { series(keys: ["loss"], sampling: NONE) { values cursor } } } }`,
    );
    const [series] = data.node.series;
    expect(series.values).toEqual(range(0, 10));
    await database.log(runId, [...points(10, 15), ...points(30, 31, 'accuracy')]);
    const batches = await follow({ after: series.cursor }).until((all) => isCaughtUp(all) && countOf(all) > 0);
    expect(valuesOf(batches, idOf(), 'loss')).toEqual(range(10, 15));
    expect(valuesOf(batches, idOf(), 'accuracy')).toEqual([30]);
  });

  it('answers a series whole, and continues after it, while points of the past are not noticed yet', async () => {
    await database.log(runId, points(100, 110));
    const followed = follow({ history: 'NONE' });
    await followed.until(isCaughtUp);
    await database.log(runId, points(0, 50));
    const { data } = await server.query(
      `{ node(id: "${idOf()}") { ... on Run { series(keys: ["loss"], sampling: NONE) { values cursor } } } }`,
    );
    const [series] = data.node.series;
    expect(series.values).toEqual([...range(0, 50), ...range(100, 110)]);
    await database.log(runId, points(110, 115));
    const batches = await follow({ after: series.cursor }).until((all) => isCaughtUp(all) && countOf(all) > 0);
    expect(kindsOf(batches)).not.toContain('RESET');
    expect(valuesOf(batches, idOf(), 'loss')).toEqual(range(110, 115));
  });

  it('tells RESET and begins anew when the database was restored from older data', async () => {
    await database.log(runId, points(0, 10));
    const followed = follow();
    await followed.until(isCaughtUp);
    await database.log(runId, points(10, 20));
    await followed.until((all) => countOf(all) >= 20);
    await database.run(`DELETE FROM metrics WHERE step >= 10`);
    await database.run(`UPDATE latest_metrics SET step = 9, timestamp = 1009, value = 9`);
    await database.log(runId, points(100, 110));
    const batches = await followed.until((all) => kindsOf(all).includes('RESET') && isCaughtUp(all) && countOf(held(all)) >= 20, 20);
    expect(valuesOf(held(batches), idOf(), 'loss')).toEqual([...range(0, 10), ...range(100, 110)]);
  });

  it('says nothing of a run that is erased, and goes on with the others', async () => {
    const other = randomBytes(16).toString('hex');
    await database.createRun(other);
    await database.log(runId, points(0, 2));
    await database.log(other, points(0, 2));
    const followed = follow({ runIds: [idOf(), idOf(other)] });
    await followed.until((all) => isCaughtUp(all) && countOf(all) >= 4);
    for (const table of ['metrics', 'latest_metrics', 'runs']) await database.run(`DELETE FROM ${table} WHERE run_uuid = '${runId}'`);
    await database.log(other, points(2, 3));
    const batches = await followed.until((all) => countOf(all) >= 5);
    expect(valuesOf(batches, idOf(other), 'loss')).toEqual(range(0, 3));
    expect(kindsOf(batches)).not.toContain('RESET');
    expect(followed.errors).toEqual([]);
  });

  it('is followed on when the connections to its server were lost', async () => {
    await database.log(runId, points(0, 3));
    const followed = follow();
    await followed.until(isCaughtUp);
    for (const step of range(3, 9)) {
      await database.cutOthers();
      await database.log(runId, points(step, step + 1));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const batches = await followed.until((all) => countOf(all) >= 9, 20);
    expect(valuesOf(batches, idOf(), 'loss')).toEqual(range(0, 9));
    expect(kindsOf(batches)).not.toContain('RESET');
  });

  it('has two writers at once, whose points all come, each once', async () => {
    const followed = follow();
    await followed.until(isCaughtUp);
    const other = await database.another();
    const write = async (rows: MlflowRows, key: string, behind: number) => {
      for (const step of range(0, 40)) {
        await rows.log(runId, [{ key, step, timestamp: Date.now() - behind, value: step }]);
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    };
    await Promise.all([write(database, 'a', 0), write(other, 'b', 400)]);
    await other.close();
    const batches = await followed.until((all) => countOf(all) >= 80, 20);
    expect([valuesOf(batches, idOf(), 'a'), valuesOf(batches, idOf(), 'b')]).toEqual([range(0, 40), range(0, 40)]);
  });

  it('tells what others do to runs, params and tags among it', async () => {
    const { data } = await server.query<{ runEventCursor: string }>('{ runEventCursor }');
    const created = randomBytes(16).toString('hex');
    await database.createRun(created);
    const document = 'subscription ($after: String) { runEvents(after: $after) { kind run { id } } }';
    const followed = client.follow<{ kind: string; run: { id: string } }>(document, { after: data.runEventCursor }, 'runEvents');
    const kinds = () => followed.items.filter(({ run }) => run.id === idOf(created)).map(({ kind }) => kind);
    const expected: string[] = [];
    const expectNext = async (kind: string) => {
      expected.push(kind);
      await followed.until(() => kinds().length === expected.length);
      expect(kinds()).toEqual(expected);
    };
    await expectNext('CREATED');
    await database.run(`UPDATE runs SET status = 'FINISHED', end_time = 5 WHERE run_uuid = '${created}'`);
    await expectNext('STATUS_CHANGED');
    await database.run(`INSERT INTO params VALUES ('lr', '0.1', '${created}')`);
    await expectNext('UPDATED');
    await database.run(`INSERT INTO tags VALUES ('team', 'a', '${created}')`);
    await expectNext('UPDATED');
    await database.run(`UPDATE tags SET value = 'b' WHERE run_uuid = '${created}'`);
    await expectNext('UPDATED');
    await database.run(`UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = 6 WHERE run_uuid = '${created}'`);
    await expectNext('DELETED');
  });
});
