import { parseNumber } from '../../../core/number-text.js';
import { isGiven, matchesDouble, type DoubleCondition, type KeyedCondition } from '../../conditions.js';
import { raw, sql, type Sql } from '../../engine/sql.js';
import type { RefCondition } from '../../run-store.js';
import { traceMetadata, traceTags, type SpanCondition, type TraceFilter } from '../../trace-store.js';
import { allOf, anyOf, complement, longCondition, never, stringCondition, timeCondition } from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { refCondition } from '../runs/run-filter.sql.js';
import {
  counterColumns,
  extraColumn,
  hasCounters,
  isLinkedTo,
  promotedColumn,
  refuseCounters,
  spanTables,
  traceColumns as c,
  traceText,
  type TraceTextTable,
} from './trace-relation.sql.js';

/**
 * The WHERE condition of a filter of traces; no condition is dropped. Tags and metadata that are asked for as numbers
 * cost a statement each: their texts are understood here and not by the database.
 */
export async function traceCondition(database: MlflowDatabase, filter: TraceFilter): Promise<Sql> {
  const { dialect } = database;
  const inner = (filters: readonly TraceFilter[]) => Promise.all(filters.map((one) => traceCondition(database, one)));
  const parts: Sql[] = [];
  const add = <T>(condition: T | null | undefined, compile: (condition: T) => Sql) => {
    if (isGiven(condition)) parts.push(compile(condition));
  };
  if (filter.and) parts.push(allOf(await inner(filter.and)));
  if (filter.or) parts.push(anyOf(await inner(filter.or)));
  if (filter.not) parts.push(complement(await traceCondition(database, filter.not)));
  add(filter.id, (condition) => refCondition(database, c.id, condition));
  add(filter.experimentId, (condition) => refCondition(database, dialect.text(c.experimentId), condition));
  add(filter.runId, (condition) => runCondition(database, condition));
  add(filter.source, (condition) => stringCondition(dialect, sql`${database.source}`, condition));
  add(filter.requestId, (condition) => stringCondition(dialect, c.id, condition));
  add(filter.clientRequestId, (condition) => stringCondition(dialect, extraColumn(database, 'client_request_id'), condition));
  add(filter.name, (condition) => stringCondition(dialect, traceText(database, 'trace_tags', traceTags.name), condition));
  add(filter.experiment, (condition) => stringCondition(dialect, c.experimentName, condition));
  add(filter.status, (condition) => stringCondition(dialect, c.status, condition));
  add(filter.startedAt, (condition) => timeCondition(c.startedAt, condition));
  add(filter.endedAt, (condition) => timeCondition(c.endedAt, condition));
  add(filter.durationMs, (condition) => longCondition(dialect, c.durationMs, condition));
  add(filter.span, (condition) => spanCondition(database, condition));
  if (filter.tag) parts.push(await keyedCondition(database, 'trace_tags', filter.tag));
  if (filter.metadata) parts.push(await keyedCondition(database, 'trace_request_metadata', filter.metadata));
  return allOf(parts);
}

/** A trace belongs to the run it was recorded in and to those it was linked to; `neq` and `nin` mean the first. */
function runCondition(database: MlflowDatabase, { eq, in: list, ...others }: RefCondition): Sql {
  const recordedIn = traceText(database, 'trace_request_metadata', traceMetadata.run);
  const parts = [refCondition(database, recordedIn, others)];
  for (const refs of [isGiven(eq) ? [eq] : null, list]) {
    if (!isGiven(refs)) continue;
    const runs = database.dialect.texts(refs.filter(({ source }) => source === database.source).map(({ nativeId }) => nativeId));
    parts.push(anyOf([sql`${recordedIn} IN ${runs}`, isLinkedTo(database, runs)]));
  }
  return allOf(parts);
}

function spanCondition(database: MlflowDatabase, { name, type, status, content }: SpanCondition): Sql {
  const { dialect } = database;
  const parts = [sql`s.trace_id = t.request_id`];
  if (isGiven(name)) parts.push(stringCondition(dialect, sql`s.name`, name));
  if (isGiven(type)) parts.push(stringCondition(dialect, sql`s.type`, type));
  if (isGiven(status)) parts.push(stringCondition(dialect, sql`s.status`, status));
  if (isGiven(content)) parts.push(stringCondition(dialect, sql`s.content`, content));
  return anyOf(spanTables(database.layout).map((table) => sql`EXISTS (SELECT 1 FROM ${raw(table)} s WHERE ${allOf(parts)})`));
}

async function keyedCondition(database: MlflowDatabase, table: TraceTextTable, condition: KeyedCondition): Promise<Sql> {
  const { key, string, number, exists } = condition;
  const counters = counterColumns(database.layout.traces, table, key);
  const value = traceText(database, table, key);
  const isThere = counters.length > 0 ? hasCounters(counters) : sql`${value} IS NOT NULL`;
  const parts: Sql[] = [];
  if ((isGiven(string) || isGiven(number)) && counters.length > 0) refuseCounters(database.source, key);
  if (isGiven(string)) parts.push(stringCondition(database.dialect, value, string));
  if (isGiven(number)) parts.push(sql`${value} IN ${database.dialect.texts(await numericTexts(database, table, key, number))}`);
  // A condition matches where the key exists; with `exists: false` only where it does not, and then nothing else can hold.
  if (exists !== false) return allOf([isThere, ...parts]);
  return parts.length > 0 ? never : complement(isThere);
}

/** Texts of the key for which a numeric condition holds; engines disagree on which texts are numbers. */
async function numericTexts(
  { db, layout }: MlflowDatabase,
  table: TraceTextTable,
  key: string,
  condition: DoubleCondition,
): Promise<string[]> {
  const column = promotedColumn(layout.traces, table, key);
  const rows = await db.all(
    column === null
      ? sql`/* mlflow.numericTraceTexts */ SELECT DISTINCT COALESCE(x.value, '') FROM ${raw(table)} x WHERE x."key" = ${key}`
      : sql`/* mlflow.numericTraceTexts */ SELECT DISTINCT t.${raw(column)} FROM trace_info t WHERE t.${raw(column)} IS NOT NULL`,
  );
  return rows.map(([text]) => text as string).filter((text) => matchesDouble(condition, parseNumber(text)));
}
