import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { NetworkError, RequestFailed, RunGraph } from '../../sdk/src/index.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let client: RunGraph;
let run: string;
beforeAll(async () => {
  server = await startTestServer();
  client = new RunGraph({ url: server.url });
  const writer = await client.createRun({ experiment: { name: 'files' } });
  run = writer.id;
  await writer.finish();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('artifacts through the SDK', () => {
  it('are uploaded, listed and downloaded', async () => {
    const sha256 = createHash('sha256').update('content').digest('hex');
    const path = 'some folder/ä #1?.txt';
    const written = await client.upload(run, path, 'content', { sha256 });
    expect(written).toEqual({ path, bytes: 7, sha256, url: expect.stringMatching(/^\/artifacts\/local\//) });
    const { nodes } = await client.artifacts({ by: { id: run }, path: 'some folder', withSha256: true });
    expect(nodes).toEqual([{ path, isDirectory: false, bytes: 7n, modifiedAt: expect.any(Date), url: written.url, sha256 }]);
    expect(await (await client.download(run, path)).text()).toBe('content');
    expect(await (await client.download({ id: run }, path, { range: [3] })).text()).toBe('tent');
    expect(await (await client.download(run, path, { range: [0, 1] })).text()).toBe('co');
  });

  it('take bytes, blobs and streams', async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let index = 0; index < 10; index++) controller.enqueue(new Uint8Array(100_000));
        controller.close();
      },
    });
    expect((await client.upload(run, 'stream', stream)).bytes).toBe(1_000_000);
    expect((await client.upload(run, 'blob', new Blob(['abc']))).bytes).toBe(3);
    expect((await client.upload(run, 'bytes', new Uint8Array(5))).bytes).toBe(5);
    const paths: string[] = [];
    for await (const { path } of client.artifacts.all({ by: { id: run }, first: 1 })) paths.push(path);
    expect(paths).toEqual(['blob', 'bytes', 'some folder', 'stream']);
  });

  it.each(['../x', 'a/../../x', '.', '', 'a//b', '/a', 'a/'])('have no path %j', async (path) => {
    await expect(client.download(run, path)).rejects.toMatchObject({ name: 'RequestFailed', code: 'INVALID' });
    await expect(client.upload(run, path, 'x')).rejects.toMatchObject({ name: 'RequestFailed', code: 'INVALID' });
  });

  it('are refused with codes', async () => {
    await expect(client.download(run, 'nope')).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
    await expect(client.download('Run:local:nope', 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.artifacts({ by: { id: run }, path: 'nope' })).rejects.toBeInstanceOf(RequestFailed);
    await expect(client.upload(run, 'x', 'x', { sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(client.upload(run, 'x', 'x', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    const nobody = new RunGraph({ url: 'http://127.0.0.1:9/graphql', timeoutMs: 200 });
    await expect(nobody.download(run, 'x')).rejects.toBeInstanceOf(NetworkError);
  });
});
