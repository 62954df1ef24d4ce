import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../kit/server.js';
import {
  deleteRun,
  NetworkError,
  RequestFailed,
  RuleBroken,
  RunGraph,
  RunGraphError,
  RunsDocument,
  sources,
  type Run,
} from '../../sdk/src/index.js';
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

async function caught<E extends Error>(promise: Promise<unknown>, type: abstract new (...args: never[]) => E): Promise<E> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(type);
  return error as E;
}

describe('lists', () => {
  const names = Array.from({ length: 25 }, (_, index) => `run ${String(index).padStart(2, '0')}`);
  beforeAll(async () => {
    for (const name of names)
      await (await client.createRun({ experiment: { name: 'lists' }, name, params: { index: name.slice(4) } })).finish();
  });

  it('are read page by page with cursors, every row once and in order', async () => {
    const filter = { experiment: { eq: 'lists' } };
    const orderBy = [{ field: 'NAME', direction: 'ASC' } as const];
    const first = await client.runs({ filter, orderBy, first: 10, withTotalCount: true });
    expect(first.nodes.map(({ name }) => name)).toEqual(names.slice(0, 10));
    expect(first.totalCount).toBe(25);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const all: Run[] = [];
    for await (const run of client.runs.all({ filter, orderBy, first: 4 })) all.push(run);
    expect(all.map(({ name }) => name)).toEqual(names);
  });

  it('can be left before their end', async () => {
    const read: string[] = [];
    for await (const { name } of client.runs.all({ filter: { experiment: { eq: 'lists' } }, first: 2 })) {
      read.push(name);
      if (read.length === 3) break;
    }
    expect(read).toHaveLength(3);
  });

  it('exist of experiments, registered models and model versions', async () => {
    expect((await client.experiments({ filter: { name: { eq: 'lists' } } })).nodes).toMatchObject([{ name: 'lists' }]);
    const experiments: string[] = [];
    for await (const { name } of client.experiments.all({ first: 1 })) experiments.push(name);
    expect(experiments).toContain('lists');
    expect((await client.registeredModels()).nodes).toEqual([]);
    expect((await client.modelVersions()).nodes).toEqual([]);
  });

  it('decode instants, integers and doubles', async () => {
    const { nodes } = await client.runs({ filter: { name: { eq: 'run 07' } } });
    expect(nodes[0]!.startedAt).toBeInstanceOf(Date);
    expect(typeof nodes[0]!.durationMs).toBe('bigint');
    expect(nodes[0]!.params).toEqual([{ key: 'index', value: '07', number: 7 }]);
  });
});

it('answers one run by id and by name, and null for none', async () => {
  const { run: made } = await client.createRun({ experiment: { name: 'single' }, name: 'only', tags: { note: 'x' }, user: 'ada' });
  expect(await client.run(made.id)).toMatchObject({ id: made.id, name: 'only', user: 'ada', parent: null, datasetInputs: [] });
  expect(await client.run({ experiment: 'single', name: 'only' })).toMatchObject({ id: made.id });
  expect(await client.run({ experiment: 'single', name: 'other' })).toBeNull();
});

it('groups runs and names the best', async () => {
  for (const [lr, loss] of [
    [0.1, 3],
    [0.1, 1],
    [0.2, 2],
  ] as const) {
    await client.withRun({ experiment: { name: 'groups' }, params: { lr } }, (run) => run.log({ loss }));
  }
  const filter = { experiment: { eq: 'groups' } };
  const groups = await client.runGroups({
    by: [{ param: 'lr' }],
    filter,
    metrics: [{ key: 'loss' }],
    best: { key: 'loss' },
    bestDirection: 'ASC',
  });
  expect(groups.map(({ key, count, metrics }) => [key[0]!.value, count, metrics[0]!.mean])).toEqual([
    ['0.1', 2, 2],
    ['0.2', 1, 2],
  ]);
  expect(groups[0]!.best?.metrics[0]?.value).toBe(1);
});

it('sends plain functions and documents', async () => {
  const { run } = await client.createRun({ experiment: { name: 'functions' } });
  expect((await sources(client)).sources).toMatchObject([{ name: 'local', writable: true, state: 'READY' }]);
  expect(await client.sources()).toMatchObject([{ name: 'local' }]);
  expect((await deleteRun(client, { input: { run: run.id } })).deleteRun.run).toEqual({ id: run.id, lifecycleStage: 'DELETED' });
  const { runs } = await client.query(RunsDocument, { filter: { experiment: { eq: 'functions' } } });
  expect(runs.nodes).toEqual([]);
});

describe('changes', () => {
  it('of a run: name, note, tags, deletion, restoration', async () => {
    const { run } = await client.createRun({ experiment: { name: 'changes' }, name: 'before' });
    expect(await client.updateRun(run, { name: 'after', note: 'A *note*.' })).toMatchObject({
      id: run.id,
      name: 'after',
      note: 'A *note*.',
    });
    await client.setTags(run.id, { a: 1, b: 'x' });
    await client.deleteTags(run.id, ['a']);
    expect((await client.run(run.id))!.tags.filter(({ key }) => key.length === 1)).toEqual([{ key: 'b', value: 'x' }]);
    expect(await caught(client.deleteTags(run, ['a']), RuleBroken)).toMatchObject({ code: 'NOT_FOUND' });
    await client.deleteRun(run);
    expect(await client.run(run.id)).toMatchObject({ lifecycleStage: 'DELETED' });
    await client.restoreRun(run);
    expect(await client.run(run.id)).toMatchObject({ lifecycleStage: 'ACTIVE' });
  });

  it('of an experiment: name and tags', async () => {
    const made = await client.createExperiment({ name: 'to rename', tags: { owner: 'ada' } });
    expect(await client.updateExperiment(made, { name: 'renamed', tags: { team: 'x' } })).toMatchObject({
      name: 'renamed',
      tags: expect.arrayContaining([
        { key: 'owner', value: 'ada' },
        { key: 'team', value: 'x' },
      ]) as unknown,
    });
    await client.createExperiment({ name: 'taken' });
    expect(await caught(client.updateExperiment(made.id, { name: 'taken' }), RuleBroken)).toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  it('are made once when a run is created again under the same key', async () => {
    const options = { experiment: { name: 'changes' }, idempotencyKey: 'my own key', startedAt: new Date(0) };
    const [first, second] = [await client.createRun(options), await client.createRun(options)];
    expect(second.id).toBe(first.id);
  });
});

describe('errors', () => {
  it('of a request carry the code of the server', async () => {
    const error = await caught(client.runs({ first: 5_000 }), RequestFailed);
    expect(error).toMatchObject({ name: 'RequestFailed', code: 'BAD_USER_INPUT', data: null });
    expect(error.errors[0]!.extensions).toMatchObject({ argument: 'first' });
    expect(await caught(client.runs({ after: 'nonsense' }), RequestFailed)).toMatchObject({ code: 'CURSOR_INVALID' });
    expect(await caught(client.run('nonsense'), RunGraphError)).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('keep the data that could be read', async () => {
    const document = { toString: () => '{ server { version } runs(first: -1) { nodes { id } } other: sources { name } }' };
    const error = await caught(client.query(document), RequestFailed);
    expect(error.code).toBe('BAD_USER_INPUT');
    const partial = { toString: () => 'query ($id: ID) { sources { name } experiment(id: $id) { id } }' };
    expect(await caught(client.query(partial, { id: 'nonsense' }), RequestFailed)).toMatchObject({
      data: { sources: [{ name: 'local' }], experiment: null },
    });
  });

  it('say NOT_FOUND for the series of a run that does not exist', async () => {
    const error = await caught(client.series(`Run:local:${'0'.repeat(32)}`), RequestFailed);
    expect(error.code).toBe('NOT_FOUND');
  });

  it('of a broken rule carry its code and field', async () => {
    await client.createExperiment({ name: 'twice' });
    const error = await caught(client.createExperiment({ name: 'twice' }), RuleBroken);
    expect(error.code).toBe('ALREADY_EXISTS');
    expect(error.userErrors[0]).toMatchObject({ code: 'ALREADY_EXISTS', field: ['name'] });
  });

  it('of the way say where it led', async () => {
    const error = await caught(new RunGraph({ url: 'http://127.0.0.1:1/graphql' }).sources(), NetworkError);
    expect(error).toMatchObject({ code: 'NETWORK', status: undefined });
    expect(error.message).toContain('127.0.0.1:1');
    const page = () => Promise.resolve(new Response('<html>a proxy</html>', { status: 404 }));
    expect(await caught(new RunGraph({ fetch: page }).sources(), NetworkError)).toMatchObject({ status: 404 });
    expect(() => new RunGraph({ url: 'nowhere' })).toThrow(NetworkError);
  });

  it('end with the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(client.query(RunsDocument, {}, { signal })).rejects.toThrow('enough');
  });
});

describe('what failed on the way', () => {
  it('is asked again when it is a query, at most three times', async () => {
    proxy.fates.push(503, 'lose', 429);
    expect(await throughProxy.sources()).toHaveLength(1);
    proxy.fates.push(502, 502, 502, 502);
    expect(await caught(throughProxy.sources(), NetworkError)).toMatchObject({ status: 502 });
    expect(proxy.fates).toEqual([]);
  });

  it('is not asked again when it is a mutation without a key', async () => {
    const { run } = await client.createRun({ experiment: { name: 'once' } });
    const before = proxy.requests.length;
    proxy.fates.push('lose');
    await caught(deleteRun(throughProxy, { input: { run: run.id } }), NetworkError);
    expect(proxy.requests.length - before).toBe(1);
  });

  it('is not asked again when the mutation without a key was refused by rate: its caller is told when to', async () => {
    const { run } = await client.createRun({ experiment: { name: 'once' } });
    proxy.fates.push({ status: 429, headers: { 'retry-after': '7' }, body: '' });
    const error = await caught(throughProxy.deleteRun(run), NetworkError);
    expect(error).toMatchObject({ status: 429, retryAfter: 7 });
    expect(await client.run(run.id)).toMatchObject({ lifecycleStage: 'ACTIVE' });
  });

  it('is asked again when doing it twice is doing it once', async () => {
    const run = await client.createRun({ experiment: { name: 'once' } });
    proxy.fates.push('lose', 'pass', 'lose', 'pass');
    expect(await throughProxy.updateRun(run, { name: 'renamed' })).toMatchObject({ name: 'renamed' });
    await throughProxy.setTags(run, { stage: 2 });
    expect((await client.run(run.id))!.tags).toContainEqual({ key: 'stage', value: '2' });
    expect(proxy.fates).toEqual([]);
  });

  it('is asked again as late as the server says, in seconds or at a time, by header or extension', async () => {
    const inOneSecond = new Date(Date.now() + 1_999).toUTCString();
    const limited = '{"errors":[{"message":"Slowly.","extensions":{"code":"RATE_LIMITED","retryAfter":0.5}}]}';
    proxy.fates.push({ status: 503, headers: { 'retry-after': inOneSecond }, body: '' }, { status: 200, body: limited });
    const start = performance.now();
    expect(await throughProxy.sources()).toHaveLength(1);
    expect(performance.now() - start).toBeGreaterThan(500);
    expect(proxy.fates).toEqual([]);
  });

  it('is not waited for longer than a request may take', async () => {
    proxy.fates.push({ status: 503, headers: { 'retry-after': '86400' }, body: '' });
    const error = await caught(throughProxy.sources(), NetworkError);
    expect(error).toMatchObject({ status: 503, retryAfter: 86_400 });
  });

  it('creates an experiment and a run once', async () => {
    // The experiment is asked for, made, made again; the run is made, made again.
    proxy.fates.push('pass', 'lose', 'pass', 'lose', 'pass');
    const run = await throughProxy.createRun({ experiment: { name: 'made once' }, name: 'one' });
    const { nodes } = await client.runs({ filter: { experiment: { eq: 'made once' } } });
    expect(nodes.map(({ id }) => id)).toEqual([run.id]);
  });
});
