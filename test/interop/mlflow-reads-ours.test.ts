import { join } from 'node:path';

import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';

import { startTestServer, type TestServer } from '../kit/server.js';
import { createExperiment, createRun, mutate, type Made } from './mutations.js';
import { hasMlflow, MlflowClient, type MlflowContent, type MlflowPoint, type MlflowRun } from './mlflow-client.js';

const present = hasMlflow();
const headRevision = /^(?!4465047574b1)[0-9a-f]{12}$/;

const clamped = (value: number | string): number | string =>
  value === 'Infinity' ? Number.MAX_VALUE : value === '-Infinity' ? -Number.MAX_VALUE : value;

interface Column {
  readonly key: string;
  readonly values: readonly (number | string)[];
  readonly steps: readonly (number | string)[];
  readonly timestamps: readonly number[];
}

// Every value, step and key that some store gets wrong.
const at = 1_700_000_000_000;
const columns: readonly Column[] = [
  {
    key: 'loss',
    values: [0.5, 'NaN', 'Infinity', '-Infinity', 5e-324, 1 / 3],
    steps: [0, 1, 2, 3, 4, 5],
    timestamps: [at, at + 1, at + 2, at + 3, at + 4, at + 5],
  },
  { key: 'only nan', values: ['NaN'], steps: [0], timestamps: [at] },
  { key: 'метрика/精度 1', values: [1, 2], steps: ['9007199254740993', '9223372036854775807'], timestamps: [at, at] },
  { key: 'steps', values: [-1, -2, -3], steps: [-5, 7, 7], timestamps: [at, at, at + 1] },
];

const points = ({ values, steps, timestamps }: Column): MlflowPoint[] =>
  values.map((value, index): MlflowPoint => [String(steps[index]), timestamps[index]!, clamped(value)]);
const historyOf = (series: readonly Column[]) => Object.fromEntries(series.map((column) => [column.key, points(column)]));
const byTime = (history: MlflowRun['history']) =>
  Object.fromEntries(
    Object.entries(history).map(([key, found]) => [key, found.toSorted((a, b) => a[1] - b[1] || Number(a[0]) - Number(b[0]))]),
  );

describe.skipIf(!present)('a database that RunGraph wrote', { timeout: 120_000 }, () => {
  let server: TestServer;
  let mlflow: MlflowClient;
  let experiment: Made;
  let parent: Made;
  let child: Made;
  let deleted: Made;
  let read: MlflowContent;
  const runOf = ({ nativeId }: Made): MlflowRun => read.runs.find(({ id }) => id === nativeId)!;

  beforeAll(async () => {
    server = await startTestServer();
    mlflow = new MlflowClient(join(server.dataFolder, 'mlflow.db'));
    experiment = await createExperiment(server, 'wine / Wein 🍷', [{ key: 'team', value: 'красный' }]);
    parent = await createRun(server, {
      experiment: experiment.id,
      name: 'parent',
      user: 'ann',
      startedAt: '2024-05-01T00:00:00.000Z',
      params: [
        { key: 'lr', value: '0.01' },
        { key: 'модель', value: 'svm "quoted"\nnext' },
      ],
      tags: [{ key: 'team', value: 'red' }],
    });
    child = await createRun(server, { experiment: experiment.id, name: 'child', parent: parent.id, startedAt: '2024-05-02T00:00:00.000Z' });
    deleted = await createRun(server, { experiment: experiment.id, name: 'deleted', startedAt: '2024-05-03T00:00:00.000Z' });
    await mutate(server, 'logMetrics', { run: parent.id, series: columns });
    await mutate(server, 'logParams', { run: child.id, params: [{ key: 'epochs', value: '3' }] });
    await mutate(server, 'updateRun', { run: parent.id, note: '## a note' });
    await mutate(server, 'finishRun', { run: parent.id, status: 'FAILED', endedAt: '2024-05-01T01:00:00.000Z' });
    await mutate(server, 'deleteRun', { run: deleted.id });
    await server.stop();
    read = await mlflow.read();
  }, 120_000);
  afterAll(() => server[Symbol.asyncDispose]());

  it('has its experiments in MLflow', () => {
    expect(read.experiments.find(({ name }) => name === 'wine / Wein 🍷')).toEqual({
      id: experiment.nativeId,
      name: 'wine / Wein 🍷',
      stage: 'active',
      tags: { team: 'красный' },
    });
    expect(read.experiments.map(({ name }) => name)).toContain('Default');
  });

  it('has its runs in MLflow, in the order of search_runs', () => {
    expect(read.searched).toEqual([deleted, child, parent].map(({ nativeId }) => nativeId));
    expect(runOf(parent)).toMatchObject({
      name: 'parent',
      experiment: experiment.nativeId,
      status: 'FAILED',
      stage: 'active',
      start: Date.parse('2024-05-01T00:00:00Z'),
      end: Date.parse('2024-05-01T01:00:00Z'),
      user: 'ann',
      artifacts: `mlflow-artifacts:/${experiment.nativeId}/${parent.nativeId}/artifacts`,
      params: { lr: '0.01', модель: 'svm "quoted"\nnext' },
      tags: { team: 'red', 'mlflow.runName': 'parent', 'mlflow.note.content': '## a note' },
    });
    expect(runOf(child)).toMatchObject({
      status: 'RUNNING',
      end: null,
      params: { epochs: '3' },
      tags: { 'mlflow.parentRunId': parent.nativeId },
    });
    expect(runOf(deleted)).toMatchObject({ name: 'deleted', stage: 'deleted' });
  });

  it('has every point in MLflow', () => {
    expect(byTime(runOf(parent).history)).toEqual(byTime(historyOf(columns)));
    expect(runOf(parent).latest).toEqual({
      loss: ['5', at + 5, 1 / 3],
      'only nan': ['0', at, 'NaN'],
      'метрика/精度 1': ['9223372036854775807', at, 2],
      steps: ['7', at + 1, -3],
    });
  });

  it('can be searched with MLflow', async () => {
    expect(await mlflow.search("params.lr = '0.01' and tags.team LIKE 'r%' and metrics.loss < 0.4")).toEqual(['parent']);
    expect(await mlflow.search('', 'attributes.start_time ASC')).toEqual(['parent', 'child']);
    expect(await mlflow.search(`tags.mlflow.parentRunId = '${parent.nativeId}'`)).toEqual(['child']);
  });

  describe('after MLflow migrated it', () => {
    let migrated: TestServer;
    let added: Made;
    const more: Column = { key: 'loss', values: [0.25], steps: [6], timestamps: [at + 6] };

    beforeAll(async () => {
      migrated = await startTestServer([], { dataFolder: server.dataFolder });
    });
    afterAll(() => migrated.stop());

    it('is still read in full', async () => {
      const { data, errors } = await migrated.query(
        `query ($id: ID!) { source(name: "local") { state schemaVersion runCount pointCount }
           run(by: { id: $id }) { name status params { key value } series(sampling: NONE) { key steps values } children { nodes { name } } } }`,
        { id: parent.id },
      );
      expect(errors).toBeUndefined();
      expect(data.source).toEqual({ state: 'READY', schemaVersion: expect.stringMatching(headRevision), runCount: 3, pointCount: 12 });
      expect(data.run).toMatchObject({ name: 'parent', status: 'FAILED', children: { nodes: [{ name: 'child' }] } });
      const loss = data.run.series.find(({ key }: { key: string }) => key === 'loss');
      expect(loss).toEqual({ key: 'loss', steps: columns[0]!.steps, values: columns[0]!.values });
    });

    it('is still written, and MLflow reads that too', async () => {
      const other = await createExperiment(migrated, 'after the migration', [{ key: 'a', value: 'b' }]);
      added = await createRun(migrated, { experiment: other.id, name: 'added', parent: parent.id, startedAt: '2024-05-04T00:00:00Z' });
      await mutate(migrated, 'logMetrics', { run: added.id, series: columns });
      await mutate(migrated, 'logMetrics', { run: parent.id, series: [more] });
      await mutate(migrated, 'setTags', {
        run: parent.id,
        tags: [
          { key: 'team', value: 'blue' },
          { key: 'new', value: '1' },
        ],
      });
      await mutate(migrated, 'deleteTags', { run: parent.id, keys: ['new'] });
      await mutate(migrated, 'restoreRun', { run: deleted.id });
      await mutate(migrated, 'updateExperiment', { experiment: experiment.id, name: 'renamed', tags: [{ key: 'c', value: 'd' }] });
      read = await mlflow.read();
      expect(read.experiments).toContainEqual({ id: other.nativeId, name: 'after the migration', stage: 'active', tags: { a: 'b' } });
      expect(read.experiments).toContainEqual({
        id: experiment.nativeId,
        name: 'renamed',
        stage: 'active',
        tags: { team: 'красный', c: 'd' },
      });
      expect(byTime(runOf(added).history)).toEqual(byTime(historyOf(columns)));
      expect(runOf(added).tags['mlflow.parentRunId']).toBe(parent.nativeId);
      expect(runOf(parent).latest.loss).toEqual(['6', at + 6, 0.25]);
      expect(runOf(parent).tags).toMatchObject({ team: 'blue' });
      expect(runOf(parent).tags).not.toHaveProperty('new');
      expect(runOf(deleted).stage).toBe('active');
    });

    it('shows the runs that MLflow writes into it', async () => {
      const { run } = await mlflow.write('theirs', 'by the client', 3);
      const { data } = await migrated.query(
        `query ($by: RunBy!) { run(by: $by) { name status experiment { name } param(key: "lr") { number } tag(key: "by") } }`,
        { by: { nativeId: run, source: 'local' } },
      );
      expect(data.run).toEqual({
        name: 'by the client',
        status: 'FINISHED',
        experiment: { name: 'theirs' },
        param: { number: 0.1 },
        tag: 'mlflow',
      });
    });

    it('shows the points that MLflow writes into it, and tells them to those who follow', async () => {
      const client = createClient({ url: migrated.url.replace('http', 'ws'), webSocketImpl: WebSocket });
      const batches = client.iterate<{ metricPoints: { series: { key: string; values: number[] }[] } }>({
        query: `subscription { metricPoints(input: { filter: { name: { eq: "followed" } }, keys: ["loss"] }) { series { key values } } }`,
      });
      const followed = (async () => {
        const values: number[] = [];
        for await (const { data } of batches) {
          values.push(...data!.metricPoints.series.flatMap((series) => series.values));
          if (values.length >= 3) return values;
        }
        return values;
      })();
      const { run } = await mlflow.write('theirs, followed', 'followed', 3);
      expect(await followed).toHaveLength(3);
      await client.dispose();
      const { data } = await migrated.query(
        `query ($by: RunBy!) { run(by: $by) { metric(key: "loss") { count } series(keys: ["loss"], sampling: NONE) { values } } }`,
        { by: { nativeId: run, source: 'local' } },
      );
      expect(data.run.metric.count).toBe(3);
      expect(data.run.series[0].values).toEqual(await followed);
    });
  });
});
