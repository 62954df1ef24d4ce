import { cpSync, mkdtempSync, rmSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, defaultExperiment, type Api } from '/work/main/test/kit/api.js';
import { followPoints, gauge, openAcknowledged, openLiveClient, countOf, valuesOf } from '/work/main/test/kit/live.js';
import { startTestServer, type TestServer } from '/work/main/test/kit/server.js';

let server: TestServer; let api: Api; let run: string;
beforeAll(async () => { server = await startTestServer(); api = createApi(server); run = await api.createRun(); });
afterAll(() => server[Symbol.asyncDispose]());
const operations = () => gauge(server, 'rungraph_websocket_operations');
const subscribe = (id: string, query: string, variables?: object) => ({ id, type: 'subscribe', payload: { query, variables } });
const points = (id: string, input: object = {}) =>
  subscribe(id, 'subscription ($input: MetricPointsInput!) { metricPoints(input: $input) { kind series { values } } }', { input: { runIds: [run], maxRateHz: 100, ...input } });


it('1 id reuse right after complete, one packet', async () => {
  const hand = await openAcknowledged(server);
  const got: any[] = [];
  hand.socket.on('message', (d) => got.push(JSON.parse(String(d))));
  hand.send(points('1'));
  await sleep(300);
  got.length = 0;
  (hand.socket as any)._socket.cork();
  hand.send({ id: '1', type: 'complete' });
  hand.send(points('1'));
  (hand.socket as any)._socket.uncork();
  await sleep(500);
  console.log('reuse', JSON.stringify(got), 'ops', await operations());
  hand.send({ id: '1', type: 'complete' });
  await sleep(500);
  console.log('ops after complete (0 expected)', await operations());
  hand.socket.terminate();
});
it('1c while a read is under way', async () => {
  const big = await api.createRun();
  for (let i = 0; i < 3; i++) await api.log(big, [{ key: 'y', values: Array.from({length: 30000}, (_, j) => j) }]);
  const hand = await openAcknowledged(server);
  const got: any[] = [];
  hand.socket.on('message', (d) => got.push(JSON.parse(String(d))));
  hand.send(points('1', { runIds: [big], history: 'ALL' }));
  await sleep(3);
  hand.send({ id: '1', type: 'complete' });
  await sleep(1);
  hand.send(points('1', { history: 'ALL' }));
  await sleep(1000);
  console.log('reuse', got.map((g) => JSON.stringify(g).slice(0, 100)), 'ops', await operations());
  hand.send({ id: '1', type: 'complete' });
  await sleep(500);
  console.log('ops after complete (0 expected)', await operations());
  hand.socket.terminate();
});
it('12b sse skip', async () => {
  const r = await fetch(server.url, { method: 'POST', headers: { accept: 'text/event-stream', 'content-type': 'application/json' }, body: JSON.stringify({ query: 'subscription { runEvents @skip(if: true) { kind } }' }) });
  console.log(r.status, await r.text());
});
