import { parse } from 'lossless-json';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import { systemClock } from '../../src/core/clock.js';
import { createCursorCodec } from '../../src/core/cursor.js';
import { createLoggedModelRoutes } from '../../src/mlflow-rest/logged-model-routes.js';
import { receiveOtlp } from '../../src/mlflow-rest/otlp.js';
import type { Route } from '../../src/mlflow-rest/route.js';
import { createRegistryRoutes } from '../../src/mlflow-rest/registry-routes.js';
import { createTraceRoutes } from '../../src/mlflow-rest/trace-routes.js';
import { createTrackingRoutes } from '../../src/mlflow-rest/tracking-routes.js';
import { openStores, type Stores } from '../../src/stores/open-stores.js';

let stores: Stores;
let folder: string;
let routes: Route[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-routes-'));
  const quiet = () => undefined;
  stores = await openStores({
    dataFolder: folder,
    database: null,
    durability: 'normal',
    attachments: [],
    storeTimeoutMs: 5_000,
    readerThreads: 1,
    pollIntervalMs: 1_000,
    clock: systemClock,
    log: { info: quiet, warn: quiet, error: quiet, debug: quiet },
  } as never);
  const needs = { source: stores.sources.get('local'), cursors: createCursorCodec(stores.cursorSecret) };
  routes = [...createTraceRoutes(needs), ...createLoggedModelRoutes(needs), ...createTrackingRoutes(needs), ...createRegistryRoutes(needs)];
});
afterAll(async () => {
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(method: Route['method'], path: string, { body = {}, query = '', ...of }: Record<string, any> = {}): Promise<any> {
  const route = routes.find((known) => known.method === method && known.path === path)!;
  const answer = await route.answer({ path: of, query: new URLSearchParams(query), body: parse(JSON.stringify(body)) as never });
  return answer instanceof Readable ? JSON.parse(await text(answer)) : answer;
}
const failure = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code: string; message: string }) => [error.code, error.message],
  );

const id = (digit: string) => `tr-${digit.repeat(32)}`;
const info = (trace_id: string, more: object = {}) => ({
  trace_id,
  trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
  request_time: '2026-01-02T03:04:05.678Z',
  execution_duration: '1.012s',
  state: 'OK',
  trace_metadata: { m: '1' },
  tags: { 'mlflow.traceName': 'outer', kind: 'a' },
  request_preview: '{"q": 6}',
  client_request_id: `client ${trace_id}`,
  ...more,
});
const start = (trace: object) => call('POST', '/3.0/mlflow/traces', { body: { trace: { trace_info: trace } } });
const search = async (body: object) =>
  call('POST', '/3.0/mlflow/traces/search', { body: { locations: [{ mlflow_experiment: { experiment_id: '0' } }], ...body } });
const found = async (filter: string) => (await search({ filter })).traces.map(({ trace_id }: { trace_id: string }) => trace_id);

describe('the endpoints of traces', () => {
  beforeAll(async () => {
    await start(info(id('1')));
    await start(info(id('2'), { state: 'ERROR', request_time: '2026-01-02T03:04:06Z', tags: { kind: "it's" } }));
    await start(info(id('3'), { state: 'IN_PROGRESS', request_time: '2026-01-02T03:04:07Z', execution_duration: undefined, tags: {} }));
  });

  it('answer a trace as it was sent', async () => {
    const { trace } = await call('GET', '/3.0/mlflow/traces/:trace_id', { trace_id: id('1') });
    expect(trace.trace_info).toMatchObject({
      ...info(id('1')),
      tags: { 'mlflow.traceName': 'outer', kind: 'a', 'mlflow.artifactLocation': `mlflow-artifacts:/0/traces/${id('1')}/artifacts` },
      trace_metadata: { m: '1', 'mlflow.trace.infoFinalized': 'true' },
    });
  });

  it.each<[string, string[]]>([
    ['', ['3', '2', '1']],
    ["status = 'OK'", ['1']],
    ["status = 'OK' AND", ['1']],
    ["status IN ('OK', 'ERROR') and tags.kind LIKE '%'", ['2', '1']],
    ['tag.kind = "it\'s"', ['2']],
    ["tags.`kind` != 'a'", ['2']],
    ['tags.kind IS NULL', ['3']],
    ["name = 'outer' AND metadata.m IS NOT NULL", ['1']],
    ['timestamp_ms >= 1767323046000 AND execution_time > 1000', ['2']],
    ['trace.timestamp != 1767323046000', ['3', '1']],
    ['end_time_ms = 1767323047000', ['3']],
    [`client_request_id = 'client ${id('2')}'`, ['2']],
    [`request_id NOT IN ('${id('1')}')`, ['3', '2']],
    ["text LIKE '%x%'", []],
  ])('find %s', async (filter, digits) => {
    expect(await found(filter)).toEqual(digits.map(id));
  });

  it.each([
    ["status == 'OK'"],
    ['status = OK'],
    ["status = 'OK' OR status = 'ERROR'"],
    ["feedback.x = 'yes'"],
    ["nothing = 'x'"],
    ["timestamp = 'x'"],
    ['request_id IN ()'],
    ["tags.a > '1'"],
  ])('refuse %s', async (filter) => {
    expect((await failure(found(filter)))?.[0]).toBe('INVALID_PARAMETER_VALUE');
  });

  it('want to be told of what, if only of nothing', async () => {
    for (const [method, path, list] of [
      ['POST', '/3.0/mlflow/traces/search', 'locations'],
      ['POST', '/3.0/mlflow/traces/batchGetInfos', 'trace_ids'],
      ['GET', '/3.0/mlflow/traces/batchGet', 'trace_ids'],
      ['GET', '/2.0/mlflow/traces', 'experiment_ids'],
    ] as const) {
      const words = `Missing value for required parameter '${list}'.`;
      expect(await failure(call(method, path, {}))).toEqual(['INVALID_PARAMETER_VALUE', expect.stringContaining(words)]);
    }
    expect(await call('POST', '/3.0/mlflow/traces/batchGetInfos', { body: { trace_ids: [] } })).toEqual({ trace_infos: [] });
  });

  it('page by tokens that are good for one search only', async () => {
    const first = await search({ max_results: 2, order_by: ['timestamp ASC'] });
    const rest = await search({ max_results: 2, order_by: ['timestamp ASC'], page_token: first.next_page_token });
    expect([...first.traces, ...rest.traces].map((trace: any) => trace.trace_id)).toEqual(['1', '2', '3'].map(id));
    expect(rest.next_page_token).toBeUndefined();
    expect(await failure(search({ page_token: first.next_page_token }))).toMatchObject(['INVALID_PARAMETER_VALUE', expect.any(String)]);
    expect((await failure(search({ max_results: 501 })))![0]).toBe('INVALID_PARAMETER_VALUE');
  });

  it('set and delete tags', async () => {
    const tags = '/2.0/mlflow/traces/:trace_id/tags';
    await call('PATCH', tags, { trace_id: id('1'), body: { key: 't', value: 'ü' } });
    expect(await found("tags.t = 'ü'")).toEqual([id('1')]);
    await call('DELETE', tags, { trace_id: id('1'), body: { key: 't' } });
    expect(await failure(call('DELETE', tags, { trace_id: id('1'), body: { key: 't' } }))).toEqual([
      'NOT_FOUND',
      `No trace tag with key 't' for trace with ID '${id('1')}'`,
    ]);
  });

  it('take the two calls of MLflow 2', async () => {
    const pairs = [{ key: 'k', value: 'v' }];
    const { trace_info } = await call('POST', '/2.0/mlflow/traces', {
      body: { experiment_id: '0', timestamp_ms: 5, request_metadata: pairs, tags: pairs },
    });
    expect(trace_info).toMatchObject({ request_id: expect.stringMatching(/^[0-9a-f]{32}$/), status: 'IN_PROGRESS', timestamp_ms: 5 });
    const ended = await call('PATCH', '/2.0/mlflow/traces/:trace_id', {
      trace_id: trace_info.request_id,
      body: { timestamp_ms: 12, status: 'ERROR' },
    });
    expect(ended.trace_info).toMatchObject({ status: 'ERROR', execution_time_ms: 7n });
    const deleted = await call('POST', '/2.0/mlflow/traces/delete-traces', {
      body: { experiment_id: '0', request_ids: [trace_info.request_id] },
    });
    expect(deleted).toEqual({ traces_deleted: 1 });
  });
});

const type = (name: string) =>
  protobuf
    .parse(
      `syntax = "proto3"; message R { repeated S s = 1; } message S { repeated C c = 2; } message C { repeated Span spans = 2; }
    message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent = 4; string name = 5; fixed64 start = 7; fixed64 end = 8; repeated KV a = 9; Status status = 15; }
    message Status { int32 code = 3; } message KV { string key = 1; V value = 2; } message V { oneof v { string s = 1; bool b = 2; int64 i = 3; double d = 4; } }`,
    )
    .root.lookupType(name);

describe('spans by OpenTelemetry', () => {
  const request = (span: object) =>
    type('R')
      .encode(
        type('R').fromObject({
          s: [
            {
              c: [
                {
                  spans: [
                    {
                      traceId: Buffer.alloc(16, 7),
                      spanId: Buffer.alloc(8, 1),
                      name: 'root',
                      start: '1767323045678901234',
                      end: '1767323046678901235',
                      ...span,
                    },
                  ],
                },
              ],
            },
          ],
        }),
      )
      .finish();
  const headers = { 'x-mlflow-experiment-id': '0', 'content-type': 'application/x-protobuf' };
  const traceId = `tr-${'07'.repeat(16)}`;

  it('make a trace, exact to the nanosecond and the 64-bit integer', async () => {
    const a = [
      { key: 'big', value: { i: '9223372036854775807' } },
      { key: 'third', value: { d: 1 / 3 } },
      { key: 'mlflow.spanInputs', value: { s: 'почему?' } },
    ];
    await receiveOtlp(stores, gzipSync(request({ a })), { ...headers, 'content-encoding': 'gzip' }, 1e6);
    const { trace } = await call('GET', '/3.0/mlflow/traces/get', { query: `trace_id=${traceId}` });
    expect(trace.trace_info).toMatchObject({ state: 'OK', execution_duration: '1.000s', request_preview: '"почему?"' });
    expect(trace.spans).toMatchObject([
      { name: 'root', start_time_unix_nano: 1767323045678901234n, end_time_unix_nano: 1767323046678901235n },
    ]);
    expect(trace.spans[0].attributes).toEqual(
      expect.arrayContaining([
        { key: 'big', value: { int_value: 9223372036854775807n } },
        { key: 'third', value: { double_value: 1 / 3 } },
        { key: 'mlflow.traceRequestId', value: { string_value: traceId } },
      ]),
    );
  });

  it.each<[string, Uint8Array, object, string]>([
    ['no experiment', request({}), { 'content-type': 'application/x-protobuf' }, 'INVALID_PARAMETER_VALUE'],
    [
      'an experiment that is not there',
      request({ traceId: Buffer.alloc(16, 8) }),
      { ...headers, 'x-mlflow-experiment-id': '99' },
      'NOT_FOUND',
    ],
    ['no protobuf', Buffer.from([255, 255]), headers, 'INVALID_PARAMETER_VALUE'],
    ['no spans', Buffer.alloc(0), headers, 'INVALID_PARAMETER_VALUE'],
    ['a short id', request({ spanId: Buffer.alloc(3, 1) }), headers, 'INVALID_PARAMETER_VALUE'],
    ...['null', '{"resourceSpans":5}', '{"resourceSpans":[null]}', '{"resourceSpans":[{"scopeSpans":[{"spans":[null]}]}]}'].map(
      (text): [string, Uint8Array, object, string] => [
        `JSON of another shape: ${text}`,
        Buffer.from(text),
        { ...headers, 'content-type': 'application/json' },
        'INVALID_PARAMETER_VALUE',
      ],
    ),
    ['what unpacks to too much', gzipSync(Buffer.alloc(2e6)), { ...headers, 'content-encoding': 'gzip' }, 'INVALID_PARAMETER_VALUE'],
  ])('are refused with %s', async (_what, body, given, code) => {
    expect((await failure(receiveOtlp(stores, body, given, 1e6)))?.[0]).toBe(code);
  });
});

describe('the endpoints of logged models', () => {
  const root = '/2.0/mlflow/logged-models';
  const create = async (name: string, depth: string) =>
    (
      await call('POST', root, {
        body: { experiment_id: '0', name, params: [{ key: 'depth', value: depth }], tags: [{ key: 'tier', value: '1' }] },
      })
    ).model.info.model_id as string;
  const names = async (body: object) =>
    ((await call('POST', `${root}/search`, { body: { experiment_ids: ['0'], ...body } })).models ?? []).map(
      (model: any) => model.info.name,
    );

  it('create, finish, tag, find and delete a model', async () => {
    const [a, b] = [await create('a', '3'), await create('b', '4')];
    const { runId } = await stores.sources.get('local').writer!.createRun({ experimentId: '0', tags: [], params: [] });
    const point = { key: 'acc', timestamp: 1n, step: 2n, datasetName: 'wine', datasetDigest: 'd' };
    await stores.sources.get('local').loggedModelWriter!.logMetrics({
      runId,
      metrics: [
        { ...point, modelId: a, value: 0.9 },
        { ...point, modelId: b, value: NaN },
      ],
    });
    const { model } = await call('PATCH', `${root}/:model_id`, { model_id: a, body: { status: 'LOGGED_MODEL_READY' } });
    expect(model).toMatchObject({
      info: {
        status: 'LOGGED_MODEL_READY',
        artifact_uri: `mlflow-artifacts:/0/models/${a}/artifacts`,
        tags: [{ key: 'tier', value: '1' }],
      },
      data: { params: [{ key: 'depth', value: '3' }], metrics: [{ key: 'acc', value: 0.9, step: 2n, dataset_name: 'wine' }] },
    });
    expect(await names({ filter: "params.depth = '3' AND metrics.acc > 0.5 AND tags.tier = '1'" })).toEqual(['a']);
    expect(await names({ filter: "status = 'READY'" })).toEqual(['a']);
    expect(await names({ order_by: [{ field_name: 'metrics.acc', ascending: false }] })).toEqual(['a', 'b']);
    expect(await names({ datasets: [{ dataset_name: 'none' }] })).toEqual([]);
    // As many as the user of MLflow's client wants: it asks for all of them at once.
    const { models } = await call('POST', `${root}/search`, { body: { experiment_ids: ['0'], max_results: 20_000, filter: "name = 'b'" } });
    expect(models.map(({ data }: any) => data.metrics[0])).toMatchObject([{ key: 'acc', value: 'NaN' }]);
    expect(
      (await failure(call('POST', `${root}/:model_id/params`, { model_id: a, body: { params: [{ key: 'depth', value: '5' }] } })))![0],
    ).toBe('IMMUTABLE');
    await call('DELETE', `${root}/:model_id`, { model_id: a });
    expect(await names({})).toEqual(['b']);
    expect((await failure(call('GET', `${root}/:model_id`, { model_id: a })))![0]).toBe('RESOURCE_DOES_NOT_EXIST');
    expect((await failure(call('POST', root, { body: { experiment_id: '0', name: 'a/b' } })))![0]).toBe('INVALID');
  });

  it('take the metrics of a batch that name a model, all of it or nothing', async () => {
    const model = await create('measured', '1');
    const { runId } = await stores.sources.get('local').writer!.createRun({ experimentId: '0', tags: [], params: [] });
    const metric = { key: 'acc', value: 0.5, timestamp: 1, step: 2 };
    const batch = (model_id: string) =>
      call('POST', '/2.0/mlflow/runs/log-batch', { body: { run_id: runId, metrics: [{ ...metric, model_id, dataset_name: 'wine' }] } });
    expect((await failure(batch('m-none')))![0]).toBe('NOT_FOUND');
    const runOf = async () => (await call('GET', '/2.0/mlflow/runs/get', { query: `run_id=${runId}` })).run;
    expect((await runOf()).data.metrics).toBeUndefined();
    await batch(model);
    await call('POST', '/2.0/mlflow/runs/log-metric', { body: { run_id: runId, ...metric, key: 'f1', model_id: model } });
    expect((await runOf()).data.metrics).toHaveLength(2);
    const found = await call('GET', `${root}/:model_id`, { model_id: model });
    expect(found.model.data.metrics).toMatchObject([
      { key: 'acc', value: 0.5, step: 2n, run_id: runId, dataset_name: 'wine' },
      { key: 'f1' },
    ]);
  });

  it('are sources of versions only where the version says so, and no other file of the server is', async () => {
    const [model, other] = [await create('source', '1'), await create('other', '1')];
    await call('POST', '/2.0/mlflow/registered-models/create', { body: { name: 'versions' } });
    const { runId } = await stores.sources.get('local').writer!.createRun({ experimentId: '0', tags: [], params: [] });
    const version = (source: string, of: object) =>
      call('POST', '/2.0/mlflow/model-versions/create', { body: { name: 'versions', source, ...of } });
    await version(`models:/${model}`, { model_id: model });
    const uri = await call('GET', '/2.0/mlflow/model-versions/get-download-uri', { query: 'name=versions&version=1' });
    expect(uri.artifact_uri).toBe(`mlflow-artifacts:/0/models/${model}/artifacts`);
    await version(`mlflow-artifacts:/0/${runId}/artifacts/model`, { run_id: runId });
    for (const [source, of] of [
      ['/etc', {}],
      ['/etc', { run_id: runId }],
      ['file:///etc', { run_id: runId }],
      ['x', { model_id: model }],
      ['s3://a/../b', {}],
      ['s3://a/%252e%252e/b', {}],
      [`models:/${model}`, {}],
      [`models:/${model}`, { model_id: other }],
      [`runs:/${runId}/model`, {}],
      [`mlflow-artifacts:/0/${runId}/artifacts/model`, {}],
      [`mlflow-artifacts:/0/${runId}/artifactsx`, { run_id: runId }],
      [`mlflow-artifacts:/0/${runId}/artifacts/..%2f..`, { run_id: runId }],
    ] as const)
      expect([source, (await failure(version(source, of)))?.[0]]).toEqual([source, 'INVALID_PARAMETER_VALUE']);
  });

  it('keep what a run made', async () => {
    const { runId } = await stores.sources.get('local').writer!.createRun({ experimentId: '0', tags: [], params: [] });
    await call('POST', '/2.0/mlflow/runs/outputs', { body: { run_id: runId, models: [{ model_id: 'm-1', step: 3 }] } });
    await call('POST', '/2.0/mlflow/runs/log-inputs', { body: { run_id: runId, models: [{ model_id: 'm-2' }] } });
    const { run } = await call('GET', '/2.0/mlflow/runs/get', { query: `run_id=${runId}` });
    expect(run).toMatchObject({
      inputs: { model_inputs: [{ model_id: 'm-2' }] },
      outputs: { model_outputs: [{ model_id: 'm-1', step: 3n }] },
    });
  });
});
