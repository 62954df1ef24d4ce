import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { hasMlflow } from '../interop/mlflow-client.js';
import { openMlflowRegistry, type MlflowRegistryClient } from '../interop/mlflow-registry-client.js';
import { createApi, type Api } from '../kit/api.js';
import { openLiveClient, type Followed, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

interface ModelEvent {
  readonly kind: string;
  readonly sourceName: string;
  readonly modelName: string;
  readonly model: { readonly name: string; readonly description: string | null } | null;
  readonly versionNumber: number | null;
  readonly version: { readonly version: number; readonly stage: string } | null;
  readonly alias: string | null;
  readonly at: string;
  readonly cursor: string;
}

const document = `subscription ($model: String, $source: String, $after: String) { modelEvents(model: $model, source: $source, after: $after) {
  kind sourceName modelName model { name description } versionNumber version { version stage } alias at cursor } }`;
const follow = (client: LiveClient, variables: object = {}): Followed<ModelEvent> => client.follow(document, variables, 'modelEvents');
const cursorOf = async (server: TestServer): Promise<string> => (await server.query('{ modelEventCursor }')).data.modelEventCursor;

/** What happened in short: kind, number of the version, alias. */
const shortOf = (events: readonly ModelEvent[]): string[] =>
  events.map(({ kind, versionNumber, alias }) => [kind, versionNumber, alias].filter((part) => part !== null).join(' '));

describe('modelEvents of what this server writes', () => {
  let server: TestServer;
  let api: Api;
  let client: LiveClient;
  beforeAll(async () => {
    server = await startTestServer();
    api = createApi(server);
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(() => {
    client = openLiveClient(server);
  });
  afterEach(() => client.close());

  const write = async (mutation: string, input: object) => expect((await api.mutate(mutation, input)).userErrors).toEqual([]);
  const version = (name: string) => write('createModelVersion', { name, sourceUri: 'x' });

  it('tell of everything, each write before the next, with the model as it is', async () => {
    const followed = follow(client, { after: await cursorOf(server), model: 'told' });
    const name = 'told';
    await write('createRegisteredModel', { name });
    await write('updateRegisteredModel', { name, description: 'new' });
    await write('updateRegisteredModel', { name, description: 'new' });
    await write('setRegisteredModelTags', { name, tags: [{ key: 'a', value: '1' }] });
    await version(name);
    await version(name);
    await write('setModelVersionTags', { name, version: 2, tags: [{ key: 'a', value: '1' }] });
    await write('updateModelVersion', { name, version: 1, description: 'first' });
    await write('setModelAlias', { name, alias: 'champion', version: 1 });
    await write('setModelAlias', { name, alias: 'champion', version: 2 });
    await write('transitionModelVersionStage', { name, version: 1, stage: 'PRODUCTION' });
    await write('transitionModelVersionStage', { name, version: 2, stage: 'PRODUCTION', archiveExistingVersions: true });
    await write('deleteModelVersion', { name, version: 2 });
    await write('deleteRegisteredModelTags', { name, keys: ['a'] });
    await write('deleteRegisteredModel', { name });
    const events = await followed.until((all) => all.at(-1)?.kind === 'DELETED');
    expect(shortOf(events)).toEqual([
      'CREATED',
      'UPDATED',
      'UPDATED',
      'TAGS_CHANGED',
      'VERSION_CREATED 1',
      'VERSION_CREATED 2',
      'TAGS_CHANGED 2',
      'VERSION_UPDATED 1',
      'ALIAS_SET 1 champion',
      'ALIAS_SET 2 champion',
      'STAGE_CHANGED 1',
      'STAGE_CHANGED 1',
      'STAGE_CHANGED 2',
      'ALIAS_DELETED 2 champion',
      'VERSION_DELETED 2',
      'TAGS_CHANGED',
      'DELETED',
    ]);
    expect(events.at(-1)).toMatchObject({ model: null, version: null, modelName: 'told', sourceName: 'local' });
    for (const { at } of events) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
    expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(events.length);
  });

  it('are one for each of many writes at once', async () => {
    await write('createRegisteredModel', { name: 'busy' });
    const followed = follow(client, { after: await cursorOf(server), model: 'busy' });
    await Promise.all(Array.from({ length: 20 }, () => version('busy')));
    const events = await followed.until((all) => all.length >= 20);
    expect(shortOf(events)).toEqual(Array.from({ length: 20 }, (_, index) => `VERSION_CREATED ${index + 1}`));
  });

  it('are silent about what was refused, and about other models', async () => {
    const followed = follow(client, { after: await cursorOf(server), model: 'quiet' });
    await api.mutate('createModelVersion', { name: 'quiet', sourceUri: 'x' });
    await write('createRegisteredModel', { name: 'loud' });
    await write('createRegisteredModel', { name: 'quiet' });
    expect(shortOf(await followed.until((all) => all.length > 0))).toEqual(['CREATED']);
  });

  it('tell a rename as the end of one name and the beginning of another', async () => {
    await write('createRegisteredModel', { name: 'before', description: 'd' });
    await version('before');
    await write('setModelAlias', { name: 'before', alias: 'best', version: 1 });
    const followed = follow(client, { after: await cursorOf(server) });
    await write('renameRegisteredModel', { name: 'before', newName: 'after' });
    const events = await followed.until((all) => all.length >= 4);
    expect(events.map(({ modelName }) => modelName)).toEqual(['before', 'after', 'after', 'after']);
    expect(shortOf(events)).toEqual(['DELETED', 'CREATED', 'VERSION_CREATED 1', 'ALIAS_SET 1 best']);
    expect(events[1]!.model).toEqual({ name: 'after', description: 'd' });
    expect(events[2]!.version).toEqual({ version: 1, stage: 'NONE' });
  });

  it('go on after a cursor, also with what happened while nobody listened', async () => {
    const first = follow(client, { after: await cursorOf(server) });
    await write('createRegisteredModel', { name: 'resumed' });
    const [{ cursor }] = (await first.until((all) => all.length > 0)) as [ModelEvent];
    first.stop();
    await first.ended;
    await version('resumed');
    await write('setModelAlias', { name: 'resumed', alias: 'a', version: 1 });
    const resumed = follow(client, { after: cursor });
    expect(shortOf(await resumed.until((all) => all.length >= 2))).toEqual(['VERSION_CREATED 1', 'ALIAS_SET 1 a']);
  });

  it('come from now on without a cursor, to everybody alike', async () => {
    const all = [follow(client), follow(client), follow(client)];
    let witnesses = 0;
    while (!all.every(({ items }) => items.length > 0)) {
      await write('createRegisteredModel', { name: `witness ${++witnesses}` });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await version('witness 1');
    for (const { until } of all) {
      const events = await until((items) => items.at(-1)?.kind === 'VERSION_CREATED');
      expect(events.at(-1)).toMatchObject({ modelName: 'witness 1', versionNumber: 1 });
    }
  });

  it('are refused for a source that is not there, and for a cursor of something else', async () => {
    const nowhere = follow(client, { source: 'nowhere' });
    await nowhere.ended;
    expect(nowhere.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND', argument: 'source' } }]);
    const { data } = await server.query('{ runEventCursor }');
    const foreign = follow(client, { after: data.runEventCursor });
    await foreign.ended;
    expect(foreign.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', argument: 'after' } }]);
  });
});

describe('modelEvents of an attached MLflow file', () => {
  const fixture = fileURLToPath(new URL('../fixtures/mlflow/2.16.2.db', import.meta.url));
  let folder: string;
  let path: string;
  let writer: InstanceType<typeof Libsql>;
  let server: TestServer;
  let client: LiveClient;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rungraph-models-'));
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

  it('tell what others write within the poll interval, and what they wrote before anybody listened', async () => {
    const after = await cursorOf(server);
    writer.exec(`INSERT INTO registered_models (name, creation_time, last_updated_time) VALUES ('theirs', 1, 1)`);
    const followed = follow(client, { after, source: 'lab' });
    await followed.until((all) => all.length === 1);
    writer.exec(`INSERT INTO model_versions (name, version, current_stage, source, status) VALUES ('theirs', 1, 'None', 'x', 'READY')`);
    await followed.until((all) => all.length === 2);
    writer.exec(`INSERT INTO registered_model_aliases (name, alias, version) VALUES ('theirs', 'a', 1)`);
    await followed.until((all) => all.length === 3);
    writer.exec(`UPDATE model_versions SET current_stage = 'Staging' WHERE name = 'theirs'`);
    const events = await followed.until((all) => all.length === 4);
    expect(shortOf(events)).toEqual(['CREATED', 'VERSION_CREATED 1', 'ALIAS_SET 1 a', 'STAGE_CHANGED 1']);
    expect(events.map(({ sourceName }) => sourceName)).toEqual(['lab', 'lab', 'lab', 'lab']);
    expect(events.at(-1)!.version).toEqual({ version: 1, stage: 'STAGING' });
  });

  it('go on when the file was away for a while', async () => {
    const followed = follow(client, { after: await cursorOf(server), source: 'lab' });
    renameSync(path, `${path}.away`);
    await new Promise((resolve) => setTimeout(resolve, 400));
    renameSync(`${path}.away`, path);
    writer.exec(`UPDATE registered_models SET description = 'back', last_updated_time = 2 WHERE name = 'wine-model'`);
    expect(shortOf(await followed.until((all) => all.length > 0))).toEqual(['UPDATED']);
    expect(followed.items[0]!.model).toEqual({ name: 'wine-model', description: 'back' });
  });
});

describe.skipIf(!hasMlflow())('modelEvents of what MLflow’s own client writes', { timeout: 120_000 }, () => {
  let folder: string;
  let server: TestServer;
  let client: LiveClient;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rungraph-models-'));
    copyFileSync(fileURLToPath(new URL('../fixtures/mlflow/3.17.2.db', import.meta.url)), join(folder, 'theirs.db'));
    server = await startTestServer(['--attach', `mlflow=${join(folder, 'theirs.db')},name=theirs`, '--poll-interval', '250']);
    client = openLiveClient(server);
  });
  afterEach(async () => {
    await client.close();
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it.each(['local', 'theirs'])('into %s are told step by step', async (source) => {
    const path = source === 'local' ? join(server.dataFolder, 'mlflow.db') : join(folder, 'theirs.db');
    const mlflow: MlflowRegistryClient = await openMlflowRegistry(`sqlite:///${path}`);
    const followed = follow(client, { after: await cursorOf(server), source, model: 'mine' });
    const steps: [method: string, input: object, told: string[]][] = [
      ['create_registered_model', {}, ['CREATED']],
      ['create_model_version', { source: 'x' }, ['VERSION_CREATED 1']],
      ['create_model_version', { source: 'y' }, ['VERSION_CREATED 2']],
      ['set_registered_model_alias', { alias: 'best', version: '1' }, ['ALIAS_SET 1 best']],
      ['set_model_version_tag', { version: '2', key: 'a', value: '1' }, ['TAGS_CHANGED 2']],
      ['transition_model_version_stage', { version: '2', stage: 'Production' }, ['STAGE_CHANGED 2']],
      ['update_registered_model', { description: 'd' }, ['UPDATED']],
      ['delete_model_version', { version: '1' }, ['ALIAS_DELETED 1 best', 'VERSION_DELETED 1']],
      ['delete_registered_model', {}, ['DELETED']],
    ];
    const told: string[] = [];
    for (const [method, input, expected] of steps) {
      await mlflow.call(method, { name: 'mine', ...input });
      told.push(...expected);
      await followed.until((all) => all.length >= told.length);
    }
    expect(shortOf(followed.items)).toEqual(told);
    await mlflow.close();
  });
});
