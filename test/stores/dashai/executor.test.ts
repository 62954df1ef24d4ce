import { describe, expect, it } from 'vitest';

import { systemClock } from '../../../src/core/clock.js';
import { createDashaiClient } from '../../../src/stores/dashai/executor/dashai-client.js';
import { createJobs } from '../../../src/stores/dashai/executor/jobs.js';
import { createTransport } from '../../../src/stores/dashai/executor/transport.js';
import { recordedReleases, startDashaiReplay } from '../../kit/dashai-replay.js';
import { camel, createKeptLog, jobId, refused, timeoutMs, useExecutorBench } from '../../kit/executor-bench.js';

const unknownJobId = '00000000-0000-0000-0000-000000000000';

describe.each(recordedReleases)('the executor client with DashAI %s', (release) => {
  const isNew = release === '0.10.0';
  const home = useExecutorBench(release);
  const { body, id, requests, sent } = home;

  describe('sends what was recorded', () => {
    it('to create a session', async () => {
      const input = body('model-session-create-iris_holdout');
      expect(await home.client.createSession(input)).toEqual({ modelSessionId: 1 });
      expect(sent()).toEqual(requests('model-session-create-iris_holdout'));
    });

    it('to create each of the runs', async () => {
      const accepted = home.replay.allRecorded(/^run-create-/).filter(({ response }) => response.status === 201);
      expect(accepted.length).toBeGreaterThan(10);
      for (const { request, response } of accepted) {
        expect(await home.client.createRun(camel(request.body))).toEqual({ runId: (response.body as any).id });
      }
      expect(sent()).toEqual(accepted.map(({ request }) => request));
    });

    it('to start a run and to reset one', async () => {
      expect(await home.client.startRun(1)).toEqual({ runId: 1, jobId: id('run-job-rf') });
      expect(await home.client.resetRun(4)).toEqual({ runId: 4 });
      expect(sent()).toEqual(requests('run-job-rf', 'run-reset'));
    });

    it('to predict a data set', async () => {
      expect(await home.client.predict(body('predict-create'))).toEqual({ predictionId: 1, jobId: id('predict-job') });
      expect(sent()).toEqual(requests('predict-create', 'predict-job'));
    });

    it('to predict given rows', async () => {
      home.replay.add('POST', '/job/', 201, { id: jobId });
      const rows = [{ sepal_length: 5.1 }];
      expect(await home.client.predict({ ...body('predict-create-no-dataset'), rows })).toEqual({ predictionId: 2, jobId });
      expect(sent()[0]).toEqual(home.replay.recorded('predict-create-no-dataset').request);
      expect(sent()[1]!.body).toEqual({ job_type: 'PredictJob', kwargs: { prediction_id: 2, manual_input_data: rows } });
    });

    it.each([
      ['explainer-global-create', 'explainer-global-job', 1],
      ['explainer-global-pdp-create', 'explainer-global-pdp-job', 2],
    ])('to explain a model: %s', async (create, job, explainerId) => {
      expect(await home.client.explainGlobal({ ...body(create), name: isNew ? 'dropped' : body(create).name })).toEqual({
        explainerId,
        jobId: id(job),
      });
      expect(sent()).toEqual(requests(create, job));
    });

    it('to explain predictions', async () => {
      const input = body('explainer-local-create');
      expect(await home.client.explainLocal({ name: 'dropped', ...input })).toEqual({ explainerId: 1, jobId: id('explainer-local-job') });
      expect(sent()).toEqual(requests('explainer-local-create', 'explainer-local-job'));
    });

    it('to explore columns', async () => {
      expect(await home.client.explore(body('explorer-create-DescribeExplorer'))).toEqual({
        explorerId: 1,
        jobId: id('explorer-job-DescribeExplorer'),
      });
      expect(sent()).toEqual(requests('explorer-create-DescribeExplorer', 'explorer-job-DescribeExplorer'));
    });

    it('to convert columns', async () => {
      expect(await home.client.convert(body('converter-create-StandardScaler'))).toEqual({
        converterId: 1,
        jobId: id('converter-job-StandardScaler'),
      });
      expect(sent()).toEqual(requests('converter-create-StandardScaler', 'converter-job-StandardScaler'));
    });

    it('to learn where a job is', async () => {
      expect(await home.client.jobStatus(home.replay.recorded('job-status').request.path.split('/').at(-1)!)).toEqual({
        status: 'finished',
        updatedAt: expect.any(Date),
        error: null,
        name: 'Dataset: iris',
        progress: isNew ? expect.any(Number) : null,
        progressMessage: isNew ? expect.any(String) : null,
      });
      const failed = await home.client.jobStatus(home.replay.recorded('job-status-error').request.path.split('/').at(-1)!);
      expect(failed).toMatchObject({ status: 'error', error: expect.stringMatching(isNew ? /inconsistent numbers/ : /NoSuchModel/) });
      expect(failed.updatedAt!.toISOString()).toMatch(/^2026-11-21T06:2/);
      expect(sent()).toEqual(requests('job-status', 'job-status-error'));
    });
  });

  it('sends files of a generation as a multipart form, in the order of the inputs', async () => {
    home.replay.add('POST', '/generative-process/', 201, { id: 3 });
    home.replay.add('POST', '/job/', 201, { id: jobId });
    const content = new Uint8Array([1, 2, 3]);
    const image = { fileName: 'cat.png', mediaType: 'image/png', content };
    expect(await home.client.generate({ sessionId: 1, inputs: ['a cat', image] })).toEqual({ processId: 3, jobId });
    expect(sent()[0]).toEqual({
      method: 'POST',
      path: '/api/v1/generative-process/',
      contentType: 'multipart/form-data',
      body: { session_id: '1', text_0: 'a cat', file_1: '<cat.png, image/png, 3 bytes>' },
    });
    expect(sent()[1]!.body).toEqual({ job_type: 'GenerativeJob', kwargs: { generative_process_id: 3 } });
  });

  it('gives each call a connection of its own', async () => {
    await home.client.startRun(1);
    expect(home.replay.requests.map(({ headers }) => headers.connection)).toEqual(['close']);
  });

  describe('tells what DashAI refused:', () => {
    it('a session whose name is taken', async () => {
      const input = body('model-session-create-iris_holdout');
      await home.client.createSession(input);
      await expect(home.client.createSession(input)).rejects.toEqual(refused('ALREADY_EXISTS', /iris holdout/, ['name']));
    });

    it('a failure to create a session that has nothing to do with its name', async () => {
      home.replay.add('POST', '/model-session/', 500, { detail: 'Internal database error' });
      const input = { ...body('model-session-create-iris_holdout'), name: 'new' };
      await expect(home.client.createSession(input)).rejects.toEqual(refused('EXECUTOR_FAILED', /Internal database error/));
    });

    it('a session of a data set that is not there', async () => {
      const input = body('model-session-create-no_dataset');
      await expect(home.client.createSession(input)).rejects.toEqual(refused('NOT_FOUND', /Dataset not found/));
    });

    it('fields it could not read, naming the first as the input does', async () => {
      const { response } = home.replay.recorded('model-session-create-422');
      home.replay.add('POST', '/model-session/', 422, response.body);
      const failure = home.client.createSession(body('model-session-create-iris_holdout'));
      await expect(failure).rejects.toEqual(refused('INVALID', /dataset_id: Field required; task_name: Field required/, ['datasetId']));
    });

    it('a run of a session that is not there', async () => {
      await expect(home.client.createRun(body('run-create-404'))).rejects.toEqual(refused('NOT_FOUND', /Model session not found/));
    });

    it('a model nobody registered, as far as it looks', async () => {
      const answer = home.client.createRun(body('run-create-bad_model'));
      if (isNew) await expect(answer).rejects.toEqual(refused('INVALID', /Unknown model 'NoSuchModel'/));
      else expect(await answer).toEqual({ runId: id('run-create-bad_model') });
    });

    it('the start of a run that is not there, which it only calls "not delivered"', async () => {
      await expect(home.client.startRun(9999)).rejects.toEqual(refused('NOT_FOUND', /no run 9999/, ['runId']));
      expect(sent()).toEqual([...requests('job-unknown-run'), home.replay.recorded('run-get-404').request]);
    });

    it('the start of a run that is there but was not delivered', async () => {
      home.replay.add('POST', '/job/', 500, { detail: 'Job not delivered' });
      home.replay.add('GET', '/run/1', 200, { id: 1 });
      await expect(home.client.startRun(1)).rejects.toEqual(refused('EXECUTOR_FAILED', /Job not delivered/));
    });

    it('the start of a run whose job was not queued although the run is marked as delivered', async () => {
      home.replay.add('POST', '/job/', 500, { detail: 'Job not enqueued: database is locked' });
      home.replay.add('GET', '/run/1', 200, { id: 1, status: 1 });
      await expect(home.client.startRun(1)).rejects.toEqual(
        refused('EXECUTOR_FAILED', /database is locked\. DashAI shows run 1 as delivered/),
      );
    });

    it('a job type it does not know, and a job without arguments', async () => {
      const transport = createTransport({ url: home.replay.url, timeoutMs, log: home.log, clock: systemClock });
      const jobs = createJobs(transport, home.client.release);
      await expect(jobs.queue('NoSuchJob', { run_id: 1 })).rejects.toEqual(refused('EXECUTOR_FAILED', /Internal Server Error/));
      const form = new URLSearchParams({ job_type: 'ModelJob' });
      await expect(transport.send({ method: 'POST', path: '/job/', form })).rejects.toEqual(refused('INVALID', /Missing job_type/));
      expect(sent()).toEqual(requests('job-unknown-type', 'job-missing-fields'));
    });

    it('nothing when a change changes nothing', async () => {
      const transport = createTransport({ url: home.replay.url, timeoutMs, log: home.log, clock: systemClock });
      const { path } = home.replay.recorded('run-patch-nothing').request;
      expect(await transport.send({ method: 'PATCH', path: path.replace('/api/v1', ''), json: {} })).toBeNull();
    });

    it('a job that is not there', async () => {
      await expect(home.client.jobStatus(unknownJobId)).rejects.toEqual(refused('NOT_FOUND', /No job with id/));
      await expect(home.client.cancelJob(unknownJobId)).rejects.toEqual(refused('NOT_FOUND', /No job with id/));
    });

    it('columns an explorer cannot use, if it looks before the work begins', async () => {
      const answer = home.client.explore(body('explorer-create-bad-column'));
      if (isNew) await expect(answer).rejects.toEqual(refused('INVALID', /type constraints/));
      else expect(await answer).toEqual({ explorerId: 6, jobId: id('explorer-job-bad') });
    });

    it('a model that must be downloaded first', async () => {
      home.replay.add('POST', '/run/', 409, { detail: 'Model X must be downloaded before use.' });
      await expect(home.client.createRun(body('run-create-rf'))).rejects.toEqual(refused('CONFLICT', /must be downloaded/));
    });

    it('in one line, without a stack, however long its words', async () => {
      const detail = `It broke\nhere ${'x'.repeat(1000)}\nTraceback (most recent call last):\n  File "secret.py"`;
      home.replay.add('PATCH', '/run/1/reset', 500, { detail });
      const failure: Error = await home.client.resetRun(1).then(
        () => expect.unreachable(),
        (error: Error) => error,
      );
      expect(failure.message).toMatch(/^DashAI \(500\): It broke here x+…$/);
      expect(failure.message.length).toBeLessThan(330);
    });
  });

  it('tells that an explainer has the name of another, where they have names', async () => {
    home.replay.add('POST', '/explainer/global', 500, { detail: 'Internal database error' });
    home.replay.add('GET', '/explainer/global', 200, [{ id: 1, name: 'rf pfi' }]);
    const input = body('explainer-global-create');
    if (isNew) {
      await expect(home.client.explainGlobal(input)).rejects.toEqual(refused('EXECUTOR_FAILED', /Internal database error/));
      return;
    }
    await expect(home.client.explainGlobal(input)).rejects.toEqual(refused('ALREADY_EXISTS', /rf pfi/, ['name']));
    await expect(home.client.explainGlobal({ ...input, name: 'other' })).rejects.toEqual(
      refused('EXECUTOR_FAILED', /Internal database error/),
    );
    await expect(home.client.explainGlobal({ ...input, name: null })).rejects.toEqual(refused('INVALID', /needs a name/, ['name']));
  });
});

// Nothing could be generated when 0.10.0 was recorded; its routes are the same.
it('sends what was recorded of 0.9.3 to generate from a text', async () => {
  const replay = await startDashaiReplay('0.9.3');
  const client = createDashaiClient({ url: replay.url, timeoutMs, log: createKeptLog() });
  const { id } = replay.recorded('generative-job').response.body as any;
  expect(await client.generate({ sessionId: 1, inputs: ['hello'] })).toEqual({ processId: 1, jobId: id });
  expect(replay.requests).toMatchObject(['generative-process-create', 'generative-job'].map((name) => replay.recorded(name).request));
  await replay.close();
});
