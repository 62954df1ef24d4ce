import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { attachFlags, copyFixtures, removeFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { hasGateway, startGateway, type Gateway } from './gateway.js';

const present = hasGateway();

describe.skipIf(!present)('the gateway over runs, registry and ops', () => {
  let fixtures: MlflowFixture[];
  let whole: TestServer;
  let runs: TestServer;
  let registry: TestServer;
  let ops: TestServer;
  let gateway: Gateway;

  beforeAll(async () => {
    fixtures = copyFixtures(['3.17.2']);
    const start = (...flags: string[]) => startTestServer([...flags, ...attachFlags(fixtures)]);
    [whole, runs, registry, ops] = await Promise.all([
      start(),
      start('--subgraph', 'runs'),
      start('--subgraph', 'registry'),
      start('--subgraph', 'ops'),
    ]);
    gateway = await startGateway({ runs, registry, ops });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    for (const server of [whole, runs, registry, ops]) await server[Symbol.asyncDispose]();
    removeFixtures(fixtures);
  });

  const page = '{ runs(first: 5) { nodes { name modelVersions { version } source { name } } } }';

  it.each([
    page,
    '{ runs(first: 40, orderBy: [{ metric: { key: "acc" } }]) { totalCount nodes { id name experiment { name source { state } } modelVersions { version model { name } run { name } } } } }',
    '{ modelVersions(filter: { name: { eq: "wine-model" } }) { nodes { version run { name status source { name } } model { name source { runCount } } } } }',
    '{ registeredModel(name: "wine-model") { aliases { alias version { version run { name } } } } experiment(name: "iris-classifier") { runs(first: 3) { nodes { modelVersions { uri } } } } }',
    '{ source(name: "3.17.2") { name kind state runCount pointCount } experiments(filter: { source: { eq: "3.17.2" } }) { nodes { name tags { key value } } } }',
    '{ run(by: { name: "metric-oddities" }) { metrics { key value step count } series(keys: ["mixed"], sampling: NONE) { steps values } } }',
  ])('answers as one server does: %s', async (query) => {
    const [through, alone] = [await gateway.query(query), await whole.query(query)];
    expect(alone.errors).toBeUndefined();
    expect(through).toEqual(alone);
  });

  it('finds a run by its global id, with its name', async () => {
    const { data } = await whole.query('{ run(by: { name: "big-run" }) { id } }');
    const query =
      'query ($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id ... on Run { name modelVersions { version } } } nodes(ids: $ids) { id } }';
    const variables = { id: data.run.id, ids: [data.run.id, 'nonsense'] };
    const through = await gateway.query(query, variables);
    expect(through.data.node).toMatchObject({ __typename: 'Run', name: 'big-run' });
    expect(through).toEqual(await whole.query(query, variables));
  });

  it('passes mutations on, and the codes of what is refused', async () => {
    const created = await gateway.query(
      'mutation { createExperiment(input: { name: "through" }) { experiment { name source { name } } userErrors { code } } }',
    );
    expect(created).toEqual({ data: { createExperiment: { experiment: { name: 'through', source: { name: 'local' } }, userErrors: [] } } });
    const again = await gateway.query(
      'mutation { createExperiment(input: { name: "through" }) { experiment { name } userErrors { code } } }',
    );
    expect(again.data.createExperiment).toEqual({ experiment: null, userErrors: [{ code: 'ALREADY_EXISTS' }] });
    const { errors } = await gateway.query('{ runs(first: 5000) { totalCount } }');
    expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  it('delivers metric points over a WebSocket', async () => {
    const { data } = await gateway.query('mutation { createExperiment(input: { name: "live" }) { experiment { id } } }');
    const created = await gateway.query('mutation ($id: ID!) { createRun(input: { experiment: $id }) { run { id } } }', {
      id: data.createExperiment.experiment.id,
    });
    const run = created.data.createRun.run.id;
    const log = (value: number) =>
      gateway.query(
        'mutation ($run: ID!, $values: [Double!]!) { logMetrics(input: { run: $run, series: [{ key: "loss", values: $values }] }) { pointsAccepted } }',
        {
          run,
          values: [value],
        },
      );
    await log(0.5);
    const client = createClient({ url: gateway.url.replace('http', 'ws'), webSocketImpl: WebSocket });
    const values: number[] = [];
    try {
      const events = client.iterate<Record<string, any>>({
        query: 'subscription ($run: ID!) { metricPoints(input: { runIds: [$run] }) { kind series { key steps values } } }',
        variables: { run },
      });
      for await (const { data: event, errors } of events) {
        expect(errors).toBeUndefined();
        values.push(...event!.metricPoints.series.flatMap((series: { values: number[] }) => series.values));
        if (values.length === 1) expect((await log(0.25)).data.logMetrics.pointsAccepted).toBe(1);
        if (values.length === 2) break;
      }
    } finally {
      await client.dispose();
    }
    expect(values).toEqual([0.5, 0.25]);
  });

  it('answers the runs when the registry is down, without their model versions, and again with them when it is back', async () => {
    const before = await gateway.query(page);
    const { port } = new URL(registry.url);
    await registry.stop();
    const { data, errors } = await gateway.query(page);
    expect(data.runs.nodes).toEqual(before.data.runs.nodes.map((node: object) => ({ ...node, modelVersions: null })));
    expect(errors!.length).toBeGreaterThan(0);
    expect(errors!.every(({ extensions }) => extensions.code === 'SUBGRAPH_UNAVAILABLE')).toBe(true);
    expect(JSON.stringify(errors)).not.toContain(port);

    const flags = ['--subgraph', 'registry', '--port', port, ...attachFlags(fixtures)];
    registry = await startTestServer(flags, { dataFolder: registry.dataFolder });
    expect(await gateway.query(page)).toEqual(before);
  });
});
