import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { unlessMissing } from './file-failure.js';

/** Whether an absolute path is a folder or below it, by its names alone. */
export const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Where a folder really is; the path itself while it is not there. */
export const realRoot = async (root: string): Promise<string> => (await unlessMissing(realpath(root))) ?? resolve(root);
