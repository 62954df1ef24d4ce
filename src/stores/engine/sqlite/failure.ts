import { existsSync } from 'node:fs';
import { StoreFailure } from '../../store-failure.js';

/** An error of the driver as a store failure; anything else comes back as it is. */
export function toStoreFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '' } = error as { code?: string };
  if (error.message.includes('Unable to open connection')) {
    if (!existsSync(path)) return new StoreFailure('MISSING', 'There is no such file.');
    return new StoreFailure('UNREADABLE', 'The file cannot be opened; check that it is readable for this user.');
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new StoreFailure('BUSY', 'The database is locked by another process.');
  if (code.startsWith('SQLITE_NOTADB')) return new StoreFailure('CORRUPT', 'The file is not a SQLite database.');
  if (code.startsWith('SQLITE_CORRUPT')) return new StoreFailure('CORRUPT', `The database is damaged: ${error.message}.`);
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_PERM')) {
    return new StoreFailure(existsSync(path) ? 'UNREADABLE' : 'MISSING', `The file cannot be read: ${error.message}.`);
  }
  // A program that died while it wrote leaves pages to take back, and a reader may not write. In WAL the same goes for the index.
  if (code.startsWith('SQLITE_READONLY')) {
    return new StoreFailure('UNREADABLE', 'A write to the database was interrupted; open it once with the program that writes it.');
  }
  if (code.startsWith('SQLITE_FULL')) return new StoreFailure('UNREADABLE', 'The disk is full.');
  return error;
}
