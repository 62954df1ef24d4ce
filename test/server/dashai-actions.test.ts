import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi, type Api, type UserError } from '../kit/api.js';
import { openActingDashai, type ActingDashai } from '../kit/dashai-acting.js';
import { contentOf, openHome, type HomeFixture } from '../kit/dashai-home.js';
import { recordedReleases, startDashaiReplay, type DashaiReplay } from '../kit/dashai-replay.js';
import { camel } from '../kit/executor-bench.js';
import { openLiveClient } from '../kit/live.js';
import { largeFixture } from '../kit/optional.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const jobId = '0b3a5f1e-1111-4222-8333-444455556666';
const hasHomes = recordedReleases.every((release) => largeFixture(`dashai/${release}`) !== null);

describe.skipIf(!hasHomes).each(recordedReleases)('what the DashAI %s of a home executes', (release) => {
  const isNew = release === '0.10.0';
  let homes: Record<'home' | 'copy' | 'alone' | 'other', HomeFixture>;
  let replay: DashaiReplay;
  let dashai: ActingDashai;
  let server: TestServer;
  let api: Api;
  let undo: (() => void)[] = [];

  beforeAll(async () => {
    const other = recordedReleases.find((one) => one !== release)!;
    homes = { home: openHome(release)!, copy: openHome(release)!, alone: openHome(release)!, other: openHome(other)! };
    dashai = openActingDashai(homes.home.folder);
    const copied = openActingDashai(homes.copy.folder);
    copied.sql('DELETE FROM prediction');
    copied.close();
    replay = await startDashaiReplay(release, dashai.done);
    for (const [table, kind] of Object.entries({
      model_session: 'model-session',
      notebook: 'notebook',
      generative_session: 'generative-session',
    }))
      for (const { id, created } of homes.home.expected.tables[table]!)
        replay.add('GET', `/${kind}/${id}`, 200, { id, created: created.replace(' ', 'T') });
    const nobody = (await freeAddress()).replace('//', '//ada:s3cret@');
    const attach = [
      `${homes.home.folder},name=home,url=${replay.url}`,
      `${homes.copy.folder},name=copy,url=${replay.url}/`,
      `${homes.other.folder},name=other,url=${replay.url}`,
      `${homes.alone.folder},name=alone`,
      `${homes.alone.folder},name=down,url=${nobody}`,
    ];
    // Nothing is looked at again by itself within an hour; every zone must do.
    const flags = ['--poll-interval', '3600000', ...attach.flatMap((one) => ['--attach', `dashai=${one}`])];
    const env = { RUNGRAPH_DASHAI_TIME_ZONE: 'America/Santiago', RUNGRAPH_DASHAI_TIMEOUT_MS: '2000', RUNGRAPH_LOG_LEVEL: 'debug' };
    server = await startTestServer(flags, { env });
    api = createApi(server);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await replay?.close();
    dashai?.close();
    for (const home of Object.values(homes ?? {})) home.close();
  });

  let seen = 0;
  beforeEach(() => {
    seen = replay.requests.length;
    // As the home was when the exchanges were recorded.
    for (const table of ['prediction', 'global_explainer', 'local_explainer', 'explorer', 'converter', 'generative_process'])
      dashai.sql(`DELETE FROM ${table}`);
    dashai.sql(`UPDATE run SET status = 'FINISHED' WHERE id IN (1, 2, 3, 4)`);
  });
  afterEach(() => {
    for (const one of undo) one();
    undo = [];
  });
  const answer = (method: string, path: string, status: number, body: unknown) => undo.push(replay.add(method, path, status, body));
  const changes = () =>
    replay.requests
      .slice(seen)
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path, contentType, body }) => ({ method, path, contentType, body }));
  const recorded = (...names: string[]) => names.map((name) => replay.recorded(name).request);
  const body = (name: string) => camel(replay.recorded(name).request.body);
  const jobOf = (name: string): string => (replay.recorded(name).response.body as any).id;

  /** An action that must succeed; answers its payload. */
  async function done(mutation: string, input: object, selection: string): Promise<any> {
    const { userErrors, ...payload } = await api.mutate(mutation, input, selection);
    expect(userErrors).toEqual([]);
    return payload;
  }

  /** The rule an action breaks; nothing is answered beside it. */
  async function refusal(mutation: string, input: object): Promise<UserError> {
    const { userErrors, ...payload } = await api.mutate(mutation, input, mutation === 'resetSessionRun' ? 'run { id }' : 'jobId');
    expect(userErrors).toHaveLength(1);
    expect(Object.values(payload)).toEqual([null]);
    return userErrors[0]!;
  }

  const actions = (source: string): readonly (readonly [string, Record<string, any>])[] => {
    const [run, dataset, notebook] = [`Run:${source}:1`, `DashaiDataset:${source}:1`, `Notebook:${source}:1`];
    return [
      ['startSessionRun', { run }],
      ['resetSessionRun', { run }],
      ['cancelJob', { source, jobId }],
      ['predict', { run, dataset }],
      ['explainGlobal', { run, explainerName: 'PermutationFeatureImportance', name: 'n' }],
      ['explainLocal', { run, dataset, explainerName: 'KernelShap', name: 'n', scope: { split: 'test', percentage: 20 } }],
      ['explore', { notebook, explorationType: 'DescribeExplorer', columns: [{ columnName: 'sepal_length' }] }],
      ['convert', { notebook, converter: 'StandardScaler', parameters: { order: 0 } }],
      ['generate', { session: `GenerativeSession:${source}:1`, inputs: [{ text: 'hello' }] }],
    ];
  };

  describe('is done:', () => {
    it('a run is started', async () => {
      expect(await done('startSessionRun', { run: 'Run:home:1' }, 'jobId run { id status dashai { status } }')).toEqual({
        jobId: jobOf('run-job-rf'),
        run: { id: 'Run:home:1', status: 'SCHEDULED', dashai: { status: 'DELIVERED' } },
      });
      expect(changes()).toEqual(recorded('run-job-rf'));
    });

    it('a run is reset', async () => {
      expect(await done('resetSessionRun', { run: 'Run:home:4' }, 'run { id dashai { status deliveredAt } }')).toEqual({
        run: { id: 'Run:home:4', dashai: { status: 'NOT_STARTED', deliveredAt: null } },
      });
      expect(changes()).toEqual(recorded('run-reset'));
    });

    it('one request after the other, each seeing what was done before', async () => {
      const { data } = await server.query(`mutation {
        start: startSessionRun(input: { run: "Run:home:4" }) { run { status dashai { status } } userErrors { message } }
        reset: resetSessionRun(input: { run: "Run:home:4" }) { run { status dashai { status } } userErrors { message } } }`);
      expect(data).toEqual({
        start: { run: { status: 'SCHEDULED', dashai: { status: 'DELIVERED' } }, userErrors: [] },
        reset: { run: { status: 'SCHEDULED', dashai: { status: 'NOT_STARTED' } }, userErrors: [] },
      });
    });

    it('a dataset is predicted', async () => {
      const { prediction, jobId } = await done(
        'predict',
        { run: 'Run:home:1', dataset: 'DashaiDataset:home:1' },
        'jobId prediction { id status split run { id } dataset { id } }',
      );
      expect(jobId).toBe(jobOf('predict-job'));
      expect(prediction).toEqual({
        ...{ id: 'Prediction:home:1', status: 'DELIVERED', split: null },
        ...{ run: { id: 'Run:home:1' }, dataset: { id: 'DashaiDataset:home:1' } },
      });
      expect(changes()).toEqual(recorded('predict-create', 'predict-job'));
    });

    it('rows that are given are predicted', async () => {
      answer('POST', '/job/', 201, { id: jobId });
      const rows = [{ sepal_length: 5.1 }];
      const { prediction } = await done('predict', { run: 'Run:home:1', rows }, 'prediction { id dataset { id } }');
      expect(prediction).toEqual({ id: 'Prediction:home:2', dataset: null });
      expect(changes()[1]!.body).toEqual({ job_type: 'PredictJob', kwargs: { prediction_id: 2, manual_input_data: rows } });
    });

    it('a part of a dataset is predicted, where DashAI can', async () => {
      answer('POST', '/job/', 201, { id: jobId });
      const time = '2026-11-22T10:00:00.000001';
      const row = { id: 7, run_id: 1, dataset_id: 1, status: 0, split: 'test', created: time, last_modified: time };
      answer('POST', '/predict/', 200, row);
      const input = { run: 'Run:home:1', dataset: 'DashaiDataset:home:1', split: 'TEST' };
      if (!isNew) {
        expect(await refusal('predict', input)).toMatchObject({ code: 'UNSUPPORTED', field: ['split'] });
        return;
      }
      expect((await done('predict', input, 'prediction { id split rawSplit }')).prediction).toEqual({
        ...{ id: 'Prediction:home:7', split: 'TEST', rawSplit: 'test' },
      });
      expect(changes()[0]!.body).toEqual({ run_id: 1, dataset_id: 1, split: 'test' });
    });

    it('a model is explained', async () => {
      const { runId, ...input } = body('explainer-global-create');
      const explained = await done(
        'explainGlobal',
        { run: `Run:home:${runId}`, name: 'rf pfi', ...input },
        'jobId globalExplainer { id name explainerName parameters run { id } }',
      );
      expect(explained).toEqual({
        jobId: jobOf('explainer-global-job'),
        globalExplainer: {
          ...{ id: 'GlobalExplainer:home:1', name: isNew ? null : 'rf pfi', explainerName: 'PermutationFeatureImportance' },
          ...{ parameters: input.parameters, run: { id: 'Run:home:1' } },
        },
      });
      expect(changes()).toEqual(recorded('explainer-global-create', 'explainer-global-job'));
    });

    it('predictions are explained', async () => {
      const { runId, datasetId, ...input } = body('explainer-local-create');
      const explained = await done(
        'explainLocal',
        { run: `Run:home:${runId}`, dataset: `DashaiDataset:home:${datasetId}`, name: 'lr shap', ...input },
        'jobId localExplainer { id scope fitParameters dataset { id } }',
      );
      expect(explained).toEqual({
        jobId: jobOf('explainer-local-job'),
        localExplainer: {
          ...{ id: 'LocalExplainer:home:1', scope: input.scope, fitParameters: input.fitParameters },
          dataset: { id: 'DashaiDataset:home:1' },
        },
      });
      expect(changes()).toEqual(recorded('explainer-local-create', 'explainer-local-job'));
    });

    it('columns are explored', async () => {
      const { notebookId, ...input } = body('explorer-create-DescribeExplorer');
      const explored = await done(
        'explore',
        { notebook: `Notebook:home:${notebookId}`, ...input },
        'jobId explorer { id status columns notebook { id } }',
      );
      expect(explored).toEqual({
        jobId: jobOf('explorer-job-DescribeExplorer'),
        explorer: { id: 'Explorer:home:1', status: 'DELIVERED', columns: input.columns, notebook: { id: 'Notebook:home:1' } },
      });
      expect(changes()).toEqual(recorded('explorer-create-DescribeExplorer', 'explorer-job-DescribeExplorer'));
    });

    it('columns are converted', async () => {
      const { notebookId, ...input } = body('converter-create-StandardScaler');
      const converted = await done(
        'convert',
        { notebook: `Notebook:home:${notebookId}`, ...input },
        'jobId converter { id status converter parameters }',
      );
      expect(converted).toEqual({
        jobId: jobOf('converter-job-StandardScaler'),
        converter: { id: 'Converter:home:1', status: 'DELIVERED', converter: 'StandardScaler', parameters: input.parameters },
      });
      expect(changes()).toEqual(recorded('converter-create-StandardScaler', 'converter-job-StandardScaler'));
    });

    it('a generative model is asked with texts and files', async () => {
      const time = '2026-11-22T10:00:00.000001';
      answer('POST', '/generative-process/', 201, { id: 5, session_id: 1, status: 0, created: time, last_modified: time });
      answer('POST', '/job/', 201, { id: jobId });
      const file = { name: 'cat.png', mediaType: 'image/png', base64: Buffer.from([1, 2, 3]).toString('base64') };
      const input = { session: 'GenerativeSession:home:1', inputs: [{ text: 'a cat' }, { file }] };
      expect(await done('generate', input, 'jobId generativeProcess { id status session { id } }')).toEqual({
        jobId,
        generativeProcess: { id: 'GenerativeProcess:home:5', status: 'DELIVERED', session: { id: 'GenerativeSession:home:1' } },
      });
      expect(changes()[0]).toMatchObject({ body: { session_id: '1', text_0: 'a cat', file_1: '<cat.png, image/png, 3 bytes>' } });
    });

    it('a job is cancelled', async () => {
      answer('GET', `/job/status/${jobId}`, 200, { status: 'not_started' });
      answer('DELETE', `/job/${jobId}`, 204, null);
      expect(await done('cancelJob', { source: 'home', jobId }, 'jobId')).toEqual({ jobId });
      expect(changes().map(({ method, path }) => `${method} ${path}`)).toEqual([`DELETE /api/v1/job/${jobId}`]);
    });

    it('and told at once to whoever follows the home', async () => {
      const client = openLiveClient(server);
      const query = 'subscription { runEvents(filter: { source: { eq: "home" } }) { kind run { id dashai { status } } } }';
      const told = client.follow<any>(query, {}, 'runEvents');
      // When it follows is not told; a change that comes before is not, either.
      const until = Date.now() + 20_000;
      for (let turn = 0; told.items.length === 0 && Date.now() < until; turn++) {
        await done(turn % 2 ? 'resetSessionRun' : 'startSessionRun', { run: 'Run:home:4' }, 'run { id }');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(told.items[0]).toMatchObject({ kind: expect.any(String), run: { id: 'Run:home:4' } });
      await client.close();
    });
  });

  describe('is not done:', () => {
    it.each(['DELIVERED', 'STARTED'])('the start of a run that is %s', async (status) => {
      dashai.sql(`UPDATE run SET status = '${status}' WHERE id = 1`);
      expect(await refusal('startSessionRun', { run: 'Run:home:1' })).toMatchObject({ code: 'CONFLICT', field: ['run'] });
      expect(changes()).toEqual([]);
    });

    it('the second of two starts at once', async () => {
      const both = await Promise.all([1, 2].map(() => api.mutate('startSessionRun', { run: 'Run:home:2' }, 'jobId')));
      expect(both.map(({ userErrors }) => userErrors.map(({ code }) => code)).sort()).toEqual([[], ['CONFLICT']]);
      expect(changes()).toEqual(recorded('run-job-lr'));
    });

    it('anything in a home without an address', async () => {
      const before = contentOf(homes.alone.folder);
      for (const [mutation, input] of actions('alone')) {
        const { code, message, field } = await refusal(mutation, input);
        expect([mutation, code, field]).toEqual([mutation, 'EXECUTOR_UNAVAILABLE', [Object.keys(input)[0]]]);
        expect(message).toMatch(/attach the home with ,url=http.*RUNGRAPH_DASHAI_URL/);
      }
      expect(contentOf(homes.alone.folder)).toEqual(before);
    });

    it('anything while DashAI is down; its password is told nobody', async () => {
      for (const [mutation, input] of actions('down')) {
        const { code, message } = await refusal(mutation, input);
        expect([mutation, code]).toEqual([mutation, 'EXECUTOR_UNAVAILABLE']);
        expect(message).toMatch(/http:\/\/127\.0\.0\.1:\d+\/api\/v1 is not available: nothing listens there/);
        expect(message).not.toMatch(/ada|s3cret/);
      }
      const { data } = await server.query('{ sources { name location state reason layout } }');
      expect(JSON.stringify(data) + server.log()).not.toMatch(/s3cret/);
    });

    it('anything by the DashAI of another home', async () => {
      for (const [mutation, input] of actions('other').filter(([mutation]) => mutation !== 'cancelJob')) {
        const { code, message } = await refusal(mutation, input);
        expect([mutation, code]).toEqual([mutation, 'EXECUTOR_UNAVAILABLE']);
        expect(message).toMatch(/does not serve the home other: its .* 1 is another one\. Set the home's url/);
      }
      answer('GET', '/model-session/1', 404, { detail: 'Model session not found' });
      expect((await refusal('resetSessionRun', { run: 'Run:other:1' })).message).toMatch(/it has no model session 1/);
      expect(changes()).toEqual([]);
    });

    it('within the time a call may take', async () => {
      replay.fail('PATCH', '/run/4/reset', 'silence');
      const { code, message } = await refusal('resetSessionRun', { run: 'Run:home:4' });
      expect(code).toBe('EXECUTOR_UNAVAILABLE');
      expect(message).toMatch(/did not answer in time/);
    });

    it.each<[string, object, string, readonly string[]]>([
      ['startSessionRun', { run: 'Run:home:9999' }, 'NOT_FOUND', ['run']],
      ['startSessionRun', { run: 'Run:home:x' }, 'NOT_FOUND', ['run']],
      ['startSessionRun', { run: 'Run:nowhere:1' }, 'NOT_FOUND', ['run']],
      ['startSessionRun', { run: 'Run:local:1' }, 'UNSUPPORTED', ['run']],
      ['resetSessionRun', { run: 'Notebook:home:1' }, 'INVALID', ['run']],
      ['cancelJob', { source: 'nowhere', jobId }, 'NOT_FOUND', ['source']],
      ['cancelJob', { source: 'local', jobId }, 'UNSUPPORTED', ['source']],
      ['cancelJob', { source: 'home', jobId: 'all' }, 'INVALID', ['jobId']],
      ['predict', { run: 'Run:home:1', dataset: 'DashaiDataset:alone:1' }, 'INVALID', ['dataset']],
      ['predict', { run: 'Run:home:1', dataset: 'DashaiDataset:home:9999' }, 'NOT_FOUND', ['dataset']],
      ['predict', { run: 'Run:home:1', dataset: 'Run:home:1' }, 'INVALID', ['dataset']],
      ['predict', { run: 'Run:home:1' }, 'INVALID', ['dataset']],
      ['predict', { run: 'Run:home:1', dataset: 'DashaiDataset:home:1', rows: [{}] }, 'INVALID', ['dataset']],
      ['predict', { run: 'Run:home:1', dataset: 'DashaiDataset:home:1', split: 'UNKNOWN' }, 'INVALID', ['split']],
      ['predict', { run: 'Run:home:1', rows: [{}], split: 'TEST' }, 'INVALID', ['split']],
      ['predict', { run: 'Run:home:1', rows: [] }, 'INVALID', ['rows']],
      ['predict', { run: 'Run:home:1', rows: [{}, 1] }, 'INVALID', ['rows', '1']],
      ['explainGlobal', { run: 'Run:home:1', explainerName: 'x', name: 'n', parameters: 1 }, 'INVALID', ['parameters']],
      ['explainLocal', { run: 'Run:home:1', dataset: 'DashaiDataset:other:1', explainerName: 'x', scope: {} }, 'INVALID', ['dataset']],
      ['explainLocal', { run: 'Run:home:1', dataset: 'DashaiDataset:home:1', explainerName: 'x', scope: [] }, 'INVALID', ['scope']],
      ['explore', { notebook: 'Notebook:home:9999', explorationType: 'x', columns: [{}] }, 'NOT_FOUND', ['notebook']],
      ['explore', { notebook: 'Notebook:home:1', explorationType: 'x', columns: [{}] }, 'INVALID', ['columns', '0']],
      ['explore', { notebook: 'Notebook:home:1', explorationType: 'x', columns: [] }, 'INVALID', ['columns']],
      ['convert', { notebook: 'Run:home:1', converter: 'x', parameters: {} }, 'INVALID', ['notebook']],
      ['convert', { notebook: 'Notebook:home:1', converter: 'x', parameters: 'x' }, 'INVALID', ['parameters']],
      ['generate', { session: 'GenerativeSession:home:9999', inputs: [] }, 'NOT_FOUND', ['session']],
      ['generate', { session: 'GenerativeSession:home:1', inputs: [] }, 'INVALID', ['inputs']],
      ['generate', { session: 'GenerativeSession:home:1', inputs: [{}] }, 'INVALID', ['inputs', '0']],
    ])('%s of %j', async (mutation, input, code, field) => {
      expect(await refusal(mutation, input)).toMatchObject({ code, field });
      expect(changes()).toEqual([]);
    });

    it('what holds no base64', async () => {
      const file = { name: 'a', mediaType: 'image/png', base64: 'not base64!' };
      expect(await refusal('generate', { session: 'GenerativeSession:home:1', inputs: [{ file }] })).toMatchObject({
        field: ['inputs', '0', 'file', 'base64'],
      });
    });

    it('what nobody registered; the nearest name is told', async () => {
      answer('GET', '/component/?select_types=GlobalExplainer', 200, [{ name: 'PartialDependence', type: 'GlobalExplainer' }]);
      expect(await refusal('explainGlobal', { run: 'Run:home:1', explainerName: 'PartialDependance', name: 'n' })).toEqual({
        code: 'INVALID',
        field: ['explainerName'],
        message: 'DashAI has no GlobalExplainer called "PartialDependance"; the nearest it has is PartialDependence.',
      });
      answer('GET', '/component/?select_types=Converter', 200, [{ name: 'StandardScaler', type: 'Converter' }]);
      expect(await refusal('convert', { notebook: 'Notebook:home:1', converter: 'Scaler', parameters: {} })).toMatchObject({
        ...{ code: 'INVALID', field: ['converter'] },
        message: expect.stringContaining('StandardScaler'),
      });
      expect(changes()).toEqual([]);
    });

    it('what DashAI refuses, in its words', async () => {
      answer('POST', '/predict/', 422, { detail: [{ loc: ['body', 'dataset_id'], msg: 'Input should be smaller' }] });
      expect(await refusal('predict', { run: 'Run:home:1', dataset: 'DashaiDataset:home:1' })).toEqual({
        ...{ code: 'INVALID', field: ['dataset'], message: 'DashAI (422): dataset_id: Input should be smaller' },
      });
      answer('PATCH', '/run/4/reset', 404, { detail: 'Run not found' });
      expect(await refusal('resetSessionRun', { run: 'Run:home:4' })).toMatchObject({
        code: 'NOT_FOUND',
        message: 'DashAI (404): Run not found',
      });
      answer('POST', '/job/', 500, { detail: 'Job not enqueued: the queue is locked' });
      answer('DELETE', '/explorer/1/', 204, null);
      const { notebookId: _, ...exploration } = body('explorer-create-DescribeExplorer');
      expect(await refusal('explore', { notebook: 'Notebook:home:1', ...exploration })).toMatchObject({
        ...{ code: 'EXECUTOR_FAILED', field: null },
        message: expect.stringMatching(/the queue is locked\. The explorer 1, created for it, was removed again\.$/),
      });
    });

    it('the cancellation of a job that is over, or unknown', async () => {
      answer('GET', `/job/status/${jobId}`, 200, { status: 'finished' });
      expect(await refusal('cancelJob', { source: 'home', jobId })).toMatchObject({ code: 'CONFLICT', field: ['jobId'] });
      const unknown = '00000000-0000-0000-0000-000000000000';
      expect(await refusal('cancelJob', { source: 'home', jobId: unknown })).toMatchObject({ code: 'NOT_FOUND' });
      answer('GET', `/job/status/${jobId}`, 200, { status: 'started' });
      if (isNew) answer('DELETE', `/job/${jobId}`, 204, null);
      const { userErrors } = await api.mutate('cancelJob', { source: 'home', jobId }, 'jobId');
      expect(userErrors.map(({ code }) => code)).toEqual(isNew ? [] : ['CONFLICT']);
    });
  });

  it('is told with its job when the home does not show it, for it is a copy', async () => {
    const prediction = await api.mutate('predict', { run: 'Run:copy:1', dataset: 'DashaiDataset:copy:1' }, 'jobId prediction { id }');
    const start = await api.mutate('startSessionRun', { run: 'Run:copy:1' }, 'jobId run { id }');
    const says = (what: RegExp) => [{ code: 'EXECUTOR_FAILED', field: null, message: expect.stringMatching(what) }];
    expect(prediction).toEqual({
      ...{ jobId: jobOf('predict-job'), prediction: null },
      userErrors: says(/^Prediction 1 was created .*, but the home copy does not show it: .* or to a copy\.$/),
    });
    expect(start).toEqual({
      ...{ jobId: jobOf('run-job-rf'), run: null },
      userErrors: says(/^Run 1 was queued .*, but the home copy does not show it/),
    });
  });
});

/** An address where nobody listens. */
async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
