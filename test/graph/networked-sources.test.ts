import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createServerDatabase, networkedEngines, type ServerDatabase } from '../kit/database-servers.js';
import { copyToServer, createMlflowTables } from '../kit/mlflow-copies.js';
import { copyFixtures, readExpected, removeFixtures } from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { startTcpGate, type TcpGate } from '../kit/tcp-gate.js';

const { runs, counts } = readExpected('2.16.2');
const active = Object.values(runs).filter(({ lifecycle_stage: stage }) => stage === 'active').length;

describe.each(networkedEngines)('a source on a server of %s', { timeout: 60_000 }, (engine) => {
  const databases: ServerDatabase[] = [];
  let good: ServerDatabase;
  let gate: TcpGate;
  let server: TestServer;

  const keep = async (database: Promise<ServerDatabase>) => {
    databases.push(await database);
    return databases.at(-1)!;
  };

  beforeAll(async () => {
    const files = copyFixtures(['2.16.2']);
    good = await keep(copyToServer(engine, files[0]!.path));
    removeFixtures(files);
    await good.execute('CREATE TABLE notes (text VARCHAR(20)); ALTER TABLE runs ADD COLUMN ours VARCHAR(20)');
    const empty = await keep(createServerDatabase(engine));
    const old = await keep(createMlflowTables(engine, '4465047574b1'));
    await old.execute('ALTER TABLE model_versions DROP COLUMN storage_location');
    const tableless = await keep(createMlflowTables(engine, '4465047574b1'));
    await tableless.execute('DROP TABLE input_tags');
    gate = await startTcpGate(Number(new URL(good.url).port));
    const shut = await startTcpGate(1);
    shut.shut();
    const through = (port: number) => Object.assign(new URL(good.url), { port: String(port) }).href;
    const secret = Object.assign(new URL(good.url), { username: 'rungraph_nobody', password: 's3cret' }).href;
    const nowhere = Object.assign(new URL(good.url), { pathname: '/rungraph_test_nowhere' }).href;
    const locations = {
      good: through(gate.port),
      empty: empty.url,
      old: old.url,
      tableless: tableless.url,
      secret,
      nowhere,
      silent: `${through(shut.port)}?password=s3cret`,
    };
    server = await startTestServer(Object.entries(locations).flatMap(([name, url]) => ['--attach', `mlflow=${url},name=${name}`]));
  }, 120_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await gate.close();
    for (const database of databases) await database.drop();
  });

  async function statusOf(name: string) {
    const { data, errors } = await server.query(
      'query ($name: String!) { source(name: $name) { state stateReason runCount pointCount location layout } }',
      { name },
    );
    expect(errors).toBeUndefined();
    return data.source;
  }

  async function runsOf(...names: string[]) {
    const { data, errors } = await server.query(
      `query ($in: [String!]) { runs(first: 1000, filter: { source: { in: $in } }) { totalCount nodes { name } sources { source ok error { code message } } } }`,
      { in: names },
    );
    expect(errors).toBeUndefined();
    return data.runs;
  }

  it('is read although it has tables and columns that MLflow does not know', async () => {
    expect(await statusOf('good')).toMatchObject({ state: 'READY', stateReason: null, runCount: counts.runs, pointCount: counts.metrics });
    expect((await runsOf('good')).totalCount).toBe(active);
  });

  it.each([
    ['empty', 'INCOMPATIBLE', /not an MLflow database/],
    ['old', 'INCOMPATIBLE', /older than MLflow 2\.15 \(no model_versions\.storage_location\)/],
    ['tableless', 'INCOMPATIBLE', /no input_tags\./],
    ['secret', 'UNAVAILABLE', /user or password/],
    ['nowhere', 'UNAVAILABLE', /no such database/],
  ])('that is %s says %s and why, and the others’ runs come', async (name, state, reason) => {
    const status = await statusOf(name);
    expect(status).toMatchObject({ state, stateReason: expect.stringMatching(reason) });
    const { totalCount, sources } = await runsOf('good', name);
    expect(totalCount).toBe(active);
    expect(sources).toEqual([
      { source: 'good', ok: true, error: null },
      { source: name, ok: false, error: { code: 'SOURCE_UNAVAILABLE', message: status.stateReason } },
    ]);
  });

  it('whose server does not answer says so after some seconds', async () => {
    const { totalCount, sources } = await runsOf('good', 'silent');
    expect(totalCount).toBe(active);
    expect(sources[1]).toEqual({
      source: 'silent',
      ok: false,
      error: { code: 'SOURCE_TIMEOUT', message: expect.stringMatching(/does not answer/) },
    });
  });

  it('is there again when its server is', async () => {
    gate.shut();
    expect(await statusOf('good')).toMatchObject({ state: 'UNAVAILABLE', stateReason: expect.stringMatching(/does not answer/) });
    await gate.open();
    expect(await statusOf('good')).toMatchObject({ state: 'READY', runCount: counts.runs });
    expect((await runsOf('good')).totalCount).toBe(active);
  });

  it('is waited for while somebody alters its tables, and not for ever', async () => {
    await good.execute(engine === 'postgres' ? 'BEGIN; LOCK TABLE runs IN ACCESS EXCLUSIVE MODE' : 'LOCK TABLES runs WRITE');
    try {
      const { sources } = await runsOf('good');
      expect(sources).toEqual([
        {
          source: 'good',
          ok: false,
          error: { code: 'SOURCE_TIMEOUT', message: expect.stringMatching(/a lock or a statement took too long/) },
        },
      ]);
    } finally {
      await good.execute(engine === 'postgres' ? 'ROLLBACK' : 'UNLOCK TABLES');
    }
    expect((await runsOf('good')).totalCount).toBe(active);
  });

  it('is looked at anew when MLflow has changed its tables', async () => {
    await good.execute(`ALTER TABLE experiments ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default'`);
    await good.execute(`UPDATE experiments SET workspace = 'others' WHERE experiment_id = 1`);
    await expect.poll(async () => (await runsOf('good')).totalCount, { timeout: 10_000 }).toBeLessThan(active);
    await good.execute(`ALTER TABLE experiments DROP COLUMN workspace`);
    await expect.poll(async () => (await runsOf('good')).totalCount, { timeout: 10_000 }).toBe(active);
  });

  it('never shows user or password', async () => {
    const { data } = await server.query('{ sources { name location layout stateReason } }');
    expect(JSON.stringify(data)).not.toMatch(/s3cret|rungraph_nobody/);
    expect(server.log()).not.toMatch(/s3cret|rungraph_nobody/);
    const { host } = new URL(good.url);
    expect(data.sources.find(({ name }: { name: string }) => name === 'secret').location).toContain(`//${host}/${good.name}`);
  });
});
