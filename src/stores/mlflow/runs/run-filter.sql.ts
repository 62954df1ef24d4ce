import { isGiven, type KeyedCondition } from '../../conditions.js';
import { sql, type Sql } from '../../engine/sql.js';
import { runTags, type MetricCondition, type RefCondition, type RunFilter, type RunStatus } from '../../run-store.js';
import {
  allOf,
  always,
  anyOf,
  complement,
  doubleCondition,
  longCondition,
  never,
  stringCondition,
  timeCondition,
} from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';
import type { NumericTexts } from './numeric-texts.js';
import { conditionOnPlaces } from './places.js';
import { runColumns, type JoinedText, type RunRelation } from './run-relation.sql.js';

/** What compiling a run filter needs. */
export interface FilterContext {
  readonly database: MlflowDatabase;
  readonly relation: RunRelation;
  readonly numbers: NumericTexts;
}

/** The WHERE condition of a filter. Every condition of the contract is answered here in SQL; none is dropped. */
export function runCondition(filter: RunFilter, context: FilterContext): Sql {
  const { database } = context;
  const { dialect } = database;
  const c = runColumns(dialect);
  const parts: Sql[] = [];
  const add = <T>(condition: T | null | undefined, compile: (condition: T) => Sql) => {
    if (isGiven(condition)) parts.push(compile(condition));
  };
  add(filter.and, (filters) => allOf(filters.map((inner) => runCondition(inner, context))));
  add(filter.or, (filters) => anyOf(filters.map((inner) => runCondition(inner, context))));
  add(filter.not, (inner) => complement(runCondition(inner, context)));
  add(filter.id, (condition) => refCondition(database, c.id, condition));
  add(filter.experimentId, (condition) => refCondition(database, dialect.text(c.experimentId), condition));
  add(filter.parentId, (condition) => refCondition(database, context.relation.text('tags', runTags.parent).value, condition));
  add(filter.source, (condition) => stringCondition(dialect, sql`${database.source}`, condition));
  add(filter.name, (condition) => stringCondition(dialect, c.name, condition));
  add(filter.experiment, (condition) => stringCondition(dialect, c.experimentName, condition));
  add(filter.user, (condition) => stringCondition(dialect, c.user, condition));
  add(filter.nativeId, (condition) => stringCondition(dialect, c.id, condition));
  add(filter.artifactLocation, (condition) => stringCondition(dialect, c.artifactLocation, condition));
  add(filter.status?.eq, (status) => statusIn([status], context));
  add(filter.status?.neq, (status) => complement(statusIn([status], context)));
  add(filter.status?.in, (statuses) => statusIn(statuses, context));
  add(filter.lifecycleStage, (stage) => sql`${c.lifecycleStage} = ${stage.toLowerCase()}`);
  add(filter.startedAt, (condition) => timeCondition(c.startedAt, condition));
  add(filter.endedAt, (condition) => timeCondition(c.endedAt, condition));
  add(filter.durationMs, (condition) => longCondition(dialect, c.durationMs, condition));
  add(filter.metric, (condition) => metricCondition(condition, context));
  add(filter.param, (condition) => keyedCondition('params', condition, context));
  add(filter.tag, (condition) => keyedCondition('tags', condition, context));
  add(filter.dataset, (condition) => datasetCondition(condition, database));
  return allOf(parts);
}

/** Ids of other sources match nothing here, and everything when negated. A missing value (no parent) matches no condition. */
export function refCondition(database: MlflowDatabase, column: Sql, condition: RefCondition): Sql {
  const isOneOf = (refs: readonly { source: string; nativeId: string }[]) =>
    database.dialect.oneOf(
      column,
      refs.filter((ref) => ref.source === database.source).map((ref) => ref.nativeId),
    );
  const parts: Sql[] = [];
  if (isGiven(condition.eq)) parts.push(isOneOf([condition.eq]));
  if (isGiven(condition.in)) parts.push(isOneOf(condition.in));
  if (isGiven(condition.neq)) parts.push(sql`(${column} IS NOT NULL AND NOT ${isOneOf([condition.neq])})`);
  if (isGiven(condition.nin)) parts.push(sql`(${column} IS NOT NULL AND NOT ${isOneOf(condition.nin)})`);
  return allOf(parts);
}

const mlflowStatuses: readonly RunStatus[] = ['SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED'];

// MLflow knows no STALE; UNKNOWN is a row without a status that MLflow would have written.
function statusIn(statuses: readonly RunStatus[], { database }: FilterContext): Sql {
  const isOneOf = (known: readonly RunStatus[]) => database.dialect.oneOf(runColumns(database.dialect).status, known);
  const known = isOneOf(statuses.filter((status) => mlflowStatuses.includes(status)));
  if (!statuses.includes('UNKNOWN')) return known;
  return anyOf([known, complement(isOneOf(mlflowStatuses))]);
}

function metricCondition(condition: MetricCondition, { database, relation }: FilterContext): Sql {
  const metric = relation.metric(condition.key, condition.aggregate ?? 'LAST');
  if (!isGiven(condition.value)) return existing(metric, condition.exists, []);
  const value = metric.scale ? conditionOnPlaces(metric.scale, condition.value) : condition.value;
  return existing(metric, condition.exists, [doubleCondition(database.dialect, metric.value, metric.nan, value)]);
}

function keyedCondition(table: 'params' | 'tags', condition: KeyedCondition, { database, relation, numbers }: FilterContext): Sql {
  const joined = relation.text(table, condition.key);
  const parts: Sql[] = [];
  if (isGiven(condition.string)) parts.push(stringCondition(database.dialect, joined.value, condition.string));
  if (isGiven(condition.number)) {
    parts.push(database.dialect.oneOf(joined.value, numbers.matching(table, condition.key, condition.number)));
  }
  return existing(joined, condition.exists, parts);
}

/** A keyed condition matches where the key exists; with `exists: false` only where it does not, and then nothing else can hold. */
function existing(joined: JoinedText, exists: boolean | null | undefined, parts: readonly Sql[]): Sql {
  if (exists !== false) return allOf([joined.exists, ...parts]);
  return parts.length > 0 ? never : complement(joined.exists);
}

function datasetCondition(condition: NonNullable<RunFilter['dataset']>, { dialect }: MlflowDatabase): Sql {
  const parts = [
    isGiven(condition.name) ? stringCondition(dialect, sql`d.name`, condition.name) : always,
    isGiven(condition.digest) ? stringCondition(dialect, sql`d.digest`, condition.digest) : always,
    isGiven(condition.context) ? stringCondition(dialect, sql`c.value`, condition.context) : always,
  ];
  return sql`EXISTS (
    SELECT 1 FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
      LEFT JOIN input_tags c ON c.input_uuid = i.input_uuid AND c.name = 'mlflow.data.context'
    WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = r.run_uuid AND ${allOf(parts)})`;
}
