import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

import { type AppliedMigration, DatabaseRefused, type Migration, plan, type RefusalReason } from '../migrations.js';
import { openForeign, openWriter, type SqliteHandle } from './open.js';

/** Names of the migrations this call applied; empty when the database was up to date. */
export interface MigrationOutcome {
  readonly applied: string[];
}

/**
 * Creates the database or brings it up to date, all or nothing; several processes may do so at once.
 * MLflow's part may be at any revision. Blocks the thread; the folder of `path` must exist.
 * @param migrations from `readMigrations(…, 'sqlite')`
 * @throws DatabaseRefused before anything is written, when the file is not a database of ours
 */
export function migrateSqlite(path: string, migrations: readonly Migration[]): MigrationOutcome {
  // The first look is at a handle that cannot write: a refused file stays as it is, byte for byte.
  if (lookBeforeWriting(path, migrations).length === 0) return { applied: [] };

  const handle = patiently(() => openWriter(path, 'full'));
  try {
    return { applied: apply(handle, path, migrations) };
  } finally {
    handle.close();
  }
}

function lookBeforeWriting(path: string, migrations: readonly Migration[]): readonly Migration[] {
  if (!existsSync(path)) return migrations;
  if (!statSync(path).isFile()) throw refusal('NOT_SQLITE', path);
  const header = firstBytes(path, 16);
  if (header.length === 0) return migrations;
  if (!header.equals(SQLITE_HEADER)) throw refusal('NOT_SQLITE', path);
  return patiently(() => {
    const handle = openForeign(path);
    try {
      return pendingIn(handle, path, migrations);
    } catch (error) {
      if (codeOf(error) === 'SQLITE_NOTADB') throw refusal('NOT_SQLITE', path, undefined, error);
      // Another program died while it wrote, and reading would mean to repair. Ours are in WAL, where this cannot be.
      if (codeOf(error) === 'SQLITE_READONLY_ROLLBACK') throw refusal('NOT_OURS', path, undefined, error);
      throw error;
    } finally {
      handle.close();
    }
  });
}

const SQLITE_HEADER = Buffer.from('SQLite format 3\0', 'latin1');

function firstBytes(path: string, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

function apply(handle: SqliteHandle, path: string, migrations: readonly Migration[]): string[] {
  // SQLite ignores this pragma inside a transaction, and some changes of a table need it.
  handle.pragma('foreign_keys = OFF');
  handle.exec('BEGIN IMMEDIATE');
  try {
    // Again, now that nobody else can write: another process may have been faster.
    const pending = pendingIn(handle, path, migrations);
    if (pending.length > 0) applyAll(handle, pending);
    handle.exec('COMMIT');
    return pending.map(({ name }) => name);
  } catch (error) {
    if (handle.inTransaction) handle.exec('ROLLBACK');
    throw error;
  }
}

function applyAll(handle: SqliteHandle, pending: readonly Migration[]): void {
  // MLflow writes without foreign keys; what it left dangling must not stop a migration.
  const danglingBefore = danglingReferences(handle);
  handle.exec(CREATE_BOOKKEEPING);
  const remember = handle.prepare(
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) VALUES (?, ?, ?, ?, ?, 1)`,
  );
  for (const { name, sql, checksum } of pending) {
    const startedAt = BigInt(Date.now());
    handle.exec(sql);
    remember.run(randomUUID(), checksum, BigInt(Date.now()), name, startedAt);
  }
  if (danglingReferences(handle) > danglingBefore) throw new Error('A migration left rows that refer to nothing.');
}

const danglingReferences = (handle: SqliteHandle): number => handle.prepare('PRAGMA foreign_key_check').all().length;

// Prisma's own table, so that `prisma migrate deploy` finds the history it would have written.
const CREATE_BOOKKEEPING = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

function pendingIn(handle: SqliteHandle, path: string, migrations: readonly Migration[]): readonly Migration[] {
  const names = handle.prepare(`SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`).all() as { name: string }[];
  if (names.length === 0) return migrations;
  const remembers = names.some(({ name }) => name === '_prisma_migrations');
  const outcome = plan(migrations, remembers ? appliedIn(handle) : []);
  if ('refused' in outcome) throw refusal(outcome.refused, path, outcome.migration);
  return outcome.pending;
}

function appliedIn(handle: SqliteHandle): AppliedMigration[] {
  const rows = handle.prepare(
    `SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return rows.all() as AppliedMigration[];
}

// Two processes that switch a new file to WAL at the same moment get SQLITE_BUSY at once, whatever their timeout.
function patiently<Result>(attempt: () => Result): Result {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY') || Date.now() > giveUpAt) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

// As long as the writer itself waits for a lock.
const PATIENCE_MS = 10_000;

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

function refusal(reason: SqliteRefusal, path: string, migration = '', cause?: unknown): DatabaseRefused {
  return new DatabaseRefused(reason, `${path} ${ADVICE[reason](migration)}`, cause === undefined ? undefined : { cause });
}

type SqliteRefusal = Exclude<RefusalReason, 'UNREACHABLE'>;

const ADVICE: Record<SqliteRefusal, (migration: string) => string> = {
  NOT_SQLITE: () => 'is not a SQLite database. Choose another path, or move the file away.',
  NOT_OURS: () =>
    'is a database that RunGraph did not create, and RunGraph does not write to it. Attach it as a source to read it, or choose another path for the store.',
  NEWER: (migration) =>
    `was written by a newer RunGraph: it has the migration ${migration}, which this version does not know. Start that version, or restore a backup made before the upgrade.`,
  EDITED: (migration) =>
    `was made with another text of the migration ${migration}. Restore the migration file as it was released, or restore a backup that fits.`,
};
