import type { KeyedCondition } from '../stores/conditions.js';
import { traceMetadata, traceTags, type TraceFilter, type TraceOrder, type TraceOrderField } from '../stores/trace-store.js';
import { invalid } from './request-fields.js';
import { parseSearchFilter, type SearchClause } from './search-clauses.js';
import { integerCondition, numberBound, textCondition, timeConditions } from './search-conditions.js';
import { parseSearchOrder, searchKey } from './search-terms.js';

const kinds: Readonly<Record<string, 'attribute' | 'tag' | 'metadata' | 'span'>> = {
  attribute: 'attribute',
  attributes: 'attribute',
  trace: 'attribute',
  tag: 'tag',
  tags: 'tag',
  metadata: 'metadata',
  request_metadata: 'metadata',
  span: 'span',
};

/**
 * The filter of MLflow's `search_traces` as the stores understand it.
 * @throws INVALID_PARAMETER_VALUE also for conditions on feedback, expectations and issues, which are not kept
 */
export const parseTraceFilter = (filter: string): TraceFilter => ({ and: parseSearchFilter(filter).map(toCondition) });

function toCondition(clause: SearchClause): TraceFilter {
  const { prefix, key } = searchKey(clause.identifier);
  switch (kindOf(prefix)) {
    case 'tag':
      return { tag: keyed(clause, key, 'tag') };
    case 'metadata':
      return key === traceMetadata.run ? ofRun(clause) : { metadata: keyed(clause, key, 'metadata') };
    case 'span':
      return ofSpan(clause, key);
    case 'attribute':
      return ofAttribute(clause, key);
  }
}

function kindOf(prefix: string | null): 'attribute' | 'tag' | 'metadata' | 'span' {
  const kind = prefix === null ? 'attribute' : kinds[prefix];
  if (kind) return kind;
  throw invalid(`Invalid entity type '${prefix ?? ''}'. Valid values are ${Object.keys(kinds).join(', ')}`);
}

function ofAttribute(clause: SearchClause, key: string): TraceFilter {
  const text = () => textCondition(clause, key);
  const times = () => timeConditions(clause.comparator, numberBound(clause, key));
  switch (key.toLowerCase()) {
    case 'request_id':
      return { requestId: text() };
    case 'client_request_id':
      return { clientRequestId: text() };
    case 'status':
      return { status: text() };
    case 'name':
      return { tag: keyed(clause, traceTags.name, key) };
    case 'prompt':
      return { tag: keyed(clause, 'mlflow.linkedPrompts', key) };
    case 'run_id':
      return ofRun(clause);
    case 'text':
      return { span: { content: text() } };
    case 'timestamp':
    case 'timestamp_ms':
      return { or: times().map((startedAt) => ({ startedAt })) };
    case 'execution_time':
    case 'execution_time_ms':
      return { durationMs: integerCondition(clause, key) };
    case 'end_time':
    case 'end_time_ms':
      // MLflow takes a trace that has not ended for one that ended when it began.
      return {
        or: times().flatMap((time): TraceFilter[] => [{ endedAt: time }, { endedAt: { isNull: true }, startedAt: time }]),
      };
    default:
      throw invalid(`Invalid attribute key '${key}' specified.`);
  }
}

function ofSpan(clause: SearchClause, key: string): TraceFilter {
  if (key === 'name' || key === 'type' || key === 'status' || key === 'content') return { span: { [key]: textCondition(clause, key) } };
  throw invalid(`Invalid span attribute '${key}'. Supported attributes: content, name, status, type.`);
}

/** A run is meant with the traces linked to it; other comparisons look at the one a trace was recorded in. */
function ofRun(clause: SearchClause): TraceFilter {
  const run = keyed(clause, traceMetadata.run, 'metadata');
  const { eq } = run.string ?? {};
  return typeof eq === 'string' ? { runId: { eq: { source: 'local', nativeId: eq } } } : { metadata: run };
}

function keyed(clause: SearchClause, key: string, what: string): KeyedCondition {
  const { comparator } = clause;
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') return { key, exists: comparator === 'IS NOT NULL' };
  return { key, string: textCondition(clause, what) };
}

const orderFields: Readonly<Record<string, TraceOrderField>> = {
  experiment_id: 'EXPERIMENT_ID',
  timestamp: 'STARTED_AT',
  timestamp_ms: 'STARTED_AT',
  execution_time: 'DURATION',
  execution_time_ms: 'DURATION',
  status: 'STATUS',
  request_id: 'REQUEST_ID',
  name: 'NAME',
};

/** The order of MLflow's `search_traces`; it ends in the newest first, then by id. */
export function parseTraceOrder(clauses: readonly string[]): TraceOrder[] {
  const terms = clauses.map(toOrder);
  return terms.some((term) => term.by === 'field' && term.field === 'STARTED_AT')
    ? terms
    : [...terms, { by: 'field', field: 'STARTED_AT', direction: 'DESC' }];
}

function toOrder(clause: string): TraceOrder {
  const { identifier, direction } = parseSearchOrder(clause);
  const { prefix, key } = searchKey(identifier);
  const kind = kindOf(prefix);
  if (kind === 'tag' || kind === 'metadata') return { by: kind, key, direction };
  if (kind === 'attribute' && key === 'run_id') return { by: 'metadata', key: traceMetadata.run, direction };
  const field = kind === 'attribute' ? orderFields[key] : undefined;
  if (!field) throw invalid(`Invalid order_by key '${key}' specified.`);
  return { by: 'field', field, direction };
}
