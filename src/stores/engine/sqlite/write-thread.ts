import { setImmediate } from 'node:timers/promises';
import type { Statement } from '../sql.js';
import { serveThread } from '../thread.js';
import { SqliteConnection } from './connection.js';
import { toStoreFailure } from './failure.js';
import { commitGroup, type WaitingOperation, type WriteService } from './group-commit.js';
import { openForeignWriter, openWriter, type Durability } from './open.js';
import { createStatementTransactions, type StatementKind } from './statement-transactions.js';

/** What the thread is started with. */
export interface WriteThreadData {
  readonly path: string;
  readonly durability: Durability;
  /** A file of somebody else, whose journal mode stays as it is. */
  readonly foreign?: boolean;
}

export type WriteMessage =
  | { readonly kind: 'operation'; readonly name: string; readonly input: unknown }
  | { readonly kind: StatementKind; readonly transaction: number | null; readonly statement: Statement }
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit' | 'rollback'; readonly transaction: number };

/** Either an operation that may be committed together with others, or something that needs the connection for itself. */
type Waiting = ({ readonly kind: 'operation' } & WaitingOperation) | { readonly kind: 'alone'; readonly act: () => Promise<void> };

/** Runs all writes of one SQLite file in this thread, on its only writing connection, in the order they arrived. */
export function serveWrites({ path, durability, foreign }: WriteThreadData, service: WriteService): void {
  const connection = new SqliteConnection(foreign ? openForeignWriter(path) : openWriter(path, durability));
  const transactions = createStatementTransactions(connection);
  const queue: Waiting[] = [];
  let working = false;

  serveThread((message: WriteMessage, reply) => {
    reply(outcomeOf(message).catch((error: unknown) => Promise.reject(toStoreFailure(error, path) as Error)));
    if (!working) void work();
  });

  function outcomeOf(message: WriteMessage): Promise<unknown> {
    switch (message.kind) {
      case 'operation': {
        const { name, input } = message;
        return new Promise((resolve, reject) => queue.push({ kind: 'operation', name, input, resolve, reject }));
      }
      case 'query':
      case 'execute': {
        const { kind, statement, transaction } = message;
        return transaction === null ? inTurn(() => transactions.alone(kind, statement)) : transactions.inside(transaction, kind, statement);
      }
      case 'begin':
        return new Promise((resolve, reject) => queue.push({ kind: 'alone', act: () => holdTransaction(resolve, reject) }));
      case 'commit':
      case 'rollback':
        return Promise.resolve().then(() => transactions.end(message.transaction, message.kind));
    }
  }

  const inTurn = (act: () => Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => queue.push({ kind: 'alone', act: () => act().then(resolve, reject) }));

  /** Begins a transaction and keeps everything else waiting until it has ended. */
  async function holdTransaction(resolve: (id: number) => void, reject: (error: unknown) => void): Promise<void> {
    try {
      const { id, ended } = transactions.begin();
      resolve(id);
      await ended;
    } catch (error) {
      reject(error);
    }
  }

  async function work(): Promise<void> {
    working = true;
    while (queue.length > 0) {
      const next = queue[0]!;
      if (next.kind === 'operation') await commitGroup(connection, service, takeOperation);
      else await (queue.shift() as typeof next).act();
      await setImmediate(); // lets what arrived meanwhile join the next group
    }
    working = false;
  }

  const takeOperation = (): WaitingOperation | undefined =>
    queue[0]?.kind === 'operation' ? (queue.shift() as WaitingOperation & Waiting) : undefined;
}
