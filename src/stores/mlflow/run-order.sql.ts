import { sortRank } from '../page.js';
import { sql, type Sql } from '../engine/sql.js';
import type { RunOrder, RunOrderField } from '../run-store.js';
import { plainTerm, type SortTerm } from './keyset.sql.js';
import type { FilterContext } from './run-filter.sql.js';
import { runColumns } from './run-relation.sql.js';

const fieldColumns: Readonly<Record<RunOrderField, Sql>> = {
  STARTED_AT: runColumns.startedAt,
  ENDED_AT: runColumns.endedAt,
  NAME: runColumns.name,
  STATUS: runColumns.status,
  DURATION: runColumns.durationMs,
  EXPERIMENT: runColumns.experimentName,
  USER: runColumns.user,
  NATIVE_ID: runColumns.id,
  ARTIFACT_LOCATION: runColumns.artifactLocation,
};

/** Sort terms of runs. */
export const runTerms = (orderBy: readonly RunOrder[], context: FilterContext): SortTerm[] =>
  orderBy.map((order) => runTerm(order, context));

function runTerm(order: RunOrder, context: FilterContext): SortTerm {
  const { direction } = order;
  switch (order.by) {
    case 'field':
      return plainTerm(fieldColumns[order.field], direction);
    case 'tag':
      return plainTerm(context.relation.text('tags', order.key).value, direction);
    case 'param':
      if (order.as === 'NUMBER') return numberTerm(order.key, direction, context);
      return plainTerm(context.relation.text('params', order.key).value, direction);
    case 'metric': {
      const { exists, value } = context.relation.metric(order.key, order.aggregate);
      const rank = sql`CASE WHEN ${value} IS NOT NULL THEN ${sortRank.value} WHEN ${exists} THEN ${sortRank.nan} ELSE ${sortRank.missing} END`;
      return { rank, value, direction };
    }
  }
}

/**
 * A param as a number. SQL sees only the place of each text among the key's numbers; positions hold the number itself,
 * so a cursor stays right when new texts arrive.
 */
function numberTerm(key: string, direction: 'ASC' | 'DESC', { database, relation, numbers }: FilterContext): SortTerm {
  const known = numbers.numbers(key);
  const sorted = [...new Set(known.numbers)].sort((a, b) => a - b);
  const places = new Map(sorted.map((number, place) => [number, place]));
  const joined = relation.place(
    key,
    database.dialect.places(
      known.texts,
      known.numbers.map((number) => places.get(number)!),
    ),
  );
  const nan = sql`${relation.text('params', key).value} IN ${database.dialect.texts(numbers.nans(key))}`;
  const rank = sql`CASE WHEN ${joined.exists} THEN ${sortRank.value} WHEN ${nan} THEN ${sortRank.nan} ELSE ${sortRank.missing} END`;
  return {
    rank,
    value: joined.value,
    direction,
    read: (place) => sorted[Number(place)]!,
    bind: (number) => placeOf(sorted, Number(number)),
  };
}

/** The place of a number; between two places when it is none of them. */
function placeOf(sorted: readonly number[], number: number): number {
  const next = sorted.findIndex((candidate) => candidate >= number);
  if (next < 0) return sorted.length;
  return sorted[next] === number ? next : next - 0.5;
}
