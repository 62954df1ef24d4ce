import { describe, expect, it } from 'vitest';

import type { DashaiClient } from '../../../src/stores/dashai/executor/dashai-client.js';
import { recordedReleases, type Fault } from '../../kit/dashai-replay.js';
import { jobId, refused, useExecutorBench } from '../../kit/executor-bench.js';

describe.each(recordedReleases)('the executor client with DashAI %s', (release) => {
  const isNew = release === '0.10.0';
  const home = useExecutorBench(release);
  const { body, connect, register, sent } = home;

  describe('knows what the release takes', () => {
    const expected = {
      sessionsTakeStrategy: isNew,
      explainersTakeName: !isNew,
      predictionsTakeSplit: isNew,
      runsTakeNested: isNew,
      stopsStartedJobs: isNew,
    };

    it('from its description, asked for once', async () => {
      expect(await home.client.release()).toEqual(expected);
      expect(await home.client.release()).toEqual(expected);
      expect(home.replay.requests.map(({ path }) => path)).toEqual(['/api/v1/openapi.json']);
    });

    it('from its registry where the description is switched off', async () => {
      home.replay.add('GET', '/openapi.json', 404, { detail: 'Not Found' });
      home.replay.add('GET', '/component/?select_types=EvaluationStrategy', isNew ? 200 : 422, isNew ? [] : { detail: 'does not exist' });
      expect(await home.client.release()).toEqual(expected);
    });

    it('and asks again after it could not be asked', async () => {
      home.replay.fail('GET', '/openapi.json', 'reset');
      await expect(home.client.release()).rejects.toEqual(refused('EXECUTOR_UNAVAILABLE'));
      expect(await home.client.release()).toEqual(expected);
    });

    it('and sends what only newer ones take, or refuses it', async () => {
      home.replay.add('POST', '/predict/', 200, { id: 5 });
      home.replay.add('POST', '/job/', 201, { id: jobId });
      home.replay.add('POST', '/run/', 201, { id: 20 });
      home.replay.add('POST', '/model-session/', 201, { id: 9 });
      const nested = { outer: 3 };
      const evaluationStrategy = 'CrossValidationEvaluationStrategy';
      const calls: readonly [field: string, call: () => Promise<unknown>][] = [
        ['split', () => home.client.predict({ runId: 1, datasetId: 1, split: 'test' })],
        ['nested', () => home.client.createRun({ ...body('run-create-rf'), nested })],
        ['evaluationStrategy', () => home.client.createSession({ ...body('model-session-create-iris_holdout'), evaluationStrategy })],
      ];
      for (const [field, call] of calls) {
        if (isNew) await call();
        else await expect(call()).rejects.toEqual(refused('UNSUPPORTED', /release/, [field]));
      }
      const bodies = sent().map(({ body }) => body);
      if (isNew) expect(bodies).toMatchObject([{ split: 'test' }, {}, { nested }, { evaluation_strategy: evaluationStrategy }]);
      else expect(bodies).toEqual([]);
    });
  });

  describe('asks the registry', () => {
    const types = ['Task', 'Metric', 'Optimizer'];

    it('for components with their schemas, once a minute', async () => {
      const components = await home.client.components(types);
      expect(components).toContainEqual(
        expect.objectContaining({ name: 'TabularClassificationTask', type: 'Task', displayName: 'Tabular Classification', schema: null }),
      );
      expect(components.find(({ name }) => name === 'OptunaOptimizer')?.schema).toMatchObject({
        properties: { n_trials: expect.anything() },
      });
      home.now = 59_999;
      await home.client.components(types);
      expect(home.replay.requests).toHaveLength(1);
      expect(home.replay.requests[0]!.path).toBe(home.replay.recorded('component-list-task-metric-optimizer').request.path);
      home.now = 60_000;
      await home.client.components(types);
      expect(home.replay.requests).toHaveLength(2);
    });

    it('whether it knows the names in a session', async () => {
      const input = body('model-session-create-iris_holdout');
      await expect(home.client.createSession({ ...input, taskName: 'TabularClasificationTask' })).rejects.toEqual(
        refused('INVALID', /nearest it has is TabularClassificationTask/, ['taskName']),
      );
      await expect(home.client.createSession({ ...input, testMetrics: ['F1', 'Acuracy'] })).rejects.toEqual(
        refused('INVALID', /"Acuracy"; the nearest it has is Accuracy/, ['testMetrics', '1']),
      );
      expect(sent()).toEqual([]);
    });

    it('whether it knows a model and its optimizer', async () => {
      register('Model', 'RandomForestClassifier', 'SVC');
      const input = body('run-create-rf');
      await expect(home.client.createRun({ ...input, modelName: 'RandomForest' })).rejects.toEqual(
        refused('INVALID', /no Model called "RandomForest"; the nearest it has is RandomForestClassifier/, ['modelName']),
      );
      await expect(home.client.createRun({ ...input, optimizerName: 'Optuna', goalMetric: 'F1' })).rejects.toEqual(
        refused('INVALID', /OptunaOptimizer/, ['optimizerName']),
      );
      expect(await home.client.createRun(input)).toEqual({ runId: 1 });
    });

    it('again before it refuses a name that may have come since', async () => {
      register('Model', 'SVC');
      await home.client.components(['Model']);
      register('Model', 'SVC', 'RandomForestClassifier');
      expect(await home.client.createRun(body('run-create-rf'))).toEqual({ runId: 1 });
    });

    it.each<[string, string, (client: DashaiClient) => Promise<unknown>]>([
      [
        'GlobalExplainer',
        'explainerName',
        (it) => it.explainGlobal({ ...body('explainer-global-create'), name: 'n', explainerName: 'no' }),
      ],
      ['LocalExplainer', 'explainerName', (it) => it.explainLocal({ ...body('explainer-local-create'), name: 'n', explainerName: 'no' })],
      ['Explorer', 'explorationType', (it) => it.explore({ ...body('explorer-create-DescribeExplorer'), explorationType: 'no' })],
      ['Converter', 'converter', (it) => it.convert({ ...body('converter-create-StandardScaler'), converter: 'no' })],
    ])('whether it knows a %s', async (type, field, call) => {
      register(type, 'Known');
      await expect(call(home.client)).rejects.toEqual(refused('INVALID', /nearest it has is Known/, [field]));
      expect(sent()).toEqual([]);
    });

    it.each<Fault>(['silence', 'reset', 'plain 500', 'page'])('and goes on when it cannot be asked: %s', async (fault) => {
      home.replay.fail('GET', '/component/?select_types=Model', fault);
      expect(await connect(fault === 'silence' ? { timeoutMs: 1000 } : {}).createRun(body('run-create-rf'))).toEqual({ runId: 1 });
    });

    it('and refuses types there are not', async () => {
      home.replay.add('GET', '/component/?select_types=Nonsense', 422, {
        detail: "Select type 'Nonsense' does not exist in the registry.",
      });
      await expect(home.client.components(['Nonsense'])).rejects.toEqual(refused('INVALID', /Nonsense/));
    });
  });

  describe('cancels a job', () => {
    const state = (status: string) =>
      home.replay.add('GET', `/job/status/${jobId}`, 200, { status, updated: null, error: null, job_name: 'Train: rf' });
    const deletions = () => home.replay.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);

    it('that has not started', async () => {
      state('not_started');
      home.replay.add('DELETE', `/job/${jobId}`, 204, null);
      await home.client.cancelJob(jobId);
      expect(deletions()).toEqual([`/api/v1/job/${jobId}`]);
    });

    it('that has started only where that stops it', async () => {
      state('started');
      home.replay.add('DELETE', `/job/${jobId}`, 204, null);
      if (isNew) await home.client.cancelJob(jobId);
      else await expect(home.client.cancelJob(jobId)).rejects.toEqual(refused('CONFLICT', /cannot stop it/, ['jobId']));
      expect(deletions()).toHaveLength(isNew ? 1 : 0);
    });

    it('but not one that is over: DashAI would forget it', async () => {
      state('finished');
      await expect(home.client.cancelJob(jobId)).rejects.toEqual(refused('CONFLICT', /is over \(finished\)/));
      expect(deletions()).toEqual([]);
    });

    it('that was taken away meanwhile', async () => {
      state('not_started');
      if (isNew) home.replay.add('DELETE', `/job/${jobId}`, 404, { detail: 'Job not found' });
      else home.replay.add('DELETE', `/job/${jobId}`, 500, { detail: 'Error canceling job: 404: Job not found' });
      await expect(home.client.cancelJob(jobId)).rejects.toEqual(refused('NOT_FOUND'));
    });

    it('and never more than one', async () => {
      for (const wrong of ['all', '', '../run/1', `${jobId}/details`]) {
        await expect(home.client.cancelJob(wrong)).rejects.toEqual(refused('INVALID', /UUID/, ['jobId']));
      }
      expect(home.replay.requests).toEqual([]);
    });
  });
});
