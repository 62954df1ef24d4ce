import type { NetworkedDatabase } from './location.js';
import { startThread } from './thread.js';
import type { WriteMessage } from './transactions.js';

/** What the thread is started with. */
export interface NetworkedWriteData {
  readonly location: NetworkedDatabase;
  /** Connections for writing; so many transactions run at the same time. */
  readonly connections: number;
}

/** The writing connections of one database behind a server, seen from the main thread. */
export interface NetworkedWriter {
  /** Runs a named operation of the thread's service in a transaction. An answer means committed. */
  operation<T>(name: string, input: unknown): Promise<T>;
  close(): Promise<void>;
}

/** Starts the writer thread of a database. @param module the thread's entry, which calls `serveWrites` */
export function startNetworkedWriter(module: URL, data: NetworkedWriteData): NetworkedWriter {
  let thread = startThread(module, data);
  let isClosed = false;
  return {
    operation(name, input) {
      // A thread that ended (it ran out of memory, say) is replaced; only the writes it had are in doubt.
      if (thread.hasEnded && !isClosed) thread = startThread(module, data);
      return thread.call({ name, input } satisfies WriteMessage);
    },
    close() {
      isClosed = true;
      return thread.close();
    },
  };
}
