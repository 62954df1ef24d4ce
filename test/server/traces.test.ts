import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi, defaultExperiment, type Api } from '../kit/api.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startTestServer();
  api = createApi(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const fields = `trace { id requestId clientRequestId name status startedAt durationMs request response tags { key value } metadata { key value }
  run { id } experiment { id } spans { id parentId name type status statusMessage startedAtNs durationNs attributes events { name atNs attributes } } }`;
const create = async (input: object) => api.mutate('createTrace', input, fields) as Promise<Record<string, any>>;
const finish = async (input: object) => api.mutate('finishTrace', input, fields) as Promise<Record<string, any>>;
const created = async (input: object = {}) => {
  const { trace, userErrors } = await create({ experiment: defaultExperiment, ...input });
  expect(userErrors).toEqual([]);
  return trace;
};
const asRecord = (entries: { key: string; value: string }[]) => Object.fromEntries(entries.map(({ key, value }) => [key, value]));

const startedAt = '2026-01-02T03:04:05.678Z';
const startNs = 1_767_323_045_678_901_234n;
const root = {
  id: '00000000000000aa',
  name: 'ask 🍷',
  type: 'CHAIN',
  startedAtNs: String(startNs),
  durationNs: '5000000001',
  status: 'OK',
  attributes: {
    'mlflow.spanInputs': { question: 'почему?' },
    ratio: 0.1,
    tiny: 1e-7,
    count: 3,
    flag: true,
    nothing: null,
    list: [1, [2.5]],
  },
  events: [{ name: 'токен', atNs: String(startNs + 1n), attributes: { index: 0 } }],
};

describe('createTrace', () => {
  it('begins a trace with everything it was given', async () => {
    const trace = await created({
      name: 'имя',
      clientRequestId: 'client-1',
      startedAt,
      tags: [{ key: 'kind', value: 'a"b\n🍷' }],
      metadata: [{ key: 'user id', value: '' }],
      request: '{"q": "why?"}',
      spans: [root, { id: '00000000000000bb', parentId: root.id, name: 'child', startedAtNs: String(startNs + 5n) }],
    });
    expect(trace).toMatchObject({
      clientRequestId: 'client-1',
      name: 'имя',
      status: 'IN_PROGRESS',
      startedAt,
      durationMs: null,
      request: '{"q": "why?"}',
      response: null,
      run: null,
    });
    expect(trace.requestId).toMatch(/^tr-[0-9a-f]{32}$/);
    expect(trace.experiment.id).toBe(defaultExperiment);
    expect(asRecord(trace.tags)).toEqual({
      kind: 'a"b\n🍷',
      'mlflow.artifactLocation': `mlflow-artifacts:/0/traces/${trace.requestId}/artifacts`,
      'mlflow.trace.spansLocation': 'TRACKING_STORE',
      'mlflow.traceName': 'имя',
    });
    expect(asRecord(trace.metadata)).toEqual({ 'mlflow.traceInputs': '{"q": "why?"}', 'mlflow.trace_schema.version': '3', 'user id': '' });
    expect(trace.spans).toEqual([
      {
        ...root,
        parentId: null,
        statusMessage: '',
        durationNs: 5_000_000_001,
        attributes: { ...root.attributes, 'mlflow.spanType': 'CHAIN', 'mlflow.traceRequestId': trace.requestId },
        events: root.events,
      },
      expect.objectContaining({
        id: '00000000000000bb',
        parentId: root.id,
        type: 'UNKNOWN',
        status: 'UNSET',
        durationNs: null,
        events: [],
      }),
    ]);
  });

  it('records it in a run, which then has it', async () => {
    const run = await api.createRun();
    const trace = await api.mutate<any>('createTrace', { run, name: 'in a run' }, fields);
    expect(trace.trace).toMatchObject({ run: { id: run }, experiment: { id: defaultExperiment } });
    await created({ name: 'in no run' });
    const { data } = await server.query(
      `query ($id: ID!) { run(by: { id: $id }) { traces { totalCount nodes { name } } } traces(filter: { runId: { eq: $id } }) { nodes { name } } }`,
      { id: run },
    );
    expect(data.run.traces).toEqual({ totalCount: 1, nodes: [{ name: 'in a run' }] });
    expect(data.traces.nodes).toEqual([{ name: 'in a run' }]);
  });

  it('answers a repeated request as the first time', async () => {
    const input = { experiment: defaultExperiment, name: 'once', idempotencyKey: 'trace-1' };
    const [first, second] = [await create(input), await create(input)];
    expect(second.trace.id).toBe(first.trace.id);
    expect((await create({ ...input, name: 'twice' })).userErrors).toMatchObject([{ code: 'CONFLICT', field: ['idempotencyKey'] }]);
  });

  it('lets one of several with the same request id win', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => create({ experiment: defaultExperiment, requestId: 'same' })));
    expect(all.filter(({ trace }) => trace)).toHaveLength(1);
    expect(all.flatMap(({ userErrors }) => userErrors.map(({ code, field }: any) => [code, ...field]))).toEqual(
      Array.from({ length: 7 }, () => ['ALREADY_EXISTS', 'requestId']),
    );
  });

  const span = { name: 's', startedAtNs: 1 };
  it.each<[string, object, string, string[]]>([
    ['no place', {}, 'INVALID', ['experiment']],
    ['two places', { experiment: defaultExperiment, run: 'Run:local:1' }, 'INVALID', ['experiment']],
    ['an id of another type', { experiment: 'Run:local:1' }, 'INVALID', ['experiment']],
    ['an experiment that is not there', { experiment: 'Experiment:local:99' }, 'NOT_FOUND', ['experiment']],
    ['a run that is not there', { run: 'Run:local:none' }, 'NOT_FOUND', ['run']],
    ['a source that is not there', { run: 'Run:nowhere:none' }, 'NOT_FOUND', ['run']],
    ['a long request id', { requestId: 'x'.repeat(51) }, 'TOO_LARGE', ['requestId']],
    ['an empty request id', { requestId: '' }, 'INVALID', ['requestId']],
    ['a long tag', { tags: [{ key: 'k', value: 'ü'.repeat(8_001) }] }, 'TOO_LARGE', ['tags', '0', 'value']],
    [
      'a tag twice',
      {
        tags: [
          { key: 'k', value: '' },
          { key: 'k', value: '' },
        ],
      },
      'INVALID',
      ['tags', '1', 'key'],
    ],
    ['metadata without a key', { metadata: [{ key: '', value: '' }] }, 'INVALID', ['metadata', '0', 'key']],
    ['a long session', { metadata: [{ key: 'mlflow.trace.session', value: 'x'.repeat(251) }] }, 'TOO_LARGE', ['metadata', '0', 'value']],
    ['a long request', { request: 'x'.repeat(8_001) }, 'TOO_LARGE', ['request']],
    ['a NUL character', { request: 'a\0b' }, 'INVALID', ['request']],
    ['the request twice', { request: 'a', metadata: [{ key: 'mlflow.traceInputs', value: 'b' }] }, 'INVALID', ['request']],
    ['two names', { name: 'a', tags: [{ key: 'mlflow.traceName', value: 'b' }] }, 'INVALID', ['name']],
    ['a start before 1970', { startedAt: '1969-01-01T00:00:00Z' }, 'INVALID', ['startedAt']],
    ['a bad span id', { spans: [{ ...span, id: 'xyz' }] }, 'INVALID', ['spans', '0', 'id']],
    [
      'a span twice',
      {
        spans: [
          { ...span, id: root.id },
          { ...span, id: root.id },
        ],
      },
      'INVALID',
      ['spans', '1', 'id'],
    ],
    ['a span in itself', { spans: [{ ...span, id: root.id, parentId: root.id }] }, 'INVALID', ['spans', '0', 'parentId']],
    ['a span that ends before it starts', { spans: [{ ...span, durationNs: -1 }] }, 'INVALID', ['spans', '0', 'durationNs']],
    [
      'a span beyond 64 bits',
      { spans: [{ ...span, startedAtNs: String(2n ** 63n - 1n), durationNs: 1 }] },
      'TOO_LARGE',
      ['spans', '0', 'durationNs'],
    ],
    ['attributes that are no object', { spans: [{ ...span, attributes: [1] }] }, 'INVALID', ['spans', '0', 'attributes']],
  ])('refuses %s, and writes nothing', async (_what, input, code, field) => {
    const count = async () => (await server.query('{ traces { totalCount } }')).data.traces.totalCount as number;
    const before = await count();
    const place = 'experiment' in input || 'run' in input || _what === 'no place' ? {} : { experiment: defaultExperiment };
    const { trace, userErrors } = await create({ ...place, ...input });
    expect(userErrors.map((error: any) => [error.code, error.field])).toEqual([[code, field]]);
    expect(trace).toBeNull();
    expect(await count()).toBe(before);
  });

  it('refuses a deleted experiment', async () => {
    const experiment = await api.createExperiment({ name: 'deleted for traces' });
    await api.mutate('deleteExperiment', { experiment });
    expect((await create({ experiment })).userErrors).toMatchObject([{ code: 'CONFLICT', field: ['experiment'] }]);
  });
});

describe('finishTrace', () => {
  it('sets status, duration, response, tags, metadata and spans', async () => {
    const { id } = await created({ startedAt, tags: [{ key: 'a', value: '1' }], spans: [{ ...root, durationNs: null }] });
    const { trace, userErrors } = await finish({
      trace: id,
      status: 'ERROR',
      endedAt: '2026-01-02T03:04:06.000Z',
      response: '[1, 2]',
      tags: [{ key: 'a', value: '2' }],
      metadata: [{ key: 'mlflow.trace.tokenUsage', value: '{"total_tokens": 7}' }],
      spans: [root, { name: 'late', startedAtNs: '1' }],
    });
    expect(userErrors).toEqual([]);
    expect(trace).toMatchObject({ status: 'ERROR', durationMs: 322, response: '[1, 2]' });
    expect(asRecord(trace.tags)).toMatchObject({ a: '2' });
    expect(asRecord(trace.metadata)).toMatchObject({ 'mlflow.trace.tokenUsage': '{"total_tokens": 7}', 'mlflow.traceOutputs': '[1, 2]' });
    expect(trace.spans.map((one: any) => [one.name, one.durationNs])).toEqual([
      ['late', null],
      [root.name, 5_000_000_001],
    ]);
  });

  it('takes a duration of 64 bits, and now when no end is given', async () => {
    const { id } = await created({ startedAt });
    const far = String(2n ** 62n);
    expect((await finish({ trace: id, durationMs: far })).trace).toMatchObject({ status: 'OK', durationMs: far });
    const soon = await created();
    const ended = (await finish({ trace: soon.id })).trace;
    expect(ended.durationMs).toBeGreaterThanOrEqual(0);
    expect(ended.durationMs).toBeLessThan(30_000);
  });

  it.each<[string, object, string, string[]]>([
    ['both an end and a duration', { endedAt: startedAt, durationMs: 1 }, 'INVALID', ['durationMs']],
    ['an end before the start', { endedAt: '2020-01-01T00:00:00Z' }, 'INVALID', ['endedAt']],
    ['a negative duration', { durationMs: -1 }, 'INVALID', ['durationMs']],
    ['a trace that is not there', { trace: 'Trace:local:none' }, 'NOT_FOUND', ['trace']],
    ['an id of another type', { trace: defaultExperiment }, 'INVALID', ['trace']],
  ])('refuses %s', async (_what, input, code, field) => {
    const { id } = await created({ startedAt });
    const { userErrors } = await finish({ trace: id, ...input });
    expect(userErrors.map((error: any) => [error.code, error.field])).toEqual([[code, field]]);
  });
});

describe('previews', () => {
  it('keep a request longer than MLflow does', async () => {
    const request = JSON.stringify({ text: 'ü'.repeat(3_000) });
    expect((await created({ request })).request).toBe(request);
  });
});
