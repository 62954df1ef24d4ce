import { sql, type Sql, type SqlValue } from '../../engine/sql.js';
import type { Page, PageRequest } from '../../page.js';
import {
  traceTags,
  type TraceFilter,
  type TraceOrder,
  type TraceOrderField,
  type TraceQuery,
  type TraceRecord,
} from '../../trace-store.js';
import { pageBounds, pageOrder, plainTerm, termColumns, textTerm, type SortTerm } from '../keyset.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { toMilliseconds, toPage, toPosition } from '../runs/run.sql.js';
import { traceCondition } from './trace-filter.sql.js';
import { counterColumns, extraColumn, fromTraces, refuseCounters, traceColumns as c, traceText } from './trace-relation.sql.js';

const columns = (database: MlflowDatabase): Sql =>
  sql`${c.id} AS id, ${database.dialect.text(c.experimentId)} AS experiment_id, ${c.status} AS status, ${c.startedAt} AS started_at,
    ${c.durationMs} AS duration_ms, ${extraColumn(database, 'client_request_id')} AS client_request_id`;
const columnCount = 6;

/** A page of traces in the order of `query.orderBy`. One statement, and one for each tag or metadata that is compared as a number. */
export async function tracePage(database: MlflowDatabase, input: { query: TraceQuery; request: PageRequest }): Promise<Page<TraceRecord>> {
  const { query, request } = input;
  const terms = query.orderBy.map((order) => traceTerm(database, order));
  const where = await traceCondition(database, query.filter);
  const rows = await database.db.all(sql`/* mlflow.tracePage */
    SELECT * FROM (SELECT ${columns(database)}, ${termColumns(terms)} ${fromTraces(database)} WHERE ${where}) page
    WHERE ${pageBounds(database, terms, request)} ORDER BY ${pageOrder(database.dialect, terms, request.backward)} LIMIT ${request.limit + 1}`);
  return toPage(rows, request, (row) => {
    const record = toTrace(row, database.source);
    return { record, position: toPosition(row, columnCount, terms, record) };
  });
}

/** How many traces match. */
export async function traceCount(database: MlflowDatabase, filter: TraceFilter): Promise<number> {
  const where = await traceCondition(database, filter);
  const rows = await database.db.all(sql`/* mlflow.traceCount */ SELECT COUNT(*) ${fromTraces(database)} WHERE ${where}`);
  return Number(rows[0]![0]);
}

/** Traces by request id, in no particular order; unknown ids are absent. */
export async function tracesByIds(database: MlflowDatabase, ids: readonly string[]): Promise<TraceRecord[]> {
  const rows = await database.db.all(sql`/* mlflow.tracesByIds */
    SELECT ${columns(database)} ${fromTraces(database)} WHERE ${c.id} IN ${database.dialect.texts(ids)}`);
  return rows.map((row) => toTrace(row, database.source));
}

const orderColumns: Readonly<Record<Exclude<TraceOrderField, 'NAME'>, Sql>> = {
  STARTED_AT: c.startedAt,
  DURATION: c.durationMs,
  STATUS: c.status,
  REQUEST_ID: c.id,
  EXPERIMENT: c.experimentName,
  EXPERIMENT_ID: c.experimentId,
};

const textFields: ReadonlySet<TraceOrderField> = new Set(['NAME', 'STATUS', 'REQUEST_ID', 'EXPERIMENT']);

function traceTerm(database: MlflowDatabase, order: TraceOrder): SortTerm {
  const { direction } = order;
  if (order.by === 'field') {
    const value = order.field === 'NAME' ? traceText(database, 'trace_tags', traceTags.name) : orderColumns[order.field];
    return textFields.has(order.field) ? textTerm(database.dialect, value, direction) : plainTerm(value, direction);
  }
  const table = order.by === 'tag' ? 'trace_tags' : 'trace_request_metadata';
  if (counterColumns(database.layout.traces, table, order.key).length > 0) refuseCounters(database.source, order.key);
  return textTerm(database.dialect, traceText(database, table, order.key), direction);
}

function toTrace(row: SqlValue[], source: string): TraceRecord {
  const [id, experimentId, status, startedAt, durationMs, clientRequestId] = row;
  return {
    source,
    nativeId: id as string,
    experimentId: experimentId as string,
    status: status as string,
    startedAt: toMilliseconds(startedAt)!,
    durationMs: durationMs === null ? null : BigInt(durationMs as bigint | number),
    clientRequestId: clientRequestId as string | null,
  };
}
