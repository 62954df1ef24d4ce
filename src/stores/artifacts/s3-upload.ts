import { Readable } from 'node:stream';
import type { S3Connection } from './s3-connection.js';

/** No object of S3 is larger. */
const maxObjectBytes = 5 * 1024 ** 4;
/** S3 takes at most 10,000 parts. */
const maxParts = 10_000;
/** Each upload holds two parts in memory. */
const minPartBytes = 8 * 1024 * 1024;

export interface UploadTarget {
  readonly bucket: string;
  readonly key: string;
  /** The most bytes that come. */
  readonly maxBytes: number;
}

/** Writes an object in parts, of which nothing is seen until the last one; they are removed when `content` throws. */
export async function uploadObject(
  connection: S3Connection,
  { bucket, key, maxBytes }: UploadTarget,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const partSize = Math.max(minPartBytes, Math.ceil(Math.min(maxBytes, maxObjectBytes) / maxParts));
  // What the content failed with is no failure of the service.
  let failure: unknown;
  async function* watched() {
    try {
      yield* content;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  try {
    await connection.use(bucket, (client) =>
      new Upload({ client, params: { Bucket: bucket, Key: key, Body: Readable.from(watched()) }, queueSize: 2, partSize }).done(),
    );
  } catch (error) {
    throw failure ?? error;
  }
}
