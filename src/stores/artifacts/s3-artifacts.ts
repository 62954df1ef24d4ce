import { Readable } from 'node:stream';
import { StoreFailure } from '../store-failure.js';
import type { ArtifactNames, ArtifactStore } from './artifact-store.js';
import { isMissing, type S3Connection } from './s3-connection.js';
import { removeBelow, removeObject } from './s3-remove.js';
import { uploadObject } from './s3-upload.js';
import { s3Batches, s3Page, s3Version } from './s3-list.js';

export interface S3Place {
  readonly bucket: string;
  /** What all keys begin with, without a slash at its end; may be empty. */
  readonly prefix: string;
  /** The largest file that is written. */
  readonly maxBytes: number;
}

/** Objects of an S3 bucket below a prefix; slashes in keys make folders. */
export function createS3Artifacts(connection: S3Connection, { bucket, prefix, maxBytes }: S3Place): ArtifactStore {
  const keyOf = (names: ArtifactNames) => [prefix, ...names].filter(Boolean).join('/');
  const folderOf = (names: ArtifactNames) => ({ bucket, prefix: names.length === 0 && prefix === '' ? '' : `${keyOf(names)}/` });

  async function head(names: ArtifactNames) {
    if (names.length === 0) return null;
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    return unlessMissing(connection.use(bucket, (client) => client.send(new HeadObjectCommand({ Bucket: bucket, Key: keyOf(names) }))));
  }

  return {
    location: `s3://${bucket}/${prefix}`,
    list: (names, range) => s3Page(connection, folderOf(names), range),
    batches: (names) => s3Batches(connection, folderOf(names)),
    async stat(names) {
      const name = names.at(-1) ?? '';
      const found = await head(names);
      if (found) {
        const { ContentLength: bytes = 0, LastModified, ETag } = found;
        return { name, isDirectory: false, bytes, modifiedAt: LastModified?.getTime() ?? null, version: s3Version(ETag, bytes) };
      }
      const isFolder = (await s3Page(connection, folderOf(names), { limit: 1, after: null })) !== null;
      return isFolder ? { name, isDirectory: true, bytes: null, modifiedAt: null, version: null } : null;
    },
    async open(names) {
      const found = await head(names);
      if (!found) return null;
      const { ContentLength: bytes = 0, LastModified, ETag } = found;
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      return {
        bytes,
        modifiedAt: LastModified?.getTime() ?? 0,
        version: s3Version(ETag, bytes),
        async read(range) {
          if (bytes === 0) return Readable.from([]);
          const Range = range && `bytes=${range.start}-${range.end}`;
          // Refused when another object took the place of the one that was found.
          const asked = { Bucket: bucket, Key: keyOf(names), Range, IfMatch: ETag };
          const { Body } = await connection.use(bucket, (client) => client.send(new GetObjectCommand(asked)).catch(throwIfReplaced));
          return Body as Readable;
        },
        close: async () => {},
      };
    },
    put: (names, content) => uploadObject(connection, { bucket, key: keyOf(names), maxBytes }, content),
    async remove(names) {
      const isFile = (await head(names)) !== null;
      if (isFile) await removeObject(connection, bucket, keyOf(names));
      return (await removeBelow(connection, folderOf(names))) || isFile;
    },
  };
}

function throwIfReplaced(error: unknown): never {
  if (!isMissing(error) && (error as Error).name !== 'PreconditionFailed') throw error;
  throw new StoreFailure('BUSY', 'The file was replaced or removed while it was opened; try again.');
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
