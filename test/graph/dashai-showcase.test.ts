import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi } from '../kit/api.js';
import { openHome, type HomeFixture } from '../kit/dashai-home.js';
import { startTestServer, type TestServer } from '../kit/server.js';

/** What a federation is for: DashAI's sessions, runs and explainers, and MLflow's registry, in one question. */
const question = `query ($dataset: String!) {
  dashaiDatasets(filter: { name: { eq: $dataset } }) { nodes { name modelSessions { name
    runs(first: 10, orderBy: [{ metric: { key: "validation/Accuracy" }, direction: DESC }, { field: NAME, direction: ASC }]) { nodes {
      id name metric(key: "validation/Accuracy") { value }
      dashai { modelName globalExplainers { explainerName status } localExplainers { explainerName } }
      modelVersions { uri model { source { name } } aliases }
    } } } } } }`;

describe('one question to a DashAI home and a model registry', () => {
  let home: HomeFixture | null;
  let server: TestServer;
  beforeAll(async () => {
    home = openHome('0.10.0');
    if (home) server = await startTestServer(['--attach', `dashai=${home.folder},name=home`]);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    home?.close();
  });

  it('answers all sessions of a dataset, their best runs, explainers, and the versions that were registered from them', async (context) => {
    if (!home) return context.skip();
    const api = createApi(server);
    expect((await api.mutate('createRegisteredModel', { name: 'iris' })).userErrors).toEqual([]);
    for (const run of ['Run:home:1', 'Run:home:2', 'Run:elsewhere:1']) {
      const tags = [{ key: 'rungraph.run', value: run }];
      const made = await api.mutate('createModelVersion', { name: 'iris', sourceUri: 's3://models/iris', tags });
      expect(made.userErrors).toEqual([]);
    }
    const { data, errors } = await server.query(question, { dataset: 'iris' });
    expect(errors).toBeUndefined();
    const [dataset] = data.dashaiDatasets.nodes;
    const sessions = home.expected.tables.model_session!.filter(({ dataset_id }) => dataset_id === 1);
    expect(dataset.modelSessions.map(({ name }: { name: string }) => name)).toEqual(sessions.map(({ name }) => name));
    for (const session of dataset.modelSessions) {
      const { id } = sessions.find(({ name }) => name === session.name)!;
      const runs = home.expected.tables.run!.filter(({ model_session_id }) => model_session_id === id);
      const accuracy = ({ id: run }: (typeof runs)[number]): number => home!.expected.last_metrics[run]?.validation?.Accuracy ?? -1;
      const best = runs.toSorted((a, b) => accuracy(b) - accuracy(a) || (a.name < b.name ? -1 : 1));
      expect(session.runs.nodes.map(({ name }: { name: string }) => name)).toEqual(best.map(({ name }) => name));
      for (const run of session.runs.nodes) {
        const number = Number(run.id.split(':').at(-1));
        const expected = number === 1 ? [1] : number === 2 ? [2] : [];
        expect(run.modelVersions.map(({ uri }: { uri: string }) => uri)).toEqual(expected.map((version) => `models:/iris/${version}`));
      }
    }
    expect(JSON.stringify(data)).toContain('PermutationFeatureImportance');
  });

  it('answers for every experiment at once what it answers for each alone', async (context) => {
    if (!home) return context.skip();
    const fields =
      'runs(first: 3, filter: { status: { eq: FINISHED } }, orderBy: [{ field: NAME, direction: DESC }]) { totalCount nodes { nativeId params { key value } } pageInfo { hasNextPage endCursor } sources { source ok } }';
    const { data } = await server.query(`{ experiments(filter: { source: { eq: "home" } }) { nodes { id ${fields} } } }`);
    expect(data.experiments.nodes.length).toBe(home.expected.counts.model_session);
    for (const experiment of data.experiments.nodes) {
      const alone = await server.query(`query ($id: ID!) { experiment(id: $id) { id ${fields} } }`, { id: experiment.id });
      expect(alone.data.experiment).toEqual(experiment);
      const after = experiment.runs.pageInfo.endCursor;
      if (!experiment.runs.pageInfo.hasNextPage) continue;
      const next = await server.query(
        `query ($id: ID!, $after: String) { experiment(id: $id) { runs(first: 1000, after: $after, filter: { status: { eq: FINISHED } }, orderBy: [{ field: NAME, direction: DESC }]) { nodes { nativeId } } } }`,
        { id: experiment.id, after },
      );
      expect(next.data.experiment.runs.nodes.length).toBe(experiment.runs.totalCount - 3);
    }
  });
});
