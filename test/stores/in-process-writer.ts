import type { SqlValue, Statement } from '../../src/stores/engine/sql.js';
import type { SqliteHandle } from '../../src/stores/engine/sqlite/open.js';
import type { ResultRows, WriterConnection, WriterTransaction } from '../../src/stores/engine/sqlite/writer-connection.js';

/** A writer on this thread, for tests of what talks to one; the real one lives in a worker. */
export function createInProcessWriter(handle: SqliteHandle): WriterConnection {
  let last: Promise<void> = Promise.resolve();
  const acquire = async (): Promise<() => void> => {
    const before = last;
    let release!: () => void;
    last = new Promise((resolve) => (release = resolve));
    await before;
    return release;
  };
  const alone = async <Result>(work: () => Result): Promise<Result> => {
    const release = await acquire();
    try {
      return work();
    } finally {
      release();
    }
  };
  return {
    query: (statement) => alone(() => query(handle, statement)),
    execute: (statement) => alone(() => execute(handle, statement)),
    begin: async () => {
      const release = await acquire();
      try {
        handle.exec('BEGIN IMMEDIATE');
        return transaction(handle, release);
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

function transaction(handle: SqliteHandle, release: () => void): WriterTransaction {
  const end = async (text: string): Promise<void> => {
    try {
      if (handle.inTransaction) handle.exec(text);
    } finally {
      release();
    }
  };
  return {
    query: async (statement) => query(handle, statement),
    execute: async (statement) => execute(handle, statement),
    commit: () => end('COMMIT'),
    rollback: () => end('ROLLBACK'),
  };
}

function query(handle: SqliteHandle, { text, values }: Statement): ResultRows {
  const statement = handle.prepare(text);
  if (!statement.reader) {
    statement.run([...values]);
    return { columns: [], rows: [] };
  }
  const rows = statement.raw(true).all([...values]) as SqlValue[][];
  return { columns: statement.columns().map(({ name, type }) => ({ name, declaredType: type })), rows };
}

const execute = (handle: SqliteHandle, { text, values }: Statement): number => handle.prepare(text).run([...values]).changes;
