import {
  modelStatuses,
  type LoggedModelQuery,
  type LoggedModelStatus,
  type ModelCondition,
  type ModelNumberAttribute,
  type ModelOrder,
  type ModelTextAttribute,
} from '../stores/logged-model-store.js';
import { invalid, missing, type Fields } from './request-fields.js';
import { parseSearchFilter, type SearchClause } from './search-clauses.js';
import { integerCondition, numberBound, textCondition } from './search-conditions.js';
import { searchKey } from './search-terms.js';

const texts: ReadonlySet<string> = new Set(['name', 'model_id', 'model_type', 'source_run_id', 'status_message', 'artifact_location']);
const numbers: ReadonlySet<string> = new Set(['creation_timestamp_ms', 'last_updated_timestamp_ms', 'status', 'experiment_id']);
const aliases: Readonly<Record<string, string>> = {
  creation_time: 'creation_timestamp_ms',
  creation_timestamp: 'creation_timestamp_ms',
  last_updated_timestamp: 'last_updated_timestamp_ms',
  last_updated_time: 'last_updated_timestamp_ms',
};

/** What MLflow's `search_logged_models` asks. @throws INVALID_PARAMETER_VALUE */
export function parseModelSearch(fields: Fields): LoggedModelQuery {
  const experimentIds = fields.texts('experiment_ids');
  if (experimentIds.length === 0) throw missing('experiment_ids');
  return {
    experimentIds,
    conditions: parseSearchFilter(fields.text('filter') ?? '').map(toCondition),
    datasets: fields.objects('datasets').map((dataset) => ({
      name: dataset.requiredText('dataset_name'),
      digest: dataset.text('dataset_digest') || null,
    })),
    orderBy: withTies(fields.objects('order_by').map(toOrder)),
  };
}

function toCondition(clause: SearchClause): ModelCondition {
  const { prefix, key } = searchKey(clause.identifier);
  switch (prefix) {
    case 'params':
      return { on: 'param', key, condition: textCondition(clause, 'param') };
    case 'tags':
      return { on: 'tag', key, condition: textCondition(clause, 'tag') };
    case 'metrics':
      return metricCondition(clause, key);
    case null:
    case 'attributes':
      return attributeCondition(clause, key);
    default:
      throw invalid(`Invalid entity type: '${prefix}'. Expected one of ['attributes', 'metrics', 'params', 'tags'].`);
  }
}

function metricCondition(clause: SearchClause, key: string): ModelCondition {
  const value = numberBound(clause, 'metric');
  return { on: 'metric', key, operator: clause.comparator as '=' | '!=' | '<' | '<=' | '>' | '>=', value };
}

function attributeCondition(clause: SearchClause, key: string): ModelCondition {
  const attribute = attributeOf(key);
  if (attribute === 'status') return { on: 'number', attribute, condition: statusCondition(clause) };
  if (isText(attribute)) return { on: 'text', attribute, condition: textCondition(clause, key) };
  return { on: 'number', attribute, condition: integerCondition(clause, key) };
}

/** A status by its name: `status = 'READY'`. */
function statusCondition(clause: SearchClause) {
  const { eq, neq, in: list } = textCondition(clause, 'status');
  const numberOf = (name: string) => BigInt(modelStatuses.indexOf(name.toUpperCase() as LoggedModelStatus));
  if (typeof eq === 'string') return { eq: numberOf(eq) };
  if (typeof neq === 'string') return { neq: numberOf(neq) };
  if (list) return { in: list.map(numberOf) };
  throw invalid('Invalid comparison operator for status. Expected one of =, !=, IN.');
}

function attributeOf(key: string): ModelTextAttribute | ModelNumberAttribute {
  const name = Object.hasOwn(aliases, key) ? aliases[key]! : key;
  if (texts.has(name) || numbers.has(name)) return name as ModelTextAttribute | ModelNumberAttribute;
  throw invalid(`Invalid logged model search key '${key}'`);
}

const isText = (attribute: string): attribute is ModelTextAttribute => texts.has(attribute);

function toOrder(order: Fields): ModelOrder {
  const name = order.requiredText('field_name');
  const direction = order.flag('ascending') === false ? 'DESC' : 'ASC';
  const { prefix, key } = searchKey(name);
  if (prefix === null) return { by: 'attribute', attribute: attributeOf(key), direction };
  if (prefix !== 'metrics') throw invalid(`Invalid order by field name: ${name}. Only metrics are supported.`);
  const datasetName = order.text('dataset_name') || null;
  const datasetDigest = order.text('dataset_digest') || null;
  if (datasetDigest !== null && datasetName === null) {
    throw invalid('`dataset_digest` can only be specified if `dataset_name` is also specified.');
  }
  return { by: 'metric', key, datasetName, datasetDigest, direction };
}

/** Every order ends in the newest first; the id is the last tie-break of every page. */
const withTies = (orders: readonly ModelOrder[]): ModelOrder[] =>
  orders.some((order) => order.by === 'attribute' && order.attribute === 'creation_timestamp_ms')
    ? [...orders]
    : [...orders, { by: 'attribute', attribute: 'creation_timestamp_ms', direction: 'DESC' }];
