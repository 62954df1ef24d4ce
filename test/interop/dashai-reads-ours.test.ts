import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { createApi } from '../kit/api.js';
import { homeVersions, openHome, type HomeFixture } from '../kit/dashai-home.js';
import { findDashaiWriter, writeTraining } from '../kit/dashai-writer.js';
import { missing } from '../kit/optional.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const python = join(homedir(), '.cache/rungraph-interop/bin/python');
const wheelOf = (version: string) => join(homedir(), '.cache/rungraph-interop-dashai', version);
const script = fileURLToPath(new URL('dashai_rows.py', import.meta.url));

type Row = Readonly<Record<string, any>>;

function findWheel(version: string): string | null {
  const wheel = wheelOf(version);
  if (existsSync(python) && existsSync(wheel)) return wheel;
  missing(`no ${existsSync(python) ? wheel : python}`);
  return null;
}

/** Every row as DashAI's own classes load it, by table. */
const rowsByDashai = (wheel: string, database: string, ...flags: string[]): Readonly<Record<string, readonly Row[]>> =>
  JSON.parse(
    execFileSync(python, [script, wheel, database, ...flags], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as never;

const splits = { splitType: 'manual', train: 0.7, validation: 0.1, test: 0.2, note: 'a "quoted" größe 🌱' };
const session = {
  name: 'größe "🌱" \\ \n',
  taskName: 'TabularClassificationTask',
  inputColumns: ['a', 'größe'],
  outputColumns: ['b'],
  validationMetrics: ['Accuracy'],
  splits,
};
const parameters = {
  n_estimators: { optimize: true, fixed_value: 100, lower_bound: 50, upper_bound: 200 },
  lr: 1e-5,
  negative: -0.5,
  flag: false,
  none: null,
  größe: '🌱\u007f\u0000',
  list: [1, 2.5, []],
};
const run = {
  name: 'rf',
  modelName: 'RandomForestClassifier',
  parameters,
  optimizerName: 'OptunaOptimizer',
  optimizerParameters: { n_trials: 3 },
};

/** Writes with every mutation that creates or changes rows. @returns the ids of the session and the runs */
async function writeSession(server: TestServer, dataset: object): Promise<{ modelSession: string; runs: string[] }> {
  const api = createApi(server);
  const done = async (name: string, input: object, selection: string) => {
    const payload = await api.mutate(name, input, selection);
    expect(payload.userErrors).toEqual([]);
    return payload;
  };
  const { modelSession } = await done('createModelSession', { ...session, ...dataset, name: 'before' }, 'modelSession { id }');
  await done('renameModelSession', { modelSession: modelSession.id, name: session.name }, 'modelSession { id }');
  const runs = [];
  for (const name of ['first', 'second']) {
    const input = { ...run, modelSession: modelSession.id, name, goalMetric: 'F1' };
    runs.push((await done('createSessionRun', input, 'run { id }')).run.id as string);
  }
  await done('updateSessionRun', { run: runs[0], name: 'renamed', description: 'größe 🌱' }, 'run { id }');
  return { modelSession: modelSession.id as string, runs };
}

function expectSession(rows: Readonly<Record<string, readonly Row[]>>, relations: Row): void {
  expect(rows.model_session!.at(-1)).toMatchObject({
    ...{ name: session.name, task_name: session.taskName, input_columns: session.inputColumns, output_columns: ['b'] },
    ...{ train_metrics: [], validation_metrics: ['Accuracy'], test_metrics: [], splits: expect.any(String) as unknown },
  });
  const [first, second] = rows.run!.slice(-2);
  expect(first).toMatchObject({
    ...{ name: 'renamed', description: 'größe 🌱', model_name: run.modelName, parameters, split_indexes: null, run_path: null },
    ...{ optimizer_name: 'OptunaOptimizer', optimizer_parameters: { n_trials: 3 }, goal_metric: 'F1' },
  });
  expect(second).toMatchObject({ name: 'second', description: null, status: 'NOT_STARTED', delivery_time: null, start_time: null });
  expect(rows.relations!.at(-1)).toEqual({ session: session.name, runs: ['renamed', 'second'], splits, ...relations });
}

describe('our own DashAI database', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(['--dashai']);
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const wheels = homeVersions.map(findWheel);

  it.skipIf(wheels.includes(null))(
    'is read by DashAI 0.9.3, and by 0.10.0 when that has migrated it under the server',
    { timeout: 120_000 },
    async () => {
      const [older, newer] = wheels as [string, string];
      const database = join(server.dataFolder, 'dashai.db');
      const { runs } = await writeSession(server, { datasetName: 'iris' });
      const api = createApi(server);
      const log = (series: object[]) => api.mutate('logSplitMetrics', { run: runs[0], series }, 'valuesAccepted');
      const values = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.5, 12];
      await log([
        { split: 'TRAIN', name: 'Loss', values },
        { split: 'TRAIN', level: 'TRIAL', name: 'F1', values: [0.5] },
        { split: 'VALIDATION', level: 'STEP', name: 'F1', values: [0.5], steps: ['9007199254740993'] },
      ]);
      for (const value of [0.25, 0.75]) await log([{ split: 'TEST', level: 'LAST', name: 'F1', values: [value] }]);
      await api.mutate('finishSessionRun', { run: runs[0] });

      const rows = rowsByDashai(older, database);
      expectSession(rows, { dataset: 'iris', metrics: values.length + 3 });
      expect(rows.dataset).toEqual([expect.objectContaining({ name: 'iris', file_path: '', status: 'NOT_STARTED' })]);
      expect(rows.run![0]).toMatchObject({
        status: 'FINISHED',
        start_time: expect.any(String) as unknown,
        end_time: expect.any(String) as unknown,
      });
      expect(rows.metric!.map(({ split, level, name, value, step }) => [split, level, name, value, step])).toEqual([
        ...values.map((value, index) => ['TRAIN', 'EPOCH', 'Loss', value, index + 1]),
        ['TRAIN', 'TRIAL', 'F1', 0.5, 1],
        ['VALIDATION', 'STEP', 'F1', 0.5, Number('9007199254740993')],
        ['TEST', 'LAST', 'F1', 0.75, 2],
      ]);
      const [{ created }] = rows.model_session as [{ created: string }];
      expect(Math.abs(Date.parse(`${created.replace(' ', 'T').slice(0, 23)}Z`) - Date.now())).toBeLessThan(60_000);

      const migrated = rowsByDashai(newer, database, '--migrate');
      expectSession(migrated, { dataset: 'iris', metrics: values.length + 3 });
      expect(migrated.model_session![0]!.evaluation_strategy).toBe('HoldoutEvaluationStrategy');
      expect(migrated.metric!.map(({ value }) => value)).toEqual(rows.metric!.map(({ value }) => value));

      const strategy = 'CrossValidationEvaluationStrategy';
      const input = { ...session, name: 'after the migration', datasetName: 'iris', evaluationStrategy: strategy };
      expect((await api.mutate('createModelSession', input, 'modelSession { evaluationStrategy }')).modelSession.evaluationStrategy).toBe(
        strategy,
      );
      await log([{ split: 'TRAIN', name: 'Loss', values: [1] }]);
      const later = rowsByDashai(newer, database);
      expect(later.model_session!.at(-1)!.evaluation_strategy).toBe(strategy);
      expect(later.metric!.length).toBe(rows.metric!.length + 1);
      await server.stop();
      await using again = await startTestServer([], { dataFolder: server.dataFolder });
      expect((await again.query('{ modelSessions { totalCount } }')).data.modelSessions.totalCount).toBe(2);
    },
  );
});

describe.each(homeVersions)('a home that DashAI %s trains in', (version) => {
  const writer = findDashaiWriter(version);

  it.skipIf(!writer)('takes our sessions and runs meanwhile, and the training loses nothing', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rungraph-dashai-beside-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const database = join(folder, 'db.sqlite');
    await writeTraining(writer!, database, '--epochs', '1', '--hz', '0', '--no-reset');
    await using server = await startTestServer(['--attach', `dashai=${folder},name=home,writable`]);
    const api = createApi(server);
    let ended = false;
    const training = writeTraining(writer!, database, '--epochs', '20', '--hz', '50', '--no-reset').finally(() => (ended = true));
    let written = 0;
    const broken: unknown[] = [];
    while (!ended) {
      const name = `ours ${written}`;
      const answer = await api.mutate('createSessionRun', { modelSession: 'ModelSession:home:1', name, modelName: 'A' }, 'run { name }');
      broken.push(...answer.userErrors);
      written++;
    }
    const commits = await training;
    expect(broken).toEqual([]);
    const rows = rowsByDashai(writer!.wheel, database);
    expect(rows.run!.filter(({ name }) => String(name).startsWith('ours ')).length).toBe(written);
    const given = commits.filter(({ level }) => level !== 'LAST').flatMap((commit) => commit.rows ?? []);
    const kept = new Map(rows.metric!.map(({ id, name, value }) => [id, [name, value]]));
    for (const [id, name, value] of given) expect(kept.get(id)).toEqual([name, value]);
  });
});

describe.each(homeVersions)('a home of DashAI %s that is attached writable', (version) => {
  const home: HomeFixture | null = openHome(version);
  const wheel = findWheel(version);
  let server: TestServer;
  beforeAll(async () => {
    if (home) server = await startTestServer(['--attach', `dashai=${home.folder},name=home,writable`]);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    home?.close();
  });

  it.skipIf(!home || !wheel)('is read by its DashAI: what we wrote, and all that was there', { timeout: 60_000 }, async () => {
    const database = join(home!.folder, 'db.sqlite');
    const before = rowsByDashai(wheel!, database);
    await writeSession(server, { dataset: 'DashaiDataset:home:1' });
    const after = rowsByDashai(wheel!, database);
    expectSession(after, { dataset: 'iris', metrics: 0 });
    expect(after.model_session!.slice(0, -1)).toEqual(before.model_session);
    expect(after.run!.slice(0, -2)).toEqual(before.run);
    for (const table of Object.keys(before).filter((name) => !['model_session', 'run', 'relations'].includes(name)))
      expect(after[table], table).toEqual(before[table]);
  });
});
