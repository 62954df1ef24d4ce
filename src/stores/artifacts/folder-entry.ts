import type { Stats } from 'node:fs';
import type { ArtifactEntry } from './artifact-store.js';

/** @param stats of the file, links followed */
export const toEntry = (name: string, stats: Stats): ArtifactEntry => ({
  name,
  isDirectory: stats.isDirectory(),
  bytes: stats.isDirectory() ? null : stats.size,
  modifiedAt: Math.floor(stats.mtimeMs),
  version: stats.isDirectory() ? null : versionOf(stats),
});

/** A file that is put in the place of another one has another inode, even when size and time are the same. */
export const versionOf = ({ ino, size, mtimeMs }: Stats): string =>
  [ino, size, Math.round(mtimeMs * 1000)].map((part) => part.toString(36)).join('-');
