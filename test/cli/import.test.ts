import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Libsql from 'libsql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import type { DatabaseLocation } from '../../src/stores/engine/location.js';
import { importMlflow, type ImportConflict, type ImportOptions, type ImportSummary } from '../../src/stores/mlflow/imports/import.js';
import type { ReadInput, ReadName, ReadOutput } from '../../src/stores/mlflow/reads.js';
import { checkStore } from '../../src/stores/mlflow/store-doctor.js';
import { openImportStores } from '../../src/stores/open-stores.js';
import { createApi } from '../kit/api.js';
import { jsonLines, runCommand, startCommand, type Ended } from '../kit/command.js';
import { createServerDatabase, networkedEngines, type ServerDatabase } from '../kit/database-servers.js';
import { countOf, followPoints, openLiveClient } from '../kit/live.js';
import {
  byKey,
  date,
  history,
  inOrder,
  list,
  runAsAnswered,
  runFields,
  versionAsAnswered,
  versionFields,
  type Point,
} from '../kit/mlflow-answers.js';
import {
  asDouble,
  copyFixtures,
  fingerprint,
  mlflowVersions,
  readDouble,
  readExpected,
  removeFixtures,
  type MlflowFixture,
} from '../kit/mlflow-fixtures.js';
import { copyToServer } from '../kit/mlflow-copies.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const importBy = (path: string, dataFolder: string, ...flags: string[]): Promise<Ended> =>
  runCommand('import', `mlflow=${path}`, '--data', dataFolder, ...flags);

/** Imports as the command does, without the second that a process takes. */
async function importFrom(
  path: string,
  dataFolder: string,
  options: Partial<Pick<ImportOptions, 'origin' | 'experiments' | 'prefix'>> & {
    location?: DatabaseLocation;
    database?: string;
    /** Comes between any two questions to the database. */
    meanwhile?: () => Promise<void>;
  } = {},
): Promise<ImportSummary & { found: ImportConflict[] }> {
  const found: ImportConflict[] = [];
  const { location = { engine: 'sqlite', path, foreign: true }, database = null, meanwhile } = options;
  const stores = await openImportStores({
    ...{ dataFolder, database, durability: 'normal', attachments: [{ kind: 'mlflow', name: 'import', location }] },
    ...{ storeTimeoutMs: 10_000, readerThreads: 1, pollIntervalMs: 1_000, clock: systemClock, log: silent },
  });
  try {
    const onConflict = (conflict: ImportConflict) => found.push(conflict);
    const defaults = { experiments: null, prefix: null, clock: systemClock, onProgress: () => undefined, onConflict };
    const from: ImportOptions['from'] = {
      async read<Name extends ReadName>(name: Name, input: ReadInput<Name>): Promise<ReadOutput<Name>> {
        await meanwhile?.();
        return stores.from.read(name, input);
      },
    };
    return { ...(await importMlflow({ ...stores, from, ...defaults, ...options })), found };
  } finally {
    await stores.close();
  }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const nothingNew = {
  experiments: { written: 0 },
  runs: { created: 0, updated: 0 },
  points: 0,
  models: { written: 0 },
  versions: { written: 0 },
  conflicts: 0,
};

/** All rows of MLflow's tables by the columns both databases have, in the order of their texts. */
function rowsOf(path: string, table: string, columns: string, where = '1 = 1'): string[] {
  const handle = new Libsql(path, { timeout: 10_000 });
  handle.defaultSafeIntegers(true);
  const rows = handle.prepare(`SELECT ${columns} FROM ${table} WHERE ${where}`).raw(true).all() as unknown[][];
  handle.close();
  return rows.map((row) => JSON.stringify(row, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).toSorted();
}

const tables: readonly (readonly [table: string, columns: string, where?: string])[] = [
  ['experiments', 'experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time', 'experiment_id <> 0'],
  ['experiment_tags', 'experiment_id, key, value'],
  [
    'runs',
    'run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time',
  ],
  ['metrics', 'run_uuid, key, step, timestamp, value, is_nan'],
  ['latest_metrics', 'run_uuid, key, step, timestamp, value, is_nan'],
  ['params', 'run_uuid, key, value'],
  ['tags', 'run_uuid, key, value'],
  ['datasets', 'dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile'],
  [
    'inputs',
    'input_uuid, source_type, source_id, destination_type, destination_id',
    `source_type = 'DATASET' AND destination_type = 'RUN'`,
  ],
  ['input_tags', 'input_uuid, name, value'],
  ['registered_models', 'name, creation_time, last_updated_time, description'],
  ['registered_model_tags', 'name, key, value'],
  ['registered_model_aliases', 'name, alias, version'],
  [
    'model_versions',
    'name, version, creation_time, last_updated_time, description, user_id, current_stage, source, run_id, status, status_message, run_link, storage_location',
  ],
  ['model_version_tags', 'name, version, key, value'],
];

function expectSameRows(source: string, dataFolder: string): void {
  for (const [table, columns, where] of tables) {
    expect(rowsOf(join(dataFolder, 'mlflow.db'), table, columns, where), table).toEqual(rowsOf(source, table, columns, where));
  }
}

async function expectHealthy(dataFolder: string): Promise<void> {
  expect((await checkStore(join(dataFolder, 'mlflow.db'), () => {})).findings).toEqual([]);
}

describe.each(mlflowVersions)('the MLflow database %s, imported', (name) => {
  const expected = readExpected(name);
  let fixtures: MlflowFixture[];
  let before: ReturnType<typeof fingerprint>;
  let dataFolder: string;
  let first: Ended;
  let server: TestServer;

  beforeAll(async () => {
    fixtures = copyFixtures([name]);
    before = fingerprint(fixtures[0]!.path);
    dataFolder = mkdtempSync(join(tmpdir(), 'rungraph-import-'));
    first = await importBy(fixtures[0]!.path, dataFolder, '--json');
    server = await startTestServer([], { dataFolder });
  }, 180_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    removeFixtures(fixtures);
  });

  it('is counted', () => {
    const { counts } = expected;
    const { seconds, ...summary } = jsonLines(first).at(-1)!;
    expect([summary, first.err, first.code, typeof seconds]).toEqual([
      {
        event: 'summary',
        ok: true,
        origin: `sqlite:///${fixtures[0]!.path}`,
        experiments: { read: counts.experiments, written: counts.experiments },
        runs: { read: counts.runs, created: counts.runs, updated: 0 },
        points: counts.metrics,
        models: { read: counts.registered_models, written: counts.registered_models },
        versions: { read: counts.model_versions, written: counts.model_versions },
        conflicts: 0,
      },
      '',
      0,
      'number',
    ]);
  });

  it('has every row of it, to the bit, and a metric log that fits', async () => {
    expectSameRows(fixtures[0]!.path, dataFolder);
    await expectHealthy(dataFolder);
  });

  it('has every run in full', async () => {
    for (const [id, run] of Object.entries(expected.runs)) {
      const { data } = await server.query(`query ($by: RunBy!) { run(by: $by) { ${runFields} } }`, {
        by: { nativeId: id, source: 'local' },
      });
      expect(data.run).toEqual(runAsAnswered(id, run, 'local'));
    }
  });

  it('has every experiment with its tags', async () => {
    const { data } = await server.query(
      `{ experiments(first: 100, filter: { or: [{ lifecycleStage: ACTIVE }, { lifecycleStage: DELETED }] }, orderBy: [{ field: NATIVE_ID, direction: ASC }]) {
         nodes { nativeId name lifecycleStage artifactLocation createdAt tags { key value } } } }`,
    );
    const wanted = expected.experiments.map((experiment) => ({
      nativeId: experiment.id,
      name: experiment.name,
      lifecycleStage: experiment.lifecycle_stage.toUpperCase(),
      tags: byKey(list(experiment.tags)),
      // Experiment 0 is the one that was there.
      ...(experiment.id === '0' ? {} : { artifactLocation: experiment.artifact_location, createdAt: date(experiment.creation_time) }),
    }));
    expect(data.experiments.nodes).toHaveLength(wanted.length);
    expect(data.experiments.nodes).toMatchObject(wanted);
  });

  it('has every point of every history that MLflow was asked for', async () => {
    for (const { run_id: id, key, points, count, first: start, last } of expected.metric_history) {
      const { points: answered, totalPoints } = await history(server, 'local', id, key);
      expect(totalPoints).toBe(points?.length ?? count);
      if (!points) expect([answered.slice(0, 3), answered.slice(-3)]).toEqual([start, last]);
      else {
        const wanted = points.map(([step, timestamp, value]): Point => [step, timestamp, asDouble(readDouble(value))]);
        expect(inOrder(answered)).toEqual(inOrder(wanted));
      }
    }
  });

  it('has the registry; deleted versions stay deleted, and their numbers taken', async () => {
    const { data } = await server.query(
      `{ registeredModels { nodes { name description aliases { alias version { version } } tags { key value } latestVersions { version } } }
         modelVersions(first: 100, orderBy: [{ field: NAME, direction: ASC }, { field: VERSION, direction: ASC }]) { nodes { ${versionFields} } } }`,
    );
    const { registered_models: models, versions } = expected.registry;
    const aliasesOf = (model: string, version: number) =>
      Object.entries(models.find((known) => known.name === model)!.aliases)
        .filter(([, number]) => number === version)
        .map(([alias]) => alias)
        .toSorted();
    expect(data.modelVersions.nodes).toEqual(
      versions.map((version) => versionAsAnswered(version, aliasesOf(version.name, version.version))),
    );
    expect(data.registeredModels.nodes.map(({ name: model, description }: Record<string, any>) => [model, description])).toEqual(
      models.map((model) => [model.name, model.description]),
    );
    expect(data.registeredModels.nodes.map(({ tags }: Record<string, any>) => tags)).toEqual(models.map(({ tags }) => byKey(list(tags))));
    const deleted = rowsOf(join(dataFolder, 'mlflow.db'), 'model_versions', 'name, version', `current_stage = 'Deleted_Internal'`);
    expect(deleted).toEqual(['["wine-model","4"]']);
  });

  it('is left as it was', () => {
    expect(fingerprint(fixtures[0]!.path)).toEqual(before);
  });

  it('writes nothing when it is imported again', async () => {
    const again = await importFrom(fixtures[0]!.path, dataFolder);
    expect(again).toMatchObject(nothingNew);
    expectSameRows(fixtures[0]!.path, dataFolder);
  });
});

describe('rungraph import', { timeout: 120_000 }, () => {
  const [ours, other] = ['a'.repeat(32), 'b'.repeat(32)];
  let fixtures: MlflowFixture[];
  let path: string;
  let dataFolder: string;
  let mlflow: InstanceType<typeof Libsql>;

  beforeEach(() => {
    fixtures = copyFixtures(['2.16.2']);
    ({ path } = fixtures[0]!);
    dataFolder = mkdtempSync(join(tmpdir(), 'rungraph-import-'));
    mlflow = new Libsql(path, { timeout: 10_000 });
  });
  afterEach(() => {
    mlflow.close();
    rmSync(dataFolder, { recursive: true, force: true });
    removeFixtures(fixtures);
  });

  const sql = (text: string, ...values: unknown[]) => mlflow.prepare(text).run(values);
  const createRun = (runId: string) =>
    sql(
      `INSERT INTO runs (run_uuid, name, status, lifecycle_stage, experiment_id, start_time, source_type) VALUES (?, ?, 'RUNNING', 'active', 1, 5, 'LOCAL')`,
      runId,
      runId.slice(0, 4),
    );
  function log(runId: string, from: number, to: number, key = 'loss'): void {
    const insert = mlflow.prepare('INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)');
    mlflow.transaction(() => {
      for (let step = from; step < to; step++) insert.run([key, step / 3, 1_000 + step, runId, step]);
    })();
    sql('DELETE FROM latest_metrics WHERE run_uuid = ? AND key = ?', runId, key);
    sql(
      'INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)',
      key,
      (to - 1) / 3,
      999 + to,
      to - 1,
      runId,
    );
  }
  const own = (): string => join(dataFolder, 'mlflow.db');

  it('made again, copies new runs, new points, changed tags and ends, and nothing else', async () => {
    createRun(ours);
    log(ours, 0, 100);
    sql(`INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', 'first', ?), ('kept', 'here', ?)`, ours, ours);
    await importFrom(path, dataFolder);
    const change = new Libsql(own(), { timeout: 10_000 });
    change.exec(`UPDATE runs SET name = 'renamed here' WHERE run_uuid <> '${ours}'; INSERT INTO tags VALUES ('note', 'mine', '${ours}')`);
    change.close();

    log(ours, 100, 150);
    log(ours, 0, 3, 'acc');
    sql(`UPDATE runs SET status = 'FINISHED', end_time = 9 WHERE run_uuid = ?`, ours);
    sql(`UPDATE tags SET value = 'second' WHERE run_uuid = ? AND key = 'mlflow.runName'`, ours);
    sql(`UPDATE model_versions SET current_stage = 'Archived', last_updated_time = 77 WHERE name = 'wine-model' AND version = 5`);
    sql(`UPDATE registered_model_aliases SET version = 1 WHERE name = 'wine-model' AND version = 3`);
    createRun(other);
    log(other, 0, 7);
    expect(await importFrom(path, dataFolder)).toMatchObject({
      ...nothingNew,
      runs: { created: 1, updated: 1 },
      points: 60,
      models: { written: 1 },
      versions: { written: 1 },
    });
    for (const table of ['metrics', 'latest_metrics', 'params', 'model_versions', 'registered_model_aliases']) {
      const [, columns] = tables.find(([known]) => known === table)!;
      expect(rowsOf(own(), table, columns), table).toEqual(rowsOf(path, table, columns));
    }
    // What was changed here and not there stays.
    expect(rowsOf(own(), 'tags', 'key, value', `run_uuid = '${ours}'`)).toEqual([
      '["kept","here"]',
      '["mlflow.runName","second"]',
      '["note","mine"]',
    ]);
    expect(rowsOf(own(), 'runs', 'status, end_time, COUNT(*)', `name = 'renamed here'`)[0]).toContain('37');
    expect(rowsOf(own(), 'rungraph_run_events', 'kind', `run_uuid = '${ours}'`)).toEqual(['["CREATED"]', '["STATUS_CHANGED"]']);
    await expectHealthy(dataFolder);
  });

  it('killed half-way, goes on where it was', async () => {
    createRun(ours);
    log(ours, 0, 200_000);
    const child = startCommand(['import', `mlflow=${path}`, '--data', dataFolder, '--json']);
    for await (const line of createInterface({ input: child.stdout! })) {
      if ((JSON.parse(line) as { points: number }).points > 0) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const [copied] = rowsOf(own(), 'metrics', 'COUNT(*)').map((row) => Number((JSON.parse(row) as string[])[0]));
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThan(200_000);
    await expectHealthy(dataFolder);

    expect(await importFrom(path, dataFolder)).toMatchObject({ points: 208_172 - copied! });
    expectSameRows(path, dataFolder);
    await expectHealthy(dataFolder);
  });

  it('reads everything again, and writes nothing twice, when the database was restored', async () => {
    createRun(ours);
    log(ours, 0, 50);
    await importFrom(path, dataFolder);
    sql('DELETE FROM metrics WHERE run_uuid = ?', ours);
    log(ours, 0, 40, 'acc');
    log(ours, 10, 60);
    expect(await importFrom(path, dataFolder)).toMatchObject({ points: 50, runs: { created: 0, updated: 0 } });
    expect(rowsOf(own(), 'metrics', 'COUNT(*)', `run_uuid = '${ours}'`)).toEqual(['["100"]']);
    await expectHealthy(dataFolder);
  });

  it('writes nothing twice when two of it run at the same time', async () => {
    createRun(ours);
    log(ours, 0, 30_000);
    const ended = await Promise.all([importFrom(path, dataFolder), importFrom(path, dataFolder)]);
    expect(ended.map(({ conflicts }) => conflicts)).toEqual([0, 0]);
    expect(ended.reduce((sum, { points }) => sum + points, 0)).toBe(38_172);
    expectSameRows(path, dataFolder);
    await expectHealthy(dataFolder);
  });

  it('keeps what a double can hold: NaN, infinities as MLflow has them, the smallest, steps beyond 2^53', async () => {
    createRun(ours);
    const put = mlflow.prepare(`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('odd', ?, ?, '${ours}', ?, ?)`);
    put.run([0, 1, 1n, 1]);
    put.run([Number.MAX_VALUE, 1, 1n, 0]);
    put.run([-Number.MAX_VALUE, 2, -(2n ** 63n), 0]);
    put.run([5e-324, 2 ** 52, 2n ** 63n - 1n, 0]);
    put.run([0.1 + 0.2, 3, 1n, 0]);
    put.run([0.3, 3, 1n, 0]);
    await importFrom(path, dataFolder);
    const [, columns] = tables.find(([known]) => known === 'metrics')!;
    expect(rowsOf(own(), 'metrics', columns, `key = 'odd'`)).toEqual(rowsOf(path, 'metrics', columns, `key = 'odd'`));
    expect(rowsOf(own(), 'latest_metrics', 'step, value', `key = 'odd'`)).toEqual(['["9223372036854775807",5e-324]']);
    await using server = await startTestServer([], { dataFolder });
    const { points } = await history(server, 'local', ours, 'odd');
    expect(points.map(([, , value]) => value)).toEqual(
      ['-Infinity', 'NaN', 'Infinity', 0.30000000000000004, 0.3, 5e-324].toSorted(inAnswer(points)),
    );
  });

  // Points of one step and time come in the order in which they were logged.
  const inAnswer = (points: readonly Point[]) => (a: unknown, b: unknown) =>
    points.findIndex(([, , value]) => value === a) - points.findIndex(([, , value]) => value === b);

  it('is seen by those who follow a server on the same folder, which goes on writing', async () => {
    createRun(ours);
    log(ours, 0, 40_000);
    await using server = await startTestServer();
    const api = createApi(server);
    const mine = await api.createRun();
    const client = openLiveClient(server);
    const runId = `Run:local:${ours}`;
    const events = client.follow<{ kind: string; run: { id: string } }>('subscription { runEvents { kind run { id } } }', {}, 'runEvents');
    const followed = followPoints(client, { filter: {}, keys: ['loss', 'mine'], maxRateHz: 100 });
    await api.log(mine, [{ key: 'mine', values: [0] }]);
    await followed.until((batches) => countOf(batches) >= 1);

    const importing = importFrom(path, server.dataFolder);
    let [isDone, logged] = [false, 1];
    const writing = (async () => {
      while (!isDone) await api.log(mine, [{ key: 'mine', values: [logged++] }]);
    })();
    expect(await importing).toMatchObject({ points: 48_172, conflicts: 0 });
    isDone = true;
    await writing;

    const isOurs = ({ series }: { series: readonly { runId: string; values: readonly unknown[] }[] }) =>
      series.filter((points) => points.runId === runId).flatMap(({ values }) => values);
    const batches = await followed.until((all) => all.flatMap(isOurs).length >= 40_000, 30);
    expect(batches.flatMap(isOurs)).toEqual(Array.from({ length: 40_000 }, (_, step) => step / 3));
    const told = await events.until((all) => all.some(({ kind, run }) => kind === 'CREATED' && run.id === runId));
    expect(told.filter(({ kind, run }) => kind === 'CREATED' && run.id === runId)).toHaveLength(1);
    await client.close();
    await server.stop();
    await expectHealthy(server.dataFolder);
  });

  it('leaves runs alone that came from somewhere else, lists them and exits with 1; --origin goes on after a move', async () => {
    await importFrom(path, dataFolder);
    const moved = join(path, '..', 'moved.db');
    mlflow.close();
    renameSync(path, moved);
    mlflow = new Libsql(moved, { timeout: 10_000 });
    createRun(ours);

    const { found, ...refused } = await importFrom(moved, dataFolder, { prefix: 'again/' });
    expect(refused).toMatchObject({ runs: { read: 38, created: 1 }, conflicts: 37, models: { written: 4 } });
    expect(found).toHaveLength(37);
    expect(found[0]).toMatchObject({ kind: 'run', code: 'CONFLICT' });
    expect(found[0]!.message).toContain(`was imported from sqlite:///${path}`);

    const table = await importBy(moved, dataFolder);
    expect([table.code, table.out.match(/CONFLICT run/g)?.length]).toEqual([1, 20]);
    expect(table.err).toContain('… and 17 more');
    const lines = await importBy(moved, dataFolder, '--json');
    expect([lines.code, jsonLines(lines).filter(({ event }) => event === 'conflict').length]).toEqual([1, 37]);

    const folder = mkdtempSync(join(dataFolder, 'other-'));
    renameSync(moved, path);
    await importFrom(path, folder);
    renameSync(path, moved);
    log(ours, 0, 5);
    expect(await importFrom(moved, folder, { origin: `sqlite:///${path}` })).toMatchObject({ ...nothingNew, points: 5 });
  });

  it('refuses names that are taken before it writes anything, and keeps them apart with a prefix', async () => {
    await using server = await startTestServer([], { dataFolder });
    const api = createApi(server);
    await api.createExperiment({ name: 'iris-classifier' });
    const refused = await importBy(path, dataFolder, '--json');
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toBe(
      'rungraph: ALREADY_EXISTS: experiment "iris-classifier" is in the store already and did not come from there. Keep it apart with --prefix <text>.\n',
    );
    expect(rowsOf(own(), 'runs', 'COUNT(*)')).toEqual(['["0"]']);
    expect(rowsOf(own(), 'experiments', 'name')).toEqual(['["Default"]', '["iris-classifier"]']);

    expect(await importFrom(path, dataFolder, { prefix: 'lab/' })).toMatchObject({ runs: { created: 37 }, conflicts: 0 });
    const names = rowsOf(own(), 'experiments', 'name');
    for (const name of ['lab/iris-classifier', 'lab/Default', 'empty-exp']) expect(names).toContain(JSON.stringify([name]));
    // The prefix is not asked for again.
    expect(await importFrom(path, dataFolder)).toMatchObject(nothingNew);
  });

  it('copies the runs of chosen experiments only, without the registry', async () => {
    const chosen = jsonLines(await importBy(path, dataFolder, '--json', '--experiment', 'iris-classifier', '--experiment', 'empty-exp'));
    const [wanted] = rowsOf(path, 'runs', 'COUNT(*)', 'experiment_id = 1');
    const count = Number((JSON.parse(wanted!) as string[])[0]);
    expect(chosen.at(-1)).toMatchObject({ experiments: { read: 2 }, runs: { read: count, created: count }, models: { read: 0 } });
    expect(rowsOf(own(), 'experiments', 'name')).toEqual(['["Default"]', '["empty-exp"]', '["iris-classifier"]']);
    const unknown = await importBy(path, dataFolder, '--experiment', 'iris');
    expect(unknown.err).toMatch(/^rungraph: NOT_FOUND: There is no experiment "iris"; there are "Default", .*\n$/);
    expect(unknown.code).toBe(1);
  });

  it.each([
    ['mlflow', /KIND=LOCATION/],
    ['mlflow=/nowhere/mlflow.db', /The import stopped \(sqlite:\/\/\/\/nowhere\/mlflow.db\): There is no such file\./],
    ['trackio=/tmp', /this version attaches MLflow databases and DashAI homes only/],
    ['dashai=/tmp', /Only MLflow databases can be imported/],
  ])('says in one line what is wrong with %s', async (source, message) => {
    const { code, err } = await runCommand('import', source, '--data', dataFolder);
    expect(err).toMatch(message);
    expect([code, err.split('\n').length]).toEqual([1, 2]);
  });

  it('says in one line that a file is no MLflow database, and that it is the store itself', async () => {
    const text = join(dataFolder, 'text.db');
    writeFileSync(text, 'no database');
    expect((await importBy(text, dataFolder)).err).toMatch(/^rungraph: The import stopped .*: The file is not a SQLite database\..*\n$/);
    expect((await importBy(path, dataFolder, '--prefix', '')).err).toBe(
      'rungraph: --prefix is empty; give the text that keeps the names apart.\n',
    );
    await importFrom(path, dataFolder);
    const link = join(dataFolder, 'link.db');
    symlinkSync(own(), link);
    for (const same of [own(), link]) expect((await importBy(same, dataFolder)).err).toContain('is the store that would be imported into');
  });

  it('copies another store of RunGraph with the doubles that MLflow cannot hold', async () => {
    await using server = await startTestServer();
    const api = createApi(server);
    const run = await api.createRun();
    await api.log(run, [{ key: 'odd', values: ['-0', 'Infinity', 1.7976931348623157e308, 'NaN'], steps: [1, 2, 3, 4] }]);
    const copied = await importFrom(join(server.dataFolder, 'mlflow.db'), dataFolder);
    expect(copied).toMatchObject({ points: 4, runs: { created: 1 } });
    await using copy = await startTestServer([], { dataFolder });
    const values = async (from: TestServer) => (await history(from, 'local', run.split(':')[2]!, 'odd')).points;
    expect(await values(copy)).toEqual(await values(server));
    await api.log(run, [{ key: 'odd', values: [5], steps: [5] }]);
    expect(await importFrom(join(server.dataFolder, 'mlflow.db'), dataFolder)).toMatchObject({ ...nothingNew, points: 1 });
  });
});

describe.each(networkedEngines)('rungraph import and %s', { timeout: 120_000 }, (engine) => {
  const databases: ServerDatabase[] = [];
  const folders: string[] = [];
  let fixture: MlflowFixture;

  beforeAll(() => {
    fixture = copyFixtures(['3.17.2'])[0]!;
  });
  afterAll(async () => {
    for (const database of databases) await database.drop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    removeFixtures([fixture]);
  });

  it('copies what a database there holds, once', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'rungraph-import-'));
    folders.push(dataFolder);
    const database = await copyToServer(engine, fixture.path);
    databases.push(database);
    const location = { engine, url: database.url, foreign: true } as const;
    expect(await importFrom('', dataFolder, { location })).toMatchObject({ runs: { created: 37 }, points: 8_173, conflicts: 0 });
    expectSameRows(fixture.path, dataFolder);
    await expectHealthy(dataFolder);
    await database.execute(
      `INSERT INTO metrics ("key", value, timestamp, run_uuid, step, is_nan)
      SELECT 'late', 1.5, 7, run_uuid, 3, ${engine === 'mysql' ? 0 : 'FALSE'} FROM runs`.replaceAll('"', engine === 'mysql' ? '`' : '"'),
    );
    await database.execute(
      `INSERT INTO latest_metrics ("key", value, timestamp, run_uuid, step, is_nan)
      SELECT 'late', 1.5, 7, run_uuid, 3, ${engine === 'mysql' ? 0 : 'FALSE'} FROM runs`.replaceAll('"', engine === 'mysql' ? '`' : '"'),
    );
    expect(await importFrom('', dataFolder, { location })).toMatchObject({ ...nothingNew, points: 37 });
    await expectHealthy(dataFolder);
  });

  it('copies the points of runs whose writers log points of the past meanwhile', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'rungraph-import-'));
    folders.push(dataFolder);
    const database = await copyToServer(engine, fixture.path);
    databases.push(database);
    const [key, no] = engine === 'mysql' ? ['`key`', '0'] : ['"key"', 'FALSE'];
    let time = 1_000_000;
    const meanwhile = async () => {
      for (let point = 0; point < 3; point++) {
        await database.execute(
          `INSERT INTO metrics (${key}, value, timestamp, run_uuid, step, is_nan) SELECT 'late', 1.5, ${--time}, run_uuid, 3, ${no} FROM runs`,
        );
      }
    };
    const location = { engine, url: database.url, foreign: true } as const;
    const first = await importFrom('', dataFolder, { location, meanwhile });
    expect(first.points).toBeGreaterThan(8_173);
    const [[there]] = (await database.execute('SELECT COUNT(*) FROM metrics')) as [[number | string]];
    expect(await importFrom('', dataFolder, { location })).toMatchObject({ ...nothingNew, points: Number(there) - first.points });
    await expectHealthy(dataFolder);
  });

  if (engine === 'postgres')
    it('copies into a store there, which a server answers from', async () => {
      const database = await createServerDatabase(engine);
      databases.push(database);
      expect(await importFrom(fixture.path, '', { database: database.url })).toMatchObject({ runs: { created: 37 }, points: 8_173 });
      expect(await importFrom(fixture.path, '', { database: database.url })).toMatchObject(nothingNew);
      await using server = await startTestServer(['--database', database.url]);
      for (const [id, run] of Object.entries(fixture.expected.runs)) {
        const { data } = await server.query(`query ($by: RunBy!) { run(by: $by) { ${runFields} } }`, { by: { nativeId: id } });
        expect(data.run).toEqual(runAsAnswered(id, run, 'local'));
      }
      // The next experiment gets a number of its own.
      await createApi(server).createExperiment({ name: 'next' });
    });
});
