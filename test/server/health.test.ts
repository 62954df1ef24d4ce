import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { gauge } from '../kit/live.js';
import { missing } from '../kit/optional.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { rungraph } from '../kit/program.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${server.origin}${path}`, { redirect: 'manual', ...init });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    headers: response.headers,
    text: await response.text(),
  };
};

describe('a running server', () => {
  it('says on /healthz that it lives and on /readyz that it can be used', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(await get('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready"}' });
  });

  it('counts for Prometheus on /metrics', async () => {
    await server.query('{ __typename }');
    const { status, type, text } = await get('/metrics');
    expect(status).toBe(200);
    expect(type).toContain('text/plain; version=0.0.4');
    expect(text).toMatch(/^rungraph_http_request_seconds_count\{method="POST",route="\/graphql",status="200"\} \d+$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(await gauge(server, 'rungraph_websocket_operations')).toBe(0);
    for (const line of text.split('\n').filter(Boolean))
      expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-z_][a-z\d_]*(\{[^}]*\})? [-+\d.e]+|[a-z_][a-z\d_]*(\{[^}]*\})? (NaN|[+-]Inf))$/i);
  });

  it('keeps the number of its series small, whatever paths are asked for', async () => {
    for (let index = 0; index < 50; index++) await get(`/nothing/${index}`);
    const { text } = await get('/metrics');
    expect(text).not.toContain('/nothing');
    expect(text.split('\n').length).toBeLessThan(400);
  });

  it.each(['/nothing', '/graphql/x', '/healthz/', '/..%2f..%2fetc/passwd', '/%00', '//', '/graphql%00', '/%E0%A4%A'])(
    'answers %s, where nothing is, with a coded JSON error',
    async (path) => {
      const { status, type, text } = await get(path);
      expect([400, 404]).toContain(status);
      expect(type).toContain('application/json');
      expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST' } }] });
    },
  );

  it.each(['PUT', 'DELETE', 'PATCH'])('answers %s with a coded JSON error', async (method) => {
    const { status, text } = await get('/graphql', { method });
    expect([404, 405]).toContain(status);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: expect.stringMatching(/^[A-Z_]+$/) as string } }] });
  });

  it('wrote exactly one line to stdout and nothing to stderr', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
    expect(server.log()).toBe('');
  });
});

const hasGraphiql = existsSync(join(root, 'dist/graphiql/index.html'));
if (!hasGraphiql) missing('GraphiQL is not built (npm run build)');

describe.skipIf(!hasGraphiql)('GraphiQL', () => {
  it('is a page of its own at /graphiql/, to which /graphiql leads', async () => {
    for (const path of ['/graphiql']) {
      const { status, headers } = await get(path);
      expect(status).toBeGreaterThanOrEqual(301);
      expect(status).toBeLessThan(309);
      expect(headers.get('location')).toBe('/graphiql/');
    }
    const { status, type, text, headers } = await get('/graphiql/');
    expect([status, type]).toEqual([200, expect.stringContaining('text/html')]);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    // Offline: nothing of it comes from another host.
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
    const asset = /(?:src|href)="([^"]+\.js)"/.exec(text)![1]!;
    const script = await get(new URL(asset, `${server.origin}/graphiql/`).pathname);
    expect([script.status, script.type]).toEqual([200, expect.stringContaining('javascript')]);
  });

  it('gives no file beside it', async () => {
    for (const path of [
      '/graphiql/../package.json',
      '/graphiql/..%2f..%2fpackage.json',
      '/graphiql/%2e%2e/%2e%2e/package.json',
      '/graphiql/assets/',
    ]) {
      const { status, text } = await get(path);
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(text).not.toContain('"dependencies"');
    }
  });
});

/** Runs `serve` with these flags until it ends by itself or is told to. */
async function serve(flags: readonly string[], environment: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-serve-'));
  const child = spawn(process.execPath, [...rungraph, 'serve', '--data', folder, ...flags], {
    cwd: root,
    env: { ...process.env, RUNGRAPH_LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (text.includes('\n')) child.kill('SIGTERM'); // it is ready, and that was all that was to be seen
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  rmSync(folder, { recursive: true, force: true });
  return { code, stdout, stderr };
}

const oneLine = /^rungraph: [^\n]+\n$/;

describe('serve', () => {
  it('says that it is ready in exactly one line on stdout', async () => {
    const { code, stdout, stderr } = await serve(['--port', '0']);
    expect(stdout).toMatch(/^RunGraph ready at http:\/\/127\.0\.0\.1:\d+\/graphql\n$/);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('refuses a host that others can reach, unless --insecure says that it is meant', async () => {
    const refused = await serve(['--host', '0.0.0.0', '--port', '0']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(oneLine);
    expect(refused.stderr).toContain('--insecure');
    const meant = await serve(['--host', '0.0.0.0', '--port', '0', '--insecure']);
    expect(meant).toMatchObject({ code: 0, stdout: expect.stringContaining('http://0.0.0.0:') as string });
  });

  it('says in one sentence that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, stdout, stderr } = await serve(['--port', String(port)]);
    other.close();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `rungraph: Cannot listen on 127.0.0.1, port ${port}: another process listens there. Stop it, or choose another port with --port.\n`,
    );
  });

  it.each([
    [['--port', '99999'], '65535'],
    [['--attach', 'mlfow=/x'], 'did you mean mlflow?'],
    [['--subgraph', 'run'], 'did you mean runs?'],
    [['--config', '/nowhere/rungraph.json'], '/nowhere/rungraph.json'],
    [['--data', '/dev/null/x'], '/dev/null'],
  ])('tells a mistake in one line and exits with 1: %j', async (flags, says) => {
    const { code, stdout, stderr } = await serve(['--port', '0', ...flags]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain(says);
  });
});
