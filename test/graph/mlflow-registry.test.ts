import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { byKey, date, list, versionAsAnswered, versionFields } from '../kit/mlflow-answers.js';
import {
  attachFlags,
  everyFixtureName,
  openFixtures,
  readExpected,
  type ExpectedVersion,
  type MlflowFixture,
} from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { toModelFilter, toModelOrder, toVersionFilter, toVersionOrder } from './mlflow-questions.js';

const registryNames = everyFixtureName.filter((name) => !name.endsWith('-20k'));

let fixtures: MlflowFixture[];
let closeFixtures: () => Promise<void>;
let server: TestServer;

beforeAll(async () => {
  ({ fixtures, close: closeFixtures } = await openFixtures(registryNames));
  server = await startTestServer(attachFlags(fixtures));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await closeFixtures();
});

describe.each(registryNames)('the registry of the MLflow database %s', (name) => {
  const { registry, counts } = readExpected(name);

  it('has every model with tags, aliases and latest versions', async () => {
    const { data, errors } = await server.query(
      `query ($source: String!) { registeredModels(filter: { source: { eq: $source } }) { totalCount nodes {
         name sourceName description createdAt updatedAt tags { key value } aliases { alias version { version } } latestVersions { version stage } } } }`,
      { source: name },
    );
    expect(errors).toBeUndefined();
    expect(data.registeredModels.totalCount).toBe(counts.registered_models);
    const models = data.registeredModels.nodes.map(({ latestVersions, ...model }: Record<string, any>) => ({
      ...model,
      latestVersions: latestVersions.map(({ version, stage }: { version: number; stage: string }) => [version, stage]).toSorted(),
    }));
    expect(models).toEqual(
      registry.registered_models.map((model) => ({
        name: model.name,
        sourceName: name,
        description: model.description,
        createdAt: date(model.creation_timestamp),
        updatedAt: date(model.last_updated_timestamp),
        tags: byKey(list(model.tags)),
        aliases: byKey(list(model.aliases as never)).map(({ key, value }) => ({ alias: key, version: { version: value } })),
        latestVersions: model.latest_versions.map(([version, stage]) => [version, stage.toUpperCase()]).toSorted(),
      })),
    );
  });

  it('has every version that was not deleted', async () => {
    const { data, errors } = await server.query(
      `query ($source: String!, $orderBy: [ModelVersionOrder!]) {
         modelVersions(first: 100, filter: { source: { eq: $source } }, orderBy: $orderBy) { totalCount nodes { ${versionFields} } } }`,
      { source: name, orderBy: toVersionOrder(['name ASC', 'version_number ASC']) },
    );
    expect(errors).toBeUndefined();
    // MLflow's list of versions leaves their aliases out; the models have them.
    const aliasesOf = ({ name: model, version }: ExpectedVersion) => {
      const aliases = registry.registered_models.find((known) => known.name === model)!.aliases;
      return Object.keys(aliases)
        .filter((alias) => aliases[alias] === version)
        .toSorted();
    };
    expect(data.modelVersions.nodes).toEqual(registry.versions.map((version) => versionAsAnswered(version, aliasesOf(version))));
    expect(data.modelVersions.totalCount).toBe(registry.versions.length);
    expect(registry.versions.length).toBe(counts.model_versions! - 1);
  });

  it.each(registry.search_registered_models)('finds the models $filter by $order_by', async ({ filter, order_by, names, error }) => {
    const { data, errors } = await server.query(
      `query ($filter: RegisteredModelFilter, $orderBy: [RegisteredModelOrder!]) {
         registeredModels(filter: $filter, orderBy: $orderBy) { nodes { name } } }`,
      { filter: { and: [{ source: { eq: name } }, toModelFilter(filter)] }, orderBy: toModelOrder(order_by) },
    );
    if (error) return expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(data.registeredModels.nodes.map((node: { name: string }) => node.name)).toEqual(names);
  });

  // Stage and version, which MLflow does not search by, have a typed form.
  const byLastUpdate = registry.versions.toSorted(
    (a, b) =>
      b.last_updated_timestamp - a.last_updated_timestamp ||
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) ||
      b.version - a.version,
  );
  const refused: Readonly<Record<string, (version: ExpectedVersion) => boolean>> = {
    "current_stage = 'Production'": ({ stage }) => stage === 'Production',
    'version = 1': ({ version }) => version === 1,
  };

  it.each(registry.search_model_versions)('finds the versions $filter by $order_by', async ({ filter, order_by, versions, error }) => {
    const { data, errors } = await server.query(
      `query ($filter: ModelVersionFilter, $orderBy: [ModelVersionOrder!]) {
         modelVersions(filter: $filter, orderBy: $orderBy) { nodes { model { name } version } } }`,
      { filter: { and: [{ source: { eq: name } }, toVersionFilter(filter)] }, orderBy: toVersionOrder(order_by) },
    );
    expect(errors).toBeUndefined();
    const wanted = error ? byLastUpdate.filter(refused[filter!]!).map((found) => [found.name, found.version]) : versions;
    expect(data.modelVersions.nodes.map((found: Record<string, any>) => [found.model.name, found.version])).toEqual(wanted);
  });

  it.each(Object.entries(registry.aliases))('finds what %s means', async (alias, found) => {
    const isLatest = alias.endsWith('@latest');
    // MLflow resolves `@latest` only since 3; the same question is written `/latest`.
    const uri = `models:/${isLatest ? alias.replace('@latest', '/latest') : alias}`;
    const { data } = await server.query(
      `query ($uri: String!, $source: String!) { modelVersion(uri: $uri, source: $source) { version model { name } } }`,
      { uri, source: name },
    );
    const version = isLatest ? 5 : found;
    expect(data.modelVersion).toEqual(typeof version === 'number' ? { version, model: { name: alias.split('@')[0] } } : null);
  });

  it('finds versions by number and by stage', async () => {
    const query = `query ($uri: String!, $source: String!) { modelVersion(uri: $uri, source: $source) { version } }`;
    const versionOf = async (uri: string) => (await server.query(query, { uri, source: name })).data.modelVersion?.version ?? null;
    expect(await versionOf('models:/wine-model/3')).toBe(3);
    expect(await versionOf('models:/wine-model/Production')).toBe(5);
    expect(await versionOf('models:/wine-model/staging')).toBe(3);
    expect(await versionOf('models:/wine-model/Archived')).toBe(2);
    expect(await versionOf('models:/no-versions/Production')).toBeNull();
    expect(await versionOf('models:/wine-model/4')).toBeNull(); // deleted
  });

  it('gives a run its versions', async () => {
    const { data } = await server.query(
      `query ($source: String!) { runs(first: 1000, filter: { source: { eq: $source }, or: [{ lifecycleStage: ACTIVE }, { lifecycleStage: DELETED }] }) {
         nodes { nativeId modelVersions { model { name } version } } } }`,
      { source: name },
    );
    for (const { nativeId, modelVersions } of data.runs.nodes) {
      const wanted = registry.versions.filter((version) => version.run_id === nativeId);
      expect(modelVersions).toEqual(wanted.map(({ name: model, version }) => ({ model: { name: model }, version })));
    }
  });
});
