import { fail } from '../../../core/errors.js';
import { join, nothing, raw, sql, type Sql } from '../../engine/sql.js';
import type { Aggregate } from '../../run-store.js';
import { never } from '../condition.sql.js';
import type { Dialect } from '../../engine/dialect.js';
import type { MlflowDatabase, MlflowLayout } from '../layout.js';
import type { Scale } from './places.js';

/** SQLite joins at most 64 tables; a filter that needs more keys than this asks for too much anyway. */
const maxJoins = 50;

/** One keyed row joined to the run: `exists` says whether the run has the key. */
export interface JoinedText {
  readonly exists: Sql;
  readonly value: Sql;
}

/**
 * A metric joined to the run: `value` is NULL for NaN, `nan` says whether it is NaN. Infinities are real ones.
 * With a scale `value` is a place on it and not the number.
 */
export interface JoinedMetric extends JoinedText {
  readonly nan: Sql;
  readonly scale?: Scale;
}

/**
 * `runs` with everything a filter or an order looks at, each keyed thing joined once by its primary key,
 * so no join can multiply rows.
 */
export interface RunRelation {
  text(table: 'params' | 'tags', key: string): JoinedText;
  metric(key: string, aggregate: Aggregate): JoinedMetric;
  /** Places of texts in a numeric order, joined to the value of a param. */
  place(key: string, places: Sql): JoinedText;
  /** The FROM clause, complete once all conditions and terms were built. */
  from(): Sql;
}

/** What filters and orders know of a run's own row. */
export const runColumns = (dialect: Dialect) => ({
  id: raw('r.run_uuid'),
  experimentId: raw('r.experiment_id'),
  // Runs of very old servers have their name only in the tag.
  name: sql`COALESCE(${unlessEmpty(dialect, raw('r.name'))}, (SELECT t.value FROM tags t WHERE t.run_uuid = r.run_uuid AND t.key = 'mlflow.runName'), '')`,
  experimentName: raw('e.name'),
  status: raw('r.status'),
  lifecycleStage: raw('r.lifecycle_stage'),
  startedAt: raw('r.start_time'),
  endedAt: raw('r.end_time'),
  durationMs: raw('(r.end_time - r.start_time)'),
  user: unlessEmpty(dialect, raw('r.user_id')),
  artifactLocation: raw('r.artifact_uri'),
});
export type RunColumns = ReturnType<typeof runColumns>;

// A text of spaces is not empty, though MySQL's older collations say so.
const unlessEmpty = (dialect: Dialect, value: Sql): Sql => sql`NULLIF(${dialect.byCodePoint(value)}, '')`;

export function createRunRelation({ layout, dialect, statistics }: Pick<MlflowDatabase, 'dialect' | 'layout' | 'statistics'>): RunRelation {
  const joins: Sql[] = [];
  const known = new Map<string, JoinedText>();

  function once<T extends JoinedText>(name: string, build: (alias: Sql) => T): T {
    const existing = known.get(name);
    if (existing) return existing as T;
    if (joins.length >= maxJoins) throw fail('QUERY_TOO_COMPLEX', `A filter and its order can name at most ${maxJoins} different keys.`);
    const built = build(raw(`j${joins.length}`));
    known.set(name, built);
    return built;
  }

  /** MLflow keeps the latest point only: the best one is known, or found in the history of the metric, read once for all runs. */
  function foreignBest(key: string, aggregate: 'MIN' | 'MAX'): JoinedMetric {
    const { exists } = relation.metric(key, 'LAST'); // joined first: its alias and the one below count the joins
    return once(`${aggregate} ${key}`, (alias) => {
      const known = statistics?.best(key, aggregate);
      if (known) {
        joins.push(sql`LEFT JOIN ${dialect.places(known.runIds, known.places)} ${alias} ON ${alias}.text = r.run_uuid`);
        return { exists, value: sql`${alias}.place`, nan: never, scale: known.scale };
      }
      const best = sql`SELECT m.run_uuid, ${raw(aggregate)}(${exactValue(dialect, raw('m'))}) AS best FROM metrics m WHERE ${dialect.equals(raw('m.key'), key)} GROUP BY m.run_uuid`;
      joins.push(sql`LEFT JOIN (${best}) ${alias} ON ${alias}.run_uuid = r.run_uuid`);
      return { exists, value: sql`${alias}.best`, nan: never };
    });
  }

  const relation: RunRelation = {
    text: (table, key) =>
      once(`${table} ${key}`, (alias) => {
        joins.push(sql`LEFT JOIN ${raw(table)} ${alias} ON ${alias}.run_uuid = r.run_uuid AND ${dialect.equals(sql`${alias}.key`, key)}`);
        const exists = sql`${alias}.run_uuid IS NOT NULL`;
        // The column of tags allows NULL; such a tag is shown as the empty text and is one to filters and orders too.
        return { exists, value: table === 'tags' ? sql`CASE WHEN ${exists} THEN COALESCE(${alias}.value, '') END` : sql`${alias}.value` };
      }),
    metric(key, aggregate) {
      if (!layout.own && aggregate !== 'LAST') return foreignBest(key, aggregate);
      return once(`${aggregate} ${key}`, (alias) => {
        joins.push(
          sql`LEFT JOIN ${metricTable(layout)} ${alias} ON ${alias}.run_uuid = r.run_uuid AND ${dialect.equals(sql`${alias}.key`, key)}`,
        );
        return layout.own ? ownMetric(alias, aggregate) : foreignLast(dialect, alias);
      });
    },
    place(key, places) {
      const { value } = relation.text('params', key); // joined first: its alias and the one below count the joins
      return once(`place ${key}`, (alias) => {
        joins.push(sql`LEFT JOIN ${places} ${alias} ON ${dialect.isAt(alias, value)}`);
        return { exists: sql`${alias}.place IS NOT NULL`, value: sql`${alias}.place` };
      });
    },
    from: () => sql`FROM runs r LEFT JOIN experiments e ON e.experiment_id = r.experiment_id ${join(joins, ' ')}`,
  };
  return relation;
}

const metricTable = (layout: MlflowLayout): Sql => raw(layout.own ? 'rungraph_metric_stats' : 'latest_metrics');

/** Our statistics keep NaN as NULL and infinities as they are. */
function ownMetric(alias: Sql, aggregate: Aggregate): JoinedMetric {
  const exists = sql`${alias}.run_uuid IS NOT NULL`;
  if (aggregate !== 'LAST') return { exists, value: sql`${alias}.${raw(aggregate === 'MIN' ? 'min' : 'max')}`, nan: never };
  return { exists, value: sql`${alias}.last`, nan: sql`(${alias}.run_uuid IS NOT NULL AND ${alias}.last IS NULL)` };
}

function foreignLast(dialect: Dialect, alias: Sql): JoinedMetric {
  return { exists: sql`${alias}.run_uuid IS NOT NULL`, value: exactValue(dialect, alias), nan: sql`(${alias}.is_nan IS TRUE)` };
}

/**
 * MLflow's stored value as the double that was logged; NULL for NaN. The twin of `fromStoredValue`.
 * An engine without infinities keeps what stands for them; see `clamped-double`.
 */
export function exactValue({ hasInfinity }: Dialect, alias: Sql): Sql {
  const stored = sql`${alias}.value`;
  const exact = sql`WHEN ${stored} >= ${Number.MAX_VALUE} THEN ${Infinity} WHEN ${stored} <= ${-Number.MAX_VALUE} THEN ${-Infinity}`;
  return sql`CASE WHEN ${alias}.is_nan THEN NULL ${hasInfinity ? exact : nothing} ELSE ${stored} END`;
}
