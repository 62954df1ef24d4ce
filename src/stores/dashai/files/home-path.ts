import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isWithin, realRoot } from '../../artifacts/folder-bounds.js';

// Folders DashAI makes in its home. A stored path means what lies below one of them, wherever the home was then.
const homeFolders: ReadonlySet<string> = new Set([
  ...['datasets', 'notebook', 'runs', 'explanations', 'images', 'preprocessing'],
  ...['documents', 'datafiles', 'RAG', 'components'],
]);

/** Longer paths fit into no file system. */
const maxPathLength = 4_096;
// A path that names known folders over and over must not cost a look at the disk for each.
const maxTails = 16;

/**
 * Where a path that DashAI stored leads to in this home. DashAI stores absolute paths of its own host; a home that was moved,
 * mounted or copied has the same tail below another root. Nothing outside the home is looked at, and what is hidden in it
 * (`.credentials_key`) is not there.
 * @param home folder of the home; it may be a link
 * @param stored any text; both kinds of slashes separate names
 * @returns the real path (no links left) of a file or folder in the home; null when there is none, never an error
 */
export async function resolveHomePath(home: string, stored: string): Promise<string | null> {
  if (stored === '' || stored.length > maxPathLength || stored.includes('\0')) return null;
  const root = await realRoot(home);
  for (const tail of tailsOf(stored, [resolve(home), root])) {
    const path = await realpath(join(root, ...tail)).catch(() => null);
    if (path !== null && isOpen(root, path)) return path;
  }
  return null;
}

/** Names below the home that a stored path may mean, the likeliest first: as it is, then the longest tail. */
function tailsOf(stored: string, roots: readonly string[]): readonly (readonly string[])[] {
  const tails: (readonly string[])[] = [];
  for (const root of roots) if (stored !== root && isWithin(root, stored)) tails.push(namesOf(relative(root, stored)));
  const names = namesOf(stored);
  names.forEach((name, index) => {
    if (homeFolders.has(name)) tails.push(names.slice(index));
  });
  return tails.filter((tail) => tail.length > 0 && tail.every(isPlainName)).slice(0, maxTails);
}

const namesOf = (path: string): readonly string[] => path.split(/[/\\]/).filter((name) => name !== '');

const isPlainName = (name: string): boolean => !name.startsWith('.');

/** Whether a real path lies below the home and no name on the way is hidden. */
const isOpen = (root: string, path: string): boolean =>
  path !== root && isWithin(root, path) && relative(root, path).split(sep).every(isPlainName);
