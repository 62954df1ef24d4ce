import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

import { missing } from './optional.js';

const program = join(homedir(), '.cache/rungraph-interop-moto/bin/moto_server');

/** Whether the S3 of tests is there; says so when it is not. */
export function hasMoto(): boolean {
  if (existsSync(program)) return true;
  missing('no moto_server in ~/.cache/rungraph-interop-moto: S3 is not tested');
  return false;
}

/** An S3 service of its own, in a process of its own, with nothing in it. */
export interface Moto {
  readonly endpoint: string;
  readonly client: S3Client;
  /** What a server needs to reach it. */
  readonly env: Readonly<Record<string, string>>;
  createBucket(): Promise<string>;
  stop(): Promise<void>;
}

/** Few keys an answer, so that small folders take several. */
const env = { ...process.env, MOTO_S3_DEFAULT_MAX_KEYS: '10' };
const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };

export async function startMoto(): Promise<Moto> {
  const child = spawn(program, ['-p', '0'], { cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'], env });
  const endpoint = await new Promise<string>((resolve, reject) => {
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (address) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`moto_server ended with ${String(code)}:\n${log}`)));
  });
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  return {
    endpoint,
    client,
    env: {
      MLFLOW_S3_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
    async createBucket() {
      const bucket = `bucket-${randomUUID()}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      return bucket;
    },
    async stop() {
      client.destroy();
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}
