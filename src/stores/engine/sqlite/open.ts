import Libsql from 'libsql';

export type SqliteHandle = Libsql.Database;
export type Durability = 'normal' | 'full';

/**
 * The one writer of a database of ours, in WAL.
 * `normal` keeps every acknowledged write when the process is killed; `full` also when the machine loses power.
 */
export function openWriter(path: string, durability: Durability): SqliteHandle {
  const handle = new Libsql(path, { timeout: 10_000 });
  handle.pragma('journal_mode = WAL');
  handle.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  handle.pragma('foreign_keys = ON');
  // Appending touches the same index pages over and over: keep them (up to 64 MB), and write them back less often.
  handle.pragma('cache_size = -65536');
  handle.pragma('wal_autocheckpoint = 8000');
  return withBigints(handle);
}

/** A reader of a database of ours; it cannot write. */
export function openReader(path: string): SqliteHandle {
  const handle = new Libsql(path, { timeout: 250 });
  handle.pragma('query_only = ON');
  return withBigints(handle);
}

/**
 * A reader of somebody else's file. libsql ignores its own `readonly` option, the URI parameter it obeys;
 * nothing here may change the file, so no pragma is set that writes.
 */
export function openForeign(path: string): SqliteHandle {
  const location = encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
  return withBigints(new Libsql(`file:${location}?mode=ro`, { timeout: 250 }));
}

/** A writer of somebody else's file, as MLflow's own: with foreign keys, patient, and with the journal mode that is there. */
export function openForeignWriter(path: string): SqliteHandle {
  const location = encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
  const handle = new Libsql(`file:${location}?mode=rw`, { timeout: 20_000 });
  handle.pragma('foreign_keys = ON');
  return withBigints(handle);
}

// MLflow's steps go beyond 2^53, where a JavaScript number is no longer exact.
function withBigints(handle: SqliteHandle): SqliteHandle {
  handle.defaultSafeIntegers(true);
  return handle;
}
