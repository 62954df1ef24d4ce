import { PutObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createS3Artifacts } from '../../src/stores/artifacts/s3-artifacts.js';
import { createS3Connection, type S3Connection } from '../../src/stores/artifacts/s3-connection.js';
import { artifactStoreContract } from '../contracts/artifact-store.js';
import { createApi } from '../kit/api.js';
import { hasMoto, startMoto, type Moto } from '../kit/moto.js';
import { startTestServer } from '../kit/server.js';

describe.skipIf(!hasMoto())('S3', () => {
  let moto: Moto;
  let connection: S3Connection;
  const before = { id: process.env.AWS_ACCESS_KEY_ID, key: process.env.AWS_SECRET_ACCESS_KEY };
  beforeAll(async () => {
    moto = await startMoto();
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' });
    connection = createS3Connection({ endpoint: moto.endpoint, region: 'us-east-1' });
  });
  afterAll(async () => {
    await connection?.close();
    await moto?.stop();
    for (const [name, value] of [
      ['AWS_ACCESS_KEY_ID', before.id],
      ['AWS_SECRET_ACCESS_KEY', before.key],
    ] as const)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
  const open = async (prefix: string, bucket?: string) =>
    createS3Artifacts(connection, { bucket: bucket ?? (await moto.createBucket()), prefix, maxBytes: 1e9 });

  describe('a bucket', () => artifactStoreContract(() => open('')));
  describe('a prefix of a bucket', () => artifactStoreContract(() => open('some/deep prefix')));

  it('leaves no parts behind of an upload that broke off', async () => {
    const bucket = await moto.createBucket();
    const store = await open('', bucket);
    async function* breaking(): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent < 40; sent++) yield new Uint8Array(1_000_000);
      throw new Error('gone');
    }
    await expect(store.put(['file'], breaking())).rejects.toThrow('gone');
    const { Uploads = [] } = await moto.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });

  it('reads nothing beside its prefix, and does not show objects that mark a folder', async () => {
    const bucket = await moto.createBucket();
    for (const Key of ['runs/', 'runs/a', 'runs/sub/', 'runs-other/b', 'c'])
      await moto.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    const store = await open('runs', bucket);
    expect((await store.list([], { limit: 10, after: null }))?.entries.map(({ name }) => name)).toEqual(['a', 'sub']);
    expect(await store.list(['sub'], { limit: 10, after: null })).toEqual({ entries: [], hasMore: false });
    expect(await store.stat(['sub'])).toMatchObject({ name: 'sub', isDirectory: true });
    expect(await store.list(['su'], { limit: 10, after: null })).toBeNull();
    expect(await store.remove(['sub'])).toBe(true);
    const { Contents = [] } = await moto.client.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual(['c', 'runs-other/b', 'runs/', 'runs/a']);
  });

  it('that is not there, or not reached, is a failure of the store', async () => {
    const missing = await open('', 'no-such-bucket-here');
    await expect(missing.list([], { limit: 1, after: null })).rejects.toMatchObject({ name: 'StoreFailure', reason: 'MISSING' });
    const nobody = createS3Connection({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1' });
    const unreached = createS3Artifacts(nobody, { bucket: 'b', prefix: '', maxBytes: 1 });
    await expect(unreached.list([], { limit: 1, after: null })).rejects.toMatchObject({ name: 'StoreFailure', reason: 'UNREADABLE' });
    await nobody.close();
  });

  it('says of a file that was replaced while it was opened that it is to be asked for again', async () => {
    const bucket = await moto.createBucket();
    // On the way to S3 somebody else is quicker, every time a picture is looked at.
    let replaced = 0;
    const way = createServer((asked, answer) => {
      const chunks: Buffer[] = [];
      asked.on('data', (chunk: Buffer) => chunks.push(chunk));
      asked.on('end', () => void forward(asked, Buffer.concat(chunks), answer));
    }).listen(0, '127.0.0.1');
    const forward = async ({ method = 'GET', url = '', headers }: IncomingMessage, body: Buffer, answer: ServerResponse) => {
      const { port } = new URL(moto.endpoint);
      const sent = request(
        { host: '127.0.0.1', port, method, path: url, headers: { ...headers, host: `127.0.0.1:${port}` } },
        (response) => {
          answer.writeHead(response.statusCode!, response.headers);
          response.pipe(answer);
        },
      );
      if (method === 'GET' && url.includes('.png'))
        await moto.client.send(
          new PutObjectCommand({ Bucket: bucket, Key: url.replace(/^\/[^/]*\/|\?.*/g, ''), Body: `picture ${++replaced}` }),
        );
      sent.end(body);
    };
    await once(way, 'listening');
    const endpoint = `http://127.0.0.1:${(way.address() as AddressInfo).port}`;
    const server = await startTestServer(['--artifacts', `s3://${bucket}`], { env: { ...moto.env, MLFLOW_S3_ENDPOINT_URL: endpoint } });
    try {
      const id = (await createApi(server).createRun()).split(':')[2];
      const url = `${server.origin}/artifacts/local/${id}/a.png`;
      expect((await fetch(url, { method: 'PUT', body: 'a picture' })).status).toBe(201);
      const answer = await fetch(url);
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('etag')]).toEqual([
        503,
        expect.stringMatching(/json/),
        null,
      ]);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'SOURCE_TIMEOUT' } }] });
      const proxied = await fetch(`${server.origin}/api/2.0/mlflow-artifacts/artifacts/0/${id}/artifacts/a.png`);
      expect([proxied.status, await proxied.json()]).toMatchObject([503, { error_code: 'TEMPORARILY_UNAVAILABLE' }]);
      expect(server.log()).not.toContain('defect');
    } finally {
      await server[Symbol.asyncDispose]();
      way.close();
    }
  });

  it('keeps the artifacts of local with --artifacts, and of no other prefix', async () => {
    const bucket = await moto.createBucket();
    await moto.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'elsewhere/secret', Body: 'secret' }));
    await using server = await startTestServer(['--artifacts', `s3://${bucket}/team/`], { env: { ...moto.env } });
    const api = createApi(server);
    const id = await api.createRun();
    const url = `${server.origin}/artifacts/local/${id.split(':')[2]}/models/ä.bin`;
    const body = Buffer.alloc(9_000_000, 'x');
    expect((await fetch(url, { method: 'PUT', body })).status).toBe(201);
    const part = await fetch(url, { headers: { range: 'bytes=8999999-' } });
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, 'x', 'bytes 8999999-8999999/9000000']);
    const { data } = await server.query(
      'query ($by: RunBy!) { run(by: $by) { artifacts(path: "models") { totalCount nodes { path bytes sha256 } } } }',
      { by: { id } },
    );
    expect(data.run.artifacts).toEqual({
      totalCount: 1,
      nodes: [{ path: 'models/ä.bin', bytes: 9_000_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    const { Contents = [] } = await moto.client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'team/' }));
    expect(Contents.map(({ Key }) => Key)).toEqual([`team/0/${id.split(':')[2]}/artifacts/models/ä.bin`]);

    const experiment = await api.createExperiment({ name: 'elsewhere', artifactLocation: `s3://${bucket}/elsewhere` });
    const other = (await api.createRun({ experiment })).split(':')[2];
    expect((await fetch(`${server.origin}/artifacts/local/${other}/../secret`)).status).toBe(404);
    expect((await fetch(`${server.origin}/artifacts/local/${other}/secret`)).status).toBe(503);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(204);
  }, 90_000);
});
