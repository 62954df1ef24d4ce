import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';

import type { RuleErrorCode } from '../../../src/core/errors.js';
import { createDashaiClient, type DashaiClient } from '../../../src/stores/dashai/executor/dashai-client.js';
import { recordedReleases, type Fault } from '../../kit/dashai-replay.js';
import { createKeptLog, refused, useExecutorBench } from '../../kit/executor-bench.js';

describe.each(recordedReleases)('the executor client with DashAI %s', (release) => {
  const home = useExecutorBench(release);
  const { body, connect } = home;

  describe.each<[noun: string, path: string | null, call: (client: DashaiClient) => Promise<unknown>]>([
    ['prediction 1', '/predict/1', (it) => it.predict(body('predict-create'))],
    ['global explainer 1', '/explainer/global/1', (it) => it.explainGlobal({ name: 'rf pfi', ...body('explainer-global-create') })],
    ['local explainer 1', '/explainer/local/1', (it) => it.explainLocal({ name: 'lr shap', ...body('explainer-local-create') })],
    ['explorer 1', '/explorer/1/', (it) => it.explore(body('explorer-create-DescribeExplorer'))],
    ['converter 1', null, (it) => it.convert(body('converter-create-StandardScaler'))],
  ])('when the job of %s', (noun, path, call) => {
    const deletions = () => home.replay.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);

    it('was refused, says so and takes it back where that leaves no trace', async () => {
      home.replay.add('POST', '/job/', 500, { detail: 'Job not enqueued: the queue is locked' });
      if (path) home.replay.add('DELETE', path, 204, null);
      const rest = path ? `The ${noun}, created for it, was removed again` : `The ${noun} was created and remains, without a job`;
      await expect(call(home.client)).rejects.toEqual(refused('EXECUTOR_FAILED', new RegExp(`the queue is locked.* ${rest}`)));
      expect(deletions()).toEqual(path ? [`/api/v1${path}`] : []);
    });

    it('may have been queued, says so and leaves it', async () => {
      home.replay.fail('POST', '/job/', 'cut');
      await expect(call(home.client)).rejects.toEqual(
        refused('EXECUTOR_UNAVAILABLE', new RegExp(`The ${noun} was created; whether its job was queued is not known`)),
      );
      expect(deletions()).toEqual([]);
    });
  });

  it('says that what was created remains when it cannot be taken back', async () => {
    home.replay.fail('POST', '/job/', 'plain 500');
    home.replay.fail('DELETE', '/predict/1', 'reset');
    await expect(home.client.predict(body('predict-create'))).rejects.toEqual(
      refused('EXECUTOR_FAILED', /Internal Server Error\. The prediction 1 was created and remains/),
    );
  });

  it.each<[Fault, RuleErrorCode, RegExp]>([
    ['silence', 'EXECUTOR_UNAVAILABLE', /did not answer in time/],
    ['reset', 'EXECUTOR_UNAVAILABLE', /connection broke/],
    ['plain 500', 'EXECUTOR_FAILED', /^DashAI \(500\): Internal Server Error$/],
    ['cut', 'EXECUTOR_UNAVAILABLE', /connection broke/],
    ['stalled', 'EXECUTOR_UNAVAILABLE', /did not answer in time/],
    ['huge', 'EXECUTOR_FAILED', /more than 16 MB/],
    ['redirect', 'EXECUTOR_FAILED', /redirects elsewhere/],
    ['page', 'EXECUTOR_FAILED', /not JSON/],
    ['gateway', 'EXECUTOR_UNAVAILABLE', /502/],
  ])('answers a fault of the way with a code: %s', async (fault, code, message) => {
    const waits = ['silence', 'stalled'].includes(fault);
    home.replay.fail('PATCH', '/run/4/reset', fault);
    await expect(connect(waits ? { timeoutMs: 200 } : {}).resetRun(4)).rejects.toEqual(refused(code, message));
    expect(await home.client.resetRun(4)).toEqual({ runId: 4 });
  });

  it('refuses values that JSON or the database cannot hold before it creates anything', async () => {
    const input = body('run-create-rf');
    await expect(home.client.createRun({ ...input, parameters: { tol: Infinity } })).rejects.toEqual(
      refused('INVALID', /tol: JSON has no Infinity/),
    );
    await expect(home.client.createRun({ ...input, name: 'half \ud83d' })).rejects.toEqual(
      refused('INVALID', /name: the text cannot be stored/),
    );
    await expect(home.client.predict({ runId: 1, datasetId: null, rows: [{ x: NaN }] })).rejects.toEqual(
      refused('INVALID', /x: JSON has no NaN/),
    );
    expect(home.replay.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('refuses ids that can be none before it asks', async () => {
    for (const wrong of [0, -1, 1.5, NaN, 2 ** 53]) {
      await expect(home.client.startRun(wrong)).rejects.toEqual(refused('INVALID', /positive integer/, ['runId']));
      await expect(home.client.predict({ runId: 1, datasetId: wrong })).rejects.toEqual(
        refused('INVALID', /positive integer/, ['datasetId']),
      );
    }
    expect(home.replay.requests).toEqual([]);
  });

  it('refuses what can only fail before it asks', async () => {
    await expect(home.client.predict({ runId: 1, datasetId: null })).rejects.toEqual(refused('INVALID', /data set or rows/, ['datasetId']));
    await expect(home.client.generate({ sessionId: 1, inputs: [] })).rejects.toEqual(refused('INVALID', /nothing to generate/, ['inputs']));
    await expect(home.client.createRun({ ...body('run-create-rf'), optimizerName: 'OptunaOptimizer' })).rejects.toEqual(
      refused('INVALID', /metric to aim at/, ['goalMetric']),
    );
    expect(home.replay.requests).toEqual([]);
  });

  it('distrusts answers without what was asked for', async () => {
    home.replay.add('POST', '/job/', 201, {});
    await expect(home.client.startRun(1)).rejects.toEqual(refused('EXECUTOR_FAILED', /without the id of the job/));
    home.replay.add('POST', '/run/', 201, { id: 'one' });
    await expect(home.client.createRun(body('run-create-rf'))).rejects.toEqual(refused('EXECUTOR_FAILED', /without the id of the run/));
    home.replay.add('GET', '/component/?select_types=Model', 200, { no: 'list' });
    await expect(home.client.components(['Model'])).rejects.toEqual(refused('EXECUTOR_FAILED', /list/));
  });

  it('breaks off what is under way when it is closed', async () => {
    home.replay.fail('PATCH', '/run/4/reset', 'silence');
    const reset = connect({ timeoutMs: 60_000 });
    const answer = expect(reset.resetRun(4)).rejects.toEqual(refused('EXECUTOR_UNAVAILABLE', /stopping/));
    while (home.replay.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    reset.close();
    await answer;
  });

  it('sends the credentials of the address as a header and logs none', async () => {
    const guarded = connect({ url: home.replay.url.replace('//', '//ada:s%3Acret@') });
    await guarded.resetRun(4);
    home.replay.fail('PATCH', '/run/4/reset', 'reset');
    const failure: Error = await guarded.resetRun(4).then(
      () => expect.unreachable(),
      (error: Error) => error,
    );
    expect(home.replay.requests[0]!.headers.authorization).toBe(`Basic ${Buffer.from('ada:s:cret').toString('base64')}`);
    expect(home.log.lines).toHaveLength(2);
    expect([failure.message, ...home.log.lines].join('\n')).not.toMatch(/ada|cret/);
  });

  it('asks with the fetch it is given', async () => {
    const asked: unknown[] = [];
    const own = connect({ fetch: (...request) => (asked.push(request[0]), fetch(...request)) });
    await own.resetRun(4);
    expect(asked).toEqual([`${home.replay.url}/api/v1/run/4/reset`]);
  });

  it.each(['', '/', '/api/v1', '/api/v1/'])('takes the address with %j at its end', async (end) => {
    expect(await connect({ url: home.replay.url + end }).resetRun(4)).toEqual({ runId: 4 });
  });

  it('says when there is no DashAI behind the address', async () => {
    const elsewhere = connect({ url: `${home.replay.url}/somewhere` });
    await expect(elsewhere.resetRun(4)).rejects.toEqual(refused('EXECUTOR_FAILED', /no DashAI REST API at .*\/somewhere\/api\/v1/));
  });
});

describe('the executor client without DashAI', () => {
  const reset = (url: string | null, timeoutMs = 10_000) => createDashaiClient({ url, timeoutMs, log: createKeptLog() }).resetRun(1);

  it('says that none is set', async () => {
    await expect(reset(null)).rejects.toEqual(refused('EXECUTOR_UNAVAILABLE', /set dashaiUrl/));
  });

  it('says that nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await expect(reset(`http://127.0.0.1:${port}`)).rejects.toEqual(
      refused('EXECUTOR_UNAVAILABLE', /nothing listens there \(ECONNREFUSED\)/),
    );
  });

  it('says that there is no such host', async () => {
    await expect(reset('http://no-such-host.invalid', 1000)).rejects.toEqual(
      refused('EXECUTOR_UNAVAILABLE', /no such host|looked up|in time/),
    );
  });

  it.each(['ftp://127.0.0.1', 'file:///etc/passwd', '127.0.0.1:8000', 'javascript:1', 'http://'])('refuses the address %s', (url) => {
    expect(() => createDashaiClient({ url, log: createKeptLog() })).toThrow(refused('INVALID', /http or https/, ['dashaiUrl']));
  });
});
