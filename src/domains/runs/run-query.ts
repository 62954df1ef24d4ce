import { fail } from '../../core/errors.js';
import { decodeId, type NodeType } from '../../core/ids.js';
import type { IdFilter } from '../../schema-kit/filters.input.js';
import type * as store from '../../stores/run-store.js';
import { isGiven } from '../../stores/conditions.js';
import type { ExperimentFilter, ExperimentOrder, MetricRef, RunFilter, RunGroupBy, RunOrder } from './run.input.js';

/** Patterns longer than this cost more than they can mean. */
const maxPatternLength = 1_000;

/** A filter of the API as the stores understand it: ids read, and deleted runs left out unless asked for. */
export function toRunFilter(filter: RunFilter | null | undefined): store.RunFilter {
  const read = readRunFilter(filter ?? {}, 'filter');
  return mentionsStage(filter ?? {}) ? read : { and: [read], lifecycleStage: 'ACTIVE' };
}

/** As `toRunFilter`, with runs of every lifecycle stage: an event may be a deletion. */
export const toEventFilter = (filter: RunFilter): store.RunFilter => readRunFilter(filter, 'filter');

function readRunFilter(filter: RunFilter, path: string): store.RunFilter {
  const { id, experimentId, parentId, and, or, not, ...rest } = filter;
  checkPatterns(rest, path);
  return {
    ...rest,
    and: and?.map((inner, index) => readRunFilter(inner, `${path}.and.${index}`)),
    or: or?.map((inner, index) => readRunFilter(inner, `${path}.or.${index}`)),
    not: not ? readRunFilter(not, `${path}.not`) : undefined,
    id: readRefs('Run', id, `${path}.id`),
    experimentId: readRefs('Experiment', experimentId, `${path}.experimentId`),
    parentId: readRefs('Run', parentId, `${path}.parentId`),
  };
}

/** An experiment filter of the API as the stores understand it. */
export function toExperimentFilter(filter: ExperimentFilter | null | undefined): store.ExperimentFilter {
  const read = readExperimentFilter(filter ?? {}, 'filter');
  return mentionsStage(filter ?? {}) ? read : { and: [read], lifecycleStage: 'ACTIVE' };
}

function readExperimentFilter(filter: ExperimentFilter, path: string): store.ExperimentFilter {
  const { id, and, or, not, ...rest } = filter;
  checkPatterns(rest, path);
  return {
    ...rest,
    and: and?.map((inner, index) => readExperimentFilter(inner, `${path}.and.${index}`)),
    or: or?.map((inner, index) => readExperimentFilter(inner, `${path}.or.${index}`)),
    not: not ? readExperimentFilter(not, `${path}.not`) : undefined,
    id: readRefs('Experiment', id, `${path}.id`),
  };
}

interface StagedFilter {
  readonly lifecycleStage?: unknown;
  readonly and?: readonly StagedFilter[] | null;
  readonly or?: readonly StagedFilter[] | null;
  readonly not?: StagedFilter | null;
}

function mentionsStage(filter: StagedFilter): boolean {
  const inner = [...(filter.and ?? []), ...(filter.or ?? []), ...(filter.not ? [filter.not] : [])];
  return isGiven(filter.lifecycleStage) || inner.some(mentionsStage);
}

/** The ids of a filter, which must be of this type. @throws BAD_USER_INPUT with the path of the one that is not */
export function readRefs(type: NodeType, filter: IdFilter | null | undefined, path: string): store.RefCondition | undefined {
  if (!isGiven(filter)) return undefined;
  const one = (id: string | null | undefined, name: string) => (isGiven(id) ? decodeId(type, id, `${path}.${name}`) : undefined);
  const list = (ids: string[] | null | undefined, name: string) =>
    isGiven(ids) ? ids.map((id) => decodeId(type, id, `${path}.${name}`)) : undefined;
  return { eq: one(filter.eq, 'eq'), neq: one(filter.neq, 'neq'), in: list(filter.in, 'in'), nin: list(filter.nin, 'nin') };
}

/** Looks at every pattern of a filter. @throws BAD_USER_INPUT when one is too long */
export function checkPatterns(value: object, path: string): void {
  for (const [name, inner] of Object.entries(value)) {
    if ((name === 'like' || name === 'ilike') && typeof inner === 'string' && inner.length > maxPatternLength) {
      throw fail('BAD_USER_INPUT', `${path}.${name} has ${inner.length} characters; a pattern has at most ${maxPatternLength}.`, {
        argument: `${path}.${name}`,
      });
    }
    if (inner !== null && typeof inner === 'object') checkPatterns(inner as object, `${path}.${name}`);
  }
}

const newestFirst: store.RunOrder = { by: 'field', field: 'STARTED_AT', direction: 'DESC' };

/** Sort terms of the API with the tie-break by start time that every order ends in. */
export function toRunOrder(orderBy: readonly RunOrder[] | null | undefined): store.RunOrder[] {
  const terms = (orderBy ?? []).map(readOrder);
  const byStart = terms.some((term) => term.by === 'field' && term.field === 'STARTED_AT');
  return byStart ? terms : [...terms, newestFirst];
}

function readOrder({ field, metric, param, tag, direction: given }: RunOrder, index: number): store.RunOrder {
  const direction = given ?? 'DESC';
  if ([field, metric, param, tag].filter(isGiven).length !== 1) {
    throw fail('BAD_USER_INPUT', `orderBy.${index} must have exactly one of field, metric, param, tag.`, { argument: `orderBy.${index}` });
  }
  if (isGiven(field)) return { by: 'field', field, direction };
  if (isGiven(metric)) return { by: 'metric', key: metric.key, aggregate: metric.aggregate ?? 'LAST', direction };
  if (isGiven(param)) return { by: 'param', key: param.key, as: param.as ?? 'NUMBER', direction };
  return { by: 'tag', key: tag!, direction };
}

/** Sort terms of experiments; by default the newest first. */
export function toExperimentOrder(orderBy: readonly ExperimentOrder[] | null | undefined): store.ExperimentQuery['orderBy'][number][] {
  const terms = (orderBy ?? []).map(({ field, direction }) => ({ field, direction: direction ?? ('DESC' as const) }));
  return terms.length > 0 ? terms : [{ field: 'CREATED_AT', direction: 'DESC' }];
}

export const toMetricTerm = ({ key, aggregate }: MetricRef): store.MetricTerm => ({ key, aggregate: aggregate ?? 'LAST' });

export function toGroupTerm({ param, tag, field }: RunGroupBy, index: number): store.GroupTerm {
  if ([param, tag, field].filter(isGiven).length !== 1) {
    throw fail('BAD_USER_INPUT', `by.${index} must have exactly one of param, tag, field.`, { argument: `by.${index}` });
  }
  if (isGiven(field)) return { by: 'field', field };
  return isGiven(param) ? { by: 'param', key: param } : { by: 'tag', key: tag! };
}
