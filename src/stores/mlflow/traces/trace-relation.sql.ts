import { fail } from '../../../core/errors.js';
import { join, raw, sql, type Sql } from '../../engine/sql.js';
import { traceMetadata, traceTags } from '../../trace-store.js';
import { always, anyOf } from '../condition.sql.js';
import type { MlflowDatabase, TraceLayout } from '../layout.js';

/** Columns of a trace; `t` is `trace_info`, `e` its experiment. */
export const traceColumns = {
  id: raw('t.request_id'),
  experimentId: raw('t.experiment_id'),
  experimentName: raw('e.name'),
  startedAt: raw('t.timestamp_ms'),
  durationMs: raw('t.execution_time_ms'),
  endedAt: raw('(t.timestamp_ms + t.execution_time_ms)'),
  status: raw('t.status'),
} as const;

/** Where traces are read from, other tenants' left out. */
export const fromTraces = ({ layout }: MlflowDatabase): Sql =>
  sql`FROM trace_info t JOIN experiments e ON e.experiment_id = t.experiment_id AND ${layout.workspaces ? raw(`e.workspace = 'default'`) : always}`;

export type TraceTextTable = 'trace_tags' | 'trace_request_metadata';

// What MLflow 3.17 took out of tags and metadata: rows that still have these keys mean nothing to it.
const promoted: readonly { readonly table: TraceTextTable; readonly key: string; readonly column: string }[] = [
  { table: 'trace_tags', key: traceTags.name, column: 'trace_name' },
  { table: 'trace_request_metadata', key: traceMetadata.session, column: 'session_id' },
];

/** The column that stands for a key at this revision, if there is one. */
export function promotedColumn(layout: TraceLayout, table: TraceTextTable, key: string): string | null {
  const found = promoted.find((one) => one.table === table && one.key === key);
  return found && layout.columns.has(found.column) ? found.column : null;
}

/** Value of a tag or of metadata of a trace; NULL where it has none. */
export function traceText({ layout }: MlflowDatabase, table: TraceTextTable, key: string): Sql {
  const column = promotedColumn(layout.traces, table, key);
  if (column !== null) return raw(`t.${column}`);
  return sql`(SELECT COALESCE(x.value, '') FROM ${raw(table)} x WHERE x.request_id = t.request_id AND x."key" = ${key})`;
}

/** Names of the counters MLflow keeps of a trace, in its order, which are also the columns of newer revisions. */
export const tokenColumns = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation_input_tokens_above_1hr',
] as const;
export const costColumns = ['input_cost', 'output_cost', 'total_cost'] as const;

/** The columns that are one metadata value together, where this revision has them. */
export function counterColumns(layout: TraceLayout, table: TraceTextTable, key: string): readonly string[] {
  if (table !== 'trace_request_metadata') return [];
  const columns: readonly string[] = key === traceMetadata.tokenUsage ? tokenColumns : key === traceMetadata.cost ? costColumns : [];
  return columns.filter((column) => layout.columns.has(column));
}

/** Whether a trace has any of the columns that are one metadata value together. */
export const hasCounters = (columns: readonly string[]): Sql => anyOf(columns.map((column) => raw(`t.${column} IS NOT NULL`)));

/** @throws FILTER_UNSUPPORTED: the value is several columns here */
export function refuseCounters(source: string, key: string): never {
  throw fail('FILTER_UNSUPPORTED', `Source ${source} keeps ${key} in columns; it can only be asked whether it exists.`, {
    argument: 'metadata',
    source,
  });
}

/** The tables that hold spans in this database, ours and MLflow's; none before MLflow 3.2. */
export const spanTables = ({ traces }: MlflowDatabase['layout']): readonly string[] => [
  ...(traces.spans ? ['spans'] : []),
  ...(traces.own ? ['rungraph_trace_spans'] : []),
];

/** Whether a trace was linked to one of the runs, recorded elsewhere. `runs` is a list to look in. */
export function isLinkedTo({ layout }: MlflowDatabase, runs: Sql): Sql {
  const places: Sql[] = [];
  if (layout.traces.links) {
    places.push(sql`EXISTS (SELECT 1 FROM entity_associations a WHERE a.source_type = 'trace' AND a.source_id = t.request_id
      AND a.destination_type = 'run' AND a.destination_id IN ${runs})`);
  }
  if (layout.traces.own) {
    places.push(sql`EXISTS (SELECT 1 FROM rungraph_trace_links l WHERE l.request_id = t.request_id AND l.run_uuid IN ${runs})`);
  }
  return anyOf(places);
}

/** A column of `trace_info` or, before there was one, of our table beside it. */
export function extraColumn({ layout }: MlflowDatabase, column: 'client_request_id' | 'request_preview' | 'response_preview'): Sql {
  const places: Sql[] = [];
  if (layout.traces.columns.has(column)) places.push(raw(`t.${column}`));
  if (layout.traces.own) places.push(sql`(SELECT o.${raw(column)} FROM rungraph_traces o WHERE o.request_id = t.request_id)`);
  if (places.length === 0) return raw('NULL');
  return places.length === 1 ? places[0]! : sql`COALESCE(${join(places)})`;
}
