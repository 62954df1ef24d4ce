import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { digestOf } from '../kit/database-digest.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
let name: string;

beforeAll(async () => {
  server = await startTestServer([
    '--attach',
    `mlflow=${fileURLToPath(new URL('../fixtures/mlflow/3.17.2.db', import.meta.url))},name=prod`,
  ]);
  api = createApi(server);
});
afterAll(() => server[Symbol.asyncDispose]());

let names = 0;
const fresh = (what: string): string => `${what} ${++names}`;
beforeEach(async () => {
  name = fresh('model');
  await changed('createRegisteredModel', { name }, '');
});

const modelFields = 'name description createdAt updatedAt tags { key value } aliases { alias version { version } }';
const versionFields =
  'model { name } version stage status statusMessage description user sourceUri storageLocation runLink run { id } createdAt updatedAt tags { key value } aliases uri';

/** A mutation that must succeed; answers its payload. */
async function changed(mutation: string, input: object, selection = objectOf(mutation)): Promise<any> {
  const { userErrors, ...payload } = await api.mutate(mutation, input, selection);
  expect(userErrors).toEqual([]);
  return payload;
}

const objectOf = (mutation: string): string =>
  mutation.includes('Version') ? `modelVersion { ${versionFields} }` : `registeredModel { ${modelFields} }`;

/** The call is refused with this rule, and the database is what it was, bit by bit. */
async function expectRefused(mutation: string, input: object, code: string, field: readonly string[] | null): Promise<void> {
  const before = await digestOf(server);
  const { userErrors, ...objects } = await api.mutate(mutation, input, objectOf(mutation));
  expect(userErrors).toMatchObject([{ code, field }]);
  expect(userErrors[0]!.message).toMatch(/\S/);
  expect(Object.values(objects).every((value) => value === null)).toBe(true);
  expect(await digestOf(server)).toEqual(before);
}

const readModel = async (model: string, selection = modelFields) =>
  (await server.query(`query ($name: String!) { registeredModel(name: $name, source: "local") { id ${selection} } }`, { name: model })).data
    .registeredModel;
const readVersion = async (uri: string, selection = versionFields) =>
  (await server.query(`query ($uri: String!) { modelVersion(uri: $uri, source: "local") { id ${selection} } }`, { uri })).data.modelVersion;
const addVersion = async (more: object = {}): Promise<any> =>
  (await changed('createModelVersion', { name, sourceUri: 's3://models/a', ...more }, `modelVersion { id ${versionFields} }`)).modelVersion;
const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('createRegisteredModel', () => {
  it('creates a model with description and tags, and no versions', async () => {
    const model = fresh('created');
    const { registeredModel } = await changed(
      'createRegisteredModel',
      { name: model, description: 'what it is for', tags: [{ key: 'team', value: 'vision' }] },
      `registeredModel { id sourceName ${modelFields} versions { totalCount } }`,
    );
    expect(registeredModel).toMatchObject({
      name: model,
      sourceName: 'local',
      description: 'what it is for',
      tags: [{ key: 'team', value: 'vision' }],
      aliases: [],
      versions: { totalCount: 0 },
    });
    expect(registeredModel.createdAt).toBe(registeredModel.updatedAt);
  });

  it('takes a name of 256 characters of any alphabet', async () => {
    const model = `${fresh('🔥')}${'é'.repeat(256)}`.slice(0, 257);
    expect([...model]).toHaveLength(256);
    expect((await changed('createRegisteredModel', { name: model })).registeredModel.name).toBe(model);
  });

  it('refuses what breaks a rule', async () => {
    const refused = (input: object, code: string, field: readonly string[]) =>
      expectRefused('createRegisteredModel', { name: fresh('refused'), ...input }, code, field);
    await refused({ name: '' }, 'INVALID', ['name']);
    await refused({ name: ' \t' }, 'INVALID', ['name']);
    await refused({ name: 'a/b' }, 'INVALID', ['name']);
    await refused({ name: 'a:b' }, 'INVALID', ['name']);
    await refused({ name: '..' }, 'INVALID', ['name']);
    await refused({ name: 'a\0b' }, 'INVALID', ['name']);
    await refused({ name: 'x'.repeat(257) }, 'TOO_LARGE', ['name']);
    await refused({ name }, 'ALREADY_EXISTS', ['name']);
    await refused({ description: 'x'.repeat(5_001) }, 'TOO_LARGE', ['description']);
    await refused({ tags: [{ key: '', value: '' }] }, 'INVALID', ['tags', '0', 'key']);
    await refused({ tags: [{ key: 'a', value: 'x'.repeat(5_001) }] }, 'TOO_LARGE', ['tags', '0', 'value']);
    const twice = [1, 2].map((value) => ({ key: 'a', value: String(value) }));
    await refused({ tags: twice }, 'INVALID', ['tags', '1', 'key']);
    await refused({ source: 'nowhere' }, 'NOT_FOUND', ['source']);
    await refused({ source: 'prod' }, 'READ_ONLY', ['source']);
    await refused({ idempotencyKey: 'x'.repeat(201) }, 'TOO_LARGE', ['idempotencyKey']);
  });

  it('does a repeated request once, and refuses its key to another', async () => {
    const input = { name: fresh('once'), idempotencyKey: fresh('key') };
    await changed('createRegisteredModel', input);
    expect((await changed('createRegisteredModel', input)).registeredModel.name).toBe(input.name);
    await expectRefused('createRegisteredModel', { ...input, name: fresh('other') }, 'CONFLICT', ['idempotencyKey']);
  });

  it('gives a name to one of many that ask for it at once', async () => {
    const wanted = fresh('wanted');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.mutate('createRegisteredModel', { name: wanted }, 'registeredModel { name }')),
    );
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
    expect(new Set(answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code)))).toEqual(new Set(['ALREADY_EXISTS']));
  });
});

describe('updateRegisteredModel', () => {
  it('changes the description and moves the update time of the model only', async () => {
    await addVersion();
    const before = await readModel(name, 'updatedAt createdAt versions { nodes { updatedAt } }');
    await tick();
    const { registeredModel } = await changed(
      'updateRegisteredModel',
      { name, description: 'Ä new øne' },
      'registeredModel { description createdAt updatedAt versions { nodes { updatedAt } } }',
    );
    expect(registeredModel).toMatchObject({ description: 'Ä new øne', createdAt: before.createdAt, versions: before.versions });
    expect(registeredModel.updatedAt > before.updatedAt).toBe(true);
    expect((await changed('updateRegisteredModel', { name, description: null })).registeredModel.description).toBeNull();
  });

  it('takes the model by id or by name, and needs one of them', async () => {
    const { id } = await readModel(name);
    expect((await changed('updateRegisteredModel', { model: id, description: 'a' })).registeredModel.description).toBe('a');
    expect((await changed('updateRegisteredModel', { name, source: 'local', description: 'b' })).registeredModel.description).toBe('b');
    await expectRefused('updateRegisteredModel', { description: 'c' }, 'INVALID', ['model']);
    await expectRefused('updateRegisteredModel', { model: id, name, description: 'c' }, 'INVALID', ['model']);
    await expectRefused('updateRegisteredModel', { model: 'Run:local:x', description: 'c' }, 'INVALID', ['model']);
    await expectRefused('updateRegisteredModel', { model: id, source: 'prod', description: 'c' }, 'INVALID', ['source']);
    await expectRefused('updateRegisteredModel', { model: 'RegisteredModel:local:gone', description: 'c' }, 'NOT_FOUND', ['model']);
    await expectRefused('updateRegisteredModel', { name: 'gone', description: 'c' }, 'NOT_FOUND', ['name']);
    await expectRefused('updateRegisteredModel', { name: 'wine-model', source: 'prod', description: 'c' }, 'READ_ONLY', ['source']);
    await expectRefused('updateRegisteredModel', { model: 'RegisteredModel:prod:wine-model', description: 'c' }, 'READ_ONLY', ['model']);
    await expectRefused('updateRegisteredModel', { name, description: 'x'.repeat(5_001) }, 'TOO_LARGE', ['description']);
  });
});

describe('renameRegisteredModel', () => {
  it('takes versions, tags, aliases and stages along, and moves every update time', async () => {
    await changed('setRegisteredModelTags', { name, tags: [{ key: 'team', value: 'vision' }] });
    const one = await addVersion({ tags: [{ key: 'a', value: '1' }], description: 'first' });
    const gone = await addVersion();
    await addVersion();
    await changed('deleteModelVersion', { modelVersion: gone.id });
    await changed('setModelAlias', { name, alias: 'champion', version: 1 }, 'registeredModel { name }');
    await changed('transitionModelVersionStage', { name, version: 3, stage: 'PRODUCTION' });
    const before = await readModel(name, `${modelFields} versions { nodes { ${versionFields} } }`);
    await tick();
    const newName = fresh('renamed');
    const { registeredModel } = await changed(
      'renameRegisteredModel',
      { name, newName },
      `registeredModel { ${modelFields} versions { nodes { ${versionFields} } } }`,
    );
    expect(await readModel(name)).toBeNull();
    expect(registeredModel).toMatchObject({ name: newName, createdAt: before.createdAt, tags: before.tags, aliases: before.aliases });
    expect(registeredModel.updatedAt > before.updatedAt).toBe(true);
    const plain = (versions: any) =>
      versions.nodes
        .map(({ model: _model, uri: _uri, updatedAt: _updatedAt, ...rest }: any) => rest)
        .toSorted((a: any, b: any) => a.version - b.version);
    expect(plain(registeredModel.versions)).toEqual(plain(before.versions));
    expect(registeredModel.versions.nodes.map(({ version, updatedAt }: any) => [version, updatedAt > one.updatedAt]).toSorted()).toEqual([
      [1, true],
      [3, true],
    ]);
    // The number of a version that was deleted before the new name is not given again.
    expect((await changed('createModelVersion', { name: newName, sourceUri: 'x' })).modelVersion.version).toBe(4);
  });

  it('refuses a name that is taken or none, and takes the one the model has', async () => {
    const other = fresh('other');
    await changed('createRegisteredModel', { name: other });
    await expectRefused('renameRegisteredModel', { name, newName: other }, 'ALREADY_EXISTS', ['newName']);
    await expectRefused('renameRegisteredModel', { name, newName: '' }, 'INVALID', ['newName']);
    await expectRefused('renameRegisteredModel', { name, newName: 'a/b' }, 'INVALID', ['newName']);
    await expectRefused('renameRegisteredModel', { name: 'gone', newName: fresh('free') }, 'NOT_FOUND', ['name']);
    expect((await changed('renameRegisteredModel', { name, newName: name })).registeredModel.name).toBe(name);
  });
});

describe('deleteRegisteredModel', () => {
  it('deletes the model with all that is its, and frees its name', async () => {
    await addVersion({ tags: [{ key: 'a', value: '1' }] });
    await changed('setModelAlias', { name, alias: 'champion', version: 1 }, 'registeredModel { name }');
    const { registeredModel } = await changed('deleteRegisteredModel', { name }, 'registeredModel { name createdAt }');
    expect(registeredModel.name).toBe(name);
    expect(await readModel(name)).toBeNull();
    expect(await readVersion(`models:/${name}/1`)).toBeNull();
    await changed('createRegisteredModel', { name });
    expect(await readModel(name)).toMatchObject({ tags: [], aliases: [] });
    expect((await addVersion()).version).toBe(1);
    expect((await readVersion(`models:/${name}/1`)).tags).toEqual([]);
  });

  it('refuses a model that is not there', () => expectRefused('deleteRegisteredModel', { name: 'gone' }, 'NOT_FOUND', ['name']));
});

describe('tags of the registry', () => {
  it('are set and deleted, of models and of versions, without moving update times', async () => {
    const { id, updatedAt } = await addVersion();
    const model = await readModel(name);
    await tick();
    const tags = [
      { key: 'a', value: '1' },
      { key: 'b/c.d', value: 'Ünïcode 🔥' },
    ];
    expect((await changed('setRegisteredModelTags', { name, tags })).registeredModel).toMatchObject({ tags, updatedAt: model.updatedAt });
    expect((await changed('setModelVersionTags', { modelVersion: id, tags })).modelVersion).toMatchObject({ tags, updatedAt });
    const again = [{ key: 'a', value: '' }];
    expect((await changed('setRegisteredModelTags', { name, tags: again })).registeredModel.tags).toEqual([again[0], tags[1]]);
    expect((await changed('deleteRegisteredModelTags', { name, keys: ['a'] })).registeredModel.tags).toEqual([tags[1]]);
    expect((await changed('deleteModelVersionTags', { name, version: 1, keys: ['a', 'b/c.d'] })).modelVersion).toMatchObject({
      tags: [],
      updatedAt,
    });
  });

  it('are changed all or none', async () => {
    await addVersion({ tags: [{ key: 'a', value: '1' }] });
    await changed('setRegisteredModelTags', { name, tags: [{ key: 'a', value: '1' }] });
    await expectRefused('deleteRegisteredModelTags', { name, keys: ['a', 'missing'] }, 'NOT_FOUND', ['keys', '1']);
    await expectRefused('deleteModelVersionTags', { name, version: 1, keys: ['a', 'missing'] }, 'NOT_FOUND', ['keys', '1']);
    const bad = [
      { key: 'b', value: '2' },
      { key: 'c', value: 'x'.repeat(5_001) },
    ];
    await expectRefused('setRegisteredModelTags', { name, tags: bad }, 'TOO_LARGE', ['tags', '1', 'value']);
    await expectRefused('setModelVersionTags', { name, version: 1, tags: bad }, 'TOO_LARGE', ['tags', '1', 'value']);
    await expectRefused('setModelVersionTags', { name, version: 9, tags: [] }, 'NOT_FOUND', ['version']);
  });
});

describe('createModelVersion', () => {
  it('numbers versions from 1 and makes them ready at once', async () => {
    const run = await api.createRun();
    const before = await readModel(name);
    await tick();
    const version = await addVersion({ run, runLink: 'https://x', description: 'd', user: 'ada', tags: [{ key: 'a', value: '1' }] });
    expect(version).toMatchObject({
      model: { name },
      version: 1,
      stage: 'NONE',
      status: 'READY',
      statusMessage: null,
      description: 'd',
      user: 'ada',
      sourceUri: 's3://models/a',
      storageLocation: 's3://models/a',
      runLink: 'https://x',
      run: { id: run },
      tags: [{ key: 'a', value: '1' }],
      aliases: [],
      uri: `models:/${name}/1`,
    });
    const model = await readModel(name);
    expect(version.createdAt).toBe(version.updatedAt);
    expect(model.updatedAt).toBe(version.createdAt);
    expect(model.updatedAt > before.updatedAt).toBe(true);
    expect((await addVersion()).version).toBe(2);
  });

  it('gives each of many that come at once a number of its own', async () => {
    const versions = await Promise.all(Array.from({ length: 10 }, () => addVersion()));
    expect(versions.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('finds the files that a models:/ or runs:/ source means, and the run of the version', async () => {
    const run = await api.createRun();
    const { data } = await server.query('query ($id: ID!) { node(id: $id) { ... on Run { nativeId artifactLocation } } }', { id: run });
    const ofRun = await addVersion({ sourceUri: `runs:/${data.node.nativeId}/model`, run });
    expect(ofRun).toMatchObject({ sourceUri: `runs:/${data.node.nativeId}/model`, storageLocation: `${data.node.artifactLocation}/model` });
    await changed('setModelAlias', { name, alias: 'champion', version: 1 }, 'registeredModel { name }');
    await changed('transitionModelVersionStage', { name, version: 1, stage: 'STAGING' });
    for (const last of ['/1', '@champion', '/Staging', '/staging', '/latest']) {
      const other = fresh('copy');
      await changed('createRegisteredModel', { name: other });
      const { modelVersion } = await changed('createModelVersion', { name: other, sourceUri: `models:/${name}${last}` });
      expect(modelVersion).toMatchObject({ sourceUri: `models:/${name}/1`, storageLocation: ofRun.storageLocation, run: { id: run } });
    }
    await expectRefused('createModelVersion', { name, sourceUri: `models:/${name}/7` }, 'NOT_FOUND', ['sourceUri']);
    await expectRefused('createModelVersion', { name, sourceUri: 'models:/nothing' }, 'INVALID', ['sourceUri']);
  });

  it('does a repeated request once', async () => {
    const idempotencyKey = fresh('key');
    expect((await addVersion({ idempotencyKey })).version).toBe(1);
    expect((await addVersion({ idempotencyKey })).version).toBe(1);
    expect((await addVersion()).version).toBe(2);
  });

  it('refuses what breaks a rule', async () => {
    const refused = (input: object, code: string, field: readonly string[]) =>
      expectRefused('createModelVersion', { name, sourceUri: 'x', ...input }, code, field);
    await refused({ name: 'gone' }, 'NOT_FOUND', ['name']);
    await refused({ sourceUri: '' }, 'INVALID', ['sourceUri']);
    await refused({ sourceUri: 'x'.repeat(501) }, 'TOO_LARGE', ['sourceUri']);
    await refused({ run: 'Run:local:gone' }, 'NOT_FOUND', ['run']);
    await refused({ run: 'Run:prod:gone' }, 'INVALID', ['run']);
    await refused({ run: 'x' }, 'INVALID', ['run']);
    await refused({ runLink: 'x'.repeat(501) }, 'TOO_LARGE', ['runLink']);
    await refused({ description: 'x'.repeat(5_001) }, 'TOO_LARGE', ['description']);
    await refused({ user: 'x'.repeat(257) }, 'TOO_LARGE', ['user']);
    await refused({ tags: [{ key: '', value: '1' }] }, 'INVALID', ['tags', '0', 'key']);
  });
});

describe('updateModelVersion', () => {
  it('changes the description and moves the update time of the version only', async () => {
    const { id, updatedAt } = await addVersion();
    await tick();
    const { modelVersion } = await changed('updateModelVersion', { modelVersion: id, description: 'new' });
    expect(modelVersion.description).toBe('new');
    expect(modelVersion.updatedAt > updatedAt).toBe(true);
    expect((await readModel(name)).updatedAt).toBe(updatedAt);
    expect((await changed('updateModelVersion', { name, version: 1 })).modelVersion.description).toBeNull();
  });

  it('refuses what is no version', async () => {
    await addVersion();
    await expectRefused('updateModelVersion', { name, version: 2 }, 'NOT_FOUND', ['version']);
    await expectRefused('updateModelVersion', { name, version: -1 }, 'NOT_FOUND', ['version']);
    await expectRefused('updateModelVersion', { name }, 'INVALID', ['version']);
    await expectRefused('updateModelVersion', { version: 1 }, 'INVALID', ['modelVersion']);
    await expectRefused('updateModelVersion', { modelVersion: 'ModelVersion:local:9~2Fgone' }, 'NOT_FOUND', ['modelVersion']);
    await expectRefused('updateModelVersion', { modelVersion: `RegisteredModel:local:x` }, 'INVALID', ['modelVersion']);
  });
});

describe('transitionModelVersionStage', () => {
  it('puts a version into a stage, archives the others there only when asked, and moves both update times', async () => {
    for (let count = 0; count < 3; count++) await addVersion();
    await changed('transitionModelVersionStage', { name, version: 1, stage: 'PRODUCTION' });
    await changed('transitionModelVersionStage', { name, version: 2, stage: 'PRODUCTION' });
    const stages = async () =>
      (await readModel(name, 'versions(orderBy: [{ field: VERSION, direction: ASC }]) { nodes { stage } }')).versions.nodes.map(
        ({ stage }: any) => stage,
      );
    expect(await stages()).toEqual(['PRODUCTION', 'PRODUCTION', 'NONE']);
    await tick();
    const { modelVersion } = await changed('transitionModelVersionStage', {
      name,
      version: 3,
      stage: 'PRODUCTION',
      archiveExistingVersions: true,
    });
    expect(await stages()).toEqual(['ARCHIVED', 'ARCHIVED', 'PRODUCTION']);
    expect((await readModel(name)).updatedAt).toBe(modelVersion.updatedAt);
    expect((await readVersion(`models:/${name}/1`)).updatedAt).toBe(modelVersion.updatedAt);
    expect((await readVersion(`models:/${name}/Production`)).version).toBe(3);
    await changed('transitionModelVersionStage', { name, version: 3, stage: 'NONE' });
    expect(await stages()).toEqual(['ARCHIVED', 'ARCHIVED', 'NONE']);
  });

  it('archives others only on the way to STAGING or PRODUCTION', async () => {
    await addVersion();
    for (const stage of ['NONE', 'ARCHIVED']) {
      await expectRefused('transitionModelVersionStage', { name, version: 1, stage, archiveExistingVersions: true }, 'INVALID', [
        'archiveExistingVersions',
      ]);
    }
    await expectRefused('transitionModelVersionStage', { name, version: 2, stage: 'STAGING', archiveExistingVersions: true }, 'NOT_FOUND', [
      'version',
    ]);
  });
});

describe('deleteModelVersion', () => {
  it('leaves nothing to be seen, takes the aliases along and never gives the number again', async () => {
    const { id } = await addVersion({ tags: [{ key: 'a', value: '1' }] });
    await addVersion();
    await changed('setModelAlias', { name, alias: 'old', version: 1 }, 'registeredModel { name }');
    await changed('setModelAlias', { name, alias: 'new', version: 2 }, 'registeredModel { name }');
    const { modelVersion } = await changed('deleteModelVersion', { modelVersion: id }, 'modelVersion { id version sourceUri }');
    expect(modelVersion).toEqual({ id, version: 1, sourceUri: 's3://models/a' });
    expect(await readVersion(`models:/${name}/1`)).toBeNull();
    expect(await readModel(name, 'aliases { alias } versions { totalCount }')).toMatchObject({
      aliases: [{ alias: 'new' }],
      versions: { totalCount: 1 },
    });
    await expectRefused('deleteModelVersion', { modelVersion: id }, 'NOT_FOUND', ['modelVersion']);
    await expectRefused('setModelAlias', { name, alias: 'old', version: 1 }, 'NOT_FOUND', ['version']);
    await expectRefused('transitionModelVersionStage', { name, version: 1, stage: 'STAGING' }, 'NOT_FOUND', ['version']);
    await changed('deleteModelVersion', { name, version: 2 });
    expect((await addVersion()).version).toBe(3);
  });
});

describe('aliases', () => {
  it('point to one version each, and move', async () => {
    await addVersion();
    await addVersion();
    const updatedAt = (await readModel(name)).updatedAt;
    const selection = 'registeredModel { updatedAt aliases { alias version { version } } } modelVersion { version aliases }';
    const set = (alias: string, version: number) => changed('setModelAlias', { name, alias, version }, selection);
    await set('Champion', 1);
    await set('champion', 1);
    const { registeredModel, modelVersion } = await set('champion', 2);
    expect(modelVersion).toEqual({ version: 2, aliases: ['champion'] });
    expect(registeredModel).toEqual({
      updatedAt,
      aliases: [
        { alias: 'Champion', version: { version: 1 } },
        { alias: 'champion', version: { version: 2 } },
      ],
    });
    expect((await readVersion(`models:/${name}@champion`)).version).toBe(2);
    const deleted = await changed('deleteModelAlias', { name, alias: 'champion' }, selection);
    expect(deleted).toMatchObject({ registeredModel: { aliases: [{ alias: 'Champion' }] }, modelVersion: { version: 2, aliases: [] } });
    expect(await readVersion(`models:/${name}@champion`)).toBeNull();
  });

  it('of another form, of reserved names or of no version are refused', async () => {
    await addVersion();
    const refused = (alias: string, code: string) => expectRefused('setModelAlias', { name, alias, version: 1 }, code, ['alias']);
    for (const alias of ['', 'a b', 'a.b', 'a/b', 'a@b', 'latest', 'LATEST', 'v1', 'V22']) await refused(alias, 'INVALID');
    await refused('x'.repeat(256), 'TOO_LARGE');
    for (const alias of ['x'.repeat(255), 'größe', '模型-1', 'v1a', '1', '_'])
      await changed('setModelAlias', { name, alias, version: 1 }, 'registeredModel { name }');
    await expectRefused('setModelAlias', { name, alias: 'a', version: 2 }, 'NOT_FOUND', ['version']);
    await expectRefused('setModelAlias', { name: 'gone', alias: 'a', version: 1 }, 'NOT_FOUND', ['name']);
    await expectRefused('deleteModelAlias', { name, alias: 'missing' }, 'NOT_FOUND', ['alias']);
    await expectRefused('deleteModelAlias', { name: 'gone', alias: 'a' }, 'NOT_FOUND', ['name']);
  });
});
