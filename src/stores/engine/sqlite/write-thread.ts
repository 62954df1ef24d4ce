import { setImmediate } from 'node:timers/promises';
import { serveThread } from '../thread.js';
import type { Database, Statement } from '../sql.js';
import { SqliteConnection } from './connection.js';
import { toStoreFailure } from './failure.js';
import { openWriter, type Durability } from './open.js';

/** What the thread is started with. */
export interface WriteThreadData {
  readonly path: string;
  readonly durability: Durability;
}

export type WriteMessage =
  | { readonly kind: 'operation'; readonly name: string; readonly input: unknown }
  | { readonly kind: 'query' | 'execute'; readonly transaction: number | null; readonly statement: Statement }
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit' | 'rollback'; readonly transaction: number };

/** What a write thread can do, for one kind of database. `run` happens inside a transaction and writes all or nothing. */
export interface WriteService {
  run(db: Database, name: string, input: unknown): Promise<unknown>;
}

interface Queued {
  readonly message: WriteMessage;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Operations that one transaction takes at most; what arrives meanwhile waits for the next. */
const maxGroup = 256;
const transactionTimeoutMs = 5_000;
/** Statements that SQLite refuses or ignores inside a transaction. */
const outsideTransactions = /^\s*(pragma|vacuum)\b/i;

/**
 * Runs all writes of one SQLite file in this thread, on its only writing connection.
 * Operations that wait together are committed together, each under a savepoint of its own: one fsync for all of them,
 * and one that fails takes nothing of the others with it. An answer means committed.
 */
export function serveWrites({ path, durability }: WriteThreadData, service: WriteService): void {
  const connection = new SqliteConnection(openWriter(path, durability));
  const queue: Queued[] = [];
  let working = false;
  let open: { readonly id: number; readonly ended: Promise<void>; readonly end: () => void } | null = null;
  let nextTransaction = 1;

  serveThread((message: WriteMessage, reply) => {
    const outcome = new Promise<unknown>((resolve, reject) => {
      const queued = { message, resolve, reject };
      if (belongsToOpenTransaction(message)) settle(queued, () => inTransaction(message));
      else queue.push(queued);
    });
    reply(outcome.catch((error: unknown) => Promise.reject(toStoreFailure(error, path))));
    if (!working) void work();
  });

  async function work(): Promise<void> {
    working = true;
    while (queue.length > 0) {
      const first = queue[0]!;
      if (first.message.kind === 'operation') await commitGroup(takeOperations());
      else await outside(queue.shift()!);
      await setImmediate(); // lets what arrived meanwhile join the next group
    }
    working = false;
  }

  function takeOperations(): Queued[] {
    let count = 0;
    while (count < maxGroup && queue[count]?.message.kind === 'operation') count++;
    return queue.splice(0, count);
  }

  async function commitGroup(group: Queued[]): Promise<void> {
    const settled: (() => void)[] = [];
    try {
      connection.exec('BEGIN IMMEDIATE');
      for (const { message, resolve, reject } of group) {
        const { name, input } = message as Extract<WriteMessage, { kind: 'operation' }>;
        connection.exec('SAVEPOINT operation');
        try {
          const result = await service.run(connection, name, input);
          settled.push(() => resolve(result));
        } catch (error) {
          connection.exec('ROLLBACK TO operation');
          settled.push(() => reject(error));
        }
        connection.exec('RELEASE operation');
      }
      connection.exec('COMMIT');
    } catch (error) {
      // The transaction itself failed (locked, disk full): nothing of the group was written.
      if (connection.handle.inTransaction) connection.exec('ROLLBACK');
      for (const { reject } of group) reject(error);
      return;
    }
    for (const answer of settled) answer();
  }

  /** A message that does not belong to an open transaction: a single statement, or the beginning of one. */
  async function outside(queued: Queued): Promise<void> {
    const { message } = queued;
    if (message.kind !== 'begin') return settle(queued, () => alone(message));
    await settle(queued, () => begin());
    await open?.ended;
  }

  /**
   * A single statement. `exec` takes the lock for it: libsql does not reset a prepared statement that met a lock, and its
   * snapshot then makes every later write of this connection fail as stale.
   */
  function alone(message: WriteMessage): unknown {
    if ('statement' in message && outsideTransactions.test(message.statement.text)) return statement(message);
    connection.exec('BEGIN IMMEDIATE');
    try {
      const result = statement(message);
      connection.exec('COMMIT');
      return result;
    } finally {
      if (connection.handle.inTransaction) connection.exec('ROLLBACK');
    }
  }

  function begin(): number {
    connection.exec('BEGIN IMMEDIATE');
    const id = nextTransaction++;
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const timer = setTimeout(() => {
      connection.exec('ROLLBACK');
      finish();
    }, transactionTimeoutMs);
    const finish = () => {
      clearTimeout(timer);
      open = null;
      end();
    };
    open = { id, ended, end: finish };
    return id;
  }

  const belongsToOpenTransaction = (message: WriteMessage) => 'transaction' in message && message.transaction !== null;

  function inTransaction(message: WriteMessage): unknown {
    if (!open || !('transaction' in message) || message.transaction !== open.id) throw new Error('The transaction has ended.');
    if (message.kind === 'query' || message.kind === 'execute') return statement(message);
    try {
      connection.exec(message.kind === 'commit' ? 'COMMIT' : 'ROLLBACK');
    } finally {
      if (connection.handle.inTransaction) connection.exec('ROLLBACK');
      open.end();
    }
    return null;
  }

  function statement(message: WriteMessage): unknown {
    if (message.kind === 'query') return connection.query(message.statement);
    if (message.kind === 'execute') return connection.run(message.statement);
    throw new Error('The transaction has ended.');
  }
}

async function settle({ resolve, reject }: Queued, act: () => unknown): Promise<void> {
  try {
    resolve(await act());
  } catch (error) {
    reject(error);
  }
}
