import { fail } from '../../core/errors.js';
import { isGiven } from '../../stores/conditions.js';
import type * as store from '../../stores/trace-store.js';
import { checkPatterns, readRefs } from './run-query.js';
import type { TraceFilter, TraceOrder } from './trace.input.js';

/** A filter of traces as the stores understand it, its ids read. */
export function toTraceFilter(filter: TraceFilter | null | undefined, path = 'filter'): store.TraceFilter {
  const { id, experimentId, runId, and, or, not, ...rest } = filter ?? {};
  checkPatterns(rest, path);
  return {
    ...rest,
    and: and?.map((inner, index) => toTraceFilter(inner, `${path}.and.${index}`)),
    or: or?.map((inner, index) => toTraceFilter(inner, `${path}.or.${index}`)),
    not: not ? toTraceFilter(not, `${path}.not`) : undefined,
    id: readRefs('Trace', id, `${path}.id`),
    experimentId: readRefs('Experiment', experimentId, `${path}.experimentId`),
    runId: readRefs('Run', runId, `${path}.runId`),
  };
}

const newestFirst: store.TraceOrder = { by: 'field', field: 'STARTED_AT', direction: 'DESC' };

/** Sort terms of the API with the tie-break by start time that every order ends in. */
export function toTraceOrder(orderBy: readonly TraceOrder[] | null | undefined): store.TraceOrder[] {
  const terms = (orderBy ?? []).map(readOrder);
  const byStart = terms.some((term) => term.by === 'field' && term.field === 'STARTED_AT');
  return byStart ? terms : [...terms, newestFirst];
}

function readOrder({ field, tag, metadata, direction: given }: TraceOrder, index: number): store.TraceOrder {
  const direction = given ?? 'DESC';
  if ([field, tag, metadata].filter(isGiven).length !== 1) {
    throw fail('BAD_USER_INPUT', `orderBy.${index} must have exactly one of field, tag, metadata.`, { argument: `orderBy.${index}` });
  }
  if (isGiven(field)) return { by: 'field', field, direction };
  return isGiven(tag) ? { by: 'tag', key: tag, direction } : { by: 'metadata', key: metadata!, direction };
}
