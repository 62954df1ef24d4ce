import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { attachFlags, copyFixtures, readExpected, removeFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { dashaiNodes } from '../kit/dashai-home.js';
import { startTestServer, type TestError, type TestServer } from '../kit/server.js';

const { runs, registry, traces } = readExpected('3.17.2');
const withModel = registry.versions.find(({ version }) => version === 5)!.run_id;
const orphan = registry.versions.find(({ name, version }) => name === 'wine-model' && version === 2)!;

let fixtures: MlflowFixture[];
let server: TestServer;

beforeAll(async () => {
  fixtures = copyFixtures(['3.17.2', '2.16.2']);
  // A run that MLflow's garbage collection took away: its model version stays and still names it.
  const db = new Libsql(fixtures[0]!.path);
  for (const table of ['metrics', 'latest_metrics', 'params', 'tags', 'runs']) {
    db.prepare(`DELETE FROM ${table} WHERE run_uuid = ?`).run(orphan.run_id);
  }
  db.close();
  server = await startTestServer(attachFlags(fixtures));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  removeFixtures(fixtures);
});

const ask = (query: string, variables?: object) => server.query(query, variables);
const codes = (errors: readonly TestError[] | undefined) => errors?.map(({ extensions }) => extensions.code);

async function idOf(field: string): Promise<string> {
  const { data } = await ask(`{ node: ${field} { id } }`);
  return data.node.id;
}

const byNativeId = (nativeId: string): string => `run(by: { nativeId: "${nativeId}", source: "3.17.2" })`;
const places = {
  Source: 'source(name: "3.17.2")',
  Experiment: 'experiment(name: "iris-classifier", source: "3.17.2")',
  Run: byNativeId(withModel),
  Trace: `trace(requestId: "${traces[0]!.trace_id}", source: "3.17.2")`,
  RegisteredModel: 'registeredModel(name: "wine-model", source: "3.17.2")',
  ModelVersion: 'modelVersion(uri: "models:/wine-model/5", source: "3.17.2")',
} as const;
type NodeType = keyof typeof places;
const types = Object.keys(places) as NodeType[];

const nodeQuery = `query ($id: ID!) { node(id: $id) { __typename id
  ... on Source { name } ... on Experiment { name } ... on Run { name } ... on Trace { requestId } ... on RegisteredModel { name } ... on ModelVersion { version } } }`;
const properties: Readonly<Record<NodeType, object>> = {
  Source: { name: '3.17.2' },
  Experiment: { name: 'iris-classifier' },
  Run: { name: runs[withModel]!.name },
  Trace: { requestId: traces[0]!.trace_id },
  RegisteredModel: { name: 'wine-model' },
  ModelVersion: { version: 5 },
};

describe('node', () => {
  it.each(types)('finds a %s by the id that the API gave it', async (type) => {
    const id = await idOf(places[type]);
    expect((await ask(nodeQuery, { id })).data.node).toEqual({ __typename: type, id, ...properties[type] });
  });

  it('finds every type the schema knows as a Node', async () => {
    const { data } = await ask('{ __type(name: "Node") { possibleTypes { name } } }');
    // Those of DashAI are found in test/graph/dashai-fixtures.
    const found = data.__type.possibleTypes.map(({ name }: { name: string }) => name);
    expect(found.toSorted()).toEqual([...types, ...dashaiNodes].toSorted());
  });

  it('finds a model whose name has a slash or a sign of its own in it', async () => {
    const id = await idOf('registeredModel(name: "iris model", source: "3.17.2")');
    expect(id).toMatch(/^[\w.:~!*'()-]+$/);
    expect((await ask(nodeQuery, { id })).data.node).toMatchObject({ name: 'iris model' });
  });

  it.each(types)('is null for a %s that does not exist', async (type) => {
    const id = await idOf(places[type]);
    for (const unknown of [id.replace(/[^:]*$/, 'nothing'), id.replace('3.17.2', 'elsewhere')]) {
      const { data, errors } = await ask(nodeQuery, { id: unknown });
      expect([data, errors]).toEqual([{ node: null }, undefined]);
    }
  });

  it.each([
    '',
    'Run',
    'Run:',
    'Run:3.17.2',
    'Run:3.17.2:a:b',
    'Nothing:a:b',
    'Run:~zz:a',
    '42',
    '__proto__:a:b',
    '../..',
    'Run:3.17.2:\u0000',
  ])('is null for %j, which is no id', async (id) => {
    expect(await ask(nodeQuery, { id })).toEqual({ data: { node: null } });
  });

  it('fills in the fields of other domains', async () => {
    const { data } = await ask(
      `query ($id: ID!) { node(id: $id) { ... on Run { modelVersions { version model { name } } source { state } } } }`,
      {
        id: await idOf(places.Run),
      },
    );
    expect(data.node.source).toEqual({ state: 'READY' });
    expect(data.node.modelVersions).toEqual(
      registry.versions
        .filter(({ run_id: run }) => run === withModel)
        .map(({ version, name: model }) => ({ version, model: { name: model } })),
    );
  });
});

describe('nodes', () => {
  it('answers in the order of the ids, null where there is none, twice what is asked twice', async () => {
    const ids = await Promise.all(types.map((type) => idOf(places[type])));
    const asked = [ids[2]!, 'nonsense', ...ids, ids[2]!];
    const { data, errors } = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: asked });
    expect(errors).toBeUndefined();
    expect(data.nodes.map((node: { id: string } | null) => node?.id ?? 'nonsense')).toEqual(asked);
  });

  it('is empty for no ids and refuses more than 1,000', async () => {
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect(await ask(query, { ids: [] })).toEqual({ data: { nodes: [] } });
    expect((await ask(query, { ids: Array.from({ length: 1000 }, () => 'x') })).data.nodes.length).toBe(1000);
    const { errors } = await ask(query, { ids: Array.from({ length: 1001 }, () => 'x') });
    expect(codes(errors)).toEqual(['QUERY_TOO_COMPLEX']);
  });
});

describe('an id of another type', () => {
  it.each([
    ['run(by: { id: $id })', 'Experiment'],
    ['experiment(id: $id)', 'Run'],
    ['runs(filter: { id: { eq: $id } })', 'Source'],
    ['runs(filter: { experimentId: { in: [$id] } })', 'Run'],
    ['runs(filter: { parentId: { neq: $id } })', 'RegisteredModel'],
  ] as const)('is refused by %s', async (field, type) => {
    const { errors } = await ask(`query ($id: ID!) { ${field} { __typename } }`, { id: await idOf(places[type]) });
    expect(codes(errors)).toEqual(['BAD_USER_INPUT']);
  });
});

describe('run(by)', () => {
  const name = (field: string) => ask(`{ run(by: ${field}) { nativeId name sourceName } }`);
  const theRun = { nativeId: withModel, name: runs[withModel]!.name, sourceName: '3.17.2' };

  it('finds a run by its id and by every natural key that fits one run only', async () => {
    const both = `{ name: "${theRun.name}", experiment: "${runs[withModel]!.experiment}", source: "3.17.2" }`;
    for (const by of [
      `{ id: "${await idOf(places.Run)}" }`,
      `{ nativeId: "${withModel}", source: "3.17.2" }`,
      `{ name: "${theRun.name}", source: "3.17.2" }`,
      both,
    ])
      expect((await name(by)).data.run).toEqual(theRun);
    const [onlyThere] = Object.keys(runs).filter((id) => !(id in readExpected('2.16.2').runs));
    expect((await name(`{ nativeId: "${onlyThere!}" }`)).data.run).toMatchObject({ nativeId: onlyThere, sourceName: '3.17.2' });
  });

  it('finds deleted runs too', async () => {
    expect((await name('{ name: "deleted-run", source: "2.16.2" }')).data.run).toMatchObject({ name: 'deleted-run' });
  });

  it('is null when no run fits', async () => {
    for (const by of [
      '{ name: "nobody" }',
      '{ nativeId: "nothing", source: "2.16.2" }',
      `{ nativeId: "${withModel}", source: "3.17.2", name: "another" }`,
      `{ id: "Run:3.17.2:nothing" }`,
    ])
      expect(await name(by)).toEqual({ data: { run: null } });
  });

  it.each([
    ['BAD_USER_INPUT', `{ nativeId: "${withModel}" }`, 'it is in two sources'],
    ['BAD_USER_INPUT', `{ name: "${runs[withModel]!.name}" }`, 'two sources have a run of that name'],
    ['BAD_USER_INPUT', '{}', 'nothing is given'],
    ['BAD_USER_INPUT', '{ source: "3.17.2" }', 'a source alone is no key'],
    ['BAD_USER_INPUT', `{ id: "Run:3.17.2:${withModel}", source: "3.17.2" }`, 'an id needs nothing else'],
    ['NOT_FOUND', '{ name: "run-001", source: "elsewhere" }', 'there is no such source'],
  ])('answers %s to %s: %s', async (code, by) => {
    const { data, errors } = await name(by);
    expect(data).toEqual({ run: null });
    expect(codes(errors)).toEqual([code]);
  });
});

describe('a model version whose run is gone', () => {
  it('has no run, and everything else', async () => {
    const { data, errors } = await ask(
      `{ modelVersion(uri: "models:/wine-model/2", source: "3.17.2") { version sourceUri run { id name } model { name } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.modelVersion).toEqual({ version: 2, sourceUri: orphan.source, run: null, model: { name: 'wine-model' } });
  });

  it('is not lost from the list', async () => {
    const { data, errors } = await ask(
      `{ modelVersions(filter: { source: { eq: "3.17.2" } }) { totalCount nodes { version run { name } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.modelVersions.totalCount).toBe(registry.versions.length);
    expect(data.modelVersions.nodes.filter(({ run }: { run: object | null }) => run === null).length).toBe(1);
  });
});
