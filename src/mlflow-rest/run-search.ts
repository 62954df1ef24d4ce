import { matchesString } from '../core/string-match.js';
import { runTags, type RunFilter, type RunOrder, type RunOrderField, type RunStatus } from '../stores/run-store.js';
import { invalid } from './request-fields.js';
import { parseSearchFilter, type SearchClause } from './search-clauses.js';
import {
  comparators,
  doubleCondition,
  keyedCondition,
  numberBound,
  stringCondition,
  textOrList,
  timeConditions,
} from './search-conditions.js';
import { checkComparator, parseSearchOrder, pythonSet, searchKey } from './search-terms.js';

type Entity = 'metric' | 'parameter' | 'tag' | 'attribute' | 'dataset';

const entities: ReadonlyMap<string, Entity> = new Map([
  ...(['metric', 'metrics'] as const).map((name) => [name, 'metric'] as const),
  ...(['parameter', 'parameters', 'param', 'params'] as const).map((name) => [name, 'parameter'] as const),
  ...(['tag', 'tags'] as const).map((name) => [name, 'tag'] as const),
  ...(['attribute', 'attributes', 'attr', 'run'] as const).map((name) => [name, 'attribute'] as const),
  ...(['dataset', 'datasets'] as const).map((name) => [name, 'dataset'] as const),
]);

/** Keys of attributes and the names they also have. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['created', 'start_time'],
  ['Created', 'start_time'],
  ['run name', 'run_name'],
  ['Run name', 'run_name'],
  ['Run Name', 'run_name'],
]);
const plainAttributes = ['artifact_uri', 'end_time', 'run_id', 'run_name', 'start_time', 'status', 'user_id'];
const orderable = [...plainAttributes, 'created', 'Created'];
const searchable = [...plainAttributes, ...aliases.keys()];
const datasetKeys = ['name', 'digest', 'context'] as const;

/**
 * The filter of `runs/search`: every condition MLflow's grammar knows, with its meaning. Metrics are compared by their latest
 * point, `params.x != 'v'` needs the key to be there, names are those of the tag `mlflow.runName`.
 * @throws INVALID_PARAMETER_VALUE in MLflow's words
 */
export const parseRunFilter = (filter: string): RunFilter => ({ and: parseSearchFilter(filter).map(runCondition) });

function runCondition(clause: SearchClause): RunFilter {
  const { entity, key } = entityKey(clause.identifier, searchable);
  if (clause.value === null && entity !== 'tag' && entity !== 'parameter') {
    throw invalid(`IS NULL / IS NOT NULL is only supported for tags and params, not for '${entity}' '${key}'`);
  }
  switch (entity) {
    case 'metric':
      return metricCondition(clause, key);
    case 'parameter':
      return { param: keyedCondition(clause, key, entity) };
    case 'tag':
      return { tag: keyedCondition(clause, key, entity) };
    case 'attribute':
      return attributeCondition(clause, aliases.get(key) ?? key, key);
    case 'dataset':
      return datasetCondition(clause, key);
  }
}

function entityKey(identifier: string, attributes: readonly string[]): { entity: Entity; key: string } {
  const { prefix, key } = searchKey(identifier);
  const entity = prefix === null ? 'attribute' : entities.get(prefix);
  if (entity === undefined) {
    throw invalid(`Invalid entity type '${String(prefix)}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']`);
  }
  if (entity === 'attribute' && !attributes.includes(key)) {
    throw invalid(`Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(attributes)}'`);
  }
  if (entity === 'dataset' && !(datasetKeys as readonly string[]).includes(key)) {
    throw invalid(`Invalid dataset key '${key}' specified. Valid keys are '${pythonSet(datasetKeys)}'`);
  }
  return { entity, key };
}

function metricCondition(clause: SearchClause, key: string): RunFilter {
  const bound = numberBound(clause, 'metric');
  if (clause.comparator !== '!=') return { metric: { key, value: doubleCondition(clause.comparator, bound) } };
  // Not `neq`: a bound of the largest double means the infinity too, and NaN differs from everything.
  return { and: [{ metric: { key, exists: true } }, { not: { metric: { key, value: doubleCondition('=', bound) } } }] };
}

function attributeCondition(clause: SearchClause, key: string, written: string): RunFilter {
  if (key === 'start_time' || key === 'end_time') {
    const bound = numberBound(clause, `numeric attribute: ${written}`);
    const field = key === 'start_time' ? 'startedAt' : 'endedAt';
    return { or: timeConditions(clause.comparator, bound).map((condition) => ({ [field]: condition })) };
  }
  const value = textOrList(clause, 'Expected a quoted string value for attributes.', () => {
    if (key !== 'run_id') throw invalid("Only ['run_id'] attributes support comparison with a list of quoted string values.");
  });
  checkComparator(clause, comparators.textOrList);
  const condition = stringCondition(clause.comparator, value);
  switch (key) {
    case 'run_name':
      return { tag: { key: runTags.name, string: condition } };
    case 'status':
      // MLflow compares the text it stored: a status there is not is no mistake, and LIKE has a meaning.
      return { status: { in: statuses.filter((status) => matchesString(condition, status)) } };
    case 'user_id':
      return { user: condition };
    case 'artifact_uri':
      return { artifactLocation: condition };
    default:
      return { nativeId: condition };
  }
}

const statuses: readonly RunStatus[] = ['SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED'];

function datasetCondition(clause: SearchClause, key: string): RunFilter {
  const value = textOrList(clause, 'Expected a quoted string value for dataset attributes.', () => {});
  checkComparator(clause, comparators.textOrList);
  return { dataset: { [key]: stringCondition(clause.comparator, value) } };
}

const orderFields: Readonly<Record<string, RunOrderField>> = {
  artifact_uri: 'ARTIFACT_LOCATION',
  end_time: 'ENDED_AT',
  run_id: 'NATIVE_ID',
  run_name: 'NAME',
  start_time: 'STARTED_AT',
  status: 'STATUS',
  user_id: 'USER',
};

/** The order of `runs/search`, with the tie-break every order of MLflow ends in: the newest first, then by id. */
export function parseRunOrder(clauses: readonly string[]): RunOrder[] {
  const seen = new Set<string>();
  const terms = clauses.map((clause): RunOrder => {
    const { identifier, direction } = parseSearchOrder(clause);
    const { entity, key: written } = entityKey(identifier, orderable);
    const key = entity === 'attribute' ? (aliases.get(written) ?? written) : written;
    if (entity === 'dataset') throw invalid("Invalid identifier type 'dataset'");
    const size = seen.size;
    if (seen.add(`${entity} ${key}`).size === size) {
      throw invalid(`\`order_by\` contains duplicate fields: [${clauses.map((one) => `'${one}'`).join(', ')}]`);
    }
    switch (entity) {
      case 'metric':
        return { by: 'metric', key, aggregate: 'LAST', direction };
      case 'parameter':
        return { by: 'param', key, as: 'STRING', direction };
      case 'tag':
        return { by: 'tag', key, direction };
      case 'attribute':
        return { by: 'field', field: orderFields[key]!, direction };
    }
  });
  return seen.has('attribute start_time') ? terms : [...terms, { by: 'field', field: 'STARTED_AT', direction: 'DESC' }];
}
