import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTestServer, type TestServer } from '../kit/server.js';
import { hasMlflow, runMlflow, upgradeMlflow } from './mlflow-client.js';
import { mutate, type Made } from './mutations.js';

const startNs = 1_767_323_045_678_901_234n;
const at = '2026-01-02T03:04:05.678Z';
const input = {
  experiment: 'Experiment:local:0',
  name: 'имя 🍷',
  clientRequestId: 'client-1',
  startedAt: at,
  request: '{"q": "why?"}',
  tags: [{ key: 'kind', value: 'a' }],
  metadata: [
    { key: 'mlflow.trace.session', value: 'session 1' },
    { key: 'mlflow.trace.tokenUsage', value: '{"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}' },
    { key: 'mlflow.trace.cost', value: '{"total_cost": 1e-05}' },
  ],
};
const spans = [
  {
    id: '00000000000000aa',
    name: 'ask',
    type: 'CHAIN',
    status: 'OK',
    startedAtNs: String(startNs),
    durationNs: 2_000_001,
    attributes: { 'mlflow.spanInputs': { q: 'почему?' }, 'mlflow.spanOutputs': [1, 2.5] },
    events: [{ name: 'token', atNs: String(startNs + 1n), attributes: { index: 0 } }],
  },
  {
    id: '00000000000000bb',
    parentId: '00000000000000aa',
    name: 'retrieve',
    type: 'RETRIEVER',
    status: 'ERROR',
    statusMessage: 'нет',
    startedAtNs: String(startNs + 5n),
    durationNs: 1,
  },
];

const fields = `trace { id requestId clientRequestId name status startedAt durationMs request response tags { key value } metadata { key value }
  spans { id parentId name type status statusMessage startedAtNs durationNs attributes events { name atNs attributes } } }`;

describe.skipIf(!hasMlflow())('traces that RunGraph wrote, once MLflow has upgraded the database', { timeout: 180_000 }, () => {
  let server: TestServer;
  let before: Record<string, any>;
  let after: Record<string, any>;
  let read: Record<string, any>;
  const whole = async (requestId: string) =>
    (await server.query(`query ($requestId: String) { trace(requestId: $requestId) ${fields.replace('trace ', '')} }`, { requestId })).data
      .trace;

  beforeAll(async () => {
    server = await startTestServer();
    const { trace } = (await mutate(server, 'createTrace', input, 'trace { id nativeId: requestId }')) as { trace: Made };
    await mutate(server, 'finishTrace', { trace: trace.id, status: 'ERROR', durationMs: 322, response: '[1, 2]', spans });
    before = await whole(trace.nativeId);
    await server.stop();
    const file = join(server.dataFolder, 'mlflow.db');
    await upgradeMlflow(file);
    const { dataFolder } = server;
    server = await startTestServer([], { dataFolder });
    after = await whole(trace.nativeId);
    await mutate(
      server,
      'createTrace',
      { ...input, requestId: 'after the upgrade', startedAt: '2026-01-02T03:04:06Z', spans },
      'trace { id }',
    );
    read = await runMlflow('mlflow_traces.py', `sqlite:///${file}`, '0');
  }, 180_000);
  afterAll(() => server[Symbol.asyncDispose]());

  it('are what they were', () => {
    expect(after).toEqual(before);
  });

  it('are found and read by its client, with every span', () => {
    expect(read.searched).toEqual([before.requestId, 'after the upgrade']);
    expect(read.traces[0]).toEqual({
      id: before.requestId,
      state: 'ERROR',
      time: Date.parse(at),
      duration: 322,
      client: 'client-1',
      request: '{"q": "why?"}',
      response: '[1, 2]',
      tags: { kind: 'a', 'mlflow.traceName': 'имя 🍷', 'mlflow.trace.spansLocation': 'TRACKING_STORE' },
      metadata: {
        ...Object.fromEntries(input.metadata.map(({ key, value }) => [key, value])),
        'mlflow.traceInputs': '{"q": "why?"}',
        'mlflow.traceOutputs': '[1, 2]',
        'mlflow.trace_schema.version': '3',
      },
      spans: [
        {
          name: 'ask',
          type: 'CHAIN',
          parent: null,
          start: String(startNs),
          end: String(startNs + 2_000_001n),
          inputs: { q: 'почему?' },
          outputs: [1, 2.5],
          status: 'OK',
          message: '',
          events: [['token', { index: 0 }]],
        },
        expect.objectContaining({ name: 'retrieve', parent: '00000000000000aa', status: 'ERROR', message: 'нет' }),
      ],
    });
  });

  it('may be written afterwards too, into its own tables', () => {
    expect(read.traces[1]).toMatchObject({
      state: 'IN_PROGRESS',
      client: 'client-1',
      tags: read.traces[0].tags,
      spans: read.traces[0].spans,
    });
  });
});
