import type { SqlValue, Statement } from '../sql.js';

/** Rows with what is known of their columns; `declaredType` is the text of the CREATE TABLE, null for an expression. */
export interface ResultRows {
  readonly columns: readonly { readonly name: string; readonly declaredType: string | null }[];
  readonly rows: SqlValue[][];
}

/** Single statements on the writer connection of one SQLite file, each in a transaction of its own. */
export interface WriterConnection {
  query(statement: Statement): Promise<ResultRows>;
  /** Answers the number of rows changed. */
  execute(statement: Statement): Promise<number>;
  /** Waits until no other transaction is open, then begins one that keeps all others waiting until it ends. */
  begin(): Promise<WriterTransaction>;
}

/** An open transaction of the writer; it is rolled back if it is not ended within 5 s. */
export interface WriterTransaction {
  query(statement: Statement): Promise<ResultRows>;
  execute(statement: Statement): Promise<number>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}
