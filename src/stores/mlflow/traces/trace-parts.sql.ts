import { pythonJson, type PythonValue } from '../../../core/python-json.js';
import { compareCodePoints } from '../../../core/text.js';
import { join, raw, sql, type SqlValue } from '../../engine/sql.js';
import type { KeyValueRecord } from '../../run-store.js';
import { traceMetadata, traceTags, type TraceParts } from '../../trace-store.js';
import type { MlflowDatabase, TraceLayout } from '../layout.js';
import { byOwner } from '../runs/run-parts.sql.js';
import { costColumns, extraColumn, fromTraces, tokenColumns, traceColumns, type TraceTextTable } from './trace-relation.sql.js';

/** Tags, metadata and previews of traces in the order of `ids`: three statements, however many traces. */
export async function traceParts(database: MlflowDatabase, ids: readonly string[]): Promise<TraceParts[]> {
  const tags = await texts(database, 'trace_tags', ids);
  const metadata = await texts(database, 'trace_request_metadata', ids);
  const infos = await promotedTexts(database, ids);
  return ids.map((id, index) => {
    const info = infos.get(id) ?? noInfo;
    return {
      tags: merge(tags[index]!, info.replaced, info.tags),
      metadata: merge(metadata[index]!, info.replaced, info.metadata),
      requestPreview: info.requestPreview,
      responsePreview: info.responsePreview,
    };
  });
}

async function texts(database: MlflowDatabase, table: TraceTextTable, ids: readonly string[]): Promise<KeyValueRecord[][]> {
  const rows = await database.db.all(sql`/* mlflow.${raw(table)} */
    SELECT x.request_id, x."key", x.value FROM ${raw(table)} x WHERE x.request_id IN ${database.dialect.texts(ids)} ORDER BY ${database.dialect.byCodePoint(sql`x."key"`)}`);
  return byOwner(ids, rows, ([, key, value]) => ({ key: key as string, value: (value as string | null) ?? '' }));
}

interface PromotedTexts {
  readonly requestPreview: string | null;
  readonly responsePreview: string | null;
  readonly tags: readonly KeyValueRecord[];
  readonly metadata: readonly KeyValueRecord[];
  /** Keys for which this revision has columns: rows that still have them mean nothing to MLflow. */
  readonly replaced: ReadonlySet<string>;
}

const noInfo: PromotedTexts = { requestPreview: null, responsePreview: null, tags: [], metadata: [], replaced: new Set() };

/** What newer revisions keep in columns, in the form a client of MLflow gets it. */
async function promotedTexts(database: MlflowDatabase, ids: readonly string[]): Promise<Map<string, PromotedTexts>> {
  const { traces: layout } = database.layout;
  const columns = ['trace_name', 'session_id', ...tokenColumns, ...costColumns].map((column) =>
    layout.columns.has(column) ? raw(`t.${column}`) : raw('NULL'),
  );
  const rows = await database.db.all(sql`/* mlflow.tracePreviews */
    SELECT ${traceColumns.id}, ${extraColumn(database, 'request_preview')}, ${extraColumn(database, 'response_preview')}, ${join(columns)}
    ${fromTraces(database)} WHERE ${traceColumns.id} IN ${database.dialect.texts(ids)}`);
  const replaced = replacedKeys(layout);
  return new Map(rows.map((row) => [row[0] as string, toPromoted(row, replaced)]));
}

function toPromoted(row: SqlValue[], replaced: ReadonlySet<string>): PromotedTexts {
  const [, requestPreview, responsePreview, name, session, ...counters] = row;
  const tokens = counted(tokenColumns, counters, (value) => BigInt(value as bigint | number));
  const cost = counted(costColumns, counters.slice(tokenColumns.length), Number);
  return {
    requestPreview: requestPreview as string | null,
    responsePreview: responsePreview as string | null,
    tags: present([[traceTags.name, name as string | null]]),
    metadata: present([
      [traceMetadata.session, session as string | null],
      [traceMetadata.tokenUsage, tokens],
      [traceMetadata.cost, cost],
    ]),
    replaced,
  };
}

function replacedKeys({ columns }: TraceLayout): ReadonlySet<string> {
  const promoted: readonly (readonly [string, string])[] = [
    [traceTags.name, 'trace_name'],
    [traceMetadata.session, 'session_id'],
    [traceMetadata.tokenUsage, tokenColumns[0]],
    [traceMetadata.cost, costColumns[0]],
  ];
  return new Set(promoted.filter(([, column]) => columns.has(column)).map(([key]) => key));
}

/** The counters that are there as one JSON text, null when there is none. */
function counted(names: readonly string[], values: readonly SqlValue[], read: (value: SqlValue) => PythonValue): string | null {
  const there = names.flatMap((name, index) => (values[index] === null ? [] : [[name, read(values[index]!)] as const]));
  return there.length === 0 ? null : pythonJson(Object.fromEntries(there));
}

const present = (entries: readonly (readonly [string, string | null])[]): KeyValueRecord[] =>
  entries.flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));

function merge(rows: readonly KeyValueRecord[], replaced: ReadonlySet<string>, promoted: readonly KeyValueRecord[]): KeyValueRecord[] {
  const kept = rows.filter(({ key }) => !replaced.has(key));
  return promoted.length === 0 ? kept : [...kept, ...promoted].sort((a, b) => compareCodePoints(a.key, b.key));
}
