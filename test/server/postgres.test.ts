import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { followPoints, openLiveClient, valuesOf } from '../kit/live.js';
import { missing } from '../kit/optional.js';
import { createDatabase, dropDatabase, onDatabase, postgresIsThere } from '../kit/postgres.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { startTcpGate } from '../kit/tcp-gate.js';

const isThere = await postgresIsThere();
if (!isThere) missing('no PostgreSQL server on 127.0.0.1:5432');

/** Rows, statistics and log of a run say the same, and the log has neither a gap nor an overlap. @returns the number of points */
async function wholePoints(database: string): Promise<number> {
  const [sums] = await onDatabase<{ rows: string; log: string; stats: string; latest: string; wrong: string }>(
    database,
    `SELECT (SELECT COUNT(*) FROM metrics) AS rows, (SELECT COALESCE(SUM(count), 0) FROM rungraph_metric_log) AS log,
      (SELECT COALESCE(SUM(count), 0) FROM rungraph_metric_stats) AS stats,
      (SELECT COUNT(*) FROM (SELECT first_offset, LAG(first_offset + count, 1, 0::bigint) OVER (PARTITION BY run_uuid ORDER BY first_offset) AS expected
        FROM rungraph_metric_log) entry WHERE first_offset <> expected) AS wrong`,
  );
  expect(sums!.log).toBe(sums!.rows);
  expect(sums!.stats).toBe(sums!.rows);
  expect(sums!.wrong).toBe('0');
  return Number(sums!.rows);
}

const ascending = (values: readonly (number | string)[]) => [...values].sort((a, b) => Number(a) - Number(b));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe.skipIf(!isThere)('two servers on one PostgreSQL database', () => {
  let database: string;
  let folder: string;
  let servers: TestServer[];
  let apis: Api[];
  const start = () => startTestServer(['--database', database], { dataFolder: folder });
  beforeAll(async () => {
    database = await createDatabase();
    folder = mkdtempSync(join(tmpdir(), 'rungraph-postgres-'));
    servers = await Promise.all([start(), start()]);
    apis = servers.map(createApi);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
    await dropDatabase(database);
  });

  it('make an experiment once that both are asked for at the same time, and say so to all others', async () => {
    const rest = async (server: TestServer, path: string, body: object) => {
      const answer = await fetch(`${server.origin}/api/2.0/mlflow/experiments/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return ((await answer.json()) as { error_code?: string }).error_code ?? 'made';
    };
    for (let round = 0; round < 4; round++) {
      const name = `wanted by all ${round}`;
      const answers = await Promise.all(upTo(12).map((number) => rest(servers[number % 2]!, 'create', { name })));
      expect(answers.sort()).toEqual([...Array<string>(11).fill('RESOURCE_ALREADY_EXISTS'), 'made']);
    }
    expect(await rest(servers[0]!, 'delete', { experiment_id: '99999999999' })).toBe('RESOURCE_DOES_NOT_EXIST');
  });

  it('deliver the points that the other took: each once, in the order of the commits, to both in the same order', async () => {
    const run = await apis[0]!.createRun();
    const clients = servers.map(openLiveClient);
    const followed = clients.map((client) => followPoints(client, { runIds: [run], maxRateHz: 60 }));
    for (const one of followed) await one.until((items) => items.some(({ caughtUp }) => caughtUp));
    const perWriter = 40;
    await Promise.all(
      apis.map(async (api, server) => {
        for (let number = 0; number < perWriter; number++) {
          const value = server * perWriter + number;
          await api.log(run, [{ key: 'loss', values: [value], steps: [value] }]);
        }
      }),
    );
    const delivered = await Promise.all(
      followed.map(async (one) =>
        valuesOf(await one.until((items) => valuesOf(items, run, 'loss').length >= 2 * perWriter, 20), run, 'loss'),
      ),
    );
    expect(ascending(delivered[0]!)).toEqual(upTo(2 * perWriter));
    expect(delivered[1]).toEqual(delivered[0]);
    await Promise.all(clients.map((client) => client.close()));
    await wholePoints(database);
  });

  it('tell of runs, lines and changes that the other made', async () => {
    const client = openLiveClient(servers[1]!);
    const events = client.follow<{ kind: string; run: { name: string } }>(
      'subscription { runEvents { kind run { name } } }',
      {},
      'runEvents',
    );
    await sleep(500); // the subscription has no first message
    const run = await apis[0]!.createRun({ name: 'seen from afar' });
    await events.until((items) => items.some((event) => event.kind === 'CREATED' && event.run.name === 'seen from afar'));
    const lines = client.follow<{ lines: { message: string }[] }>(
      'subscription ($run: ID!) { logLines(runId: $run) { lines { message } } }',
      { run },
      'logLines',
    );
    await apis[0]!.mutate('logLines', { run, lines: [{ message: 'hello from the other server' }] });
    await lines.until((items) => items.some((batch) => batch.lines.some(({ message }) => message === 'hello from the other server')));
    await client.close();
  });

  it('do a request once that was sent to both at the same time with one key', async () => {
    const runs = await Promise.all(
      upTo(10).map(async (number) => {
        const sent = await Promise.all(
          apis.map((api) => api.mutate('createRun', { experiment: 'Experiment:local:0', idempotencyKey: `both ${number}` }, 'run { id }')),
        );
        expect(sent.map(({ userErrors }) => userErrors)).toEqual([[], []]);
        expect(new Set(sent.map((payload) => (payload as unknown as { run: { id: string } }).run.id)).size).toBe(1);
        return sent;
      }),
    );
    expect(runs).toHaveLength(10);
  });

  it('give numbers to events in the order of their commits: a follower misses none', async () => {
    const client = openLiveClient(servers[0]!);
    const events = client.follow<{ kind: string; run: { name: string } }>(
      'subscription { runEvents(filter: { name: { startsWith: "crowd " } }) { kind run { name } } }',
      {},
      'runEvents',
    );
    await sleep(500);
    const count = 60;
    await Promise.all(upTo(count).map((number) => apis[number % 2]!.createRun({ name: `crowd ${number}` })));
    const seen = await events.until(
      (items) => new Set(items.filter(({ kind }) => kind === 'CREATED').map(({ run }) => run.name)).size === count,
      20,
    );
    expect(seen.filter(({ kind }) => kind === 'CREATED')).toHaveLength(count);
    await client.close();
  });

  it('lose nothing that was acknowledged when one of them is killed, and the other goes on delivering', { timeout: 60_000 }, async () => {
    const doomed = await start();
    const run = await createApi(doomed).createRun();
    const client = openLiveClient(servers[0]!);
    const followed = followPoints(client, { runIds: [run], maxRateHz: 60 });
    const acknowledged: number[] = [];
    let next = 0;
    const writing = Promise.all(
      upTo(4).map(async () => {
        for (;;) {
          const value = next++;
          const { errors, data } = await doomed
            .query('mutation ($input: LogMetricsInput!) { logMetrics(input: $input) { userErrors { code } } }', {
              input: { run, series: [{ key: 'loss', values: [value], steps: [value] }] },
            })
            .catch(() => ({ errors: ['gone'], data: null }));
          if (errors || !data || data.logMetrics.userErrors.length > 0) return;
          acknowledged.push(value);
        }
      }),
    );
    await sleep(1_500);
    doomed.process.kill('SIGKILL');
    await writing;
    expect(acknowledged.length).toBeGreaterThan(0);
    const last = next + 1;
    await apis[1]!.log(run, [{ key: 'loss', values: [last], steps: [last] }]);
    const values = valuesOf(await followed.until((items) => valuesOf(items, run, 'loss').includes(last), 20), run, 'loss');
    expect(new Set(values).size).toBe(values.length);
    expect(acknowledged.filter((value) => !values.includes(value))).toEqual([]);
    await client.close();
    await wholePoints(database);
  });
});

describe.skipIf(!isThere)('a PostgreSQL server that is restarted', () => {
  it('costs no acknowledged write and leaves no subscriber behind', { timeout: 90_000 }, async () => {
    const database = await createDatabase();
    const gate = await startTcpGate(5432);
    const through = new URL(database);
    through.port = String(gate.port);
    const server = await startTestServer(['--database', through.href]);
    try {
      const api = createApi(server);
      const run = await api.createRun();
      const client = openLiveClient(server);
      const followed = followPoints(client, { runIds: [run], maxRateHz: 60 });
      await followed.until((items) => items.length > 0);
      const refusals: string[] = [];
      const total = 120;
      let isWriting = true;
      const writing = (async () => {
        for (let value = 0; value < total; value++) {
          // As every client does: BUSY and errors of the network are tried again, with the same key.
          for (;;) {
            const { data, errors } = await server.query(
              'mutation ($input: LogMetricsInput!) { logMetrics(input: $input) { userErrors { code } } }',
              {
                input: { run, idempotencyKey: `value ${value}`, series: [{ key: 'loss', values: [value], steps: [value] }] },
              },
            );
            expect(errors, server.log()).toBeUndefined();
            if (data.logMetrics.userErrors.length === 0) break;
            refusals.push(data.logMetrics.userErrors[0].code as string);
            await sleep(100);
          }
        }
        isWriting = false;
      })();
      for (let outage = 0; outage < 2 && isWriting; outage++) {
        await sleep(300);
        gate.shut();
        await sleep(1_500);
        const { data } = await server.query('{ sources { state } }');
        expect(data.sources).toEqual([{ state: 'UNAVAILABLE' }]);
        expect((await fetch(`${server.origin}/readyz`)).status).toBe(503);
        await gate.open();
      }
      await writing;
      expect(new Set(refusals)).toEqual(new Set(['BUSY']));
      const values = valuesOf(await followed.until((items) => valuesOf(items, run, 'loss').length >= total, 30), run, 'loss');
      expect(values).toEqual(upTo(total));
      expect(await wholePoints(database)).toBe(total);
      await client.close();
      expect(server.log()).not.toMatch(/postgresql:\/\/|unhandled/i);
    } finally {
      await server[Symbol.asyncDispose]();
      await gate.close();
      await dropDatabase(database);
    }
  });
});

describe.skipIf(!isThere)('--database', () => {
  const failure = (url: string) =>
    startTestServer(['--database', url]).then(
      async (server) => {
        await server[Symbol.asyncDispose]();
        throw new Error('It started.');
      },
      (error: unknown) => (error as Error).message,
    );

  it("refuses a database of somebody else, MLflow's too, and changes nothing in it", async () => {
    const database = await createDatabase();
    await onDatabase(database, 'CREATE TABLE runs (run_uuid varchar(32)); CREATE TABLE alembic_version (version_num varchar(32))');
    expect(await failure(database)).toMatch(/Attach it as a source/);
    const tables = await onDatabase(
      database,
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
    );
    expect(tables.map(({ relname }) => relname)).toEqual(['alembic_version', 'runs']);
    await dropDatabase(database);
  });

  it('says what is wrong in one sentence, without the password', async () => {
    const unknown = await failure('postgresql://postgres:s3cret@127.0.0.1:5432/there_is_no_such_database');
    expect(unknown).toMatch(/there is no such database/);
    const user = await failure('postgresql://nobody_of_that_name:s3cret@127.0.0.1:5432/postgres');
    expect(user).toMatch(/user or password are wrong/);
    for (const message of [unknown, user]) {
      expect(message).not.toContain('s3cret');
      expect(message).not.toMatch(/\n\s+at /);
    }
    expect(await failure('mysql://root@127.0.0.1/test')).toContain('must be postgresql://');
  });

  it('lets several servers that start together create the tables once', async () => {
    const database = await createDatabase();
    const servers = await Promise.all(upTo(3).map(() => startTestServer(['--database', database])));
    const ids = await Promise.all(servers.map((server) => createApi(server).createRun()));
    expect(new Set(ids).size).toBe(3);
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    await dropDatabase(database);
  });
});
