import type { Sql, Statement } from './sql.js';

/** Everything in which the engines' SQL differs; statements ask here and nowhere else. */
export interface Dialect {
  readonly engine: 'sqlite' | 'postgres' | 'mysql';
  /** Whether a double can be infinite; where it cannot, the largest one stands for infinity, as it does in MLflow's tables. */
  readonly hasInfinity: boolean;
  /** Answers every table and column of the database: (table, column). */
  readonly columns: Statement;
  /** A row source with one column of texts, for `IN`. One bound value whatever the length, so the statement stays prepared. */
  texts(values: readonly string[]): Sql;
  /** As `texts`, for integers. */
  integers(values: readonly bigint[]): Sql;
  /** A row source with the place of each text in its column `place`, to be joined by `isAt`. */
  places(texts: readonly string[], places: readonly number[]): Sql;
  /** Joins a row of `places`, by its alias, to a text. */
  isAt(place: Sql, value: Sql): Sql;
  /** A text column equals a text, exactly: no folding of case, no padding. */
  equals(value: Sql, text: string): Sql;
  /** A text column is exactly one of these texts; its index is used where it has one, which `IN texts(…)` does not do everywhere. */
  oneOf(value: Sql, texts: readonly string[]): Sql;
  contains(value: Sql, part: string): Sql;
  startsWith(value: Sql, part: string): Sql;
  endsWith(value: Sql, part: string): Sql;
  /** `%` and `_` without an escape; case-sensitive unless `foldCase`. */
  like(value: Sql, pattern: string, foldCase: boolean): Sql;
  /** A text that compares and sorts by code point, whatever the database's collation is. */
  byCodePoint(value: Sql): Sql;
  /** A value as text. */
  text(value: Sql): Sql;
  /** A value as a 64-bit integer; what an engine without types holds as 1.7 is cut to 1. */
  integer(value: Sql): Sql;
  boolean(value: boolean): Sql;
  /** Stands at the end of an INSERT: a row with the same key gets the new value of the column instead. */
  orReplace(key: readonly string[], column: string): Sql;
  /** Stands at the end of a SELECT by its primary key: nobody else changes the row before the transaction has ended. */
  readonly forUpdate: Sql;
  /** As `forUpdate`; others may read the row in the same way. */
  readonly forShare: Sql;
  /**
   * A statement that lets one transaction at a time go on, among those that name the same lock, until it has ended;
   * null where transactions come one after the other anyway.
   */
  lock(name: string): Sql | null;
}
