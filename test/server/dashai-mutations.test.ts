import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openForeign, openWriter } from '../../src/stores/engine/sqlite/open.js';
import { createApi, type Api } from '../kit/api.js';
import { contentOf, homeVersions, openHome, type HomeFixture } from '../kit/dashai-home.js';
import { startDashaiReplay } from '../kit/dashai-replay.js';
import { followPoints, openLiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const splits = { splitType: 'random', train: 0.7, validation: 0.1, test: 0.2, shuffle: true, seed: 42 };
const session = {
  taskName: 'TabularClassificationTask',
  datasetName: 'iris',
  inputColumns: ['sepal_length', 'größe 🌱'],
  outputColumns: ['species'],
  splits,
};

/** Rows of a database as they are in the file. */
function rowsOf(path: string, query: string): unknown[][] {
  const handle = openForeign(path);
  try {
    return handle.prepare(query).raw(true).all() as unknown[][];
  } finally {
    handle.close();
  }
}

const broken = (payload: { userErrors: readonly { code: string; field: readonly string[] | null }[] }) =>
  payload.userErrors.map(({ code, field }) => [code, field?.join('.') ?? null]);

const created = async (api: Api, name: string, more: object = {}): Promise<string> => {
  const payload = await api.mutate('createModelSession', { ...session, name, ...more }, 'modelSession { id }');
  expect(payload.userErrors).toEqual([]);
  return payload.modelSession.id as string;
};
const createdRun = async (api: Api, modelSession: string, more: object = {}): Promise<string> => {
  const payload = await api.mutate('createSessionRun', { modelSession, name: 'rf', modelName: 'RandomForest', ...more }, 'run { id }');
  expect(payload.userErrors).toEqual([]);
  return payload.run.id as string;
};

describe('the DashAI home of a server that was told to have one', () => {
  let server: TestServer;
  let api: Api;
  const database = () => join(server.dataFolder, 'dashai.db');
  beforeAll(async () => {
    server = await startTestServer(['--dashai', '--poll-interval', '60000']);
    api = createApi(server);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('is the source dashai, and may be written', async () => {
    const { data } = await server.query('{ sources { name kind layout state writable schemaVersion } }');
    expect(data.sources[1]).toEqual({
      ...{ name: 'dashai', kind: 'DASHAI', layout: 'dashai 0.9.0 to 0.9.3 (embedded SQLite)', state: 'READY', writable: true },
      schemaVersion: 'b4f9e70098e7',
    });
  });

  it('takes a session with a dataset by name, and answers what was given', async () => {
    const fields =
      'name taskName inputColumns outputColumns trainMetrics testMetrics splits dataset { name status filePath } createdAt sourceName';
    const input = { ...session, name: 'first', trainMetrics: ['Accuracy'], idempotencyKey: 'first' };
    const { modelSession, userErrors } = await api.mutate('createModelSession', input, `modelSession { ${fields} }`);
    expect(userErrors).toEqual([]);
    expect(modelSession).toMatchObject({
      ...{ name: 'first', taskName: session.taskName, inputColumns: session.inputColumns, outputColumns: ['species'] },
      ...{ trainMetrics: ['Accuracy'], testMetrics: [], splits, sourceName: 'dashai' },
      dataset: { name: 'iris', status: 'NOT_STARTED', filePath: '' },
    });
    expect(Math.abs(Date.parse(modelSession.createdAt) - Date.now())).toBeLessThan(60_000);
  });

  it('keeps rows in the forms of DashAI', async () => {
    const id = await created(api, 'forms', { inputColumns: ['größe 🌱\u007f'] });
    await createdRun(api, id, { parameters: { n: 100, lr: 1e-5, on: true, none: null, big: 2 ** 60, zero: -0.5, list: [1, 2.5] } });
    const [row] = rowsOf(
      database(),
      `SELECT input_columns, train_metrics, splits, created, last_modified FROM model_session ORDER BY id DESC LIMIT 1`,
    );
    expect(row!.slice(0, 3)).toEqual([
      '["gr\\u00f6\\u00dfe \\ud83c\\udf31\\u007f"]',
      '[]',
      '"{\\"splitType\\": \\"random\\", \\"train\\": 0.7, \\"validation\\": 0.1, \\"test\\": 0.2, \\"shuffle\\": true, \\"seed\\": 42}"',
    ]);
    for (const time of row!.slice(3)) expect(time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    const [run] = rowsOf(
      database(),
      `SELECT parameters, optimizer_name, optimizer_parameters, goal_metric, status, description, start_time, plot_slice_path, split_indexes
       FROM run ORDER BY id DESC LIMIT 1`,
    );
    expect(run).toEqual([
      '{"n": 100, "lr": 1e-05, "on": true, "none": null, "big": 1.152921504606847e+18, "zero": -0.5, "list": [1, 2.5]}',
      ...['', '{}', '', 'NOT_STARTED', null, null, null, null],
    ]);
  });

  it('makes a dataset once, and takes it by id as well', async () => {
    await created(api, 'by name', { datasetName: 'wine' });
    const { data } = await server.query('{ dashaiDatasets(filter: { name: { eq: "wine" } }) { nodes { id } totalCount } }');
    expect(data.dashaiDatasets.totalCount).toBe(1);
    await created(api, 'by id', { datasetName: undefined, dataset: data.dashaiDatasets.nodes[0].id });
    await created(api, 'by name again', { datasetName: 'wine' });
    expect(rowsOf(database(), `SELECT COUNT(*) FROM dataset WHERE name = 'wine'`)).toEqual([[1n]]);
  });

  it('does a request once per idempotency key', async () => {
    const ask = (name: string) =>
      api.mutate('createModelSession', { ...session, name, idempotencyKey: 'once' }, 'modelSession { id }').then((payload) => payload);
    const [first, second] = [await ask('kept'), await ask('kept')];
    expect(second).toEqual(first);
    expect(broken(await ask('another'))).toEqual([['CONFLICT', 'idempotencyKey']]);
    const run = await createdRun(api, first.modelSession.id as string, { idempotencyKey: 'run once' });
    expect(await createdRun(api, first.modelSession.id as string, { idempotencyKey: 'run once' })).toBe(run);
    const series = [{ split: 'TRAIN', name: 'Loss', values: [1] }];
    for (let time = 0; time < 2; time++) await api.mutate('logSplitMetrics', { run, series, idempotencyKey: 'metrics once' });
    expect(await metricsOf(run)).toEqual([['TRAIN', 'EPOCH', 'Loss', 1, '1']]);
  });

  async function metricsOf(run: string): Promise<unknown[][]> {
    const { data } = await server.query(
      'query ($run: ID!) { run(by: { id: $run }) { dashai { splitMetrics { split level name value step } } } }',
      {
        run,
      },
    );
    return data.run.dashai.splitMetrics.map(({ split, level, name, value, step }: any) => [split, level, name, value, String(step)]);
  }

  it('lets a script train by itself: start with the first metrics, end, and be read as any run', async () => {
    const run = await createdRun(api, await created(api, 'trained here'), { parameters: { depth: { optimize: false, fixed_value: 3 } } });
    const logged = await api.mutate(
      'logSplitMetrics',
      {
        run,
        series: [
          { split: 'TRAIN', name: 'Accuracy', values: [0.5, 'NaN', 0.7] },
          { split: 'TRAIN', name: 'Loss', values: [1, 0.5, 'Infinity'] },
          { split: 'VALIDATION', level: 'LAST', name: 'Accuracy', values: [0.6] },
        ],
      },
      'valuesAccepted valuesSkipped run { status startedAt endedAt }',
    );
    expect(logged).toMatchObject({ valuesAccepted: 5, valuesSkipped: 2, run: { status: 'RUNNING', endedAt: null }, userErrors: [] });
    expect(logged.run.startedAt).not.toBeNull();
    expect(await metricsOf(run)).toEqual([
      ...[
        ['TRAIN', 'EPOCH', 'Accuracy', 0.5, '1'],
        ['TRAIN', 'EPOCH', 'Accuracy', 0.7, '3'],
      ],
      ...[
        ['TRAIN', 'EPOCH', 'Loss', 1, '1'],
        ['TRAIN', 'EPOCH', 'Loss', 0.5, '2'],
      ],
      ['VALIDATION', 'LAST', 'Accuracy', 0.6, '1'],
    ]);
    const ended = await api.mutate(
      'finishSessionRun',
      { run },
      'run { status endedAt params { key value } metric(key: "train/Accuracy") { count value } }',
    );
    expect(ended.run).toMatchObject({
      ...{ status: 'FINISHED', params: [{ key: 'depth', value: '3' }] },
      metric: { count: 2, value: 0.7 },
    });
    expect(ended.run.endedAt).not.toBeNull();
    expect(broken(await api.mutate('finishSessionRun', { run }))).toEqual([]);
    expect(broken(await api.mutate('finishSessionRun', { run, status: 'ERROR' }))).toEqual([['CONFLICT', 'run']]);
  });

  it('counts steps on at the distance of the last two, for all metrics of a split and level together', async () => {
    const run = await createdRun(api, await created(api, 'steps'));
    const log = (...series: object[]) => api.mutate('logSplitMetrics', { run, series });
    const train = { split: 'TRAIN', level: 'STEP' };
    await log({ ...train, name: 'Loss', values: [3, 2], steps: [10, 20] });
    await log({ ...train, name: 'Loss', values: [1.5, 1.25] }, { ...train, name: 'Accuracy', values: [0.5] });
    await log({ split: 'TRAIN', level: 'EPOCH', name: 'Loss', values: [9] });
    expect(await metricsOf(run)).toEqual([
      ...[
        ['TRAIN', 'STEP', 'Loss', 3, '10'],
        ['TRAIN', 'STEP', 'Loss', 2, '20'],
      ],
      ...[
        ['TRAIN', 'STEP', 'Loss', 1.5, '30'],
        ['TRAIN', 'STEP', 'Loss', 1.25, '40'],
      ],
      ['TRAIN', 'STEP', 'Accuracy', 0.5, '30'],
      ['TRAIN', 'EPOCH', 'Loss', 9, '1'],
    ]);
  });

  it('changes a last value in place: its row keeps number and time', async () => {
    const run = await createdRun(api, await created(api, 'last values'));
    const rows = () => rowsOf(database(), `SELECT id, timestamp, value, step FROM metric WHERE run_id = ${run.split(':')[2]!} ORDER BY id`);
    const log = (value: number) =>
      api.mutate('logSplitMetrics', { run, series: [{ split: 'TEST', level: 'LAST', name: 'F1', values: [value] }] });
    await log(0.25);
    const [before] = rows();
    await log(0.75);
    await log(0.875);
    expect(rows()).toEqual([[before![0], before![1], 0.875, 3n]]);
  });

  it('ends a failed run as DashAI does, without an end', async () => {
    const run = await createdRun(api, await created(api, 'failed'));
    const { run: ended } = await api.mutate('finishSessionRun', { run, status: 'ERROR' }, 'run { status endedAt dashai { status } }');
    expect(ended).toEqual({ status: 'FAILED', endedAt: null, dashai: { status: 'ERROR' } });
  });

  it('renames sessions and runs, and gives and takes descriptions', async () => {
    const modelSession = await created(api, 'before');
    const renamed = await api.mutate('renameModelSession', { modelSession, name: 'after' }, 'modelSession { name createdAt updatedAt }');
    expect(renamed.modelSession.name).toBe('after');
    expect(Date.parse(renamed.modelSession.updatedAt)).toBeGreaterThan(Date.parse(renamed.modelSession.createdAt));
    expect(broken(await api.mutate('renameModelSession', { modelSession, name: 'after' }))).toEqual([]);
    const run = await createdRun(api, modelSession, { description: 'old' });
    const update = async (changes: object) =>
      (await api.mutate('updateSessionRun', { run, ...changes }, 'run { name dashai { description } }')).run;
    expect(await update({ name: 'new' })).toEqual({ name: 'new', dashai: { description: 'old' } });
    expect(await update({ description: 'other' })).toEqual({ name: 'new', dashai: { description: 'other' } });
    expect(await update({ description: null })).toEqual({ name: 'new', dashai: { description: null } });
  });

  it('answers what each mutation of a document left behind', async () => {
    const id = await created(api, 'in one document');
    const rename = (name: string) => `renameModelSession(input: { modelSession: "${id}", name: "${name}" }) { modelSession { name } }`;
    const { data } = await server.query(`mutation { a: ${rename('a')} b: ${rename('b')} }`);
    expect(data).toEqual({ a: { modelSession: { name: 'a' } }, b: { modelSession: { name: 'b' } } });
  });

  const deep = JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`) as object;
  it.each([
    ['no name', { name: '' }, 'INVALID', 'name'],
    ['a blank name', { name: '  ' }, 'INVALID', 'name'],
    ['a name of 251 characters', { name: 'x'.repeat(251) }, 'TOO_LARGE', 'name'],
    ['a NUL in the name', { name: 'a\0' }, 'INVALID', 'name'],
    ['a name that is taken', { name: 'taken' }, 'ALREADY_EXISTS', 'name'],
    ['no task', { taskName: '' }, 'INVALID', 'taskName'],
    ['an empty column', { inputColumns: ['a', ''] }, 'INVALID', 'inputColumns.1'],
    ['splits that are a list', { splits: [1] }, 'INVALID', 'splits'],
    ['splits that are a text', { splits: '{}' }, 'INVALID', 'splits'],
    ['splits that go too deep', { splits: deep }, 'INVALID', 'splits'],
    ['no dataset', { datasetName: null }, 'INVALID', 'dataset'],
    ['two datasets', { dataset: 'DashaiDataset:dashai:1' }, 'INVALID', 'dataset'],
    ['the id of something else', { datasetName: null, dataset: 'Run:dashai:1' }, 'INVALID', 'dataset'],
    ['an unknown dataset', { datasetName: null, dataset: 'DashaiDataset:dashai:99' }, 'NOT_FOUND', 'dataset'],
    ['a dataset by no number', { datasetName: null, dataset: 'DashaiDataset:dashai:01' }, 'NOT_FOUND', 'dataset'],
    ['a source that is no home', { source: 'local' }, 'UNSUPPORTED', 'source'],
    ['an unknown source', { source: 'nowhere' }, 'NOT_FOUND', 'source'],
    [
      'another source than the dataset is of',
      { datasetName: null, dataset: 'DashaiDataset:dashai:1', source: 'local' },
      'INVALID',
      'source',
    ],
    ['a strategy that would be lost', { evaluationStrategy: 'CrossValidationEvaluationStrategy' }, 'UNSUPPORTED', 'evaluationStrategy'],
  ])('refuses a session with %s, and writes nothing', async (_what, input, code, field) => {
    if (rowsOf(database(), `SELECT 1 FROM model_session WHERE name = 'taken'`).length === 0) await created(api, 'taken');
    const counts = () => rowsOf(database(), 'SELECT (SELECT COUNT(*) FROM model_session), (SELECT COUNT(*) FROM dataset)');
    const before = counts();
    const asked = { ...session, name: `refused ${field}`, datasetName: 'a dataset of nobody', ...input };
    expect(broken(await api.mutate('createModelSession', asked))).toEqual([[code, field]]);
    expect(counts()).toEqual(before);
  });

  it.each<[string, object, string, string]>([
    ['createSessionRun', { modelSession: 'ModelSession:dashai:99', name: 'a', modelName: 'A' }, 'NOT_FOUND', 'modelSession'],
    ['createSessionRun', { modelSession: 'Experiment:dashai:1', name: 'a', modelName: 'A' }, 'INVALID', 'modelSession'],
    ['createSessionRun', { modelSession: 'ModelSession:dashai:1', name: '', modelName: 'A' }, 'INVALID', 'name'],
    ['createSessionRun', { modelSession: 'ModelSession:dashai:1', name: 'a', modelName: '' }, 'INVALID', 'modelName'],
    ['createSessionRun', { modelSession: 'ModelSession:dashai:1', name: 'a', modelName: 'A', parameters: [1] }, 'INVALID', 'parameters'],
    [
      'createSessionRun',
      { modelSession: 'ModelSession:dashai:1', name: 'a', modelName: 'A', optimizerName: 'OptunaOptimizer' },
      'INVALID',
      'goalMetric',
    ],
    ['renameModelSession', { modelSession: 'ModelSession:dashai:99', name: 'a' }, 'NOT_FOUND', 'modelSession'],
    ['renameModelSession', { modelSession: 'ModelSession:dashai:1', name: 'forms' }, 'ALREADY_EXISTS', 'name'],
    ['renameModelSession', { modelSession: 'ModelSession:dashai:1', name: '' }, 'INVALID', 'name'],
    ['updateSessionRun', { run: 'Run:dashai:99', name: 'a' }, 'NOT_FOUND', 'run'],
    ['updateSessionRun', { run: 'Run:dashai:1', name: '' }, 'INVALID', 'name'],
    ['updateSessionRun', { run: 'Run:local:1', name: 'a' }, 'UNSUPPORTED', 'run'],
    ['finishSessionRun', { run: 'Run:dashai:99' }, 'NOT_FOUND', 'run'],
    ['finishSessionRun', { run: 'Run:dashai:1', status: 'STARTED' }, 'INVALID', 'status'],
    ['logSplitMetrics', { run: 'Run:dashai:99', series: [{ split: 'TRAIN', name: 'a', values: [1] }] }, 'NOT_FOUND', 'run'],
    ['logSplitMetrics', { run: 'Run:dashai:1', series: [] }, 'INVALID', 'series'],
    ['logSplitMetrics', { run: 'Run:dashai:1', series: [{ split: 'UNKNOWN', name: 'a', values: [1] }] }, 'INVALID', 'series.0.split'],
    [
      'logSplitMetrics',
      { run: 'Run:dashai:1', series: [{ split: 'TRAIN', level: 'FOLD', name: 'a', values: [1] }] },
      'INVALID',
      'series.0.level',
    ],
    ['logSplitMetrics', { run: 'Run:dashai:1', series: [{ split: 'TRAIN', name: '', values: [1] }] }, 'INVALID', 'series.0.name'],
    ['logSplitMetrics', { run: 'Run:dashai:1', series: [{ split: 'TRAIN', name: 'a', values: [] }] }, 'INVALID', 'series.0.values'],
    [
      'logSplitMetrics',
      { run: 'Run:dashai:1', series: [{ split: 'TRAIN', level: 'LAST', name: 'a', values: [1, 2] }] },
      'INVALID',
      'series.0.values',
    ],
    [
      'logSplitMetrics',
      { run: 'Run:dashai:1', series: [{ split: 'TRAIN', name: 'a', values: [1, 2], steps: [1] }] },
      'INVALID',
      'series.0.steps',
    ],
    [
      'logSplitMetrics',
      { run: 'Run:dashai:1', series: [1, 2].map((value) => ({ split: 'TRAIN', name: 'a', values: [value] })) },
      'INVALID',
      'series.1',
    ],
  ])('%s refuses %j with %s of %s', async (mutation, input, code, field) => {
    const metrics = () => rowsOf(database(), 'SELECT COUNT(*) FROM metric');
    const before = metrics();
    expect(broken(await api.mutate(mutation, input))).toEqual([[code, field]]);
    expect(metrics()).toEqual(before);
  });

  it('shows a follower at once what was written, points and states, and nothing twice', { timeout: 30_000 }, async () => {
    const run = await createdRun(api, await created(api, 'followed'));
    const client = openLiveClient(server);
    const filter = { source: { eq: 'dashai' } };
    const points = followPoints(client, { filter, history: 'ALL', maxRateHz: 60 });
    const told = client.follow<{ run: { id: string; status: string } }>(
      'subscription ($filter: RunFilter) { runEvents(filter: $filter) { kind run { id status } } }',
      { filter },
      'runEvents',
    );
    await points.until((batches) => batches.some(({ caughtUp }) => caughtUp));
    await new Promise((resolve) => setTimeout(resolve, 500)); // both have begun to wait; nothing is polled for a minute
    const values = () =>
      points.items
        .flatMap(({ series }) => series)
        .filter(({ runId }) => runId === run)
        .flatMap((one) => one.values);
    for (const value of [1, 2, 3])
      await api.mutate('logSplitMetrics', { run, series: [{ split: 'TRAIN', name: 'Loss', values: [value] }] });
    await points.until(() => values().length >= 3);
    await api.mutate('finishSessionRun', { run });
    await told.until((events) => events.some((event) => event.run.id === run && event.run.status === 'FINISHED'));
    expect(values()).toEqual([1, 2, 3]);
    await client.close();
  });

  it('takes writers at the same time: of one name one session, and every value once', { timeout: 30_000 }, async () => {
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => api.mutate('createModelSession', { ...session, name: 'raced for', datasetName: 'raced dataset' })),
    );
    expect(asked.flatMap(broken)).toEqual(Array.from({ length: 7 }, () => ['ALREADY_EXISTS', 'name']));
    expect(rowsOf(database(), `SELECT COUNT(*) FROM dataset WHERE name = 'raced dataset'`)).toEqual([[1n]]);
    const run = await createdRun(api, await created(api, 'written by many'));
    await Promise.all(
      Array.from({ length: 20 }, (_, value) =>
        api.mutate('logSplitMetrics', { run, series: [{ split: 'TRAIN', name: 'Loss', values: [value] }] }),
      ),
    );
    const metrics = await metricsOf(run);
    expect(metrics.map(([, , , value]) => value).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, value) => value),
    );
    expect(new Set(metrics.map(([, , , , step]) => step)).size).toBe(20);
  });

  it('answers BUSY while another process has the file locked, and writes nothing', { timeout: 60_000 }, async () => {
    const other = openWriter(database(), 'normal');
    other.exec('BEGIN IMMEDIATE');
    const payload = await api.mutate('createModelSession', { ...session, name: 'locked out' });
    other.exec('ROLLBACK');
    other.close();
    expect(broken(payload)).toEqual([['BUSY', null]]);
    expect(rowsOf(database(), `SELECT 1 FROM model_session WHERE name = 'locked out'`)).toEqual([]);
  });
});

describe('a server that was not told to have a DashAI home', () => {
  it('makes no file, shows no source, and says how to get one', async () => {
    await using server = await startTestServer();
    const payload = await createApi(server).mutate('createModelSession', { ...session, name: 'a' });
    expect(broken(payload)).toEqual([['NOT_FOUND', 'source']]);
    expect(payload.userErrors[0]!.message).toContain('--dashai');
    expect((await server.query('{ sources { name } }')).data.sources).toEqual([{ name: 'local' }]);
    expect(existsSync(join(server.dataFolder, 'dashai.db'))).toBe(false);
  });
});

describe('a server that is killed while it writes to its DashAI home', () => {
  it('has every answered batch whole, no half one, and goes on without being told of the home', { timeout: 60_000 }, async () => {
    const killed = await startTestServer(['--dashai']);
    const api = createApi(killed);
    const run = await createdRun(api, await created(api, 'killed'));
    let answered = 0;
    const writing = (async () => {
      for (let batch = 0; ; batch++) {
        const series = ['a', 'b'].map((name) => ({ split: 'TRAIN', name, values: Array.from({ length: 50 }, () => batch) }));
        if (broken(await api.mutate('logSplitMetrics', { run, series })).length === 0) answered = batch + 1;
      }
    })().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await killed.stop('SIGKILL');
    await writing;
    expect(answered).toBeGreaterThan(0);

    await using server = await startTestServer([], { dataFolder: killed.dataFolder });
    const { data } = await server.query('query ($run: ID!) { run(by: { id: $run }) { status dashai { splitMetrics { name value } } } }', {
      run,
    });
    expect(data.run.status).toBe('RUNNING');
    const counts = new Map<string, number>();
    for (const { name, value } of data.run.dashai.splitMetrics) counts.set(`${value} ${name}`, (counts.get(`${value} ${name}`) ?? 0) + 1);
    expect(counts.size % 2).toBe(0);
    expect(counts.size / 2).toBeGreaterThanOrEqual(answered);
    for (const count of counts.values()) expect(count).toBe(50);
    expect(broken(await createApi(server).mutate('finishSessionRun', { run }))).toEqual([]);
  });
});

describe.each(homeVersions)('a home of DashAI %s that is attached writable', (version) => {
  const home: HomeFixture | null = openHome(version);
  const database = () => join(home!.folder, 'db.sqlite');
  let server: TestServer;
  let api: Api;
  beforeAll(async () => {
    if (!home) return;
    server = await startTestServer(
      ['--attach', `dashai=${home.folder},name=home,writable`, '--attach', `dashai=${home.folder},name=seen`],
      { env: { RUNGRAPH_DASHAI_TIME_ZONE: 'America/Santiago' } },
    );
    api = createApi(server);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    home?.close();
  });

  const input = { ...session, datasetName: undefined, dataset: 'DashaiDataset:home:1' };

  it.skipIf(!home)('takes sessions and runs in its own forms, in its zone, and nothing else changes', async () => {
    const before = contentOf(home!.folder);
    const modelSession = await created(api, 'ours', { ...input, name: 'ours' });
    const run = await createdRun(api, modelSession, { parameters: { n: 1 }, optimizerName: 'OptunaOptimizer', goalMetric: 'F1' });
    const { data } = await server.query('query ($run: ID!) { run(by: { id: $run }) { modelSession { createdAt evaluationStrategy } } }', {
      run,
    });
    expect(Math.abs(Date.parse(data.run.modelSession.createdAt) - Date.now())).toBeLessThan(60_000);
    expect(data.run.modelSession.evaluationStrategy).toBe(version === '0.9.3' ? null : 'HoldoutEvaluationStrategy');
    const [[text]] = rowsOf(database(), `SELECT created FROM model_session WHERE name = 'ours'`) as [[string]];
    const offset = Date.parse(`${text.replace(' ', 'T').slice(0, 23)}Z`) - Date.now();
    expect(Math.round(offset / 60_000)).toBe(Math.round(santiagoOffsetMinutes()));
    const after = contentOf(home!.folder);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(Object.keys(after).filter((path) => after[path] !== before[path])).toEqual([database()]);
    expect(rowsOf(database(), 'PRAGMA journal_mode')).toEqual([['delete']]);
    expect(rowsOf(database(), 'PRAGMA foreign_key_check')).toEqual([]);
  });

  it.skipIf(!home)('takes names and descriptions of what is there', async () => {
    const renamed = await api.mutate(
      'renameModelSession',
      { modelSession: 'ModelSession:home:1', name: 'renamed' },
      'modelSession { name }',
    );
    expect(renamed.modelSession.name).toBe('renamed');
    const { run } = await api.mutate('updateSessionRun', { run: 'Run:home:1', description: 'ours' }, 'run { dashai { description } }');
    expect(run.dashai.description).toBe('ours');
  });

  it.skipIf(!home).each([
    ['logSplitMetrics', { run: 'Run:home:1', series: [{ split: 'TRAIN', name: 'a', values: [1] }] }, 'READ_ONLY', 'run'],
    ['finishSessionRun', { run: 'Run:home:1' }, 'READ_ONLY', 'run'],
    ['createModelSession', { ...input, name: 'a', idempotencyKey: 'a' }, 'UNSUPPORTED', 'idempotencyKey'],
    ['createModelSession', { ...session, name: 'a', source: 'home', datasetName: 'of nobody' }, 'NOT_FOUND', 'datasetName'],
    ['createModelSession', { ...input, name: 'a', dataset: 'DashaiDataset:seen:1' }, 'READ_ONLY', 'dataset'],
    ['renameModelSession', { modelSession: 'ModelSession:seen:1', name: 'a' }, 'READ_ONLY', 'modelSession'],
  ])('%s refuses %j with %s of %s, and leaves the file as it is', async (mutation, asked, code, field) => {
    const before = readFileSync(database());
    expect(broken(await api.mutate(mutation, asked))).toEqual([[code, field]]);
    expect(readFileSync(database()).equals(before)).toBe(true);
  });

  it.skipIf(!home)('writes to the file that is there, also when DashAI has put another in its place', async () => {
    const other = `${database()}.new`;
    copyFileSync(database(), other);
    renameSync(other, database());
    await Promise.all(['one', 'two'].map((name) => created(api, name, { ...input, name })));
    expect(rowsOf(database(), `SELECT COUNT(*) FROM model_session WHERE name IN ('one', 'two')`)).toEqual([[2n]]);
    renameSync(database(), other);
    expect(broken(await api.mutate('createModelSession', { ...input, name: 'nowhere' }))).toEqual([['CORRUPT', null]]);
    expect(existsSync(database())).toBe(false);
    renameSync(other, database());
    await created(api, 'back again', { ...input, name: 'back again' });
  });

  it.skipIf(!home)('refuses a dataset that DashAI has not loaded', async () => {
    const other = openWriter(join(home!.folder, 'db.sqlite'), 'normal');
    other.exec(`PRAGMA journal_mode = DELETE; UPDATE dataset SET status = 'STARTED' WHERE id = 2`);
    other.close();
    const payload = await api.mutate('createModelSession', { ...input, name: 'too early', dataset: 'DashaiDataset:home:2' });
    expect(broken(payload)).toEqual([['CONFLICT', 'dataset']]);
  });

  it.skipIf(!home)('refuses a row when the release has a column that must be given and is not known', async () => {
    const other = openWriter(join(home!.folder, 'db.sqlite'), 'normal');
    other.exec(`PRAGMA journal_mode = DELETE; CREATE TABLE kept AS SELECT * FROM run; DROP TABLE run;
      CREATE TABLE run (id INTEGER PRIMARY KEY, model_session_id, name, model_name, parameters, status, created, owner TEXT NOT NULL)`);
    other.close();
    const payload = await api.mutate('createSessionRun', { modelSession: 'ModelSession:home:1', name: 'a', modelName: 'A' });
    expect(broken(payload)).toEqual([['UNSUPPORTED', null]]);
    expect(payload.userErrors[0]!.message).toContain('run.owner');
  });
});

const santiagoOffsetMinutes = (): number => {
  const now = new Date();
  const local = new Date(now.toLocaleString('en-US', { timeZone: 'America/Santiago' }));
  const utc = new Date(now.toLocaleString('en-US', { timeZone: 'UTC' }));
  return (local.getTime() - utc.getTime()) / 60_000;
};

describe('a writable home whose DashAI can be asked', () => {
  const home = openHome('0.10.0');
  afterAll(() => home?.close());

  it.skipIf(!home)('takes names its registry has, says the nearest one otherwise, and does without when nobody answers', async () => {
    const replay = await startDashaiReplay('0.10.0');
    await using server = await startTestServer(['--attach', `dashai=${home!.folder},name=home,writable,url=${replay.url}`]);
    const api = createApi(server);
    const make = (more: object) =>
      api.mutate('createModelSession', { ...rest, dataset: 'DashaiDataset:home:1', ...more }, 'modelSession { taskName }');
    const { datasetName: _, ...rest } = session;
    const misspelt = await make({ name: 'a', taskName: 'TabularClasificationTask' });
    expect(misspelt.userErrors).toMatchObject([
      { code: 'INVALID', field: ['taskName'], message: expect.stringContaining(session.taskName) },
    ]);
    const metric = await make({ name: 'a', trainMetrics: ['Accuracy', 'Acuracy'] });
    expect(broken(metric)).toEqual([['INVALID', 'trainMetrics']]);
    expect((await make({ name: 'a', trainMetrics: ['Accuracy'] })).userErrors).toEqual([]);
    await replay.close();
    expect((await make({ name: 'b', taskName: 'TaskOfAPlugin' })).modelSession).toEqual({ taskName: 'TaskOfAPlugin' });
  });
});
