import { sql } from '../../engine/sql.js';
import type { RunOrder, RunOrderField } from '../../run-store.js';
import { fromClamped, toClamped } from '../clamped-double.js';
import { plainTerm, rank, textTerm, type SortTerm } from '../keyset.sql.js';
import type { FilterContext } from './run-filter.sql.js';
import { numberAt, placeOf, toPlaces, type Scale } from './places.js';
import { runColumns, type RunColumns } from './run-relation.sql.js';

const fieldColumns = {
  STARTED_AT: 'startedAt',
  ENDED_AT: 'endedAt',
  NAME: 'name',
  STATUS: 'status',
  DURATION: 'durationMs',
  EXPERIMENT: 'experimentName',
  USER: 'user',
  NATIVE_ID: 'id',
  ARTIFACT_LOCATION: 'artifactLocation',
} as const satisfies Readonly<Record<RunOrderField, keyof RunColumns>>;

const textFields: ReadonlySet<RunOrderField> = new Set(['NAME', 'STATUS', 'EXPERIMENT', 'USER', 'NATIVE_ID', 'ARTIFACT_LOCATION']);

/** Sort terms of runs. */
export const runTerms = (orderBy: readonly RunOrder[], context: FilterContext): SortTerm[] =>
  orderBy.map((order) => runTerm(order, context));

function runTerm(order: RunOrder, context: FilterContext): SortTerm {
  const { direction } = order;
  const { dialect } = context.database;
  switch (order.by) {
    case 'field':
      return (textFields.has(order.field) ? textTerm.bind(null, dialect) : plainTerm)(
        runColumns(dialect)[fieldColumns[order.field]],
        direction,
      );
    case 'tag':
      return textTerm(dialect, context.relation.text('tags', order.key).value, direction);
    case 'param':
      if (order.as === 'NUMBER') return numberTerm(order.key, direction, context);
      return textTerm(dialect, context.relation.text('params', order.key).value, direction);
    case 'metric': {
      const { exists, value, scale } = context.relation.metric(order.key, order.aggregate);
      const ranked = sql`CASE WHEN ${value} IS NOT NULL THEN ${rank.value} WHEN ${exists} THEN ${rank.nan} ELSE ${rank.missing} END`;
      const term = { rank: ranked, value, direction };
      if (scale) return { ...term, ...onScale(scale) };
      return dialect.hasInfinity ? term : { ...term, read: fromClamped, bind: toClamped };
    }
  }
}

/**
 * A param as a number. SQL sees only the place of each text among the key's numbers; positions hold the number itself,
 * so a cursor stays right when new texts arrive.
 */
function numberTerm(key: string, direction: 'ASC' | 'DESC', { database, relation, numbers }: FilterContext): SortTerm {
  const known = numbers.numbers(key);
  const { scale, places } = toPlaces(known.numbers);
  const joined = relation.place(key, database.dialect.places(known.texts, places));
  const nan = database.dialect.oneOf(relation.text('params', key).value, numbers.nans(key));
  const ranked = sql`CASE WHEN ${joined.exists} THEN ${rank.value} WHEN ${nan} THEN ${rank.nan} ELSE ${rank.missing} END`;
  return { rank: ranked, value: joined.value, direction, ...onScale(scale) };
}

const onScale = (scale: Scale): Pick<Required<SortTerm>, 'read' | 'bind'> => ({
  read: (place) => numberAt(scale, Number(place)),
  bind: (number) => placeOf(scale, Number(number)),
});
