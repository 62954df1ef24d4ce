import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../kit/server.js';
import { NetworkError, RuleBroken, RunGraph, RunGraphError, RunLogsDocument } from '../../sdk/src/index.js';
import { openSpool, resumeSpool, type SpooledRun } from '../../sdk/src/spool/index.js';
import { startHttpProxy } from './proxies.js';

let server: TestServer;
let client: RunGraph;
let folder: string;
/** Nobody listens here. */
const nowhere = new RunGraph({ url: 'http://127.0.0.1:1/graphql' });

beforeAll(async () => {
  server = await startTestServer();
  client = new RunGraph({ url: server.url });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => server?.[Symbol.asyncDispose]());

const runNamed = async (name: string, from = client) => (await from.runs({ filter: { name: { eq: name } } })).nodes;
const lossOf = async (name: string, from = client) => {
  const [run, ...more] = await runNamed(name, from);
  expect(more).toEqual([]);
  const [series] = await from.series(run!.id, { sampling: 'NONE', keys: ['loss'] });
  return { run: run!, series: series! };
};
const journals = () => readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
const upTo = (count: number) => Array.from({ length: count }, (_, step) => step);

/** Logs through a spool while no server is there, as a process does that ends before one is. */
async function logAway(name: string, log: (run: SpooledRun) => void): Promise<void> {
  const spool = openSpool(nowhere, { folder });
  log(spool.createRun({ experiment: { name: 'spooled' }, name, params: { lr: 0.1, deep: true } }));
  expect((await spool.close({ waitMs: 0 })).runs).toBeGreaterThan(0);
}

describe('a run that was spooled while the server was down from the start', () => {
  it('is in the server once it is there, with every bit, step and time', async () => {
    const values = [NaN, Infinity, -Infinity, -0, 5e-324, 0.1 + 0.2, ...upTo(2_500)];
    const startedAt = new Date('2026-01-31T12:00:00.000Z');
    const spool = openSpool(nowhere, { folder });
    const run = spool.createRun({
      experiment: { name: 'down' },
      name: 'from the start',
      params: { lr: 0.1 },
      tags: { by: 'ada' },
      startedAt,
    });
    for (const [index, loss] of values.entries()) await run.log({ loss }, { step: 2n ** 53n + BigInt(index), timestamp: 1_000 + index });
    run.logParams({ optimizer: 'adam' });
    run.setTags({ stage: 2 });
    for (const line of ['first', 'second']) run.print(line, { level: 'INFO' });
    run.logDatasets([{ name: 'wine', digest: '5b8c1f02', context: 'training', sourceType: 'local', source: '{"path":"wine.csv"}' }]);
    run.finish('KILLED');
    await expect(run.log({ loss: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(run.id).toBeNull();
    await expect(spool.flush({ waitMs: 100 })).rejects.toMatchObject({ code: 'NETWORK' });
    expect(await spool.close({ waitMs: 0 })).toEqual({ runs: 1, points: values.length });

    expect(await resumeSpool(client, { folder })).toEqual({ runs: 0, points: 0 });
    const { run: found, series } = await lossOf('from the start');
    expect(new BigUint64Array(series.values.buffer)).toEqual(new BigUint64Array(Float64Array.from(values).buffer));
    expect(series.steps).toEqual(BigInt64Array.from(values, (_, index) => 2n ** 53n + BigInt(index)));
    expect(series.timestamps).toEqual(BigInt64Array.from(values, (_, index) => BigInt(1_000 + index)));
    expect(found).toMatchObject({ status: 'KILLED', startedAt, experiment: { name: 'down' } });
    expect(Object.fromEntries(found.params.map(({ key, value }) => [key, value]))).toEqual({ lr: '0.1', optimizer: 'adam' });
    expect(found.tags).toEqual(
      expect.arrayContaining([
        { key: 'by', value: 'ada' },
        { key: 'stage', value: '2' },
      ]),
    );
    expect((await client.run(found.id))!.datasetInputs).toHaveLength(1);
    const lines = await client.query(RunLogsDocument, { by: { id: found.id } });
    expect(lines.run!.logs.nodes.map(({ message }) => message)).toEqual(['first', 'second']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is sent by the same process as soon as the server is there', async () => {
    const other = await startTestServer();
    await other.stop();
    const spool = openSpool(new RunGraph({ url: other.url }), { folder });
    const run = spool.createRun({ experiment: { name: 'down' }, name: 'later' });
    for (const step of upTo(100)) await run.log({ loss: step });
    run.finish();
    await using restarted = await startTestServer(['--port', new URL(other.url).port], { dataFolder: other.dataFolder });
    await spool.flush();
    expect(run.pending).toBe(0);
    expect(run.id).toMatch(/^Run:local:/);
    expect([...(await lossOf('later', new RunGraph({ url: restarted.url }))).series.values]).toEqual(upTo(100));
    expect(await spool.close()).toEqual({ runs: 0, points: 0 });
  });
});

describe('what was spooled by a process that was killed', () => {
  /** Starts a training. @returns resolves with what it has printed once it has logged so many points */
  function train(url: string, points: number) {
    const script = fileURLToPath(new URL('./spool-writer.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, url, folder, String(points)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const logged = () => Number(/(\d+)\n(?!\d)[^\d]*$/.exec(output)?.[1] ?? output.trim().split('\n').at(-1));
    return {
      reaches: (count: number) => expect.poll(logged, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(count),
      logged,
      kill: async () => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      },
    };
  }

  it('is all sent once, when the writer and the server are killed half-way', async () => {
    const other = await startTestServer();
    const training = train(other.url, 1_000_000);
    await training.reaches(3_000);
    await other.stop('SIGKILL');
    await training.reaches(6_000);
    await training.kill();
    const logged = training.logged();
    await using restarted = await startTestServer(['--port', new URL(other.url).port], { dataFolder: other.dataFolder });
    const back = new RunGraph({ url: restarted.url });
    expect(await resumeSpool(back, { folder })).toEqual({ runs: 0, points: 0 });
    const { run, series } = await lossOf(folder, back);
    expect(series.values.length).toBeGreaterThanOrEqual(logged);
    expect(series.values).toEqual(Float64Array.from({ length: series.values.length }, (_, step) => Math.sin(step)));
    expect(series.timestamps.at(-1)).toBe(1_700_000_000_000n + BigInt(series.values.length - 1));
    // Nobody knows whether a training that was killed would have ended well.
    expect(run.status).toBe('RUNNING');
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);

  it('is all sent once, when its answers were on the way', async () => {
    const training = train(server.url, 1_000_000);
    await training.reaches(4_000);
    await training.kill();
    const logged = training.logged();
    await resumeSpool(client, { folder });
    const { series, run } = await lossOf(folder);
    expect(series.values.length).toBeGreaterThanOrEqual(logged);
    expect(run.metrics[0]!.count).toBe(BigInt(series.values.length));
    expect(series.values).toEqual(Float64Array.from({ length: series.values.length }, (_, step) => Math.sin(step)));
  }, 60_000);
});

describe('a file of a spool', () => {
  it('whose last line is torn loses that line alone', async () => {
    await logAway('torn', (run) => upTo(50).forEach((step) => void run.log({ loss: step })));
    const [file] = journals();
    const path = join(folder, file!);
    truncateSync(path, statSync(path).size - 7);
    await resumeSpool(client, { folder });
    expect([...(await lossOf('torn')).series.values]).toEqual(upTo(49));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that ends in rubbish is read to where it is sound', async () => {
    await logAway('rubbish', (run) => upTo(50).forEach((step) => void run.log({ loss: step })));
    appendFileSync(join(folder, journals()[0]!), Buffer.concat([Buffer.from('00000000 {"t":"points"'), Buffer.alloc(5_000)]));
    await resumeSpool(client, { folder });
    expect([...(await lossOf('rubbish')).series.values]).toEqual(upTo(50));
  });

  it('that is damaged in the middle says so, and loses that line alone', async () => {
    await logAway('damaged', (run) => upTo(50).forEach((step) => void run.log({ loss: step })));
    const path = join(folder, journals()[0]!);
    writeFileSync(path, readFileSync(path, 'utf8').replace('["loss",17,17,', '["loss",71,17,'));
    const errors: unknown[] = [];
    await resumeSpool(client, { folder, onError: (error) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'SPOOL_DAMAGED' }]);
    expect([...(await lossOf('damaged')).series.values]).toEqual(upTo(50).filter((step) => step !== 17));
  });

  it('that was only begun is removed', async () => {
    writeFileSync(join(folder, 'sdk-0123.0.jsonl'), '00000000 {"t":"he');
    writeFileSync(join(folder, 'sdk-4567.0.jsonl'), '');
    expect(await resumeSpool(client, { folder })).toEqual({ runs: 0, points: 0 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is begun anew as it is sent, so that a long run takes little room', async () => {
    const spool = openSpool(client, { folder });
    const run = spool.createRun({ experiment: { name: 'spooled' }, name: 'long' });
    for (let round = 0; round < 10; round++) {
      for (let step = 0; step < 2_000; step++) await run.log({ loss: round * 2_000 + step });
      await spool.flush();
      const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
      expect(bytes).toBeLessThan(70_000);
    }
    run.finish();
    await spool.close();
    expect([...(await lossOf('long')).series.values]).toEqual(upTo(20_000));
  });
});

describe('a spool', () => {
  it('sends what was lost on the way again under its key, once', async () => {
    const proxy = await startHttpProxy(server.url);
    const spool = openSpool(new RunGraph({ url: proxy.url }), { folder });
    const run = spool.createRun({ experiment: { name: 'spooled' }, name: 'lost' });
    await spool.flush();
    proxy.fates.push('lose', 'lose', 503, 'lose', 'lose', 'lose', 'lose', 429);
    for (const step of upTo(100)) await run.log({ loss: step });
    run.finish();
    await spool.close();
    const keys = proxy.requests.filter((body) => body.includes('logMetrics')).map((body) => /"idempotencyKey":"([^"]+)"/.exec(body)![1]);
    expect(keys.length).toBeGreaterThan(4);
    expect(new Set(keys).size).toBe(1);
    const { series, run: found } = await lossOf('lost');
    expect([...series.values]).toEqual(upTo(100));
    expect(found.metrics[0]!.count).toBe(100n);
    await proxy.close();
  });

  it('refuses points when it is full, and takes them again when the server has taken some', async () => {
    const other = await startTestServer();
    await other.stop();
    const maxBytes = 2 ** 20;
    const spool = openSpool(new RunGraph({ url: other.url }), { folder, maxBytes });
    const run = spool.createRun({ experiment: { name: 'spooled' }, name: 'full' });
    let taken = 0;
    const fill = async () => {
      for (; taken < 100_000; taken++) await run.log({ loss: taken });
    };
    await expect(fill()).rejects.toMatchObject({ name: 'RunGraphError', code: 'SPOOL_FULL' });
    expect(taken).toBeGreaterThan(5_000);
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    await using restarted = await startTestServer(['--port', new URL(other.url).port], { dataFolder: other.dataFolder });
    await spool.flush();
    await run.log({ loss: taken });
    run.finish();
    await spool.close();
    const { series } = await lossOf('full', new RunGraph({ url: restarted.url }));
    expect([...series.values]).toEqual(upTo(taken + 1));
    expect([...series.steps].map(Number)).toEqual(upTo(taken + 1));
  }, 60_000);

  it('leaves alone what another has open, and takes over what nobody has', async () => {
    const first = openSpool(nowhere, { folder });
    const run = first.createRun({ experiment: { name: 'spooled' }, name: 'shared' });
    await run.log({ loss: 1 });
    expect(openSpool(nowhere, { folder }).left).toEqual({ runs: 0, points: 0 });
    expect(await resumeSpool(client, { folder })).toEqual({ runs: 0, points: 0 });
    expect(await runNamed('shared')).toEqual([]);
    await first.close({ waitMs: 0 });
    // As a process leaves it that was killed: with the lock of an id that nobody has.
    writeFileSync(join(folder, `${journals()[0]!.split('.')[0]}.lock`), '999999999');
    await resumeSpool(client, { folder });
    expect([...(await lossOf('shared')).series.values]).toEqual([1]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells what the server refuses of one run, and sends the others', async () => {
    const deleted = await client.createRun({ experiment: { name: 'spooled' }, name: 'deleted' });
    await client.deleteRun(deleted.id);
    const errors: unknown[] = [];
    const spool = openSpool(client, { folder, onError: (error) => errors.push(error) });
    const refused = spool.openRun(deleted);
    await refused.log({ loss: 1 }, { step: 0 });
    const fine = spool.createRun({ experiment: { name: 'spooled' }, name: 'fine' });
    await fine.log({ loss: 2 });
    fine.finish();
    await expect(spool.flush()).rejects.toBeInstanceOf(RuleBroken);
    await expect(refused.log({ loss: 2 }, { step: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(errors).toMatchObject([{ code: 'CONFLICT' }]);
    expect([...(await lossOf('fine')).series.values]).toEqual([2]);
    // It stays, for whoever restores the run.
    expect(await spool.close()).toEqual({ runs: 1, points: 1 });
    await client.restoreRun(deleted.id);
    expect(await resumeSpool(client, { folder })).toEqual({ runs: 0, points: 0 });
    expect([...(await lossOf('deleted')).series.values]).toEqual([1]);
  });

  it('is sent before a script ends that did not close it', async () => {
    const script = join(folder, 'script.mts');
    const [sdk, spool] = ['index.ts', 'spool/index.ts'].map((file) => fileURLToPath(new URL(`../../sdk/src/${file}`, import.meta.url)));
    writeFileSync(
      script,
      `import { RunGraph } from '${sdk}';
       import { openSpool } from '${spool}';
       const run = openSpool(new RunGraph({ url: '${server.url}' }), { folder: '${folder}/spool' }).createRun({ experiment: { name: 'spooled' }, name: 'script' });
       for (let step = 0; step < 10; step++) void run.log({ loss: step });
       run.finish();`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: 'inherit' });
    expect((await once(child, 'close'))[0]).toBe(0);
    expect([...(await lossOf('script')).series.values]).toEqual(upTo(10));
    expect(readdirSync(join(folder, 'spool'))).toEqual([]);
  });

  it('refuses at once what the server would refuse', async () => {
    const spool = openSpool(nowhere, { folder });
    const run = spool.createRun({ experiment: { name: 'spooled' } });
    await expect(run.log({ '': 1 })).rejects.toBeInstanceOf(RuleBroken);
    await expect(run.log({ a: 1 }, { step: 0.5 })).rejects.toMatchObject({ code: 'INVALID' });
    expect(run.pending).toBe(0);
    await spool.close({ waitMs: 0 });
    expect(() => spool.createRun({ experiment: { name: 'spooled' } })).toThrow(RunGraphError);
  });

  it('ends a run as its work ends', async () => {
    const errors: unknown[] = [];
    const spool = openSpool(client, { folder, onError: (error) => errors.push(error) });
    expect(await spool.withRun({ experiment: { name: 'spooled' }, name: 'good' }, async (run) => run.log({ loss: 1 }))).toBeUndefined();
    const failed = spool.withRun({ experiment: { name: 'spooled' }, name: 'bad' }, () => {
      throw new NetworkError('diverged');
    });
    await expect(failed).rejects.toThrow('diverged');
    await spool.close();
    expect((await runNamed('good'))[0]).toMatchObject({ status: 'FINISHED' });
    expect((await runNamed('bad'))[0]).toMatchObject({ status: 'FAILED' });
    expect(errors).toEqual([]);
  });
});
