import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { unlessMissing } from '../../artifacts/file-failure.js';
import { HomeFileFailure } from './home-file-failure.js';

// Not a link that took the file's place, and no waiting for the other end of a pipe.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A file that is open, with its size when it was opened. */
export interface OpenHomeFile {
  readonly size: number;
  /** @throws HomeFileFailure DAMAGED when the range is not within the file */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens a file for as long as `use` takes.
 * @param path a real path, as `resolveHomePath` answers
 * @returns null when there is no such file, or no plain one
 * @throws HomeFileFailure UNREADABLE, and what `use` throws
 */
export async function withHomeFile<T>(path: string, use: (file: OpenHomeFile) => Promise<T>): Promise<T | null> {
  const handle = await readable(unlessMissing(open(path, openFlags)));
  if (handle === null) return null;
  try {
    const stats = await readable(handle.stat());
    if (!stats.isFile()) return null;
    return await use({ size: stats.size, read: (offset, length) => readExactly(handle, stats.size, offset, length) });
  } finally {
    await handle.close();
  }
}

/**
 * The whole of a file.
 * @returns null when there is no such file
 * @throws HomeFileFailure TOO_LARGE, UNREADABLE
 */
export const readHomeFile = (path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> =>
  withHomeFile(path, async ({ size, read }) => {
    if (size > maxBytes) throw new HomeFileFailure('TOO_LARGE', `The file has ${size} bytes; at most ${maxBytes} are read.`);
    return read(0, size);
  });

async function readExactly(handle: FileHandle, size: number, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size)
    throw new HomeFileFailure('DAMAGED', 'The file refers to bytes beyond its end.');
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await readable(handle.read(bytes, done, length - done, offset + done));
    if (bytesRead === 0) throw new HomeFileFailure('DAMAGED', 'The file became shorter while it was read.');
    done += bytesRead;
  }
  return bytes;
}

async function readable<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new HomeFileFailure('UNREADABLE', `The file cannot be read (${code ?? 'unknown reason'}).`);
  }
}
