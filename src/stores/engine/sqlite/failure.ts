import { existsSync } from 'node:fs';
import { StoreFailure } from '../../store-failure.js';

// SQLite's primary result codes. The upper bytes of a code say more, and for some of those libsql has no name.
const code = { PERM: 3, BUSY: 5, LOCKED: 6, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 } as const;

/** An error of the driver as a store failure; anything else comes back as it is. */
export function toStoreFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  if (error.message.includes('Unable to open connection')) {
    if (!existsSync(path)) return new StoreFailure('MISSING', 'There is no such file.');
    return new StoreFailure('UNREADABLE', 'The file cannot be opened; check that it is readable for this user.');
  }
  switch (((error as { rawCode?: number }).rawCode ?? 0) & 0xff) {
    case code.BUSY:
    case code.LOCKED:
      return new StoreFailure('BUSY', 'The database is locked by another process.');
    case code.NOTADB:
      return new StoreFailure('CORRUPT', 'The file is not a SQLite database.');
    case code.CORRUPT:
      return new StoreFailure('CORRUPT', `The database is damaged: ${error.message}.`);
    case code.CANTOPEN:
    case code.IOERR:
    case code.PERM:
      return new StoreFailure(existsSync(path) ? 'UNREADABLE' : 'MISSING', `The file cannot be read: ${error.message}.`);
    // What a program left half written has to be taken back before anybody can read, and in WAL mode readers share an
    // index in a file of its own. Neither can be done by one who may not write.
    case code.READONLY:
      return new StoreFailure(
        'UNREADABLE',
        'A write to the database was interrupted, or it is in WAL mode in a folder that cannot be written; open it once with the program that writes it.',
      );
    case code.FULL:
      return new StoreFailure('UNREADABLE', 'The disk is full.');
    default:
      return error;
  }
}
