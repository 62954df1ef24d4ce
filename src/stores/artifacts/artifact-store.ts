import type { Readable } from 'node:stream';
import { compareCodePoints } from '../../core/text.js';

/** Names from the root of a store down to a file or folder; none: the root itself. Each was checked by `artifactNames`. */
export type ArtifactNames = readonly string[];

/** A file, or a folder. */
export interface ArtifactEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Size of a file; null for folders, and for a file that went away while it was looked at. */
  readonly bytes: number | null;
  /** Milliseconds since the epoch, UTC; null where the store does not know, as for folders of object stores. */
  readonly modifiedAt: number | null;
  /** Changes whenever the content does; null for folders. */
  readonly version: string | null;
}

/** Which entries of a folder: at most `limit` whose key comes after `after`. */
export interface EntryRange {
  readonly limit: number;
  /** A `entryKey`; null from the first on. */
  readonly after: string | null;
}

/** Entries in the order of their keys. */
export interface EntryPage {
  readonly entries: readonly ArtifactEntry[];
  /** Whether more follow. */
  readonly hasMore: boolean;
}

/** First and last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file that was found. Either `read` or `close` has to be called. */
export interface OpenArtifact {
  readonly bytes: number;
  readonly modifiedAt: number;
  readonly version: string;
  /** The bytes as they were when the file was opened, whatever is put in its place; destroying the stream closes the file. */
  read(range?: ByteRange): Promise<Readable>;
  close(): Promise<void>;
}

/** Files below one root. Where it cannot be read or written, methods throw StoreFailure. */
export interface ArtifactStore {
  /** Where it is, as people write it. */
  readonly location: string;
  /** Null when there is no such folder. */
  list(folder: ArtifactNames, range: EntryRange): Promise<EntryPage | null>;
  /** All entries of a folder in no order, some at a time; none when there is no such folder. */
  batches(folder: ArtifactNames): AsyncIterable<readonly ArtifactEntry[]>;
  /** Null when there is nothing. */
  stat(path: ArtifactNames): Promise<ArtifactEntry | null>;
  /** Null when there is no such file; folders are none. */
  open(path: ArtifactNames): Promise<OpenArtifact | null>;
  /**
   * Writes a file, or writes it anew. Nobody sees it before `content` has ended; when that throws, nothing has changed.
   * @throws RuleError CONFLICT where a folder has the name, or a file stands where a folder is needed
   */
  put(path: ArtifactNames, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Removes a file, or a folder with all that is in it. Whether there was one. */
  remove(path: ArtifactNames): Promise<boolean>;
}

/** What entries are ordered by, by code point: the name, of a folder with a slash, because that is the order object stores have. */
export const entryKey = ({ name, isDirectory }: Pick<ArtifactEntry, 'name' | 'isDirectory'>): string => (isDirectory ? `${name}/` : name);

/** Compares two entries in their order. */
export const compareEntries = (a: ArtifactEntry, b: ArtifactEntry): number => compareCodePoints(entryKey(a), entryKey(b));
