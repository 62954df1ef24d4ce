import { raw, sql, type SqlValue } from '../../engine/sql.js';
import type { SpanRecord } from '../../trace-store.js';
import type { MlflowDatabase } from '../layout.js';
import { decodeSpanContent } from './span-content.js';
import { spanTables } from './trace-relation.sql.js';

/**
 * Spans of traces in the order of `ids`: one statement per table that holds spans. Null for a trace of which no table has a span:
 * MLflow 2 kept them in a file among the artifacts.
 */
export async function traceSpans(database: MlflowDatabase, ids: readonly string[]): Promise<(SpanRecord[] | null)[]> {
  const found = new Map<string, Map<string, SpanRecord>>();
  for (const table of spanTables(database.layout)) {
    const rows = await database.db.all(sql`/* mlflow.spans */
      SELECT s.trace_id, s.span_id, s.parent_span_id, s.name, s.type, s.status, s.start_time_unix_nano, s.end_time_unix_nano, s.content
      FROM ${raw(table)} s WHERE s.trace_id IN ${database.dialect.texts(ids)}`);
    for (const row of rows) {
      const spans = found.get(row[0] as string) ?? new Map<string, SpanRecord>();
      const span = toSpan(row);
      // MLflow's table comes first: what is in both was moved there.
      if (!spans.has(span.id)) spans.set(span.id, span);
      found.set(row[0] as string, spans);
    }
  }
  return ids.map((id) => {
    const spans = found.get(id);
    return spans ? [...spans.values()].sort(byPlace) : null;
  });
}

function toSpan(row: SqlValue[]): SpanRecord {
  const [, id, parentId, name, type, status, startedAtNs, endedAtNs, content] = row;
  const columns = {
    id: id as string,
    parentId: parentId as string | null,
    name: (name as string | null) ?? '',
    type: type as string | null,
    status: status as string,
    startedAtNs: BigInt(startedAtNs as bigint | number),
    endedAtNs: endedAtNs === null ? null : BigInt(endedAtNs as bigint | number),
  };
  return decodeSpanContent(columns, content as string);
}

/** Roots first, then by start, as MLflow gives them. */
function byPlace(a: SpanRecord, b: SpanRecord): number {
  const depth = Number(a.parentId !== null) - Number(b.parentId !== null);
  if (depth !== 0) return depth;
  if (a.startedAtNs !== b.startedAtNs) return a.startedAtNs < b.startedAtNs ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
