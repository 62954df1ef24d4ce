import { readFileSync } from 'node:fs';

import { composeServices } from '@theguild/federation-composition';
import { buildSchema, parse, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { attachFlags, copyFixtures, readExpected, removeFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const subgraphs = ['runs', 'registry', 'dashai', 'ops'] as const;
const sdlOf = (name: string): string => readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8');

function compose(names: readonly string[]) {
  const { errors, supergraphSdl, publicSdl } = composeServices(
    names.map((name) => ({ name, typeDefs: parse(sdlOf(name)), url: `http://${name}.test/graphql` })),
  );
  return { errors: errors?.map(({ message }) => message) ?? [], supergraphSdl, publicSdl };
}

const pairs = [
  ['runs', 'registry'],
  ['runs', 'ops'],
  ['registry', 'ops'],
  ['runs', 'dashai'],
  ['dashai', 'ops'],
];

describe('the subgraph schemas', () => {
  it.each([subgraphs, ...pairs, ...subgraphs.map((name) => [name])].map((names) => ({ names })))('compose: $names', ({ names }) => {
    const { errors, supergraphSdl } = compose(names);
    expect(errors).toEqual([]);
    for (const name of names) expect(supergraphSdl).toContain(`http://${name}.test/graphql`);
  });

  it('compose to the types and fields of the whole server', () => {
    const [whole, composed] = [sdlOf('rungraph'), compose(subgraphs).publicSdl!].map((sdl) => buildSchema(sdl));
    const own = (name: string) => !name.startsWith('__') && name !== 'FieldSet';
    const fieldsOf = (schema: typeof whole) =>
      Object.values(schema!.getTypeMap())
        .filter(({ name }) => own(name))
        .flatMap((type) =>
          'getFields' in type
            ? Object.values(type.getFields()).map((field) => `${type.name}.${field.name}: ${String(field.type)}`)
            : [type.name],
        )
        .toSorted();
    expect(fieldsOf(composed)).toEqual(fieldsOf(whole));
  });

  it('leave no field of an entity non-null that another subgraph answers', () => {
    const owners: Readonly<Record<string, string>> = {
      Run: 'runs',
      Experiment: 'runs',
      RegisteredModel: 'registry',
      ModelVersion: 'registry',
      Source: 'ops',
    };
    const added = subgraphs.flatMap((subgraph) =>
      Object.entries(owners)
        .filter(([, owner]) => owner !== subgraph)
        .flatMap(([type]) => {
          const entity = buildSchema(sdlOf(subgraph), { assumeValidSDL: true }).getType(type) as GraphQLObjectType | undefined;
          return Object.values(entity?.getFields() ?? {}).map(({ name, type: of }) => ({ field: `${type}.${name}`, of: String(of) }));
        }),
    );
    expect(added.filter(({ field, of }) => of.endsWith('!') && !field.endsWith('.id'))).toEqual([]);
    expect(added.map(({ field }) => field)).toContain('Run.modelVersions');
  });
});

const serviceQuery = '{ _service { sdl } }';
const entitiesQuery = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename ... on Run { id } ... on RegisteredModel { id } } }`;

describe('a server of one subgraph', () => {
  const { runs, registry } = readExpected('3.17.2');
  const version = registry.versions.find(({ name, version: number }) => name === 'wine-model' && number === 5)!;
  const runId = `Run:3.17.2:${version.run_id}`;
  let fixtures: MlflowFixture[];
  let servers: Record<'runs' | 'registry', TestServer>;

  beforeAll(async () => {
    fixtures = copyFixtures(['3.17.2']);
    const start = (name: string) => startTestServer(['--subgraph', name, ...attachFlags(fixtures)]);
    servers = { runs: await start('runs'), registry: await start('registry') };
  });
  afterAll(async () => {
    for (const server of Object.values(servers)) await server[Symbol.asyncDispose]();
    removeFixtures(fixtures);
  });

  it.each(['runs', 'registry'] as const)('answers _service with its schema: %s', async (name) => {
    const { data, errors } = await servers[name].query(serviceQuery);
    expect(errors).toBeUndefined();
    expect(data._service.sdl).toBe(sdlOf(name));
  });

  it('answers _entities of its own types in full', async () => {
    const { data, errors } = await servers.runs.query(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Run { name params { key value } } } }`,
      { representations: [{ __typename: 'Run', id: runId }] },
    );
    expect(errors).toBeUndefined();
    const { name, params } = runs[version.run_id]!;
    expect(data._entities).toEqual([{ name, params: Object.entries(params).map(([key, value]) => ({ key, value })) }]);
  });

  it('answers the fields it adds to entities of others', async () => {
    const { data, errors } = await servers.registry.query(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Run { id modelVersions { version model { name } } } } }`,
      { representations: [{ __typename: 'Run', id: runId }] },
    );
    expect(errors).toBeUndefined();
    const versions = registry.versions.filter(({ run_id: run }) => run === version.run_id);
    expect(data._entities).toEqual([
      { id: runId, modelVersions: versions.map(({ name, version: number }) => ({ version: number, model: { name } })) },
    ]);
  });

  it('names entities of others by their key alone', async () => {
    const { data, errors } = await servers.registry.query('{ modelVersion(uri: "models:/wine-model/5") { run { __typename id } } }');
    expect(errors).toBeUndefined();
    expect(data.modelVersion.run).toEqual({ __typename: 'Run', id: runId });
  });

  it('answers null in its place for an entity that does not exist, in order', async () => {
    const representations = [
      { __typename: 'Run', id: 'Run:3.17.2:nothing' },
      { __typename: 'Run', id: runId },
      { __typename: 'Run', id: 'nonsense' },
      { __typename: 'Run', id: 'Experiment:3.17.2:1' },
    ];
    const { data, errors } = await servers.runs.query(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on Run { id } } }`,
      { representations },
    );
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([null, { __typename: 'Run', id: runId }, null, null]);
  });

  it.each([[[{ __typename: 'Nothing', id: runId }]], [[{ id: runId }]], [[{ __typename: 'Run' }]], [['text']]])(
    'refuses the representations %j',
    async (representations) => {
      const { errors } = await servers.registry.query(entitiesQuery, { representations });
      expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    },
  );

  it('does not know the fields of other subgraphs', async () => {
    const { errors } = await servers.registry.query('{ runs { totalCount } }');
    expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });
});
