import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { countOf, followPoints, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const fixture = fileURLToPath(new URL('../fixtures/mlflow/2.16.2.db', import.meta.url));

let folder: string;
let path: string;
let writer: InstanceType<typeof Libsql>;
let server: TestServer;
let client: LiveClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-attached-'));
  path = join(folder, 'mlflow.db');
  copyFileSync(fixture, path);
  writer = new Libsql(path, { timeout: 5_000 });
  server = await startTestServer(['--attach', `mlflow=${path},name=lab`, '--poll-interval', '250']);
  client = openLiveClient(server);
});
afterEach(async () => {
  await client.close();
  writer.close();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const idOf = (runId: string): string => `Run:lab:${runId}`;

/** Writes as another process does: nothing tells the server. */
function createRun(runId: string, name = runId): void {
  writer
    .prepare(
      `INSERT INTO runs (run_uuid, name, status, lifecycle_stage, experiment_id, start_time, source_type) VALUES (?, ?, 'RUNNING', 'active', 0, ?, 'LOCAL')`,
    )
    .run([runId, name, Date.now()]);
}

function log(runId: string, from: number, to: number, key = 'loss'): void {
  const insert = writer.prepare('INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)');
  writer.transaction(() => {
    for (let step = from; step < to; step++) insert.run([key, step, 1_000 + step, runId, step]);
  })();
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;

describe('metricPoints of an attached MLflow file', () => {
  it('sends what is there, then what another process writes, each point once', async () => {
    createRun('a'.repeat(32));
    log('a'.repeat(32), 0, 5);
    const followed = followPoints(client, { runIds: [idOf('a'.repeat(32))], maxRateHz: 100 });
    await followed.until(isCaughtUp);
    log('a'.repeat(32), 5, 50);
    await followed.until((all) => countOf(all) >= 50);
    log('a'.repeat(32), 50, 60);
    const batches = await followed.until((all) => countOf(all) >= 60);
    expect(valuesOf(batches, idOf('a'.repeat(32)), 'loss')).toEqual(range(0, 60));
  });

  it('resumes by cursor with a new server, also after the newest points of another run were deleted', async () => {
    const [ours, other] = ['b'.repeat(32), 'c'.repeat(32)];
    createRun(ours);
    createRun(other);
    log(ours, 0, 10);
    log(other, 0, 1_000);
    const followed = followPoints(client, { runIds: [idOf(ours)] });
    const [first] = await followed.until(isCaughtUp);
    writer.prepare('DELETE FROM metrics WHERE run_uuid = ?').run([other]);
    writer.prepare('DELETE FROM runs WHERE run_uuid = ?').run([other]);
    log(ours, 10, 20); // with row numbers that were used before
    await client.close();
    await server.stop();
    server = await startTestServer(['--attach', `mlflow=${path},name=lab`, '--poll-interval', '250'], { dataFolder: server.dataFolder });
    client = openLiveClient(server);
    const resumed = followPoints(client, { runIds: [idOf(ours)], after: first!.cursor });
    const batches = await resumed.until(isCaughtUp);
    expect(batches.map(({ kind }) => kind)).not.toContain('RESET');
    expect(valuesOf(batches, idOf(ours), 'loss')).toEqual(range(10, 20));
  });

  it('tells RESET and begins anew when the file is replaced by another one', async () => {
    const runId = 'd'.repeat(32);
    createRun(runId);
    log(runId, 0, 10);
    const followed = followPoints(client, { runIds: [idOf(runId)], maxRateHz: 100 });
    await followed.until(isCaughtUp);
    const other = join(folder, 'other.db');
    copyFileSync(fixture, other);
    writer.close();
    writer = new Libsql(other, { timeout: 5_000 });
    createRun(runId);
    log(runId, 100, 130);
    renameSync(other, path);
    const batches = await followed.until((all) => all.some(({ kind }) => kind === 'RESET') && isCaughtUp(all));
    const afterReset = batches.slice(batches.findIndex(({ kind }) => kind === 'RESET'));
    expect(valuesOf(afterReset, idOf(runId), 'loss')).toEqual(range(100, 130));
  });

  it('follows runs of several sources at once, and runs that another process creates later', async () => {
    const filter = { name: { startsWith: 'watched' } };
    const followed = followPoints(client, { filter, maxRateHz: 100 });
    await followed.until(isCaughtUp);
    createRun('e'.repeat(32), 'watched in the lab');
    log('e'.repeat(32), 0, 10);
    const { data } = await server.query<{ createRun: { run: { id: string } } }>(
      'mutation { createRun(input: { experiment: "Experiment:local:0", name: "watched here" }) { run { id } } }',
    );
    const local = data.createRun.run.id;
    await server.query(
      'mutation ($run: ID!) { logMetrics(input: { run: $run, series: [{ key: "loss", values: [1, 2] }] }) { pointsAccepted } }',
      {
        run: local,
      },
    );
    const batches = await followed.until((all) => countOf(all) >= 12);
    expect(valuesOf(batches, idOf('e'.repeat(32)), 'loss')).toEqual(range(0, 10));
    expect(valuesOf(batches, local, 'loss')).toEqual([1, 2]);
    const resumed = followPoints(client, { filter, after: batches.at(-1)!.cursor });
    expect(countOf(await resumed.until(isCaughtUp))).toBe(0);
  });

  it('goes on when the file was away for a while', async () => {
    const runId = 'f'.repeat(32);
    createRun(runId);
    log(runId, 0, 3);
    const followed = followPoints(client, { runIds: [idOf(runId)], maxRateHz: 100 });
    await followed.until(isCaughtUp);
    renameSync(path, `${path}.away`);
    await new Promise((resolve) => setTimeout(resolve, 600));
    renameSync(`${path}.away`, path);
    log(runId, 3, 6);
    const batches = await followed.until((all) => countOf(all) >= 6);
    expect(valuesOf(batches, idOf(runId), 'loss')).toEqual(range(0, 6));
    expect(batches.map(({ kind }) => kind)).not.toContain('RESET');
  });
});

describe('runEvents of an attached MLflow file', () => {
  it('tell what another process does to runs', async () => {
    const runId = '1'.repeat(32);
    const { data } = await server.query<{ runEventCursor: string }>('{ runEventCursor }');
    createRun(runId); // before anybody listens
    const document = 'subscription ($after: String) { runEvents(after: $after) { kind run { id status name lifecycleStage } } }';
    const followed = client.follow<{ kind: string; run: { id: string } }>(document, { after: data.runEventCursor }, 'runEvents');
    const kinds = () => followed.items.filter(({ run }) => run.id === idOf(runId)).map(({ kind }) => kind);
    await followed.until(() => kinds().length === 1);
    writer.prepare(`UPDATE runs SET status = 'FINISHED', end_time = 5 WHERE run_uuid = ?`).run([runId]);
    await followed.until(() => kinds().length === 2);
    writer.prepare(`INSERT INTO params (key, value, run_uuid) VALUES ('lr', '0.1', ?)`).run([runId]);
    await followed.until(() => kinds().length === 3);
    writer.prepare(`UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = 6 WHERE run_uuid = ?`).run([runId]);
    await followed.until(() => kinds().length === 4);
    expect(kinds()).toEqual(['CREATED', 'STATUS_CHANGED', 'UPDATED', 'DELETED']);
  });
});
