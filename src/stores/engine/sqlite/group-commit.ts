import type { Database } from '../sql.js';
import type { SqliteConnection } from './connection.js';

/** What a write thread can do, for one kind of database. `run` happens inside a transaction and writes all or nothing. */
export interface WriteService {
  run(db: Database, name: string, input: unknown): Promise<unknown>;
}

/** A named operation that waits for its answer. */
export interface WaitingOperation {
  readonly name: string;
  readonly input: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** How long a transaction takes further operations: long enough to share an fsync, short enough that nobody waits for many. */
const groupMs = 25;

/**
 * Does operations in one transaction, each under a savepoint of its own: one fsync for all of them, and one that fails
 * takes nothing of the others with it. They are answered after the commit, so an answer means committed.
 */
export async function commitGroup(
  connection: SqliteConnection,
  service: WriteService,
  next: () => WaitingOperation | undefined,
): Promise<void> {
  const group: WaitingOperation[] = [];
  const answers: (() => void)[] = [];
  try {
    connection.exec('BEGIN IMMEDIATE');
    const until = performance.now() + groupMs;
    for (let operation = next(); operation; operation = performance.now() < until ? next() : undefined) {
      group.push(operation);
      answers.push(await underSavepoint(connection, service, operation));
    }
    connection.exec('COMMIT');
  } catch (error) {
    // The transaction itself failed (locked, disk full): nothing of the group was written.
    rollBack(connection);
    // When it could not even begin, everybody who waits has waited for the same lock.
    if (group.length === 0) for (let operation = next(); operation; operation = next()) group.push(operation);
    for (const { reject } of group) reject(error);
    return;
  }
  for (const answer of answers) answer();
}

async function underSavepoint(
  connection: SqliteConnection,
  service: WriteService,
  { name, input, resolve, reject }: WaitingOperation,
): Promise<() => void> {
  connection.exec('SAVEPOINT operation');
  try {
    const result = await service.run(connection, name, input);
    connection.exec('RELEASE operation');
    return () => resolve(result);
  } catch (error) {
    connection.exec('ROLLBACK TO operation');
    connection.exec('RELEASE operation');
    return () => reject(error);
  }
}

/** Ends whatever transaction is open. SQLite may have ended it itself, and a second failure must not hide the first. */
export function rollBack(connection: SqliteConnection): void {
  try {
    if (connection.handle.inTransaction) connection.exec('ROLLBACK');
  } catch {
    // the connection is unusable; the next BEGIN says why
  }
}
