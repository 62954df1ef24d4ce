import { fail } from '../../core/errors.js';
import { join, raw, sql, type Sql } from '../engine/sql.js';
import type { Aggregate } from '../run-store.js';
import { never } from './condition.sql.js';
import type { MlflowLayout } from './layout.js';

/** SQLite joins at most 64 tables; a filter that needs more keys than this asks for too much anyway. */
const maxJoins = 50;

/** One keyed row joined to the run: `exists` says whether the run has the key. */
export interface JoinedText {
  readonly exists: Sql;
  readonly value: Sql;
}

/** A metric joined to the run: `value` is NULL for NaN, `nan` says whether it is NaN. Infinities are real ones. */
export interface JoinedMetric extends JoinedText {
  readonly nan: Sql;
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

export const runColumns = {
  id: raw('r.run_uuid'),
  experimentId: raw('r.experiment_id'),
  // Runs of very old servers have their name only in the tag.
  name: raw(`COALESCE(NULLIF(r.name, ''), (SELECT t.value FROM tags t WHERE t.run_uuid = r.run_uuid AND t.key = 'mlflow.runName'), '')`),
  experimentName: raw('e.name'),
  status: raw('r.status'),
  lifecycleStage: raw('r.lifecycle_stage'),
  startedAt: raw('r.start_time'),
  endedAt: raw('r.end_time'),
  durationMs: raw('(r.end_time - r.start_time)'),
  user: raw(`NULLIF(r.user_id, '')`),
  artifactLocation: raw('r.artifact_uri'),
} as const;

export function createRunRelation(layout: MlflowLayout): RunRelation {
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

  const relation: RunRelation = {
    text: (table, key) =>
      once(`${table} ${key}`, (alias) => {
        joins.push(sql`LEFT JOIN ${raw(table)} ${alias} ON ${alias}.run_uuid = r.run_uuid AND ${alias}.key = ${key}`);
        const exists = sql`${alias}.run_uuid IS NOT NULL`;
        // The column of tags allows NULL; such a tag is shown as the empty text and is one to filters and orders too.
        return { exists, value: table === 'tags' ? sql`CASE WHEN ${exists} THEN COALESCE(${alias}.value, '') END` : sql`${alias}.value` };
      }),
    metric: (key, aggregate) =>
      once(`${aggregate} ${key}`, (alias) => {
        joins.push(sql`LEFT JOIN ${metricTable(layout)} ${alias} ON ${alias}.run_uuid = r.run_uuid AND ${alias}.key = ${key}`);
        return layout.own ? ownMetric(alias, aggregate) : foreignMetric(alias, key, aggregate);
      }),
    place(key, places) {
      const { value } = relation.text('params', key); // joined first: its alias and the one below count the joins
      return once(`place ${key}`, (alias) => {
        joins.push(sql`LEFT JOIN ${places} ${alias} ON ${alias}.text = ${value}`);
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

function foreignMetric(alias: Sql, key: string, aggregate: Aggregate): JoinedMetric {
  const exists = sql`${alias}.run_uuid IS NOT NULL`;
  if (aggregate === 'LAST') return { exists, value: exactValue(alias), nan: sql`(${alias}.is_nan IS TRUE)` };
  const extreme = raw(aggregate);
  const value = sql`(SELECT ${extreme}(${exactValue(raw('m'))}) FROM metrics m WHERE m.run_uuid = r.run_uuid AND m.key = ${key})`;
  return { exists, value, nan: never };
}

/** MLflow's stored value as the double that was logged; NULL for NaN. The twin of `fromStoredValue`. */
export const exactValue = (alias: Sql): Sql =>
  sql`CASE WHEN ${alias}.is_nan THEN NULL WHEN ${alias}.value >= ${Number.MAX_VALUE} THEN ${Infinity} WHEN ${alias}.value <= ${-Number.MAX_VALUE} THEN ${-Infinity} ELSE ${alias}.value END`;
