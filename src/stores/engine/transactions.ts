import type { Database } from './sql.js';
import { serveThread } from './thread.js';

/** The writing connections of one database behind a server. */
export interface Transactions {
  /** Does work in a transaction of its own, all or nothing; resolves when it is committed. */
  run<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** Whether others made the transaction impossible (deadlocks, the same row at the same moment): nothing was written, and another attempt sees theirs. */
  wasInTheWay(error: unknown): boolean;
  /** A driver's error as a store failure; anything else comes back as it is. */
  toFailure(error: unknown): unknown;
}

/** A named operation. */
export interface WriteMessage {
  readonly name: string;
  readonly input: unknown;
}

/** What the thread can do. `run` happens inside a transaction and writes all or nothing. */
export interface WriteService {
  run(db: Database, name: string, input: unknown): Promise<unknown>;
}

/** How often a transaction is tried that others made impossible. */
const attempts = 5;

/** Runs the writes of one database in this thread, each in a transaction of its own; an answer means committed. */
export function serveWrites(transactions: Transactions, service: WriteService): void {
  serveThread((message: WriteMessage, reply) =>
    reply(write(message).catch((error: unknown) => Promise.reject(transactions.toFailure(error) as Error))),
  );

  async function write({ name, input }: WriteMessage): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await transactions.run((db) => service.run(db, name, input));
      } catch (error) {
        if (attempt === attempts || !transactions.wasInTheWay(error)) throw error;
      }
    }
  }
}
