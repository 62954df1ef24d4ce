import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { everyFixtureName, openFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const names = everyFixtureName.filter((name) => name.startsWith('3.17.2') && !name.includes('20k'));

let fixtures: MlflowFixture[];
let closeFixtures: () => Promise<void>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  ({ fixtures, close: closeFixtures } = await openFixtures(names));
  server = await startTestServer(fixtures.flatMap(({ name, path }) => ['--attach', `mlflow=${path},name=${name},writable`]));
  api = createApi(server);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await closeFixtures();
});

describe.each(names)('the MLflow database %s, attached writable', (source) => {
  const aRun = async () => {
    const { data } = await server.query(
      'query ($source: String!) { runs(filter: { source: { eq: $source } }, first: 1) { nodes { id name } } }',
      { source },
    );
    return data.runs.nodes[0] as { id: string; name: string };
  };
  const read = async (id: string) =>
    (
      await server.query('query ($id: ID!) { run(by: { id: $id }) { name note tag(key: "Reviewed by") } source(name: "local") { id } }', {
        id,
      })
    ).data.run;

  it('says so, and takes tags, names and notes', async () => {
    const { data } = await server.query('query ($source: String!) { source(name: $source) { writable state } }', { source });
    expect(data.source).toEqual({ writable: true, state: 'READY' });
    const { id } = await aRun();
    expect((await api.mutate('setTags', { run: id, tags: [{ key: 'Reviewed by', value: 'Ada ✓' }] })).userErrors).toEqual([]);
    expect((await api.mutate('setTags', { run: id, tags: [{ key: 'Reviewed by', value: 'Grace' }] })).userErrors).toEqual([]);
    expect((await api.mutate('updateRun', { run: id, name: 'renamed', note: 'looks good' })).userErrors).toEqual([]);
    expect(await read(id)).toEqual({ name: 'renamed', note: 'looks good', tag: 'Grace' });
    expect((await api.mutate('deleteTags', { run: id, keys: ['Reviewed by'] })).userErrors).toEqual([]);
    expect((await api.mutate('deleteTags', { run: id, keys: ['Reviewed by'] })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await read(id)).tag).toBeNull();
  });

  it('refuses everything else', async () => {
    const { id } = await aRun();
    const logged = await api.mutate('logMetrics', { run: id, series: [{ key: 'loss', values: [1] }] });
    expect(logged.userErrors).toMatchObject([{ code: 'READ_ONLY' }]);
    expect((await api.mutate('deleteRun', { run: id })).userErrors).toMatchObject([{ code: 'READ_ONLY' }]);
    expect((await api.mutate('finishRun', { run: id })).userErrors).toMatchObject([{ code: 'READ_ONLY' }]);
  });

  it("takes changes of its registry, with MLflow's rules", async () => {
    const model = `Model of ${source}`;
    const sent = async (mutation: string, input: object) => (await api.mutate(mutation, { source, ...input })).userErrors;
    expect(await sent('createRegisteredModel', { name: model, tags: [{ key: 'k', value: 'v' }] })).toEqual([]);
    expect(await sent('createRegisteredModel', { name: model })).toMatchObject([{ code: 'ALREADY_EXISTS' }]);
    for (let version = 0; version < 2; version++)
      expect(await sent('createModelVersion', { name: model, sourceUri: 's3://bucket/model' })).toEqual([]);
    expect(await sent('transitionModelVersionStage', { name: model, version: 1, stage: 'PRODUCTION' })).toEqual([]);
    expect(await sent('setModelAlias', { name: model, version: 2, alias: 'champion' })).toEqual([]);
    expect(await sent('renameRegisteredModel', { name: model, newName: `${model}, renamed` })).toEqual([]);
    const { data } = await server.query(
      'query ($name: String!, $source: String!) { registeredModel(name: $name, source: $source) { tags { key value } aliases { alias version { version } } versions(first: 9) { nodes { version stage } } } }',
      { name: `${model}, renamed`, source },
    );
    expect(data.registeredModel).toEqual({
      tags: [{ key: 'k', value: 'v' }],
      aliases: [{ alias: 'champion', version: { version: 2 } }],
      versions: {
        nodes: expect.arrayContaining([
          { version: 1, stage: 'PRODUCTION' },
          { version: 2, stage: 'NONE' },
        ]),
      },
    });
    expect(await sent('deleteRegisteredModel', { name: `${model}, renamed` })).toEqual([]);
  });
});
