import type { Statement } from '../sql.js';
import type { SqliteConnection } from './connection.js';
import { rollBack } from './group-commit.js';

const transactionTimeoutMs = 5_000;
/** Statements that SQLite refuses or ignores inside a transaction. */
const outsideTransactions = /^\s*(pragma|vacuum)\b/i;

export type StatementKind = 'query' | 'execute';

/** Single statements, and transactions of statements that arrive one by one, on a connection that has one at a time. */
export interface StatementTransactions {
  /** A statement in a transaction of its own. */
  alone(kind: StatementKind, statement: Statement): Promise<unknown>;
  /** Begins a transaction. `ended` resolves when it was committed, rolled back, or ran out of time. */
  begin(): { readonly id: number; readonly ended: Promise<void> };
  /** A statement of an open transaction. */
  inside(id: number, kind: StatementKind, statement: Statement): Promise<unknown>;
  end(id: number, how: 'commit' | 'rollback'): void;
}

export function createStatementTransactions(connection: SqliteConnection): StatementTransactions {
  let open: { readonly id: number; readonly close: () => void } | null = null;
  let nextId = 1;

  const run = async (kind: StatementKind, statement: Statement): Promise<unknown> =>
    kind === 'query' ? connection.query(statement) : connection.run(statement);

  function requireOpen(id: number): void {
    if (open?.id !== id) throw new Error('The transaction has ended.');
  }

  return {
    async alone(kind, statement) {
      if (outsideTransactions.test(statement.text)) return run(kind, statement);
      // `exec` takes the lock: libsql does not reset a prepared statement that met a lock, and its snapshot then
      // makes every later write of this connection fail as stale.
      connection.exec('BEGIN IMMEDIATE');
      try {
        const result = await run(kind, statement);
        connection.exec('COMMIT');
        return result;
      } finally {
        rollBack(connection);
      }
    },
    begin() {
      connection.exec('BEGIN IMMEDIATE');
      const id = nextId++;
      const ended = new Promise<void>((resolve) => {
        const close = () => {
          clearTimeout(timer);
          rollBack(connection); // does nothing after a commit
          open = null;
          resolve();
        };
        const timer = setTimeout(close, transactionTimeoutMs);
        open = { id, close };
      });
      return { id, ended };
    },
    async inside(id, kind, statement) {
      requireOpen(id);
      return run(kind, statement);
    },
    end(id, how) {
      requireOpen(id);
      try {
        if (how === 'commit') connection.exec('COMMIT');
      } finally {
        open!.close();
      }
    },
  };
}
