import type { ExperimentFilter, ExperimentOrderField, ExperimentQuery } from '../stores/run-store.js';
import { invalid } from './request-fields.js';
import { parseSearchFilter, type SearchClause } from './search-clauses.js';
import { comparators, keyedCondition, numberBound, stringCondition, textOrList, timeConditions } from './search-conditions.js';
import { checkComparator, parseSearchOrder, pythonSet, searchKey } from './search-terms.js';

const attributes = ['creation_time', 'experiment_id', 'last_update_time', 'name'];

/**
 * The filter of `experiments/search`.
 * @throws INVALID_PARAMETER_VALUE in MLflow's words
 */
export const parseExperimentFilter = (filter: string): ExperimentFilter => ({
  and: parseSearchFilter(filter, '').map(experimentCondition),
});

function experimentCondition(clause: SearchClause): ExperimentFilter {
  const { isTag, key } = attributeOrTag(clause.identifier);
  if (isTag) return { tag: keyedCondition(clause, key, 'tag') };
  if (clause.value === null) throw invalid(`IS NULL / IS NOT NULL is only supported for tags, not for attribute '${key}'`);
  if (key === 'creation_time' || key === 'last_update_time') {
    const bound = numberBound(clause, `numeric attribute: ${key}`);
    if (!/^-?\d+$/.test(clause.value.text)) throw invalid(`Invalid value for numeric attribute '${key}': '${bound}'`);
    const field = key === 'creation_time' ? 'createdAt' : 'updatedAt';
    return { or: timeConditions(clause.comparator, bound).map((condition) => ({ [field]: condition })) };
  }
  const value = textOrList(clause, 'Expected a quoted string value for attributes.', () => {
    if (key !== 'experiment_id') throw invalid("Only ['experiment_id'] attributes support comparison with a list of quoted string values.");
  });
  if (key === 'name') {
    checkComparator(clause, comparators.text);
    return { name: stringCondition(clause.comparator, value) };
  }
  checkComparator(clause, ['=', '!=', 'IN', 'NOT IN']);
  return { nativeId: stringCondition(clause.comparator, typeof value === 'string' ? toExperimentId(value) : value.map(toExperimentId)) };
}

function attributeOrTag(identifier: string): { isTag: boolean; key: string } {
  const { prefix, key } = searchKey(identifier);
  if (prefix !== null && !['attribute', 'tag', 'tags'].includes(prefix)) {
    throw invalid(`Invalid entity type '${prefix}'. Valid entity types are ('attribute', 'tag', 'tags')`);
  }
  const isTag = prefix !== null && prefix !== 'attribute';
  if (!isTag && !attributes.includes(key)) {
    throw invalid(`Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(attributes)}'`);
  }
  return { isTag, key };
}

/** An experiment's id as it is kept; MLflow reads it as a number. */
export function toExperimentId(text: string): string {
  if (/^\s*[+-]?\d+\s*$/.test(text)) return String(BigInt(text.trim().replace('+', '')));
  throw invalid(`Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`);
}

const orderFields: Readonly<Record<string, ExperimentOrderField>> = {
  creation_time: 'CREATED_AT',
  experiment_id: 'NUMBER',
  last_update_time: 'UPDATED_AT',
  name: 'NAME',
};

/** The order of `experiments/search`; by default the newest first. */
export function parseExperimentOrder(clauses: readonly string[]): ExperimentQuery['orderBy'] {
  const terms = (clauses.length > 0 ? clauses : ['creation_time DESC', 'experiment_id ASC']).map((clause) => {
    const { identifier, direction } = parseSearchOrder(clause);
    const { isTag, key } = attributeOrTag(identifier);
    if (isTag) throw invalid('Invalid order_by entity: tag');
    return { field: orderFields[key]!, direction };
  });
  return terms.some(({ field }) => field === 'NUMBER') ? terms : [...terms, { field: 'NUMBER', direction: 'DESC' }];
}
