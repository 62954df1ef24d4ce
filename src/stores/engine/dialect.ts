import type { Sql } from './sql.js';

/** Everything in which the engines' SQL differs; statements ask here and nowhere else. */
export interface Dialect {
  readonly engine: 'sqlite';
  /** A row source with one column of texts, for `IN`. One bound value whatever the length, so the statement stays prepared. */
  texts(values: readonly string[]): Sql;
  /** As `texts`, for integers. */
  integers(values: readonly bigint[]): Sql;
  /** A row source with the columns `text` and `place`, for joining. */
  places(texts: readonly string[], places: readonly number[]): Sql;
  contains(value: Sql, part: string): Sql;
  startsWith(value: Sql, part: string): Sql;
  endsWith(value: Sql, part: string): Sql;
  /** `%` and `_` without an escape; case-sensitive unless `foldCase`. */
  like(value: Sql, pattern: string, foldCase: boolean): Sql;
}
