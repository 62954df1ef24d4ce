import { StoreFailure } from '../store-failure.js';
import type { S3Connection } from './s3-connection.js';
import type { S3Folder } from './s3-list.js';

/** Keys that S3 lists, and deletes, at once. */
const atOnce = 1_000;

/** Removes one object. */
export async function removeObject(connection: S3Connection, bucket: string, key: string): Promise<void> {
  const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  await connection.use(bucket, (client) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
}

/** Removes everything below a prefix. Whether there was anything. */
export async function removeBelow(connection: S3Connection, { bucket, prefix }: S3Folder): Promise<boolean> {
  const { DeleteObjectsCommand, ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const below = { Bucket: bucket, Prefix: prefix, MaxKeys: atOnce };
  for (let removed = false; ; removed = true) {
    const { Contents = [] } = await connection.use(bucket, (client) => client.send(new ListObjectsV2Command(below)));
    if (Contents.length === 0) return removed;
    const asked = { Bucket: bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })), Quiet: true } };
    const { Errors = [] } = await connection.use(bucket, (client) => client.send(new DeleteObjectsCommand(asked)));
    const [{ Key = '', Code = '' } = {}] = Errors;
    if (Errors.length > 0) throw new StoreFailure('UNREADABLE', `s3://${bucket} refused to delete ${Key}: ${Code}.`);
  }
}
