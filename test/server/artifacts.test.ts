import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
let outside: string;
let run: string;
let nativeId: string;

beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), 'rungraph-outside-'));
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  server = await startTestServer([], { env: { RUNGRAPH_MAX_ARTIFACT_BYTES: String(300_000_000) } });
  api = createApi(server);
  run = await api.createRun();
  nativeId = run.split(':')[2]!;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(outside, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly json: any;
}

/** Sends exactly this path: what else sends requests takes `..` out of it. */
function send(path: string, { body, ...options }: RequestOptions & { body?: string | Buffer } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.origin);
    const sent = request({ hostname, port, path, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const all = Buffer.concat(chunks);
        const isJson = String(response.headers['content-type']).startsWith('application/json');
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: all,
          json: isJson && all.length > 0 ? JSON.parse(all.toString()) : null,
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const at = (path: string, id = nativeId) => `/artifacts/local/${id}/${path}`;
const put = (path: string, body: string | Buffer, headers: Record<string, string> = {}, id = nativeId) =>
  send(at(path, id), { method: 'PUT', body, headers });
const codeOf = ({ json }: Answer): unknown => json?.errors?.[0]?.extensions.code;
const folderOf = (id: string) => join(server.dataFolder, 'artifacts/0', id, 'artifacts');
/** Whether the server has this file open there; what it had may be closed by now. */
function isOpen(descriptor: string, name: string): boolean {
  try {
    return readlinkSync(descriptor).endsWith(name);
  } catch {
    return false;
  }
}
const uploads = () => readdirSync(join(server.dataFolder, 'artifacts/.rungraph-uploads'));

async function artifacts(id: string, args = '', selection = 'nodes { path isDirectory bytes url }'): Promise<any> {
  const query = `query ($by: RunBy!) { run(by: $by) { artifacts${args} { ${selection} } } }`;
  const { data, errors } = await server.query(query, { by: { id } });
  return errors ? { errors } : data.run.artifacts;
}

/** A run of its own, with files. */
async function runWith(files: Readonly<Record<string, string | Buffer>>): Promise<{ id: string; native: string }> {
  const id = await api.createRun();
  const native = id.split(':')[2]!;
  for (const [path, body] of Object.entries(files)) expect((await put(encodeURI(path), body, {}, native)).status).toBe(201);
  return { id, native };
}

describe('a file of a run', () => {
  it('is written, listed, read and removed', async () => {
    const written = await put('models/best.bin', 'weights');
    const sha256 = createHash('sha256').update('weights').digest('hex');
    expect(written).toMatchObject({ status: 201, json: { path: 'models/best.bin', bytes: 7, sha256, url: at('models/best.bin') } });
    expect(written.headers.location).toBe(at('models/best.bin'));

    const listed = await artifacts(run, '(path: "models")', 'totalCount nodes { path isDirectory bytes modifiedAt url sha256 }');
    expect(listed).toEqual({
      totalCount: 1,
      nodes: [
        { path: 'models/best.bin', isDirectory: false, bytes: 7, modifiedAt: expect.any(String), url: at('models/best.bin'), sha256 },
      ],
    });
    expect(Math.abs(Date.parse(listed.nodes[0].modifiedAt) - Date.now())).toBeLessThan(60_000);

    const read = await send(at('models/best.bin'));
    expect([read.status, read.body.toString(), read.headers['content-length']]).toEqual([200, 'weights', '7']);
    const head = await send(at('models/best.bin'), { method: 'HEAD' });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, '7']);

    expect((await send(at('models/best.bin'), { method: 'DELETE' })).status).toBe(204);
    expect((await send(at('models/best.bin'))).status).toBe(404);
    expect(codeOf(await send(at('models/best.bin'), { method: 'DELETE' }))).toBe('NOT_FOUND');
  });

  it('is replaced as a whole, also when several write it at once', async () => {
    const { native } = await runWith({});
    const bodies = Array.from({ length: 8 }, (_, index) => Buffer.alloc(2_000_000, index));
    const answers = await Promise.all(bodies.map((body) => put('same.bin', body, {}, native)));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 201));
    const { body } = await send(at('same.bin', native));
    expect(bodies.some((one) => one.equals(body))).toBe(true);
    expect(uploads()).toEqual([]);
  });

  it('may be empty', async () => {
    const { native, id } = await runWith({ empty: '' });
    expect(await send(at('empty', native))).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
    expect((await artifacts(id, '', 'nodes { bytes sha256 }')).nodes).toEqual([
      { bytes: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    ]);
  });

  it.each([
    ['spaces and signs', 'a b#c?d%e&f=g+h;i'],
    ['a name that looks encoded', '%2e%2e'],
    ['unicode', 'größe 模型 🏁.txt'],
    ['a name of 255 bytes', 'x'.repeat(255)],
    ['a name of three dots', '...'],
    ['a name that begins with a dash', '-rf'],
    ['quotes and line breaks', 'a"b\'c\r\nd'],
    ['a name of prototypes', '__proto__'],
  ])('may be called %s', async (_what, name) => {
    const { native, id } = await runWith({});
    expect((await put(encodeURIComponent(name), 'here', {}, native)).status).toBe(201);
    const { nodes } = await artifacts(id);
    expect(nodes).toEqual([{ path: name, isDirectory: false, bytes: 4, url: at(encodeURIComponent(name), native) }]);
    const read = await send(nodes[0].url);
    expect([read.status, read.body.toString()]).toEqual([200, 'here']);
    expect(read.headers['content-disposition']).toContain("filename*=UTF-8''");
    expect(readFileSync(join(folderOf(native), name), 'utf8')).toBe('here');
  });

  it.each([
    ['GET', 'dots', '../../../mlflow.db'],
    ['GET', 'dots at the end', 'models/..'],
    ['GET', 'encoded dots', '%2e%2e/%2e%2e/%2e%2e/mlflow.db'],
    ['GET', 'an encoded slash', '..%2F..%2F..%2Fmlflow.db'],
    ['GET', 'an encoded slash in a name', 'a%2Fb'],
    ['GET', 'an absolute path', '/etc/passwd'],
    ['GET', 'an encoded absolute path', '%2Fetc%2Fpasswd'],
    ['GET', 'NUL', 'a%00b'],
    ['GET', 'a backslash', '..%5C..%5Cmlflow.db'],
    ['GET', 'one dot', './a'],
    ['GET', 'an empty name', 'a//b'],
    ['GET', 'what is no UTF-8', '%ff%fe'],
    ['GET', 'a broken escape', '%zz'],
    ['PUT', 'dots', '../stolen.txt'],
    ['PUT', 'encoded dots', '%2e%2e/stolen.txt'],
    ['PUT', 'an encoded slash', '..%2Fstolen.txt'],
    ['PUT', 'NUL', 'stolen%00.txt'],
    ['DELETE', 'dots', '..'],
    ['DELETE', 'encoded dots', 'a/%2e%2e/%2e%2e'],
  ])('is nowhere that %s could reach with %s', async (method, _what, path) => {
    const answer = await send(at(path), { method, ...(method === 'PUT' && { body: 'x' }) });
    expect(answer.status).toBe(400);
    expect(['INVALID', 'BAD_REQUEST']).toContain(codeOf(answer));
    expect(existsSync(join(server.dataFolder, 'artifacts/0', nativeId, 'stolen.txt'))).toBe(false);
    expect(existsSync(join(server.dataFolder, 'mlflow.db'))).toBe(true);
  });

  it('is not found under names that were encoded twice', async () => {
    for (const path of ['%252e%252e/%252e%252e/mlflow.db', '%252Fetc%252Fpasswd']) expect((await send(at(path))).status).toBe(404);
  });

  it('has a name that the file system takes, or is refused', async () => {
    expect(codeOf(await put('x'.repeat(256), 'x'))).toBe('INVALID');
    expect(codeOf(await put(encodeURIComponent('ü'.repeat(128)), 'x'))).toBe('INVALID');
    expect(codeOf(await put(Array.from({ length: 3_000 }, () => 'a').join('/'), 'x'))).toBe('INVALID');
    expect(uploads()).toEqual([]);
  });

  it('does not stand where a folder is, nor has files below', async () => {
    await put('place/file', 'x');
    expect(codeOf(await put('place', 'x'))).toBe('CONFLICT');
    expect(codeOf(await put('place/file/below', 'x'))).toBe('CONFLICT');
    expect((await send(at('place'))).status).toBe(404);
    expect(uploads()).toEqual([]);
    expect((await send(at('place'), { method: 'DELETE' })).status).toBe(204);
    expect(existsSync(join(folderOf(nativeId), 'place'))).toBe(false);
  });

  it('belongs to a run of local that is in use', async () => {
    const deleted = await api.createRun();
    await api.mutate('deleteRun', { run: deleted });
    expect(codeOf(await put('x', 'x', {}, deleted.split(':')[2]))).toBe('CONFLICT');
    expect(await put('x', 'x', {}, '0'.repeat(32))).toMatchObject({ status: 404 });
    expect(await send('/artifacts/nowhere/x/y', { method: 'PUT', body: 'x' })).toMatchObject({ status: 404 });
    expect(await send('/artifacts/nowhere/x/y')).toMatchObject({ status: 404 });
    expect((await send(`/artifacts/local/${nativeId}`)).status).toBe(404);
    expect((await send(`/artifacts/local/${nativeId}/`, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('links', () => {
  it('that lead out are not followed, listed or written through; those that stay inside are', async () => {
    const { native, id } = await runWith({ 'real/file': 'inside' });
    const folder = folderOf(native);
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'secret.txt'));
    symlinkSync(join(outside, 'missing'), join(folder, 'dangling'));
    symlinkSync('loop', join(folder, 'loop'));
    symlinkSync('real', join(folder, 'in'));

    expect((await artifacts(id, '', 'totalCount nodes { path isDirectory }')) as unknown).toEqual({
      totalCount: 2,
      nodes: [
        { path: 'in', isDirectory: true },
        { path: 'real', isDirectory: true },
      ],
    });
    expect((await send(at('in/file', native))).body.toString()).toBe('inside');
    for (const path of ['out/secret.txt', 'secret.txt', 'dangling', 'loop']) expect((await send(at(path, native))).status).toBe(404);
    expect((await artifacts(id, '(path: "out")')).errors[0].extensions.code).toBe('NOT_FOUND');
    for (const path of ['out/new.txt', 'out/deep/new.txt', 'dangling/new.txt'])
      expect(codeOf(await put(path, 'x', {}, native))).toBe('CONFLICT');
    expect((await send(at('out/secret.txt', native), { method: 'DELETE' })).status).toBe(404);
    // Written over, or removed, is the link and not what it leads to.
    expect((await put('secret.txt', 'mine', {}, native)).status).toBe(201);
    expect((await send(at('out', native), { method: 'DELETE' })).status).toBe(204);
    expect(readdirSync(outside)).toEqual(['secret.txt']);
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret');
  });
});

describe('a download', () => {
  const content = randomBytes(1_000);
  let native: string;
  let etag: string;
  let modified: string;
  beforeAll(async () => {
    ({ native } = await runWith({ 'part.bin': content }));
    const { headers } = await send(at('part.bin', native), { method: 'HEAD' });
    etag = headers.etag!;
    modified = headers['last-modified']!;
  });

  it.each([
    ['bytes=0-99', 0, 100],
    ['bytes=10-10', 10, 11],
    ['bytes=990-', 990, 1_000],
    ['bytes=-10', 990, 1_000],
    ['bytes=-5000', 0, 1_000],
    ['bytes=900-5000', 900, 1_000],
  ])('gives the range %s', async (range, start, end) => {
    const answer = await send(at('part.bin', native), { headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers['content-range']).toBe(`bytes ${start}-${end - 1}/1000`);
    expect(answer.body.equals(content.subarray(start, end))).toBe(true);
  });

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('refuses the range %s, which is behind the end', async (range) => {
    const answer = await send(at('part.bin', native), { headers: { range } });
    expect([answer.status, answer.headers['content-range']]).toEqual([416, 'bytes */1000']);
  });

  it.each(['bytes=0-1,5-6', 'bytes=9-3', 'items=0-1', 'bytes=', 'bytes=a-b'])('gives everything for %s', async (range) => {
    const answer = await send(at('part.bin', native), { headers: { range } });
    expect([answer.status, answer.body.length]).toEqual([200, 1_000]);
  });

  it('is not sent again to who has it', async () => {
    for (const headers of [{ 'if-none-match': etag }, { 'if-none-match': `"x", W/${etag}` }, { 'if-modified-since': modified }]) {
      const answer = await send(at('part.bin', native), { headers: headers as never });
      expect([answer.status, answer.body.length]).toEqual([304, 0]);
    }
    expect((await send(at('part.bin', native), { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('goes on with a range only of the same file', async () => {
    const range = 'bytes=500-';
    expect((await send(at('part.bin', native), { headers: { range, 'if-range': etag } })).status).toBe(206);
    expect((await send(at('part.bin', native), { headers: { range, 'if-range': modified } })).status).toBe(206);
    await put('part.bin', randomBytes(1_000), {}, native);
    const answer = await send(at('part.bin', native), { headers: { range, 'if-range': etag } });
    expect([answer.status, answer.body.length]).toEqual([200, 1_000]);
  });

  it.each([
    ['page.html', 'text/plain; charset=utf-8', 'inline'],
    ['image.svg', 'text/plain; charset=utf-8', 'inline'],
    ['data.xml', 'text/plain; charset=utf-8', 'inline'],
    ['code.JS', 'text/plain; charset=utf-8', 'inline'],
    ['plot.png', 'image/png', 'inline'],
    ['table.csv', 'text/csv; charset=utf-8', 'inline'],
    ['report.pdf', 'application/octet-stream', 'attachment'],
    ['model.pkl', 'application/octet-stream', 'attachment'],
    ['MLmodel', 'text/plain; charset=utf-8', 'inline'],
  ])('of %s cannot run in the page: it comes as %s', async (name, type, how) => {
    const { native: id } = await runWith({ [name]: '<script>alert(1)</script>' });
    const { headers } = await send(at(name, id));
    expect(headers).toMatchObject({
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    expect(headers['content-disposition']).toBe(`${how}; filename="${name}"; filename*=UTF-8''${name}`);
    expect((await send(`${at(name, id)}?download`)).headers['content-disposition']).toMatch(/^attachment/);
  });

  it('whose reader goes away lets go of the file', async () => {
    const { native: id } = await runWith({ 'large.bin': Buffer.alloc(50_000_000) });
    const open = () => readdirSync(`/proc/${server.process.pid}/fd`).length;
    const before = open();
    for (let round = 0; round < 5; round++) {
      const { hostname, port } = new URL(server.origin);
      const sent = request({ hostname, port, path: at('large.bin', id) }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      await once(response, 'readable');
      response.destroy();
    }
    await expect.poll(open, { timeout: 5_000 }).toBeLessThanOrEqual(before + 1);
  });

  it('that waits behind another answer is let go of with the connection', async () => {
    const { native: id } = await runWith({ 'waiting.bin': Buffer.alloc(5_000_000) });
    const folder = `/proc/${server.process.pid}/fd`;
    const open = () => readdirSync(folder).filter((fd) => isOpen(join(folder, fd), '/waiting.bin')).length;
    const { hostname, port } = new URL(server.origin);
    for (const path of [at('waiting.bin', id), `/api/2.0/mlflow-artifacts/artifacts/0/${id}/artifacts/waiting.bin`]) {
      const socket = connect(Number(port), hostname);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(20));
      await expect.poll(open).toBe(20);
      socket.destroy();
      await expect.poll(open).toBe(0);
    }
    expect(server.log()).toBe('');
  });
});

describe('an upload', () => {
  it('whose content is not what was said is not kept', async () => {
    const right = createHash('sha256').update('content').digest();
    const wrong = createHash('sha256').update('other').digest();
    expect((await send(`${at('checked')}?sha256=${right.toString('hex')}`, { method: 'PUT', body: 'content' })).status).toBe(201);
    expect(codeOf(await send(`${at('checked')}?sha256=${wrong.toString('hex')}`, { method: 'PUT', body: 'content' }))).toBe('INVALID');
    expect((await put('by-header', 'content', { 'content-digest': `sha-256=:${right.toString('base64')}:` })).status).toBe(201);
    expect((await put('by-old-header', 'content', { digest: `SHA-256=${right.toString('base64')}` })).status).toBe(201);
    for (const headers of [{ 'content-digest': `sha-256=:${wrong.toString('base64')}:` }, { digest: 'SHA-256=AAAA' }])
      expect(codeOf(await put('wrong', 'content', headers as never))).toBe('INVALID');
    expect(codeOf(await send(`${at('wrong')}?sha256=12`, { method: 'PUT', body: 'x' }))).toBe('INVALID');
    expect((await send(at('wrong'))).status).toBe(404);
    expect((await send(at('checked'))).body.toString()).toBe('content');
    expect(uploads()).toEqual([]);
  });

  it('that breaks off leaves nothing', async () => {
    const { id, native } = await runWith({});
    const { hostname, port } = new URL(server.origin);
    const sent = request({ hostname, port, path: at('a/b/broken.bin', native), method: 'PUT', headers: { 'content-length': 1_000_000 } });
    sent.on('error', () => {});
    sent.write(Buffer.alloc(300_000));
    await expect.poll(() => uploads().length, { timeout: 5_000 }).toBe(1);
    sent.destroy();
    await expect.poll(uploads, { timeout: 5_000 }).toEqual([]);
    expect(existsSync(folderOf(native))).toBe(false);
    expect((await artifacts(id)).nodes).toEqual([]);
    expect(server.log()).not.toContain('defect');
  });

  it('that is too large is refused, announced or not, and its client gets the answer', async () => {
    const announced = await send(at('huge.bin'), {
      method: 'PUT',
      headers: { 'content-length': String(300_000_001) },
      body: Buffer.alloc(300_000_001),
    });
    expect([announced.status, codeOf(announced)]).toEqual([413, 'TOO_LARGE']);
    const chunked = await fetch(`${server.origin}${at('huge.bin')}`, {
      method: 'PUT',
      body: new ReadableStream({
        async start(controller) {
          for (let sent = 0; sent <= 300_000_000; sent += 1_000_000) controller.enqueue(new Uint8Array(1_000_000));
          controller.close();
        },
      }),
      duplex: 'half',
    });
    expect([chunked.status, ((await chunked.json()) as any).errors[0].extensions.code]).toEqual([413, 'TOO_LARGE']);
    expect((await send(at('huge.bin'))).status).toBe(404);
    expect(uploads()).toEqual([]);
  });

  it('of 200 MB takes no memory, in neither direction', async () => {
    const { native, id } = await runWith({});
    const chunk = randomBytes(1_000_000);
    const peak = { rss: 0 };
    const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))![1]) / 1000;
    const before = rss();
    const { hostname, port } = new URL(server.origin);
    const sent = request({ hostname, port, path: at('big.bin', native), method: 'PUT' });
    for (let index = 0; index < 200; index++) {
      if (!sent.write(chunk)) await once(sent, 'drain');
      peak.rss = Math.max(peak.rss, rss());
    }
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(201);
    response.resume();

    const hash = createHash('sha256');
    let bytes = 0;
    for await (const part of (await fetch(`${server.origin}${at('big.bin', native)}`)).body!) {
      hash.update(part);
      bytes += part.length;
      peak.rss = Math.max(peak.rss, rss());
    }
    expect(bytes).toBe(200_000_000);
    const expected = createHash('sha256');
    for (let index = 0; index < 200; index++) expected.update(chunk);
    const digest = expected.digest('hex');
    expect(hash.digest('hex')).toBe(digest);
    expect((await artifacts(id, '', 'nodes { sha256 }')).nodes).toEqual([{ sha256: digest }]);
    expect(peak.rss - before).toBeLessThan(120);
  }, 60_000);

  it.each([
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page without an origin', { origin: 'null' }],
  ])('from %s is refused', async (_what, headers) => {
    expect(await put('foreign', 'x', headers as never)).toMatchObject({ status: 403 });
    expect(await send(at('foreign'), { method: 'DELETE', headers: headers as never })).toMatchObject({ status: 403 });
    expect((await send(at('foreign'))).status).toBe(404);
  });

  it('from the page of this server is taken, whatever type it says it has', async () => {
    for (const type of ['application/json', 'text/html', 'multipart/form-data', 'application/x-www-form-urlencoded'])
      expect((await put(`typed`, '{broken', { 'content-type': type, origin: server.origin })).status).toBe(201);
  });
});

describe('Run.artifacts', () => {
  it('pages through a large folder in its order, once each', async () => {
    const { id, native } = await runWith({ 'z/last': 'x' });
    const folder = join(folderOf(native), 'many');
    mkdirSync(folder);
    const names = Array.from({ length: 2_500 }, (_, index) => `${(index * 7919) % 2_500}.txt`);
    for (const name of names) writeFileSync(join(folder, name), name);
    mkdirSync(join(folder, '12'));
    const seen: string[] = [];
    for (let after: string | null = null, page: any; ; after = page.pageInfo.endCursor) {
      const args = `(path: "many/", first: 400${after === null ? '' : `, after: ${JSON.stringify(after)}`})`;
      page = await artifacts(id, args, 'totalCount nodes { path bytes } pageInfo { hasNextPage endCursor }');
      expect(page.totalCount).toBe(2_501);
      seen.push(...page.nodes.map(({ path }: { path: string }) => path));
      if (!page.pageInfo.hasNextPage) break;
    }
    const expected = [...names, '12/'].map((name) => `many/${name}`).sort();
    expect(seen).toEqual(expected.map((path) => path.replace(/\/$/, '')));
  });

  it('orders files and folders by name, a folder as if it ended with a slash', async () => {
    const { id } = await runWith({ 'a.txt': '', 'a/x': '', a0: '', 'b/x': '', B: '', ä: '' });
    expect((await artifacts(id)).nodes.map(({ path }: { path: string }) => path)).toEqual(['B', 'a.txt', 'a', 'a0', 'b', 'ä']);
  });

  it('is an empty page for a run that keeps nothing, and a file for the path of one', async () => {
    const { id, native } = await runWith({});
    expect(await artifacts(id, '', 'totalCount nodes { path } pageInfo { hasNextPage }')).toEqual({
      totalCount: 0,
      nodes: [],
      pageInfo: { hasNextPage: false },
    });
    await put('deep/file.txt', 'x', {}, native);
    expect(await artifacts(id, '(path: "deep/file.txt")', 'totalCount nodes { path url }')).toEqual({
      totalCount: 1,
      nodes: [{ path: 'deep/file.txt', url: at('deep/file.txt', native) }],
    });
  });

  it.each([
    ['a path that is not there', '(path: "nope")', 'NOT_FOUND'],
    ['a path that leads up', '(path: "../..")', 'BAD_USER_INPUT'],
    ['an absolute path', '(path: "/etc")', 'BAD_USER_INPUT'],
    ['a backslash', '(path: "a\\\\b")', 'BAD_USER_INPUT'],
    ['NUL', '(path: "a\\u0000")', 'BAD_USER_INPUT'],
    ['too many rows', '(first: 1001)', 'BAD_USER_INPUT'],
    ['a negative number of rows', '(first: -1)', 'BAD_USER_INPUT'],
    ['a cursor of nobody', '(after: "x")', 'CURSOR_INVALID'],
  ])('refuses %s', async (_what, args, code) => {
    expect((await artifacts(run, args)).errors[0].extensions.code).toBe(code);
  });

  it('refuses the cursor of another folder', async () => {
    const { id } = await runWith({ 'a/x': '', 'b/x': '' });
    const { pageInfo } = await artifacts(id, '(path: "a")', 'pageInfo { endCursor }');
    const args = `(path: "b", after: ${JSON.stringify(pageInfo.endCursor)})`;
    expect((await artifacts(id, args)).errors[0].extensions.code).toBe('CURSOR_INVALID');
  });

  it('says why when a location is not served, and the other runs of the page come', async () => {
    const { native } = await runWith({ here: 'x' });
    const made: string[] = [native];
    for (const [index, artifactLocation] of [
      'dbfs:/x',
      '/etc',
      `file://${outside}`,
      's3://somebody/else',
      'mlflow-artifacts:/../..',
    ].entries()) {
      const experiment = await api.createExperiment({ name: `elsewhere ${index} ${native}`, artifactLocation });
      made.push((await api.createRun({ experiment })).split(':')[2]!);
      expect((await put('passwd', 'x', {}, made.at(-1))).status).toBe(503);
      expect((await send(at('passwd', made.at(-1)))).status).toBe(503);
    }
    const { data, errors } = await server.query(
      `query ($ids: [String!]) { runs(filter: { nativeId: { in: $ids } }, orderBy: [{ field: STARTED_AT, direction: ASC }]) { nodes { nativeId artifacts { nodes { path } } } } }`,
      { ids: made },
    );
    expect(data.runs.nodes.map(({ artifacts: page }: any) => page?.nodes ?? null).filter(Boolean)).toEqual([[{ path: 'here' }]]);
    expect(data.runs.nodes).toHaveLength(6);
    expect(errors!.map(({ extensions }) => extensions.code)).toEqual(Array.from({ length: 5 }, () => 'SOURCE_UNAVAILABLE'));
    expect(errors!.map(({ message }) => message).join()).toContain('of dbfs nothing is known here');
    expect(existsSync(join(outside, 'passwd'))).toBe(false);
  });

  it('does not show pipes, nor wait for them', async () => {
    const { id, native } = await runWith({ file: 'x' });
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [join(folderOf(native), 'pipe')]);
    expect((await artifacts(id)).nodes.map(({ path }: { path: string }) => path)).toEqual(['file']);
    expect((await send(at('pipe', native))).status).toBe(404);
  });

  it('makes no digest of what one request may not read', async () => {
    const { id, native } = await runWith({});
    const folder = folderOf(native);
    mkdirSync(folder, { recursive: true });
    const { truncateSync } = await import('node:fs');
    for (let index = 0; index < 5; index++) {
      writeFileSync(join(folder, `${index}`), '');
      truncateSync(join(folder, `${index}`), 240 * 1024 * 1024);
    }
    writeFileSync(join(folder, 'larger'), '');
    truncateSync(join(folder, 'larger'), 257 * 1024 * 1024);
    expect((await artifacts(id, '(path: "larger")', 'nodes { sha256 }')).nodes).toEqual([{ sha256: null }]);
    expect((await artifacts(id, '', 'nodes { sha256 }')).errors[0].extensions.code).toBe('QUERY_TOO_COMPLEX');
  }, 60_000);
});

describe("MLflow's artifact proxy", () => {
  const proxy = (path: string, prefix = '/api') => `${prefix}/2.0/mlflow-artifacts/${path}`;

  it.each(['/api', '/ajax-api'])('takes, lists, gives and removes files below %s', async (prefix) => {
    const { native, id } = await runWith({});
    const root = `0/${native}/artifacts`;
    expect(
      await send(proxy(`artifacts/${root}/a/b.json`, prefix), {
        method: 'PUT',
        body: '{',
        headers: { 'content-type': 'application/json' },
      }),
    ).toMatchObject({
      status: 200,
      json: {},
    });
    expect((await send(proxy(`artifacts?path=${root}`, prefix))).json).toEqual({ files: [{ path: 'a', is_dir: true }] });
    expect((await send(proxy(`artifacts?path=${root}/a`, prefix))).json).toEqual({
      files: [{ path: 'b.json', is_dir: false, file_size: 1 }],
    });
    expect((await send(proxy(`artifacts?path=${root}/a/b.json`, prefix))).json).toEqual({});
    expect((await send(proxy(`artifacts?path=${root}/nope`, prefix))).json).toEqual({});
    expect((await send(proxy(`artifacts/${root}/a/b.json`, prefix))).body.toString()).toBe('{');
    expect((await artifacts(id, '(path: "a")')).nodes).toHaveLength(1);
    expect((await send(proxy(`artifacts/${root}/a`, prefix), { method: 'DELETE' })).json).toEqual({});
    expect((await send(proxy(`artifacts/${root}/a/b.json`, prefix))).json.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
  });

  it('lists the files of a run by its id, page by page', async () => {
    const list = async (query: Record<string, string>) =>
      (await send(`/api/2.0/mlflow/artifacts/list?${new URLSearchParams(query).toString()}`)).json;
    const { native } = await runWith({ 'a/b': 'xy', c: 'z' });
    const root_uri = `mlflow-artifacts:/0/${native}/artifacts`;
    expect(await list({ run_id: native })).toEqual({
      root_uri,
      files: [
        { path: 'a', is_dir: true },
        { path: 'c', is_dir: false, file_size: 1 },
      ],
    });
    expect(await list({ run_uuid: native, path: 'a' })).toEqual({ root_uri, files: [{ path: 'a/b', is_dir: false, file_size: 2 }] });
    for (const path of ['c', 'nope', 'a/b']) expect(await list({ run_id: native, path })).toEqual({ root_uri });
    expect(await list({ run_id: native, path: '..' })).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    expect(await list({ run_id: native, page_token: 'x' })).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    expect(await list({ run_id: 'nope' })).toEqual({ error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'Run with id=nope not found' });
    expect(await list({})).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });

    const experiment = await api.createExperiment({ name: `list ${native}`, artifactLocation: '/etc' });
    const outsider = (await api.createRun({ experiment })).split(':')[2]!;
    expect(await list({ run_id: outsider })).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });

    for (let index = 0; index < 1_001; index++) writeFileSync(join(folderOf(native), 'a', `f${index}`), '');
    const first = await list({ run_id: native, path: 'a' });
    expect(first.files).toHaveLength(1_000);
    const second = await list({ run_id: native, path: 'a', page_token: first.next_page_token });
    expect(second.files).toHaveLength(2);
    expect(second.next_page_token).toBeUndefined();
    expect(new Set([...first.files, ...second.files].map(({ path }) => path)).size).toBe(1_002);
  });

  it('lists a folder of any size as a stream', async () => {
    const { native } = await runWith({ first: '' });
    for (let index = 0; index < 1_500; index++) writeFileSync(join(folderOf(native), `${index}`), '');
    const { json } = await send(proxy(`artifacts?path=0/${native}/artifacts`));
    expect(new Set(json.files.map(({ path }: { path: string }) => path)).size).toBe(1_501);
  });

  it.each([
    ['GET', 'artifacts/%2e%2e/mlflow.db'],
    ['GET', 'artifacts/..%2Fmlflow.db'],
    ['GET', 'artifacts?path=..'],
    ['GET', 'artifacts?path=/etc'],
    ['PUT', 'artifacts/0/../../stolen'],
    ['DELETE', 'artifacts/0/%2e%2e/%2e%2e'],
    ['DELETE', 'artifacts/'],
  ])('refuses %s %s in the form of MLflow', async (method, path) => {
    const answer = await send(proxy(path), { method, ...(method === 'PUT' && { body: 'x' }) });
    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(existsSync(join(server.dataFolder, 'stolen'))).toBe(false);
  });

  it('refuses what is too large, and pages of other origins', async () => {
    const path = proxy(`artifacts/0/${nativeId}/artifacts/huge`);
    const large = await send(path, { method: 'PUT', body: Buffer.alloc(300_000_001) });
    expect([large.status, large.json.error_code]).toEqual([413, 'INVALID_PARAMETER_VALUE']);
    const foreign = await send(path, { method: 'PUT', body: 'x', headers: { origin: 'https://evil.example' } });
    expect([foreign.status, foreign.json.error_code]).toEqual([403, 'PERMISSION_DENIED']);
    expect((await send(path)).status).toBe(404);
  });

  it.each([
    ['POST', 'mpu/create/0/x'],
    ['POST', 'mpu/complete/0/x'],
    ['POST', 'mpu/abort/0/x'],
    ['GET', 'presigned/0/x'],
  ])('says that %s %s is not offered', async (method, path) => {
    const answer = await send(proxy(path), {
      method,
      ...(method === 'POST' && { body: '{}', headers: { 'content-type': 'application/json' } }),
    });
    expect([answer.status, answer.json.error_code]).toEqual([501, 'NOT_IMPLEMENTED']);
    // The client goes on without only when it reads these words.
    expect(answer.json.message).toMatch(/^Multipart (up|down)load is not supported for the current artifact repository/);
  });
});

describe('the server', () => {
  it('had no defect in any of this', async () => {
    await sleep(100);
    expect(server.log()).not.toMatch(/defect|"level":50/);
  });
});
