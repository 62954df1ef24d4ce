import { refuse, RuleError } from '../../core/errors.js';
import { StoreFailure } from '../store-failure.js';

const codeOf = (error: unknown): unknown => (error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined);

/** Null when there is no such file, or a file stands where the path needs a folder. */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    // ELOOP: a link to itself, or a link where none may be followed.
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(String(codeOf(error)))) return null;
    throw error;
  }
}

/** What an error of the file system means: a failure of the store, or a path that cannot be. Other errors stay as they are. */
export function fileFailure(error: unknown, root: string): unknown {
  if (error instanceof RuleError || error instanceof StoreFailure) return error;
  switch (codeOf(error)) {
    case 'ENAMETOOLONG':
      return refuse('INVALID', 'A name in the path is longer than the file system takes (mostly 255 bytes).', ['path']);
    case 'EISDIR':
    case 'ENOTEMPTY':
      return refuse('CONFLICT', 'There is a folder of this name.', ['path']);
    case 'EEXIST':
    case 'ENOTDIR':
      return refuse('CONFLICT', 'A file stands where the path needs a folder.', ['path']);
    case 'ENOSPC':
    case 'EDQUOT':
      return new StoreFailure('UNREADABLE', `There is no space left for artifacts in ${root}.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StoreFailure('UNREADABLE', `Artifacts in ${root}: the server may not read or write there.`);
    case 'EMFILE':
    case 'ENFILE':
      return new StoreFailure('BUSY', 'Too many files are open; try again.');
    case 'EIO':
    case 'ESTALE':
      return new StoreFailure('UNREADABLE', `Artifacts in ${root} cannot be read: ${String(codeOf(error))}.`);
    default:
      return error;
  }
}
