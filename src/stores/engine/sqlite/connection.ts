import type { Database, SqlValue, Statement } from '../sql.js';
import type { SqliteHandle } from './open.js';
import type { ResultRows } from './writer-connection.js';

type Prepared = ReturnType<SqliteHandle['prepare']>;

const maxPrepared = 300;

/**
 * A `Database` over one SQLite handle. Statements stay prepared by their text. Everything happens before the promise
 * is returned, so a thread that awaits these promises never lets another message in between.
 */
export class SqliteConnection implements Database {
  readonly #prepared = new Map<string, Prepared>();

  constructor(readonly handle: SqliteHandle) {}

  async all({ text, values }: Statement): Promise<SqlValue[][]> {
    return this.#prepare(text).all(values) as SqlValue[][];
  }

  async run({ text, values }: Statement): Promise<number> {
    return this.#prepare(text).run(values).changes;
  }

  /** As `all`, with what is known of the columns; also for statements that answer no rows. */
  query({ text, values }: Statement): ResultRows {
    const prepared = this.#prepare(text);
    if (!prepared.reader) {
      prepared.run(values);
      return { columns: [], rows: [] };
    }
    const columns = prepared.columns().map(({ name, type }) => ({ name, declaredType: type }));
    return { columns, rows: prepared.all(values) as SqlValue[][] };
  }

  exec(text: string): void {
    this.handle.exec(text);
  }

  close(): void {
    this.#prepared.clear();
    this.handle.close();
  }

  #prepare(text: string): Prepared {
    let prepared = this.#prepared.get(text);
    if (prepared) return prepared;
    prepared = this.handle.prepare(text);
    if (prepared.reader) prepared.raw(true);
    if (this.#prepared.size >= maxPrepared) this.#prepared.clear();
    this.#prepared.set(text, prepared);
    return prepared;
  }
}
