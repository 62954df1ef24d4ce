import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../kit/server.js';
import { packPoints } from '../../sdk/src/points.js';
import { SendBuffer } from '../../sdk/src/send-buffer.js';
import { NetworkError, pointsOf, RuleBroken, RunGraph, RunGraphError, RunLogsDocument, type RunWriter } from '../../sdk/src/index.js';
import { startHttpProxy, type HttpProxy } from './proxies.js';

let server: TestServer;
let proxy: HttpProxy;
let client: RunGraph;
let throughProxy: RunGraph;

beforeAll(async () => {
  server = await startTestServer();
  proxy = await startHttpProxy(server.url);
  client = new RunGraph({ url: server.url });
  throughProxy = new RunGraph({ url: proxy.url });
});
afterAll(async () => {
  await proxy?.close();
  await server?.[Symbol.asyncDispose]();
});

const start = (from: RunGraph = client): Promise<RunWriter> => from.createRun({ experiment: { name: 'writer' } });
const exact = { sampling: 'NONE' } as const;
const metricRequests = (): { input: { idempotencyKey: string; series: { values: number[] }[] } }[] =>
  proxy.requests
    .map((body) => JSON.parse(body) as { query: string; variables: { input: { idempotencyKey: string; series: { values: number[] }[] } } })
    .filter(({ query }) => query.includes('logMetrics'))
    .map(({ variables }) => variables);

describe('what is logged', () => {
  it('is read back with every bit', async () => {
    const values = [NaN, Infinity, -Infinity, -0, 0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, -1 / 3];
    const big = 2n ** 53n + 1n;
    const run = await start();
    for (const [index, value] of values.entries())
      await run.log({ loss: value }, { step: big + BigInt(index), timestamp: 1_700_000_000_000 + index });
    await run.log({ loss: 1 }, { step: -(2n ** 63n), timestamp: new Date('2026-01-31T12:00:00.000Z') });
    await run.log({ loss: 2 }, { step: 2n ** 63n - 1n, timestamp: 2n ** 53n + 1n });
    await run.finish();

    const [series] = await client.series(run.id, exact);
    expect(series!.steps).toEqual(BigInt64Array.from([-(2n ** 63n), ...values.map((_, index) => big + BigInt(index)), 2n ** 63n - 1n]));
    expect(new BigUint64Array(series!.values.buffer)).toEqual(new BigUint64Array(Float64Array.from([1, ...values, 2]).buffer));
    expect(series!.timestamps.at(0)).toBe(BigInt(Date.parse('2026-01-31T12:00:00.000Z')));
    expect(series!.timestamps.at(-1)).toBe(2n ** 53n + 1n);
    expect(series).toMatchObject({ key: 'loss', totalPoints: 11n, sampled: false, isFinal: true });
    expect([...pointsOf(series!)][1]).toEqual({ step: big, timestamp: 1_700_000_000_000n, value: NaN });
  });

  it('gets steps that count on, metric by metric', async () => {
    const run = await start();
    await run.log({ a: 1, b: 1 });
    await run.log({ a: 2 }, { step: 10 });
    await run.log({ a: 3, b: 2 });
    await run.finish();
    const series = await client.series(run.id, exact);
    expect(series.map(({ key, steps }) => [key, [...steps]])).toEqual([
      ['a', [0n, 10n, 11n]],
      ['b', [0n, 1n]],
    ]);
  });

  it('goes in batches, in order, whole', async () => {
    const before = metricRequests().length;
    const run = await start(throughProxy);
    for (let step = 0; step < 25_000; step++) await run.log({ loss: step }, { step });
    await run.finish();
    const requests = metricRequests().slice(before);
    expect(requests.length).toBeGreaterThan(1);
    expect(requests.length).toBeLessThanOrEqual(25);
    const [series] = await client.series(run.id, exact);
    expect(series!.values).toEqual(Float64Array.from({ length: 25_000 }, (_, step) => step));
  });

  it('is sent without a flush, soon', async () => {
    const run = await start();
    await run.log({ loss: 1 });
    await expect.poll(async () => (await client.series(run.id)).length, { timeout: 5_000 }).toBe(1);
    expect(run.pending).toBe(0);
    await run.finish();
  });

  it('makes its writer wait when the server is slower', async () => {
    const run = await start(throughProxy);
    let resolved = false;
    const steps = Array.from({ length: 120 }, (_, index) => index);
    const row = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`m${index}`, index]));
    const logged = Promise.all(steps.map((step) => run.log(row, { step }))).then(() => (resolved = true));
    expect(run.pending).toBe(120_000);
    await Promise.resolve();
    expect(resolved).toBe(false);
    await logged;
    expect(run.pending).toBeLessThanOrEqual(100_000);
    await run.finish();
    expect((await client.run(run.id))!.metrics.reduce((sum, { count }) => sum + count, 0n)).toBe(120_000n);
  });

  it('is refused at once when the server would refuse it, and costs the rest nothing', async () => {
    const run = await start();
    await run.log({ good: 1 });
    await expect(run.log({ '': 1 })).rejects.toBeInstanceOf(RuleBroken);
    await expect(run.log({ ['x'.repeat(251)]: 1 })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(run.log({ 'half \ud800': 1 })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(run.log({ a: 1 }, { step: 0.5 })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(run.log({ a: 1 }, { step: 2n ** 63n })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(run.log({ a: '1' as never })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(run.log({ a: 1 }, { timestamp: -1 })).rejects.toMatchObject({ code: 'INVALID' });
    await run.log({ good: 2 });
    await run.finish();
    expect((await client.series(run.id)).map(({ key, values }) => [key, [...values]])).toEqual([['good', [1, 2]]]);
  });
});

describe('a batch', () => {
  it('whose answer was lost is sent again under its key and stored once', async () => {
    const run = await start(throughProxy);
    const before = metricRequests().length;
    // Two points that are alike in all but their place: without the key the second would not show a repetition.
    proxy.fates.push('lose', 'lose', 503, 429);
    for (let step = 0; step < 100; step++) await run.log({ loss: Math.sin(step) }, { step });
    await run.flush();
    const requests = metricRequests().slice(before);
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ input }) => input.idempotencyKey)).size).toBe(1);
    await run.finish();
    expect((await client.series(run.id, exact))[0]!.values).toEqual(Float64Array.from({ length: 100 }, (_, step) => Math.sin(step)));
    expect((await client.run(run.id))!.metrics[0]!.count).toBe(100n);
  });

  it('that could not be sent for long is kept, and its failure is told once', async () => {
    const hasty = new RunGraph({ url: proxy.url, retryForMs: 0 });
    const run = await start(hasty);
    proxy.fates.push(503, 503, 503, 503);
    await run.log({ loss: 1 });
    await expect(run.flush()).rejects.toBeInstanceOf(NetworkError);
    await run.flush();
    await run.log({ loss: 2 });
    await run.finish();
    expect([...(await client.series(run.id))[0]!.values]).toEqual([1, 2]);
  });

  it('that breaks a rule is told by every next call, and the run ends all the same', async () => {
    const run = await start();
    await server.query('mutation ($run: ID!) { deleteRun(input: { run: $run }) { run { id } } }', { run: run.id });
    void run.log({ loss: 1 });
    await expect(run.flush()).rejects.toMatchObject({ name: 'RuleBroken', code: 'CONFLICT' });
    await expect(run.log({ loss: 2 })).rejects.toBeInstanceOf(RuleBroken);
    await expect(run.finish()).rejects.toBeInstanceOf(RuleBroken);
    await expect(run.finish()).rejects.toBeInstanceOf(RuleBroken);
  });
});

it('refuses points, and says so, when a million wait for a writer that does not', async () => {
  let sent = 0;
  const buffer = new SendBuffer(
    packPoints(),
    async ({ body }) => void (sent += body.reduce((sum, { values }) => sum + values.length, 0)),
    () => true,
    () => 'key',
  );
  const row = Array.from({ length: 1_000 }, (_, index) => [`m${index % 10}`, index, index, 0] as const);
  for (let time = 0; time < 1_000; time++) buffer.add(row);
  expect(() => buffer.add(row)).toThrow(RunGraphError);
  await expect(buffer.flush()).rejects.toMatchObject({ code: 'BUFFER_FULL' });
  expect([sent, buffer.pending]).toEqual([1_000_000, 0]);
  buffer.add(row);
  await buffer.flush();
  expect(sent).toBe(1_001_000);
});

describe('what is printed', () => {
  const linesOf = async (by: { id: string }) => {
    const lines = client.list(RunLogsDocument, ({ run }) => run?.logs);
    const found: { message: string; level: string | null; stream: string | null; at: Date }[] = [];
    for await (const { message, level, stream, at } of lines.all({ by })) found.push({ message, level, stream, at: at! });
    return found;
  };

  it('is kept in order, as it was, with its level, stream and time', async () => {
    const run = await start();
    const at = new Date('2026-01-31T12:00:00.000Z');
    await run.print('epoch 1\n\u001b[31mred\u001b[0m \0 \ud800', { level: 'INFO', stream: 'stdout', at });
    await run.print('');
    expect(run.pending).toBe(2);
    await run.finish();
    const [first, second] = await linesOf({ id: run.id });
    expect(first).toEqual({ message: 'epoch 1\n\u001b[31mred\u001b[0m \0 \ud800', level: 'INFO', stream: 'stdout', at });
    expect(second).toMatchObject({ message: '', level: null, stream: null });
    await expect(run.print('late')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('goes in batches, each line once though answers are lost', async () => {
    const run = await start(throughProxy);
    proxy.fates.push('lose', 503, 'lose');
    const messages = Array.from({ length: 12_000 }, (_, index) => `line ${index}`);
    for (const message of messages) await run.print(message);
    await run.finish();
    expect((await linesOf({ id: run.id })).map(({ message }) => message)).toEqual(messages);
  });

  it('is refused at once when it is too long, and costs the rest nothing', async () => {
    const run = await start();
    await run.print('before');
    await expect(run.print('x'.repeat(65_537))).rejects.toMatchObject({ name: 'RuleBroken', code: 'TOO_LARGE' });
    await expect(run.print('x', { level: 'x'.repeat(65) })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await run.print('\u{1f600}'.repeat(32_768));
    await run.finish();
    expect((await linesOf({ id: run.id })).map(({ message }) => message.length)).toEqual([6, 65_536]);
  });
});

describe('a run', () => {
  it('is created in an experiment that is missing, with its params, tags and parent', async () => {
    const parent = await client.createRun({ experiment: { name: 'made for it' } });
    const child = await client.createRun({
      experiment: { id: parent.run.experiment!.id },
      params: { lr: 0.1, deep: true },
      tags: { 'mlflow.note.content': 'A *note*.' },
      parent,
    });
    await child.logParams({ optimizer: 'adam' });
    await child.setTags({ stage: 2 });
    const dataset = { name: 'wine', digest: '5b8c1f02', context: 'training', sourceType: 'local', source: '{"path":"wine.csv"}' };
    await child.logDatasets([dataset]);
    await child.logDatasets([dataset]);
    expect(await client.run(child.id)).toMatchObject({
      experiment: { name: 'made for it' },
      parent: { id: parent.id },
      datasetInputs: [dataset],
      note: 'A *note*.',
      params: [
        { key: 'deep', value: 'true', number: null },
        { key: 'lr', value: '0.1', number: 0.1 },
        { key: 'optimizer', value: 'adam', number: null },
      ],
    });
    expect((await client.run(child.id))!.tags).toContainEqual({ key: 'stage', value: '2' });
    await expect(child.logParams({ lr: 1 })).rejects.toMatchObject({ code: 'IMMUTABLE' });
  });

  it('ends once, with the status given first', async () => {
    const run = await start();
    await Promise.all([run.finish('KILLED'), run.finish()]);
    await expect(run.log({ loss: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await client.run(run.id)).toMatchObject({ status: 'KILLED' });
  });

  it('is FINISHED when its work returns, and FAILED when it throws, which is thrown on', async () => {
    let id = '';
    const answer = await client.withRun({ experiment: { name: 'with' } }, async (run) => {
      id = run.id;
      await run.log({ loss: 1 });
      return 42;
    });
    expect(answer).toBe(42);
    expect(await client.run(id)).toMatchObject({ status: 'FINISHED', metrics: [{ key: 'loss', value: 1, step: 0n }] });

    const broken = client.withRun({ experiment: { name: 'with' } }, (run) => {
      id = run.id;
      void run.log({ loss: 2 });
      throw new Error('diverged');
    });
    await expect(broken).rejects.toThrow('diverged');
    expect(await client.run(id)).toMatchObject({ status: 'FAILED', metrics: [{ value: 2 }] });
  });
});

it('flushes what was logged when a script ends without waiting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-exit-'));
  const sdk = pathToFileURL(fileURLToPath(new URL('../../sdk/src/index.ts', import.meta.url))).href;
  const script = join(folder, 'script.mts');
  writeFileSync(
    script,
    `import { RunGraph } from '${sdk}';
     const run = await new RunGraph({ url: '${server.url}' }).createRun({ experiment: { name: 'exit' } });
     for (let step = 0; step < 10; step++) void run.log({ loss: step }, { step });
     console.log(run.id);`,
  );
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let id = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (id += text));
  const [code] = (await once(child, 'close')) as [number];
  rmSync(folder, { recursive: true });
  expect(code).toBe(0);
  expect((await client.series(id.trim()))[0]!.values).toHaveLength(10);
});
