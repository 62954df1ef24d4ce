import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import { createCursorCodec } from '../../src/core/cursor.js';
import { createRegistryRoutes } from '../../src/mlflow-rest/registry-routes.js';
import type { Route } from '../../src/mlflow-rest/route.js';
import { openStores, type Stores } from '../../src/stores/open-stores.js';
import { hasMlflow } from '../interop/mlflow-client.js';
import { openMlflowRegistry, type MlflowRegistryClient } from '../interop/mlflow-registry-client.js';
import { copyFixtures, mlflowVersions, readExpected, removeFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { ask } from '../kit/rest-bridge.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let fixtures: MlflowFixture[];
let dataFolder: string;
let stores: Stores;
let routes: Route[];
beforeAll(async () => {
  fixtures = copyFixtures(mlflowVersions);
  dataFolder = mkdtempSync(join(tmpdir(), 'rungraph-rest-'));
  stores = await openStores({
    dataFolder,
    database: null,
    durability: 'normal',
    attachments: fixtures.map(({ name, path }) => ({ kind: 'mlflow', name, location: { engine: 'sqlite', path, foreign: true } })),
    storeTimeoutMs: 5_000,
    readerThreads: 1,
    pollIntervalMs: 1_000,
    clock: systemClock,
    log: pino({ level: 'silent' }),
  });
  routes = routesOf('local');
});
afterAll(async () => {
  await stores.close();
  rmSync(dataFolder, { recursive: true });
  removeFixtures(fixtures);
});

const path = (name: string) => `/2.0/mlflow/${name}`;
const routesOf = (source: string) =>
  createRegistryRoutes({ source: stores.sources.get(source), cursors: createCursorCodec(stores.cursorSecret) });
let names = 0;
let name: string;
beforeEach(() => {
  name = `model ${++names}`;
});

/** Asks an endpoint that must answer. */
async function done(method: string, endpoint: string, fields?: Record<string, unknown>): Promise<any> {
  const { status, body } = await ask(routes, method, path(endpoint), fields);
  expect([status, body.error_code]).toEqual([200, undefined]);
  return body;
}

/** Asks an endpoint that must refuse. */
async function refused(
  method: string,
  endpoint: string,
  fields: Record<string, unknown>,
  code = 'INVALID_PARAMETER_VALUE',
): Promise<string> {
  const { body } = await ask(routes, method, path(endpoint), fields);
  expect([endpoint, fields, body.error_code]).toEqual([endpoint, fields, code]);
  return body.message as string;
}

describe.each(mlflowVersions)('searches of the MLflow database %s', (source) => {
  const { registry } = readExpected(source);
  const search = async (endpoint: string, filter: string | null, order: readonly string[], more: object = {}) =>
    ask(routesOf(source), 'GET', path(endpoint), { ...(filter !== null && { filter }), order_by: order, ...more });

  it.each(registry.search_registered_models)('find the models $filter by $order_by', async ({ filter, order_by, names: wanted, error }) => {
    const { body } = await search('registered-models/search', filter, order_by);
    if (error) return expect(body.error_code).toBe(error.code);
    expect((body.registered_models ?? []).map((model: { name: string }) => model.name)).toEqual(wanted);
  });

  it.each(registry.search_model_versions)('find the versions $filter by $order_by', async ({ filter, order_by, versions, error }) => {
    const { body } = await search('model-versions/search', filter, order_by);
    if (error) return expect(body.error_code).toBe(error.code);
    expect(body.model_versions.map((found: any) => [found.name, Number(found.version)])).toEqual(versions);
  });

  it('go on page by page, and refuse the token of another question', async () => {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const { body } = await search('model-versions/search', "name LIKE '%'", ['name DESC'], {
        max_results: 2,
        ...(token && { page_token: token }),
      });
      found.push(...body.model_versions.map((version: any) => `${version.name}/${version.version}`));
      token = body.next_page_token;
    } while (token);
    const { body: whole } = await search('model-versions/search', null, ['name DESC']);
    expect(found).toEqual(whole.model_versions.map((version: any) => `${version.name}/${version.version}`));
    const { body: first } = await search('model-versions/search', null, [], { max_results: 1 });
    const { body: other } = await search('model-versions/search', null, ['name'], { page_token: first.next_page_token });
    expect(other.error_code).toBe('INVALID_PARAMETER_VALUE');
  });

  it.each(Object.entries(registry.aliases))('know what %s means', async (alias, wanted) => {
    const [model, short] = alias.split('@');
    const { body } = await ask(routesOf(source), 'GET', path('registered-models/alias'), { name: model, alias: short });
    // Since MLflow 3 `latest` is answered.
    const version = short === 'latest' ? 5 : wanted;
    if (typeof version === 'number') expect(Number(body.model_version.version)).toBe(version);
    else expect([body.error_code, body.message]).toEqual([version.code, (version as { message?: string }).message]);
  });
});

describe('registry endpoints', () => {
  it('are the 21 of MLflow', () => {
    expect(new Set(routes.map((route) => `${route.method} ${route.path}`)).size).toBe(routes.length);
    expect(routes).toHaveLength(22); // one of them with two methods
  });

  it('show models and versions in MLflow’s form', async () => {
    const created = await done('POST', 'registered-models/create', { name, tags: [{ key: 'a', value: '1' }], description: 'd' });
    expect(created).toEqual({
      registered_model: {
        name,
        creation_timestamp: expect.any(Number),
        last_updated_timestamp: created.registered_model.creation_timestamp,
        description: 'd',
        tags: [{ key: 'a', value: '1' }],
      },
    });
    const first = { name, source: 's3://a/b', run_id: 'r1', run_link: 'http://x', description: 'vd', tags: [{ key: 'k', value: 'v' }] };
    const { model_version: one } = await done('POST', 'model-versions/create', first);
    const times = { creation_timestamp: one.creation_timestamp, last_updated_timestamp: one.creation_timestamp };
    expect(one).toEqual({ ...first, ...times, version: '1', current_stage: 'None', status: 'READY' });
    const { model_version: two } = await done('POST', 'model-versions/create', { name, source: `models:/${name}/1` });
    expect(two).toMatchObject({ version: '2', description: '', run_id: 'r1', run_link: '', source: `models:/${name}/1` });
    expect(await done('GET', 'model-versions/get-download-uri', { name, version: '2' })).toEqual({ artifact_uri: 's3://a/b' });
    expect(await done('POST', 'registered-models/alias', { name, alias: 'champ', version: '1' })).toEqual({});
    expect((await done('GET', 'model-versions/get', { name, version: '1' })).model_version).toEqual({ ...one, aliases: ['champ'] });
    expect((await done('GET', 'registered-models/get', { name })).registered_model).toEqual({
      ...created.registered_model,
      last_updated_timestamp: two.creation_timestamp,
      latest_versions: [two],
      aliases: [{ alias: 'champ', version: '1' }],
    });
  });

  it('refuse in MLflow’s words', async () => {
    await done('POST', 'registered-models/create', { name });
    await done('POST', 'model-versions/create', { name, source: 's3://x' });
    expect(await refused('POST', 'registered-models/create', { name }, 'RESOURCE_ALREADY_EXISTS')).toBe(
      `Registered Model (name=${name}) already exists.`,
    );
    const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    expect(await refused('POST', 'registered-models/create', { name, tags: prompt }, 'RESOURCE_ALREADY_EXISTS')).toContain(
      'Tried to create a prompt',
    );
    expect(await refused('POST', 'registered-models/create', {})).toContain("Missing value for required parameter 'name'");
    expect(await refused('POST', 'registered-models/create', { name: 5 })).toContain("Invalid value 5 for parameter 'name'");
    expect(await refused('POST', 'registered-models/create', { name: 'a/b' })).toBe(
      "Invalid model name 'a/b'. Names cannot contain '/' or ':'.",
    );
    for (const key of ['a//b', '', 'a@b', '../a', '/a', 'a/', '.']) {
      await refused('POST', 'registered-models/create', { name: 'x', tags: [{ key, value: '1' }] });
    }
    await refused('POST', 'registered-models/create', { name: 'x', tags: 'no' });
    expect(await refused('GET', 'registered-models/get', { name: 'zz' }, 'RESOURCE_DOES_NOT_EXIST')).toBe(
      'Registered Model with name=zz not found',
    );
    expect(await refused('PATCH', 'registered-models/update', { name: 'zz' }, 'RESOURCE_DOES_NOT_EXIST')).toBe(
      'Registered Model with name=zz not found',
    );
    expect(await refused('GET', 'model-versions/get', { name, version: '99' }, 'RESOURCE_DOES_NOT_EXIST')).toBe(
      `Model Version (name=${name}, version=99) not found`,
    );
    await refused('POST', 'model-versions/set-tag', { name, version: '99', key: 'a', value: '1' }, 'RESOURCE_DOES_NOT_EXIST');
    expect(await refused('GET', 'model-versions/get', { name, version: 'abc' })).toBe("Parameter 'version' must be an integer, got 'abc'.");
    const alias = (value: string) => refused('POST', 'registered-models/alias', { name, alias: value, version: '1' });
    expect(await alias('latest')).toBe("'latest' alias name (case insensitive) is reserved.");
    expect(await alias('v1')).toBe("Version alias name 'v1' is reserved.");
    expect(await alias('a b')).toContain("Invalid alias name: 'a b'.");
    expect(await alias('x'.repeat(256))).toContain('exceeds the maximum length of 255');
    const stage = { name, version: '1', stage: 'bogus' };
    expect(await refused('POST', 'model-versions/transition-stage', stage)).toContain('Invalid Model Version stage: bogus.');
    await refused('POST', 'model-versions/transition-stage', { ...stage, stage: 'None', archive_existing_versions: true });
    await refused('POST', 'registered-models/rename', { name, new_name: '' });
    await refused('POST', 'registered-models/rename', { name, new_name: 'a:b' });
  });

  it('forgive the deletion of tags and aliases that are not there', async () => {
    await done('POST', 'registered-models/create', { name });
    await done('POST', 'model-versions/create', { name, source: 's3://x' });
    await done('DELETE', 'registered-models/delete-tag', { name, key: 'none' });
    await done('DELETE', 'model-versions/delete-tag', { name, version: '1', key: 'none' });
    await done('DELETE', 'registered-models/alias', { name, alias: 'none' });
  });

  it('leave prompts out of searches unless they are asked for', async () => {
    const tag = { key: 'mlflow.prompt.is_prompt', value: 'true' };
    await done('POST', 'registered-models/create', { name: `${name} prompt`, tags: [tag] });
    await done('POST', 'model-versions/create', { name: `${name} prompt`, source: 'x', tags: [tag] });
    await done('POST', 'registered-models/create', { name, tags: [{ key: 'team', value: 'a' }] });
    await done('POST', 'model-versions/create', { name, source: 's3://x' });
    const found = async (endpoint: string, filter: string) => {
      const body = await done('GET', endpoint, { filter: `name LIKE '${name}%'${filter}` });
      return (body.registered_models ?? body.model_versions ?? []).map((one: any) => one.name);
    };
    for (const endpoint of ['registered-models/search', 'model-versions/search']) {
      expect(await found(endpoint, '')).toEqual([name]);
      expect(await found(endpoint, " AND tag.`mlflow.prompt.is_prompt` != 'true'")).toEqual([name]);
      expect(await found(endpoint, " AND tags.`mlflow.prompt.is_prompt` = 'false'")).toEqual([name]);
      expect(await found(endpoint, " and tag.`mlflow.prompt.is_prompt` = 'true'")).toEqual([`${name} prompt`]);
    }
    expect(await found('registered-models/search', " AND tags.team != 'b'")).toEqual([name]);
    expect(await found('registered-models/search', " AND tags.other != 'b'")).toEqual([]);
  });
});

describe('the filters of the registry', () => {
  const models = (filter: string) => ask(routes, 'GET', path('registered-models/search'), { filter });
  const versions = (filter: string) => ask(routes, 'GET', path('model-versions/search'), { filter });

  it.each([
    "name = 'm'",
    "attribute.name='m' and",
    "and name = 'm'",
    "name = 'm' name LIKE '%'",
    `name = "it's"`,
    "name NOT IN ('m', 'n',)",
    'name in ("m")',
    "tags.a = '1' AND tag.`a key` != '2'",
    'tags."a-b" ilike \'%\'',
    "tags.mlflow.user = 'x'",
    "name LIKE '%_\\'",
    "name = ''",
    '   ',
  ])('of models take %s', async (filter) => expect((await models(filter)).status).toBe(200));

  it.each([
    "nme = 'm'",
    "name = 'm' OR name = 'n'",
    "name > 'm'",
    "name == 'm'",
    'name = m',
    'name = 5',
    'name = `m`',
    'name IN ()',
    'name IN (5)',
    "name IN ('a' 'b')",
    "name IN ('a'",
    "name IN 'a'",
    "name = ('a')",
    "tags.a IN ('m')",
    'tags.a IS NULL',
    "tags.a BETWEEN '1' AND '2'",
    "attributes.name = 'm'",
    "Tags.a = '1'",
    'name',
    "name = 'm'; name = 'n'",
    "NOT name = 'm'",
    "(name = 'm')",
    "`name` = 'm'",
    "name = 'm",
    "name NOT LIKE 'm'",
    '🔥',
  ])('of models refuse %s', async (filter) => expect((await models(filter)).body.error_code).toBe('INVALID_PARAMETER_VALUE'));

  it.each([
    'version_number > 1 AND version_number <= 5',
    "version_number = '1'",
    'version_number != -1',
    "run_id IN ('r1')",
    "source_path LIKE '%b'",
  ])('of versions take %s', async (filter) => expect((await versions(filter)).status).toBe(200));

  it.each([
    'version = 1',
    'version_number = 1.5',
    'version_number = 1e3',
    "version_number = 'x'",
    "version_number IN ('1')",
    "version_number LIKE '1'",
    "current_stage = 'None'",
    "source_path IN ('x')",
    'run_id = 5',
    'creation_timestamp > 5',
  ])('of versions refuse %s', async (filter) => expect((await versions(filter)).body.error_code).toBe('INVALID_PARAMETER_VALUE'));

  it.each(['creation_timestamp', 'tags.a', 'name blah', 'name DESC x', ''])('refuse the order %s', async (term) => {
    expect((await ask(routes, 'GET', path('registered-models/search'), { order_by: [term] })).body.error_code).toBe(
      'INVALID_PARAMETER_VALUE',
    );
  });

  it('refuse a field that is ordered by twice, and numbers of rows out of bounds', async () => {
    await refused('GET', 'registered-models/search', { order_by: ['timestamp', 'last_updated_timestamp'] });
    await refused('GET', 'model-versions/search', { order_by: ['name', 'name DESC'] });
    for (const max_results of ['0', '-1', '1001', 'x']) await refused('GET', 'registered-models/search', { max_results });
    await refused('GET', 'model-versions/search', { max_results: '200001' });
    await refused('GET', 'model-versions/search', { page_token: 'bad' });
  });
});

describe.skipIf(!hasMlflow())('MLflow’s own client at the registry endpoints', { timeout: 120_000 }, () => {
  let server: TestServer;
  let mlflow: MlflowRegistryClient;
  beforeAll(async () => {
    server = await startTestServer();
    mlflow = await openMlflowRegistry(server.origin);
  }, 60_000);
  afterAll(async () => {
    await mlflow?.close();
    await server[Symbol.asyncDispose]();
  });

  it('registers, changes, finds and deletes', async () => {
    const { call, attempt } = mlflow;
    expect(await call('create_registered_model', { name, tags: { a: '1' }, description: 'd' })).toMatchObject({
      name,
      tags: { a: '1' },
      description: 'd',
    });
    expect(await attempt('create_registered_model', { name })).toMatchObject({ error: 'RESOURCE_ALREADY_EXISTS' });
    for (const source of ['s3://a/1', 's3://a/2', 's3://a/3'])
      expect(await call('create_model_version', { name, source, run_id: 'r', tags: { k: 'v' } })).toMatchObject({
        name,
        source,
        status: 'READY',
      });
    await call('set_registered_model_alias', { name, alias: 'champ', version: '2' });
    expect(await call('get_model_version_by_alias', { name, alias: 'champ' })).toMatchObject({
      version: '2',
      aliases: ['champ'],
      tags: { k: 'v' },
    });
    await call('set_registered_model_tag', { name, key: 'b', value: '2' });
    await call('delete_registered_model_tag', { name, key: 'a' });
    await call('set_model_version_tag', { name, version: '1', key: 'x', value: 'y' });
    await call('delete_model_version_tag', { name, version: '1', key: 'k' });
    expect(await call('get_model_version', { name, version: '1' })).toMatchObject({ tags: { x: 'y' } });
    await call('transition_model_version_stage', { name, version: '1', stage: 'Production' });
    const moved = { name, version: '3', stage: 'production', archive_existing_versions: true };
    expect(await call('transition_model_version_stage', moved)).toMatchObject({ current_stage: 'Production' });
    const latest = (await call('get_latest_versions', { name })) as { version: string; current_stage: string }[];
    expect(latest.map(({ version, current_stage }) => `${version} ${current_stage}`).toSorted()).toEqual([
      '1 Archived',
      '2 None',
      '3 Production',
    ]);
    expect(await call('update_model_version', { name, version: '3', description: 'new' })).toMatchObject({ description: 'new' });
    expect(await call('get_model_version_download_uri', { name, version: '3' })).toBe('s3://a/3');
    const renamed = `${name} renamed`;
    await call('rename_registered_model', { name, new_name: renamed });
    expect(await call('update_registered_model', { name: renamed, description: 'e' })).toMatchObject({
      description: 'e',
      tags: { b: '2' },
      aliases: { champ: '2' },
    });
    const found = await call('search_model_versions', {
      filter_string: `name = '${renamed}' AND version_number > 1`,
      order_by: ['version_number ASC'],
    });
    expect(found.items.map(({ version }: { version: string }) => version)).toEqual(['2', '3']);
    const one = await call('search_registered_models', { filter_string: `name = '${renamed}'`, max_results: 1 });
    expect(one.items.map((model: { name: string }) => model.name)).toEqual([renamed]);
    await call('delete_registered_model_alias', { name: renamed, alias: 'champ' });
    await call('delete_model_version', { name: renamed, version: '2' });
    expect(await attempt('get_model_version', { name: renamed, version: '2' })).toMatchObject({ error: 'RESOURCE_DOES_NOT_EXIST' });
    await call('delete_registered_model', { name: renamed });
    expect(await attempt('get_registered_model', { name: renamed })).toMatchObject({ error: 'RESOURCE_DOES_NOT_EXIST' });
  });
});
