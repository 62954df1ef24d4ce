import { refuse } from './errors.js';
import { isStorableText } from './text.js';

/** Longer paths fit into no file system and no object store. */
const maxPathLength = 4_096;

/**
 * The names a path of an artifact is made of, below the folder that holds the artifacts of its run; none for that folder.
 * A path is a way down and nothing else: what could lead anywhere else on any system is refused.
 * @param path names with slashes between them, decoded; one slash at the end is allowed
 * @throws RuleError INVALID
 */
export function artifactNames(path: string): readonly string[] {
  if (path === '') return [];
  if (path.length > maxPathLength) throw refuse('INVALID', `A path has at most ${maxPathLength} characters.`, ['path']);
  const names = path.replace(/\/$/, '').split('/');
  if (names.every(isArtifactName)) return names;
  throw refuse(
    'INVALID',
    `${JSON.stringify(path.slice(0, 100))} is not a path below the artifacts of a run: names with single slashes between them, none of them "." or "..", without backslashes and NUL.`,
    ['path'],
  );
}

/** Whether a file or folder of this name can be an artifact. */
export const isArtifactName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\\]/.test(name) && isStorableText(name);

/**
 * The names in the part of a request's address that says which artifact is meant. Every name is decoded once, and after the
 * address was taken apart: `%2F` does not become a slash between names, nor `%252e` a dot.
 * @param encoded the address as it was sent, without the query
 * @throws RuleError INVALID
 */
export function decodeArtifactPath(encoded: string): readonly string[] {
  const names = encoded === '' ? [] : encoded.replace(/\/$/, '').split('/').map(decodeName);
  if (names.some((name) => name === null || name.includes('/')))
    throw refuse('INVALID', 'The address has a percent sign where none can be, or %2F in a name.', ['path']);
  return artifactNames(names.join('/'));
}

function decodeName(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null; // a broken escape
  }
}

/** The path of names as an address has it. */
export const encodeArtifactPath = (names: readonly string[]): string => names.map(encodeURIComponent).join('/');

/** Where the server answers for an artifact of a run: a path below its origin. */
export const artifactAddress = (source: string, runId: string, names: readonly string[]): string =>
  `/artifacts/${encodeArtifactPath([source, runId, ...names])}`;
