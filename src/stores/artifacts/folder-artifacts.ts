import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { refuse } from '../../core/errors.js';
import type { ArtifactNames, ArtifactStore, OpenArtifact } from './artifact-store.js';
import { fileFailure, unlessMissing } from './file-failure.js';
import { isWithin, realRoot } from './folder-bounds.js';
import { toEntry, versionOf } from './folder-entry.js';
import { folderBatches, folderPage } from './folder-list.js';
import { createUploads, uploadsName } from './uploads.js';

export interface FolderOptions {
  /** Whether a file is on the disk, and not only with the operating system, before it is answered for. */
  readonly flush: boolean;
}

/** Files below a folder of this computer, which need not exist yet. Links that lead out of it lead nowhere. */
export function createFolderArtifacts(root: string, { flush }: FolderOptions): ArtifactStore {
  const uploads = createUploads(root, flush);
  const guard = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw fileFailure(error, root);
    });

  return {
    location: root,
    list: (names, range) => guard(async () => folderPage(await find(root, names), range, { root })),
    async *batches(names) {
      try {
        yield* folderBatches(await find(root, names), { root });
      } catch (error) {
        throw fileFailure(error, root);
      }
    },
    stat: (names) =>
      guard(async () => {
        const path = await find(root, names);
        const stats = path === null ? null : await unlessMissing(stat(path));
        return stats && (stats.isFile() || stats.isDirectory()) ? toEntry(names.at(-1) ?? '', stats) : null;
      }),
    open: (names) =>
      guard(async () => {
        const path = await find(root, names);
        return path === null ? null : openFile(path);
      }),
    put: (names, content) =>
      guard(() =>
        uploads.receive(content, async (upload) => {
          const folder = await makeFolder(root, names.slice(0, -1));
          await rename(upload, join(folder, names.at(-1)!));
          if (flush) await flushFolder(folder);
        }),
      ),
    remove: (names) =>
      guard(async () => {
        const folder = await find(root, names.slice(0, -1));
        const path = folder === null || (await isUploads(root, join(folder, names.at(-1)!))) ? null : join(folder, names.at(-1)!);
        // A link goes itself, not what it leads to; a folder is moved away first, so that nobody sees the half of it.
        if (path === null || !(await unlessMissing(lstat(path)))) return false;
        return uploads.discard(async (away) => (await unlessMissing(rename(path, away).then(() => true))) ?? false);
      }),
  };
}

/** The real path of something below the root; null when it is not there, is not whole yet, or a link on the way leads out. */
async function find(root: string, names: ArtifactNames): Promise<string | null> {
  const path = await unlessMissing(realpath(join(root, ...names)));
  return path !== null && isWithin(await realRoot(root), path) && !(await isUploads(root, path)) ? path : null;
}

/** Whether a real path is that of the files that are not whole yet, or below: a link may lead there, too. */
const isUploads = async (root: string, path: string): Promise<boolean> => isWithin(join(await realRoot(root), uploadsName), path);

/** Makes the folders of a path. What is there is followed to its real place first, so that none is made behind a link that leads out. */
async function makeFolder(root: string, names: ArtifactNames): Promise<string> {
  await mkdir(root, { recursive: true });
  for (let depth = names.length; depth >= 0; depth--) {
    const known = names.slice(0, depth);
    const isThere = (await unlessMissing(lstat(join(root, ...known)))) !== null;
    const path = isThere ? await find(root, known) : null;
    if (isThere && path === null) break;
    if (path === null) continue;
    const folder = join(path, ...names.slice(depth));
    await mkdir(folder, { recursive: true });
    return folder;
  }
  throw refuse('CONFLICT', 'A link on the way leads out of the folder of artifacts, or nowhere; nothing is written there.', ['path']);
}

async function openFile(path: string): Promise<OpenArtifact | null> {
  // Opening a pipe would wait for its writer, and a link that took the place of the file since must not be followed.
  const file = await unlessMissing(open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW));
  if (!file) return null;
  const stats = await file.stat();
  if (!stats.isFile()) {
    await file.close();
    return null;
  }
  return {
    bytes: stats.size,
    modifiedAt: Math.floor(stats.mtimeMs),
    version: versionOf(stats),
    // Never more than was announced, also when somebody appends to the file meanwhile.
    read: async ({ start, end } = { start: 0, end: stats.size - 1 }) => {
      if (end >= start) return file.createReadStream({ start, end });
      await file.close();
      return Readable.from([]);
    },
    close: () => file.close(),
  };
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  await folder.sync().finally(() => folder.close());
}
