import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { byKey, date, history, inOrder, list, repr, runAsAnswered, runFields, type Point } from '../kit/mlflow-answers.js';
import {
  asDouble,
  attachFlags,
  everyFixtureName,
  fingerprint,
  fixtureNames,
  openFixtures,
  readDouble,
  readExpected,
  type MlflowFixture,
} from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { toExperimentFilter, toExperimentOrder } from './mlflow-questions.js';

let fixtures: MlflowFixture[];
let closeFixtures: () => Promise<void>;
let server: TestServer;
let files: MlflowFixture[];
let before: ReturnType<typeof fingerprint>[];

beforeAll(async () => {
  ({ fixtures, close: closeFixtures } = await openFixtures(everyFixtureName));
  files = fixtures.filter(({ name }) => fixtureNames.includes(name));
  before = files.map(({ path }) => fingerprint(path));
  server = await startTestServer(attachFlags(fixtures));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await closeFixtures();
});

describe.each(everyFixtureName)('the MLflow database %s, attached', (name) => {
  const expected = readExpected(name);

  it('has every run in full', async () => {
    const { data, errors } = await server.query(
      `query ($source: String!) { runs(first: 1000, filter: { source: { eq: $source }, or: [{ lifecycleStage: ACTIVE }, { lifecycleStage: DELETED }] }) {
         totalCount nodes { ${runFields} } } }`,
      { source: name },
    );
    expect(errors).toBeUndefined();
    const wanted = Object.entries(expected.runs).map(([id, run]) => runAsAnswered(id, run, name));
    expect(data.runs.totalCount).toBe(wanted.length);
    for (const run of wanted) expect(data.runs.nodes.find(({ nativeId }: { nativeId: string }) => nativeId === run.nativeId)).toEqual(run);
  });

  it('gives each run alone the parts it has in the list', async () => {
    for (const [id, run] of Object.entries(expected.runs)) {
      const { data } = await server.query(`query ($by: RunBy!) { run(by: $by) { ${runFields} } }`, { by: { nativeId: id, source: name } });
      expect(data.run).toEqual(runAsAnswered(id, run, name));
    }
  });

  it('has every experiment with its tags', async () => {
    const { data } = await server.query(
      `query ($filter: ExperimentFilter) { experiments(first: 100, filter: $filter, orderBy: [{ field: NATIVE_ID, direction: ASC }]) {
         nodes { nativeId name lifecycleStage artifactLocation createdAt updatedAt tags { key value } } } }`,
      { filter: { and: [{ source: { eq: name } }, toExperimentFilter(null, 'ALL')] } },
    );
    expect(data.experiments.nodes).toEqual(
      expected.experiments.map((experiment) => ({
        nativeId: experiment.id,
        name: experiment.name,
        lifecycleStage: experiment.lifecycle_stage.toUpperCase(),
        artifactLocation: experiment.artifact_location,
        createdAt: date(experiment.creation_time),
        updatedAt: date(experiment.last_update_time),
        tags: byKey(list(experiment.tags)),
      })),
    );
  });

  // What one version refuses and the next one answers is answered.
  const experimentSearches = readExpected(name.replace('2.16.2', '3.17.2')).search_experiments;

  it.each(experimentSearches)('finds the experiments $filter in $view by $order_by', async ({ filter, order_by, view, names, error }) => {
    const answer = await server.query(
      `query ($filter: ExperimentFilter, $orderBy: [ExperimentOrder!]) { experiments(first: 100, filter: $filter, orderBy: $orderBy) { nodes { name } } }`,
      { filter: { and: [{ source: { eq: name } }, toExperimentFilter(filter, view)] }, orderBy: toExperimentOrder(order_by) },
    );
    // MLflow knows no OR.
    const wanted = error ? ['Default'] : names;
    expect(answer.data.experiments.nodes.map((node: { name: string }) => node.name)).toEqual(wanted);
  });

  it.each(expected.metric_history.filter(({ points }) => points))('has every point of $key', async ({ run_id: id, key, points }) => {
    const { points: answered, totalPoints, sampled } = await history(server, name, id, key);
    const wanted = points!.map(([step, timestamp, value]): Point => [step, timestamp, asDouble(readDouble(value))]);
    expect(inOrder(answered)).toEqual(inOrder(wanted));
    const places = answered.map(([step, timestamp]) => [Number(step), timestamp]);
    expect(places).toEqual(inOrder(answered).map(([step, timestamp]) => [Number(step), timestamp]));
    expect({ totalPoints, sampled }).toEqual({ totalPoints: wanted.length, sampled: false });
  });

  it.each(expected.metric_history.filter(({ count }) => count))('has the whole curve of $count points', async (curve) => {
    const { points, totalPoints } = await history(server, name, curve.run_id, curve.key);
    expect([points.length, totalPoints]).toEqual([curve.count, curve.count]);
    expect(points.slice(0, 3)).toEqual(curve.first);
    expect(points.slice(-3)).toEqual(curve.last);
    expect(points.reduce((sum, point) => sum + Number(point[2]), 0)).toBeCloseTo(curve.sum!, 6);
    const lines = points.map(([step, , value]) => `${step},${repr(Number(value))}\n`).join('');
    expect(createHash('sha256').update(lines).digest('hex')).toBe(curve.sha256_of_lines_step_comma_repr);
  });

  it('has as many runs and points as MLflow counts', async () => {
    const { data } = await server.query(
      `query ($name: String!) { source(name: $name) { kind state stateReason writable schemaVersion runCount pointCount } }`,
      { name },
    );
    expect(data.source).toEqual({
      kind: 'MLFLOW',
      state: 'READY',
      stateReason: null,
      writable: false,
      schemaVersion: expected.alembic_revision,
      runCount: expected.counts.runs,
      pointCount: expected.counts.metrics,
    });
  });
});

describe('attaching a database', () => {
  it('leaves it as it was, with no file beside it', async () => {
    const refused = await server.query(
      `mutation ($run: ID!) { setTags(input: { run: $run, tags: [{ key: "a", value: "b" }] }) { userErrors { code } } }`,
      {
        run: (await server.query(`{ runs(first: 1, filter: { source: { neq: "local" } }) { nodes { id } } }`)).data.runs.nodes[0].id,
      },
    );
    expect(refused.data.setTags.userErrors).toEqual([{ code: 'READ_ONLY' }]);
    expect(files.map(({ path }) => fingerprint(path))).toEqual(before);
    expect(before.map(({ beside }) => beside)).toEqual(files.map(() => ['mlflow.db']));
  });
});
