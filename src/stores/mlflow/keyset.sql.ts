import { compareCodePoints } from '../../core/text.js';
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

export const missingRank = (value: Sql): Sql => sql`CASE WHEN ${value} IS NULL THEN ${sortRank.missing} ELSE ${sortRank.value} END`;

/** A term over a value that is there or missing. */
export const plainTerm = (value: Sql, direction: SortDirection): SortTerm => ({ rank: missingRank(value), value, direction });

// Column names of the terms inside the page statement.
const rankOf = (index: number): Sql => raw(`k${index}`);
const valueOf = (index: number): Sql => raw(`v${index}`);

/** The select list of the terms, to be put into the inner query. */
export const termColumns = (terms: readonly SortTerm[]): Sql =>
  join(terms.map((term, index) => sql`${term.rank} AS ${rankOf(index)}, ${term.value} AS ${valueOf(index)}`));

/** The same columns, read out of the inner query. */
export const termNames = (terms: readonly SortTerm[]): Sql => join(terms.map((_term, index) => sql`${rankOf(index)}, ${valueOf(index)}`));

/** ORDER BY for the way the page is read. */
export function pageOrder(terms: readonly SortTerm[], backward: boolean): Sql {
  const flip = (direction: SortDirection) => raw(backward === (direction === 'ASC') ? 'DESC' : 'ASC');
  const parts = terms.map((term, index) => sql`${rankOf(index)} ${flip('ASC')}, ${valueOf(index)} ${flip(term.direction)}`);
  return join([...parts, sql`id ${flip('ASC')}`]);
}

/** The condition that a row lies within the page's bounds. */
export function pageBounds(terms: readonly SortTerm[], request: PageRequest, source: string): Sql {
  return allOf([
    request.after ? beyond(terms, request.after, 'after', source) : always,
    request.before ? beyond(terms, request.before, 'before', source) : always,
  ]);
}

function beyond(terms: readonly SortTerm[], position: SortPosition, side: 'after' | 'before', source: string): Sql {
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
  alternatives.push(allOf([...equals, beyondId(position, side, source)]));
  return anyOf(alternatives);
}

// The same native id may exist in two sources (one database attached twice): then the source's name decides.
function beyondId(position: SortPosition, side: 'after' | 'before', source: string): Sql {
  const operator = raw(side === 'after' ? '>' : '<');
  const distance = compareCodePoints(source, position.source);
  const sourceIsBeyond = side === 'after' ? distance > 0 : distance < 0;
  return anyOf([sql`id ${operator} ${position.nativeId}`, sourceIsBeyond ? sql`id = ${position.nativeId}` : never]);
}
