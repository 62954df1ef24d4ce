import { PutObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
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
