import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isArtifactName } from '../../core/artifact-path.js';
import { compareCodePoints } from '../../core/text.js';
import { entryKey, type ArtifactEntry, type EntryPage, type EntryRange } from './artifact-store.js';
import { unlessMissing } from './file-failure.js';
import { isWithin, realRoot } from './folder-bounds.js';
import { toEntry } from './folder-entry.js';
import { uploadsName } from './uploads.js';

/** What is known of a name before its size is asked for. */
type Named = Pick<ArtifactEntry, 'name' | 'isDirectory'>;

/** Where a folder stands. */
export interface FolderPlace {
  /** Root of the store; links that lead out of it are not shown. */
  readonly root: string;
}

/** Names that are read at once, and files that are looked at together. */
const batchSize = 512;

/**
 * One page of a folder of any size: its names are read in a stream of which no more than some pages are kept, and only the
 * files of the page are looked at.
 */
export async function folderPage(folder: string | null, { limit, after }: EntryRange, place: FolderPlace): Promise<EntryPage | null> {
  if (folder === null) return null;
  const kept = Math.max(2 * (limit + 1), batchSize);
  let best: Named[] = [];
  let last: string | null = null;
  const cut = () => {
    best = best.sort((a, b) => compareCodePoints(entryKey(a), entryKey(b))).slice(0, limit + 1);
    last = best.length > limit ? entryKey(best[limit]!) : null;
  };
  const isFolder = await eachName(folder, place, (names) => {
    for (const named of names) {
      const key = entryKey(named);
      if ((after !== null && compareCodePoints(key, after) <= 0) || (last !== null && compareCodePoints(key, last) >= 0)) continue;
      if (best.push(named) >= kept) cut();
    }
  });
  if (!isFolder) return null;
  cut();
  return { entries: await Promise.all(best.slice(0, limit).map((named) => look(folder, named))), hasMore: best.length > limit };
}

/** All entries of a folder, some at a time, in the order the file system gives them. */
export async function* folderBatches(folder: string | null, place: FolderPlace): AsyncGenerator<readonly ArtifactEntry[]> {
  if (folder === null) return;
  for await (const names of nameBatches(folder, place)) yield await Promise.all(names.map((named) => look(folder, named)));
}

/** Whether it is a folder. */
async function eachName(folder: string, place: FolderPlace, use: (names: readonly Named[]) => void): Promise<boolean> {
  const stats = await unlessMissing(stat(folder));
  if (!stats?.isDirectory()) return false;
  for await (const names of nameBatches(folder, place)) use(names);
  return true;
}

async function* nameBatches(folder: string, place: FolderPlace): AsyncGenerator<readonly Named[]> {
  const opened = await unlessMissing(opendir(folder, { bufferSize: batchSize }));
  if (!opened) return;
  const isRoot = folder === (await realRoot(place.root));
  let names: Named[] = [];
  for await (const entry of opened) {
    if (!isArtifactName(entry.name) || (isRoot && entry.name === uploadsName)) continue;
    const named = await nameOf(folder, entry, place);
    if (named && names.push(named) === batchSize) {
      yield names;
      names = [];
    }
  }
  yield names;
}

/** Null for pipes, sockets, devices, and for links that lead nowhere or out of the store. */
async function nameOf(folder: string, entry: Dirent, { root }: FolderPlace): Promise<Named | null> {
  const { name } = entry;
  if (entry.isFile() || entry.isDirectory()) return { name, isDirectory: entry.isDirectory() };
  const path = await unlessMissing(realpath(join(folder, name)));
  const stats = path !== null && isWithin(await realRoot(root), path) ? await unlessMissing(stat(path)) : null;
  return stats && (stats.isFile() || stats.isDirectory()) ? { name, isDirectory: stats.isDirectory() } : null;
}

async function look(folder: string, { name, isDirectory }: Named): Promise<ArtifactEntry> {
  const stats = await unlessMissing(stat(join(folder, name)));
  // It went away since its name was read, or became something else; its place in the page stays.
  if (stats?.isDirectory() !== isDirectory) return { name, isDirectory, bytes: null, modifiedAt: null, version: null };
  return toEntry(name, stats);
}
