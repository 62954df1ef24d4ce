import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { isArtifactName } from '../../core/artifact-path.js';
import { compareCodePoints } from '../../core/text.js';
import { compareEntries, entryKey, type ArtifactEntry, type EntryPage, type EntryRange } from './artifact-store.js';
import type { S3Connection } from './s3-connection.js';

export interface S3Folder {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
}

/** One page of a folder; null when nothing has this prefix. */
export async function s3Page(connection: S3Connection, folder: S3Folder, { limit, after }: EntryRange): Promise<EntryPage | null> {
  const entries: ArtifactEntry[] = [];
  let isThere = after !== null;
  for await (const answer of s3Answers(connection, folder, after)) {
    // Also by an object that only marks the folder, as those do that S3's own console makes.
    isThere ||= [...(answer.Contents ?? []), ...(answer.CommonPrefixes ?? [])].length > 0;
    for (const entry of entriesOf(answer, folder.prefix))
      if (after === null || compareCodePoints(entryKey(entry), after) > 0) entries.push(entry);
    if (entries.length > limit) break;
  }
  if (!isThere) return null;
  return { entries: entries.slice(0, limit), hasMore: entries.length > limit };
}

/** The entries of a folder in their order, as many at a time as the service gives. */
export async function* s3Batches(connection: S3Connection, folder: S3Folder): AsyncGenerator<readonly ArtifactEntry[]> {
  for await (const answer of s3Answers(connection, folder, null)) yield entriesOf(answer, folder.prefix);
}

async function* s3Answers(
  connection: S3Connection,
  { bucket, prefix }: S3Folder,
  after: string | null,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  let token: string | undefined;
  do {
    const answer: ListObjectsV2CommandOutput = await connection.use(bucket, (client) =>
      client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          Delimiter: '/',
          ...(token === undefined ? after !== null && { StartAfter: prefix + pastFolder(after) } : { ContinuationToken: token }),
        }),
      ),
    );
    yield answer;
    token = answer.NextContinuationToken;
  } while (token !== undefined);
}

/** After a folder its files come next, which would give the folder again: the last code point is after all of them. */
const pastFolder = (key: string): string => (key.endsWith('/') ? `${key}\u{10ffff}` : key);

function entriesOf({ Contents = [], CommonPrefixes = [] }: ListObjectsV2CommandOutput, prefix: string): ArtifactEntry[] {
  const files = Contents.map(({ Key = '', Size = 0, LastModified, ETag }) => ({
    name: Key.slice(prefix.length),
    isDirectory: false,
    bytes: Size,
    modifiedAt: LastModified?.getTime() ?? null,
    version: s3Version(ETag, Size),
  }));
  const folders = CommonPrefixes.map(({ Prefix = '' }) => ({
    name: Prefix.slice(prefix.length, -1),
    isDirectory: true,
    bytes: null,
    modifiedAt: null,
    version: null,
  }));
  // An object whose key is the prefix itself only marks that the folder is there.
  return [...files, ...folders].filter(({ name }) => isArtifactName(name)).sort(compareEntries);
}

export const s3Version = (etag: string | undefined, bytes: number): string => `${bytes.toString(36)}-${(etag ?? '').replaceAll('"', '')}`;
