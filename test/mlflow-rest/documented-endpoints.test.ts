import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import { createCursorCodec } from '../../src/core/cursor.js';
import { createArtifactRoutes } from '../../src/mlflow-rest/artifact-routes.js';
import { knownEndpoints } from '../../src/mlflow-rest/known-endpoints.js';
import { createLoggedModelRoutes } from '../../src/mlflow-rest/logged-model-routes.js';
import { createRegistryRoutes } from '../../src/mlflow-rest/registry-routes.js';
import { createTraceRoutes } from '../../src/mlflow-rest/trace-routes.js';
import { createTrackingRoutes } from '../../src/mlflow-rest/tracking-routes.js';
import { openStores, type Stores } from '../../src/stores/open-stores.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const text = readFileSync(fileURLToPath(new URL('../../docs/mlflow.md', import.meta.url)), 'utf8');
const endpoints = text.slice(text.indexOf('## Endpoints of MLflow'));

/** An endpoint as the page writes it: `GET 2.0/mlflow/runs/get`, the path below `/api/`. */
const rows = [...endpoints.matchAll(/^\| `([A-Z]+ [^`]+)` *\| (.+?) *\|$/gm)].map(([, endpoint, answer]) => ({
  endpoint: endpoint!,
  isServed: !answer!.startsWith('501'),
}));
const served = rows.filter(({ isServed }) => isServed).map(({ endpoint }) => endpoint);
const notOffered = [
  ...rows.filter(({ isServed }) => !isServed).map(({ endpoint }) => endpoint),
  ...[...endpoints.matchAll(/^Not offered: (.*)$/gm)].flatMap(([, list]) =>
    [...list!.matchAll(/`([^`]+)`/g)].map(([, endpoint]) => endpoint!),
  ),
];
const atRoot = [...endpoints.matchAll(/`([A-Z]+ \/[^`]+)`/g)].map(([, endpoint]) => endpoint!);

/** The same whatever its parameters are called. */
const shapeOf = (endpoint: string) => endpoint.replace(/:\w+/g, ':');
const printed = ({ method, path }: { method: string; path: string }) => `${method} ${path.slice(1)}`;

let server: TestServer;
let stores: Stores;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-documented-'));
  server = await startTestServer();
  stores = await openStores({
    dataFolder: folder,
    database: null,
    durability: 'normal',
    attachments: [],
    storeTimeoutMs: 5_000,
    readerThreads: 1,
    pollIntervalMs: 1_000,
    clock: systemClock,
    log: pino({ level: 'silent' }),
  });
});
afterAll(async () => {
  await stores.close();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Asks an endpoint about nothing at all; a parameter is some name. */
async function ask(endpoint: string, prefix: string) {
  const [method, path] = endpoint.split(' ') as [string, string];
  const address = `${server.origin}${prefix}${path.replace('…', 'create').replace(/:\w+/g, 'nothing')}`;
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const response = await fetch(address, { method, ...(hasBody && { headers: { 'content-type': 'application/json' }, body: '{}' }) });
  const body = await response.text();
  return { status: response.status, code: body.startsWith('{') ? (JSON.parse(body) as { error_code?: string }).error_code : undefined };
}

describe('the list of endpoints in docs/mlflow.md', () => {
  it('has every endpoint of MLflow, once', () => {
    const all = [...served, ...notOffered].map(shapeOf);
    expect(all.filter((shape, index) => all.indexOf(shape) !== index)).toEqual([]);
    expect(all).toEqual(expect.arrayContaining(knownEndpoints.map(printed).map(shapeOf)));
  });

  it('has every endpoint that is served, and no other as such', () => {
    const needs = { source: stores.sources.get('local'), cursors: createCursorCodec(stores.cursorSecret), artifacts: stores.artifacts };
    const routes = [createTrackingRoutes, createRegistryRoutes, createTraceRoutes, createLoggedModelRoutes, createArtifactRoutes].flatMap(
      (create) => create(needs),
    );
    const proxy = served.filter((endpoint) => endpoint.includes('/mlflow-artifacts/'));
    expect([...routes.map(printed), ...proxy].map(shapeOf).sort()).toEqual(served.map(shapeOf).sort());
  });

  it.each(['/api/', '/ajax-api/'])('says which are answered below %s', async (prefix) => {
    for (const endpoint of served) {
      const { status, code } = await ask(endpoint, prefix);
      expect([endpoint, status, code]).not.toEqual([endpoint, 501, expect.anything()]);
      expect([endpoint, code]).not.toEqual([endpoint, 'ENDPOINT_NOT_FOUND']);
      expect([endpoint, status < 500]).toEqual([endpoint, true]);
    }
    for (const endpoint of notOffered) {
      expect([endpoint, await ask(endpoint, prefix)]).toEqual([endpoint, { status: 501, code: 'NOT_IMPLEMENTED' }]);
    }
    expect(server.log()).toBe('');
  });

  it('says which are answered at the root', async () => {
    expect(atRoot).toEqual(['GET /version', 'GET /health', 'POST /v1/traces']);
    for (const endpoint of atRoot)
      expect([endpoint, (await ask(endpoint, '')).status]).toEqual([endpoint, endpoint.startsWith('GET') ? 200 : 400]);
  });
});
