import { isLosslessNumber } from 'lossless-json';
import { isInteger, readPythonJson, type ExactJson } from '../../../core/python-json.js';
import { join, raw, sql, type Sql } from '../../engine/sql.js';
import type { KeyValueRecord } from '../../run-store.js';
import { type SpanRecord } from '../../trace-store.js';
import type { TraceLayout } from '../layout.js';
import { encodeSpanContent } from './span-content.js';
import { traceLimits } from './trace-rules.js';
import type { WriteContext } from '../writes.js';
import { counterColumns, promotedColumn, type TraceTextTable } from './trace-relation.sql.js';

/** A database inside a write, with what is known of its trace tables. */
export interface TraceTables extends WriteContext {
  readonly layout: TraceLayout;
}

/** Sets tags or metadata of a trace, each where this revision keeps it. */
export async function writeTexts(
  { db, layout }: TraceTables,
  table: TraceTextTable,
  requestId: string,
  texts: readonly KeyValueRecord[],
): Promise<void> {
  const columns = texts.flatMap(({ key, value }) => columnValues(layout, table, key, value));
  if (columns.length > 0)
    await db.run(sql`/* mlflow.updateTrace */ UPDATE trace_info SET ${join(columns)} WHERE request_id = ${requestId}`);
  for (const { key, value } of texts.filter((text) => !isInColumns(layout, table, text.key))) {
    await db.run(sql`/* mlflow.upsertTraceText */
      INSERT INTO ${raw(table)} (request_id, "key", value) VALUES (${requestId}, ${key}, ${value})
      ON CONFLICT (request_id, "key") DO UPDATE SET value = excluded.value`);
  }
}

const isInColumns = (layout: TraceLayout, table: TraceTextTable, key: string): boolean =>
  promotedColumn(layout, table, key) !== null || counterColumns(layout, table, key).length > 0;

function columnValues(layout: TraceLayout, table: TraceTextTable, key: string, value: string): Sql[] {
  const column = promotedColumn(layout, table, key);
  if (column !== null) return [sql`${raw(column)} = ${value}`];
  const counters = counterColumns(layout, table, key);
  if (counters.length === 0) return [];
  const read = readPythonJson(value)?.value;
  const members = read !== null && typeof read === 'object' ? (read as Readonly<Record<string, ExactJson>>) : {};
  return counters.flatMap((name) => {
    const member = members[name];
    if (!isLosslessNumber(member)) return [];
    const number = isInteger(member.value) ? BigInt(member.value) : Number(member.value);
    return [sql`${raw(name)} = ${name.endsWith('_cost') ? Number(number) : number}`];
  });
}

/** What `trace_info` has columns for only at newer revisions. Members that are null stay as they are. */
export interface TraceExtras {
  readonly clientRequestId: string | null;
  readonly requestPreview: string | null;
  readonly responsePreview: string | null;
}

/** Writes them into the columns, or beside the table where there are none yet. */
export async function writeExtras({ db, layout }: TraceTables, requestId: string, extras: TraceExtras): Promise<void> {
  const given = [
    ['client_request_id', extras.clientRequestId],
    ['request_preview', cutPreview(extras.requestPreview)],
    ['response_preview', cutPreview(extras.responsePreview)],
  ].filter(([, value]) => value !== null) as [string, string][];
  if (given.length === 0) return;
  const set = join(given.map(([column, value]) => sql`${raw(column)} = ${value}`));
  if (layout.columns.has('request_preview')) {
    await db.run(sql`/* mlflow.updateTracePreviews */ UPDATE trace_info SET ${set} WHERE request_id = ${requestId}`);
    return;
  }
  await db.run(sql`/* mlflow.upsertTracePreviews */
    INSERT INTO rungraph_traces (request_id, ${raw(given.map(([column]) => column).join(', '))})
    VALUES (${requestId}, ${join(given.map(([, value]) => sql`${value}`))})
    ON CONFLICT (request_id) DO UPDATE SET ${set}`);
}

/** As MLflow cuts previews: with three dots at the end. */
function cutPreview(text: string | null): string | null {
  const characters = text === null || text.length <= traceLimits.preview ? null : [...text];
  if (characters === null || characters.length <= traceLimits.preview) return text;
  return `${characters.slice(0, traceLimits.preview - 3).join('')}...`;
}

/** Writes spans into MLflow's table, or into ours before there is one. A span that is there is replaced. */
export async function writeSpans(
  { db, layout }: TraceTables,
  trace: { readonly requestId: string; readonly experimentId: string },
  spans: readonly SpanRecord[],
): Promise<void> {
  const table = raw(layout.spans ? 'spans' : 'rungraph_trace_spans');
  for (const span of spans) {
    const experiment = layout.spans ? [sql`experiment_id`, sql`${BigInt(trace.experimentId)}`] : null;
    const columns = join([sql`trace_id`, sql`span_id`, ...spanColumns.map(raw), ...(experiment ? [experiment[0]!] : [])]);
    const values = join([
      sql`${trace.requestId}`,
      sql`${span.id}`,
      ...spanValues(trace.requestId, span),
      ...(experiment ? [experiment[1]!] : []),
    ]);
    const replaced = join(spanColumns.map((column) => sql`${raw(column)} = excluded.${raw(column)}`));
    await db.run(sql`/* mlflow.upsertSpan */
      INSERT INTO ${table} (${columns}) VALUES (${values}) ON CONFLICT (trace_id, span_id) DO UPDATE SET ${replaced}`);
  }
}

const spanColumns = ['parent_span_id', 'name', 'type', 'status', 'start_time_unix_nano', 'end_time_unix_nano', 'content'];

const spanValues = (requestId: string, span: SpanRecord): Sql[] =>
  [span.parentId, span.name, span.type, span.status, span.startedAtNs, span.endedAtNs, encodeSpanContent(requestId, span)].map(
    (value) => sql`${value}`,
  );
