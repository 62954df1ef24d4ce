import { startThread } from '../thread.js';
import type { Statement } from '../sql.js';
import type { WriteMessage, WriteThreadData } from './write-thread.js';
import type { ResultRows, WriterConnection, WriterTransaction } from './writer-connection.js';

/** The writer of one SQLite file, seen from the main thread. */
export interface SqliteWriter extends WriterConnection {
  /** Runs a named operation of the thread's service inside a group-committed transaction. An answer means committed. */
  operation<T>(name: string, input: unknown): Promise<T>;
  close(): Promise<void>;
}

/** Starts the writer thread of a file. @param module the thread's entry, which calls `serveWrites` */
export function startWriter(module: URL, data: WriteThreadData): SqliteWriter {
  const thread = startThread(module, data);
  const send = <T>(message: WriteMessage) => thread.call<T>(message);
  const query = (transaction: number | null) => (statement: Statement) =>
    send<ResultRows>({ kind: 'query', transaction, statement: plain(statement) });
  const execute = (transaction: number | null) => (statement: Statement) =>
    send<number>({ kind: 'execute', transaction, statement: plain(statement) });
  return {
    query: query(null),
    execute: execute(null),
    async begin(): Promise<WriterTransaction> {
      const transaction = await send<number>({ kind: 'begin' });
      return {
        query: query(transaction),
        execute: execute(transaction),
        commit: () => send({ kind: 'commit', transaction }),
        rollback: () => send({ kind: 'rollback', transaction }),
      };
    },
    operation: (name, input) => send({ kind: 'operation', name, input }),
    close: () => thread.close(),
  };
}

// A class instance does not cross threads.
const plain = ({ text, values }: Statement): Statement => ({ text, values });
