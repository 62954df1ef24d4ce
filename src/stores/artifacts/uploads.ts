import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { unlessMissing } from './file-failure.js';

/** The folder, at the root of a folder store, of what is not whole yet: on the same file system, so that a rename completes it. */
export const uploadsName = '.rungraph-uploads';

/** Longer than any upload goes on without a byte. */
const leftoverAgeMs = 24 * 60 * 60 * 1000;

/** Where files are while they are written, and what is removed until it is gone. */
export interface Uploads {
  /** Writes content to a file of its own and hands it on, to be moved where it belongs. Whatever happens, the file is not here after. */
  receive<T>(content: AsyncIterable<Uint8Array>, use: (path: string) => Promise<T>): Promise<T>;
  /** A path nobody has, to move things to that are removed afterwards. */
  discard(move: (path: string) => Promise<boolean>): Promise<boolean>;
}

/** @param flush whether content is on the disk before it is handed on */
export function createUploads(root: string, flush: boolean): Uploads {
  const folder = join(root, uploadsName);
  let cleared: Promise<void> | undefined;

  async function withPath<T>(use: (path: string) => Promise<T>): Promise<T> {
    await mkdir(folder, { recursive: true });
    // What cannot be removed, of another user for example, is no reason to take nothing more.
    await (cleared ??= clearLeftovers(folder).catch(() => {}));
    const path = join(folder, randomUUID());
    try {
      return await use(path);
    } finally {
      await rm(path, { recursive: true, force: true });
    }
  }

  return {
    receive: (content, use) =>
      withPath(async (path) => {
        await pipeline(content, createWriteStream(path, { flags: 'wx', flush }));
        return use(path);
      }),
    discard: withPath,
  };
}

/** Removes what a server left behind that was killed while it wrote. */
async function clearLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const stats = await unlessMissing(stat(path));
    if (stats && Date.now() - stats.mtimeMs > leftoverAgeMs) await rm(path, { recursive: true, force: true });
  }
}
