import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: any;
}

async function send(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${server.origin}${path}`, init);
  const text = await response.text();
  return { status: response.status, text, body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : null };
}

const api = '/api/2.0/mlflow/';
const json = { 'content-type': 'application/json' };
const postText = (path: string, body: string, headers: Record<string, string> = {}) =>
  send(api + path, { method: 'POST', headers: { ...json, ...headers }, body });
const post = (path: string, body: object, headers?: Record<string, string>) => postText(path, JSON.stringify(body), headers);
const get = (path: string, query: Record<string, string> = {}) => send(`${api}${path}?${new URLSearchParams(query).toString()}`);
const newRun = async (): Promise<string> => (await post('runs/create', { experiment_id: '0', run_name: 'r' })).body.run.info.run_id;
const historyOf = async (run: string, key: string) =>
  (await send(`${api}metrics/get-history?run_id=${run}&metric_key=${encodeURIComponent(key)}`)).text;

const refusal = (code: string, message: unknown = expect.any(String)) => ({ error_code: code, message });

describe('what MLflow’s clients ask of a server', () => {
  it('is answered below /api and, for MLflow’s page, below /ajax-api', async () => {
    for (const prefix of ['/api', '/ajax-api']) {
      const { status, body } = await send(`${prefix}/2.0/mlflow/experiments/get?experiment_id=0`);
      expect([status, body.experiment.name]).toEqual([200, 'Default']);
    }
  });

  it('is told which version of the API this is, and that it is alive', async () => {
    expect((await send('/version')).text).toBe('3.17.2');
    expect((await send('/health')).text).toBe('OK');
    expect((await send('/api/3.0/mlflow/server-info')).body).toMatchObject({ store_type: 'SqlStore', workspaces_enabled: false });
  });

  it('gets 501 where MLflow has an endpoint and RunGraph has none, 404 where nobody has', async () => {
    expect(await post('webhooks', {})).toMatchObject({ status: 501, body: refusal('NOT_IMPLEMENTED') });
    expect(await post('runs/nope', {})).toMatchObject({ status: 404, body: refusal('ENDPOINT_NOT_FOUND') });
    expect(await get('runs/create')).toMatchObject({ status: 404, body: refusal('ENDPOINT_NOT_FOUND') });
  });

  it('may be asked by old clients: run_uuid for run_id, a body that was encoded twice', async () => {
    const run = await newRun();
    expect((await get('runs/get', { run_uuid: run })).body.run.info.run_id).toBe(run);
    expect((await postText('runs/set-tag', JSON.stringify(JSON.stringify({ run_id: run, key: 'k', value: 'v' })))).status).toBe(200);
  });
});

describe('a client that goes before it has its answer', () => {
  it('is no defect of the server', async () => {
    for (let n = 0; n < 20; n++) await newRun();
    const answers = Array.from({ length: 40 }, (_, n) =>
      fetch(`${server.origin}${api}runs/search`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ experiment_ids: ['0'], max_results: 1000 }),
        signal: AbortSignal.timeout(n),
      }).then((response) => response.text()),
    );
    const ended = await Promise.allSettled(answers);
    expect(ended.some(({ status }) => status === 'rejected')).toBe(true);
    expect((await get('experiments/get', { experiment_id: '0' })).status).toBe(200);
    expect(server.log()).not.toContain('defect');
  });
});

describe('a body', () => {
  it.each(['{nope', '[1]', '"text"', '7', '{"run_id":"x","key":"m","value":NaN,"timestamp":1}', `${'['.repeat(100_000)}`])(
    'that is no JSON object is refused: %.30s',
    async (body) => {
      expect(await postText('runs/log-metric', body)).toMatchObject({ status: 400, body: refusal('BAD_REQUEST') });
    },
  );

  it('must say that it is JSON', async () => {
    const answer = await postText('runs/set-tag', '{}', { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 400, body: refusal('INVALID_PARAMETER_VALUE', expect.stringContaining('application/json')) });
  });

  it('may have a key twice: the last one counts, as in Python', async () => {
    const run = await newRun();
    for (const step of ['1', '9007199254740993']) {
      await postText('runs/set-tag', `{"run_id":"${run}","key":"first","key":"second","value":"${step}","x":${step}}`);
      const { body } = await get('runs/get', { run_id: run });
      expect(body.run.data.tags.map(({ key }: { key: string }) => key)).toEqual(['mlflow.runName', 'second']);
    }
  });

  it('that is too large gets an answer', async () => {
    const answer = await post('runs/set-tag', { run_id: 'x', key: 'k', value: 'v'.repeat(5_000_001) });
    expect(answer).toMatchObject({ status: 413, body: refusal('INVALID_PARAMETER_VALUE') });
  });

  it.each(['9223372036854775807', '-9223372036854775808', '8640000000000001'])('has a time that is one, unlike %s', async (time) => {
    const created = await postText('runs/create', `{"experiment_id":"0","start_time":${time}}`);
    expect(created).toMatchObject({ status: 400, body: refusal('INVALID_PARAMETER_VALUE', expect.stringContaining("'start_time'")) });
    const ended = await postText('runs/update', `{"run_id":"${await newRun()}","end_time":${time}}`);
    expect(ended).toMatchObject({ status: 400, body: refusal('INVALID_PARAMETER_VALUE', expect.stringContaining("'end_time'")) });
  });

  it('of spans is refused to another page, too', async () => {
    const headers = { ...json, 'x-mlflow-experiment-id': '0', origin: 'http://evil.example' };
    const answer = await send('/v1/traces', { method: 'POST', headers, body: '{}' });
    expect(answer).toMatchObject({ status: 403, body: refusal('PERMISSION_DENIED') });
  });

  it('of another page is refused, whatever it says it is', async () => {
    const run = await newRun();
    const tag = { run_id: run, key: 'k', value: 'v' };
    expect(await post('runs/set-tag', tag, { origin: 'http://evil.example' })).toMatchObject({
      status: 403,
      body: refusal('PERMISSION_DENIED'),
    });
    expect((await post('runs/set-tag', tag, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await send(`${api}runs/delete?run_id=${run}`, { method: 'POST' })).status).toBe(400);
    expect((await post('runs/set-tag', tag, { origin: server.origin })).status).toBe(200);
  });
});

describe('numbers', () => {
  it('are kept to the bit, beyond what a double can hold', async () => {
    const run = await newRun();
    const point = (value: string, step: string) => `{"run_id":"${run}","key":"m","value":${value},"timestamp":1,"step":${step}}`;
    const steps = ['9007199254740993', '-9223372036854775808', '9223372036854775807', '"12"', '1e3', '7.0'];
    for (const step of steps) expect((await postText('runs/log-metric', point('0.1', step))).status).toBe(200);
    const text = await historyOf(run, 'm');
    const kept = [...text.matchAll(/"step":(-?\d+)/g)].map(([, step]) => step);
    expect(kept).toEqual(['-9223372036854775808', '7', '12', '1000', '9007199254740993', '9223372036854775807']);
    expect(text).toContain('"value":0.1,');
  });

  it.each([
    ['step', '1.5'],
    ['step', '9223372036854775808'],
    ['step', 'true'],
    ['step', '"x"'],
    ['step', '[]'],
    ['timestamp', '1.5'],
    ['timestamp', '-1'],
    ['timestamp', '""'],
    ['value', '"abc"'],
    ['value', '1e400'],
    ['value', '{}'],
    ['value', 'null'],
    ['key', '7'],
  ])('that cannot be meant are refused, where MLflow would store a 0: %s = %s', async (name, value) => {
    const run = await newRun();
    const members = { key: '"m"', value: '1', timestamp: '1', step: '1', [name]: value };
    const text = Object.entries({ run_id: `"${run}"`, ...members }).map(([member, written]) => `"${member}":${written}`);
    expect(await postText('runs/log-metric', `{${text.join()}}`)).toMatchObject({ status: 400, body: refusal('INVALID_PARAMETER_VALUE') });
    expect(await historyOf(run, 'm')).toBe('{}');
  });

  it('that are none are texts, and an infinity is the largest double as in MLflow’s database', async () => {
    const run = await newRun();
    const metrics = ['NaN', 'Infinity', '-Infinity', -0].map((value, step) => ({ key: 'm', value, timestamp: step, step }));
    expect((await post('runs/log-batch', { run_id: run, metrics })).status).toBe(200);
    const values = JSON.parse(await historyOf(run, 'm')).metrics.map(({ value }: { value: unknown }) => value);
    expect(values).toEqual(['NaN', Number.MAX_VALUE, -Number.MAX_VALUE, 0]);
  });
});

describe('a batch', () => {
  const metric = { key: 'm', value: 1, timestamp: 1, step: 1 };
  it.each([
    ['a bad key', { metrics: [metric, { ...metric, key: 'a//b' }] }, "'metrics[1].name'"],
    ['a missing value', { metrics: [metric, { key: 'm', timestamp: 1 }] }, "'metrics[1].value'"],
    ['a param that changes', { metrics: [metric], params: [{ key: 'p', value: '2' }] }, "'old_value': '1', 'new_value': '2'"],
    [
      'a param given twice',
      {
        metrics: [metric],
        params: [
          { key: 'q', value: '1' },
          { key: 'q', value: '1' },
        ],
      },
      "['q']",
    ],
    ['a tag with half a surrogate pair', { metrics: [metric], tags: [{ key: 't', value: '\ud800' }] }, 'surrogate'],
    ['no list', { metrics: { key: 'm' } }, "'metrics'"],
    ['a list of texts', { metrics: [metric], tags: ['x'] }, "'tags'"],
    ['too many metrics', { metrics: Array.from({ length: 1_001 }, () => metric) }, 'at most 1000 metrics'],
    ['too many params', { params: Array.from({ length: 101 }, (_, index) => ({ key: `p${index}`, value: '' })) }, 'at most 100 params'],
  ])('with %s is refused as a whole', async (_what, batch, words) => {
    const run = await newRun();
    await post('runs/log-parameter', { run_id: run, key: 'p', value: '1' });
    const before = await get('runs/get', { run_id: run });
    const answer = await post('runs/log-batch', { run_id: run, ...batch });
    expect(answer).toMatchObject({ status: 400, body: refusal('INVALID_PARAMETER_VALUE', expect.stringContaining(words)) });
    expect((await get('runs/get', { run_id: run })).body).toEqual(before.body);
  });

  it('that is sent again changes nothing', async () => {
    const run = await newRun();
    const batch = { run_id: run, metrics: [metric], params: [{ key: 'p', value: '1' }], tags: [{ key: 't', value: '1' }] };
    for (const _time of [1, 2]) expect(await post('runs/log-batch', batch)).toMatchObject({ status: 200, text: '{}' });
    expect(JSON.parse(await historyOf(run, 'm')).metrics.length).toBe(1);
  });

  it('may be one of many at once', async () => {
    const run = await newRun();
    const batches = Array.from({ length: 20 }, (_, part) => ({
      run_id: run,
      metrics: Array.from({ length: 50 }, (_point, index) => ({ ...metric, timestamp: part * 50 + index, step: part * 50 + index })),
      tags: [{ key: 'part', value: String(part) }],
    }));
    const answers = await Promise.all(batches.map((batch) => post('runs/log-batch', batch)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(JSON.parse(await historyOf(run, 'm')).metrics.length).toBe(1_000);
  });
});

describe('pages', () => {
  it('of a history go on where the last one ended, also when points are added before it', async () => {
    const run = await newRun();
    const points = (from: number, count: number) =>
      post('runs/log-batch', {
        run_id: run,
        metrics: Array.from({ length: count }, (_, index) => ({ key: 'm', value: index, timestamp: from + index, step: 0 })),
      });
    await points(100, 10);
    const first = (await get('metrics/get-history', { run_id: run, metric_key: 'm', max_results: '4' })).body;
    await points(50, 10);
    const page_token = first.next_page_token;
    const rest = (await get('metrics/get-history', { run_id: run, metric_key: 'm', max_results: '100', page_token })).body;
    const times = [...first.metrics, ...rest.metrics].map(({ timestamp }) => timestamp);
    expect(times).toEqual(Array.from({ length: 10 }, (_, index) => 100 + index));
    expect(rest.next_page_token).toBeUndefined();
  });

  it('have tokens that mean nothing elsewhere', async () => {
    await Promise.all([newRun(), newRun(), newRun()]);
    const search = (more: object) => post('runs/search', { experiment_ids: ['0'], max_results: 1, ...more });
    const { next_page_token: page_token } = (await search({})).body;
    expect((await search({ page_token })).status).toBe(200);
    for (const wrong of [{ page_token: 'zzz' }, { page_token: `${page_token}x` }, { page_token, order_by: ['status'] }]) {
      expect(await search(wrong)).toMatchObject({
        status: 400,
        body: refusal('INVALID_PARAMETER_VALUE', expect.stringContaining('page token')),
      });
    }
  });

  it.each([0, -1, 50_001, 'x'])('have a size MLflow allows, which %s is not', async (max_results) => {
    const answer = await post('runs/search', { experiment_ids: ['0'], max_results });
    expect(answer).toMatchObject({ status: 400, body: refusal('INVALID_PARAMETER_VALUE', expect.stringContaining('max_results')) });
  });

  it('of more runs than are read at once have each of them once, in order', async () => {
    const { experiment_id } = (await post('experiments/create', { name: 'many runs' })).body;
    for (let part = 0; part < 6; part++) {
      const times = Array.from({ length: 40 }, (_, index) => part * 40 + index);
      await Promise.all(times.map((start_time) => post('runs/create', { experiment_id, start_time })));
    }
    const found: number[] = [];
    for (let page_token: string | undefined = ''; page_token !== undefined;) {
      const { body } = await post('runs/search', { experiment_ids: [experiment_id], max_results: 150, page_token });
      found.push(...body.runs.map(({ info }: { info: { start_time: number } }) => info.start_time));
      page_token = body.next_page_token;
    }
    expect(found).toEqual(Array.from({ length: 240 }, (_, index) => 239 - index));
  });
});

describe('a thinned out history', () => {
  it('has as many points as wanted, evenly, the first and the last among them', async () => {
    const run = await newRun();
    const metrics = Array.from({ length: 100 }, (_, step) => ({ key: 'c', value: step, timestamp: step, step }));
    await post('runs/log-batch', { run_id: run, metrics });
    const steps = async (query: Record<string, string>) =>
      ((await get('metrics/get-history-bulk-interval', { run_ids: run, metric_key: 'c', ...query })).body.metrics ?? []).map(
        ({ step }: { step: number }) => step,
      );
    // As MLflow's own server answers.
    expect(await steps({ max_results: '1' })).toEqual([99]);
    expect(await steps({ max_results: '7' })).toEqual([0, 15, 30, 44, 58, 72, 99]);
    expect(await steps({ max_results: '5', start_step: '10', end_step: '20' })).toEqual([10, 13, 15, 17, 20]);
    expect(await steps({})).toEqual(metrics.map(({ step }) => step));
    expect(await steps({ start_step: '500', end_step: '600' })).toEqual([]);
  });
});

describe('keys', () => {
  it.each(['a/b', 'é', '你好', 'a:b', ' ', 'a\n', 'x'.repeat(250)])('MLflow takes are taken: %j', async (key) => {
    const run = await newRun();
    expect((await post('runs/log-metric', { run_id: run, key, value: 1, timestamp: 1 })).status).toBe(200);
    expect((await get('runs/get', { run_id: run })).body.run.data.metrics[0].key).toBe(key);
  });

  it.each(['', '.', '..', '../a', '/a', 'a/', 'a//b', 'a/./b', 'a"b', 'a\\b', '😀', 'a@b', '\n\n', 'x'.repeat(251)])(
    'MLflow refuses are refused: %j',
    async (key) => {
      const run = await newRun();
      for (const [path, value] of [
        ['runs/log-metric', 1],
        ['runs/log-parameter', '1'],
        ['runs/set-tag', '1'],
      ] as const) {
        expect(await post(path, { run_id: run, key, value, timestamp: 1 })).toMatchObject({
          status: 400,
          body: refusal('INVALID_PARAMETER_VALUE'),
        });
      }
    },
  );
});
