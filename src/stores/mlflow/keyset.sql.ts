import { compareCodePoints } from '../../core/text.js';
import type { Dialect } from '../engine/dialect.js';
import { join, raw, sql, type Sql } from '../engine/sql.js';
import { sortRank, type PageRequest, type SortDirection, type SortPosition, type SortValue } from '../page.js';
import { allOf, always, anyOf, never } from './condition.sql.js';

/** One sort term as SQL: its rank (see `sortRank`) and its value, which is looked at only where the rank is `value`. */
export interface SortTerm {
  readonly rank: Sql;
  readonly value: Sql;
  readonly direction: SortDirection;
  /** Turns the value of a position into what `value` yields in this query; the value itself unless the term is a place in a list. */
  readonly bind?: (value: SortValue) => SortValue;
  /** Turns what `value` yielded into the value a position holds. */
  readonly read?: (value: SortValue) => SortValue;
}

/** The ranks as they stand in SQL: MySQL would have to guess the type of bound ones. */
export const rank = { value: raw(String(sortRank.value)), nan: raw(String(sortRank.nan)), missing: raw(String(sortRank.missing)) } as const;

export const missingRank = (value: Sql): Sql => sql`CASE WHEN ${value} IS NULL THEN ${rank.missing} ELSE ${rank.value} END`;

/** A term over a number that is there or missing. */
export const plainTerm = (value: Sql, direction: SortDirection): SortTerm => ({ rank: missingRank(value), value, direction });

/** A term over a text that is there or missing. */
export const textTerm = (dialect: Dialect, value: Sql, direction: SortDirection): SortTerm =>
  plainTerm(dialect.byCodePoint(value), direction);

// Column names of the terms inside the page statement.
const id = raw('id');
const rankOf = (index: number): Sql => raw(`k${index}`);
const valueOf = (index: number): Sql => raw(`v${index}`);

/** The select list of the terms, to be put into the inner query. */
export const termColumns = (terms: readonly SortTerm[]): Sql =>
  join(terms.map((term, index) => sql`${term.rank} AS ${rankOf(index)}, ${term.value} AS ${valueOf(index)}`));

/** The same columns, read out of the inner query. */
export const termNames = (terms: readonly SortTerm[]): Sql => join(terms.map((_term, index) => sql`${rankOf(index)}, ${valueOf(index)}`));

/** ORDER BY for the way the page is read. */
export function pageOrder(dialect: Dialect, terms: readonly SortTerm[], backward: boolean): Sql {
  const flip = (direction: SortDirection) => raw(backward === (direction === 'ASC') ? 'DESC' : 'ASC');
  const parts = terms.map((term, index) => sql`${rankOf(index)} ${flip('ASC')}, ${valueOf(index)} ${flip(term.direction)}`);
  return join([...parts, sql`${dialect.byCodePoint(id)} ${flip('ASC')}`]);
}

/** Whose rows a page holds. */
export interface PageOwner {
  readonly dialect: Dialect;
  /** Name of the source. */
  readonly source: string;
}

/** The condition that a row lies within the page's bounds. */
export function pageBounds({ dialect, source }: PageOwner, terms: readonly SortTerm[], request: PageRequest): Sql {
  return allOf([request.after ? beyond(request.after, 'after') : always, request.before ? beyond(request.before, 'before') : always]);

  function beyond(position: SortPosition, side: 'after' | 'before'): Sql {
    const alternatives: Sql[] = [];
    const equals: Sql[] = [];
    terms.forEach((term, index) => {
      const [rank, value] = position.parts[index]!;
      alternatives.push(allOf([...equals, sql`${rankOf(index)} ${raw(side === 'after' ? '>' : '<')} ${rank}`]));
      equals.push(sql`${rankOf(index)} = ${rank}`);
      if (rank !== sortRank.value || value === null) return;
      const bound = term.bind ? term.bind(value) : value;
      const operator = raw((side === 'after') === (term.direction === 'ASC') ? '>' : '<');
      alternatives.push(allOf([...equals, sql`${valueOf(index)} ${operator} ${bound}`]));
      equals.push(sql`${valueOf(index)} = ${bound}`);
    });
    alternatives.push(allOf([...equals, beyondId(position, side)]));
    return anyOf(alternatives);
  }

  // The same native id may exist in two sources (one database attached twice): then the source's name decides.
  function beyondId(position: SortPosition, side: 'after' | 'before'): Sql {
    const operator = raw(side === 'after' ? '>' : '<');
    const distance = compareCodePoints(source, position.source);
    const sourceIsBeyond = side === 'after' ? distance > 0 : distance < 0;
    return anyOf([
      sql`${dialect.byCodePoint(id)} ${operator} ${position.nativeId}`,
      sourceIsBeyond ? dialect.equals(id, position.nativeId) : never,
    ]);
  }
}
