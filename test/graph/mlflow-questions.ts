import type { Clause, OrderTerm } from './mlflow-grammar.js';
import { parseFilter, parseOrder } from './mlflow-grammar.js';

/** Input of a typed filter, as it goes over the wire. */
export type Input = Record<string, unknown>;

const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

const comparisons: Readonly<Record<string, string>> = { '=': 'eq', '!=': 'neq', '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' };
const textOperators: Readonly<Record<string, string>> = { '=': 'eq', '!=': 'neq', LIKE: 'like', ILIKE: 'ilike', IN: 'in', 'NOT IN': 'nin' };

const text = ({ operator, value }: Clause): Input => ({ [textOperators[operator] ?? operator]: value });
const number = ({ operator, value }: Clause): Input => ({ [comparisons[operator] ?? operator]: value });

/** A comparison of milliseconds as a condition on an instant: `after` includes its bound and `before` does not. */
function instant({ operator, value }: Clause): Input {
  const at = Number(value);
  const conditions: Readonly<Record<string, Input>> = {
    '=': { after: time(at), before: time(at + 1) },
    '>': { after: time(at + 1) },
    '>=': { after: time(at) },
    '<': { before: time(at) },
    '<=': { before: time(at + 1) },
  };
  return conditions[operator]!;
}

/** A param or tag: the question of texts, or whether it is there. Order comparisons of a param are those of its number. */
function keyed(clause: Clause): Input {
  const { key, operator } = clause;
  if (operator === 'IS NULL') return { key, exists: false };
  if (operator === 'IS NOT NULL') return { key, exists: true };
  if (operator in textOperators) return { key, string: text(clause) };
  return { key, number: number({ ...clause, value: Number(clause.value) }) };
}

const runFields: Readonly<Record<string, string>> = {
  run_id: 'nativeId',
  run_name: 'name',
  'run name': 'name',
  status: 'status',
  artifact_uri: 'artifactLocation',
  user_id: 'user',
  start_time: 'startedAt',
  end_time: 'endedAt',
};

function runCondition(clause: Clause): Input {
  const { entity, key } = clause;
  switch (entity) {
    case 'metric':
      return { metric: { key, value: number(clause) } };
    case 'param':
    case 'tag':
      return { [entity]: keyed(clause) };
    case 'dataset':
      return { dataset: { [key]: text(clause) } };
    default: {
      // What MLflow does not know is passed on, so that the schema can refuse it.
      const field = entity === 'attribute' ? (runFields[key] ?? key) : entity;
      return { [field]: field === 'startedAt' || field === 'endedAt' ? instant(clause) : text(clause) };
    }
  }
}

const stages = {
  ACTIVE_ONLY: { lifecycleStage: 'ACTIVE' },
  DELETED_ONLY: { lifecycleStage: 'DELETED' },
  ALL: { or: [{ lifecycleStage: 'ACTIVE' }, { lifecycleStage: 'DELETED' }] },
} as const;
export type View = keyof typeof stages;

const conditions = (filter: string | null, condition: (clause: Clause) => Input): Input => ({
  or: parseFilter(filter ?? '').map((clauses) => ({ and: clauses.map(condition) })),
});

/** `search_runs` as a filter of `runs`. */
export const toRunFilter = (filter: string | null, view: View): Input => ({ and: [stages[view], conditions(filter, runCondition)] });

const runOrders: Readonly<Record<string, string>> = {
  run_id: 'NATIVE_ID',
  run_name: 'NAME',
  status: 'STATUS',
  start_time: 'STARTED_AT',
  end_time: 'ENDED_AT',
};

/** `order_by` of `search_runs` as `orderBy`; MLflow's ties are ours. */
export const toRunOrder = (terms: readonly string[]): Input[] =>
  terms.map((term) => {
    const { entity, key, direction } = parseOrder(term);
    if (entity === 'metric') return { metric: { key }, direction };
    if (entity === 'param') return { param: { key, as: 'STRING' }, direction };
    if (entity === 'tag') return { tag: key, direction };
    return { field: runOrders[key] ?? key, direction };
  });

const orderFields =
  (fields: Readonly<Record<string, string>>) =>
  (terms: readonly string[]): Input[] =>
    terms.map((term) => {
      const { key, direction }: OrderTerm = parseOrder(term);
      return { field: fields[key] ?? key, direction };
    });

const fieldConditions =
  (fields: Readonly<Record<string, readonly [name: string, condition: (clause: Clause) => Input]>>) =>
  (clause: Clause): Input => {
    if (clause.entity === 'tag') return { tag: keyed(clause) };
    const [name, condition] = fields[clause.key] ?? [clause.key, text];
    return { [name]: condition(clause) };
  };

const experimentCondition = fieldConditions({
  experiment_id: ['nativeId', text],
  creation_time: ['createdAt', instant],
  last_update_time: ['updatedAt', instant],
});

export const toExperimentFilter = (filter: string | null, view: View): Input => ({
  and: [stages[view], conditions(filter, experimentCondition)],
});

export const toExperimentOrder = orderFields({
  name: 'NAME',
  experiment_id: 'NATIVE_ID',
  creation_time: 'CREATED_AT',
  last_update_time: 'UPDATED_AT',
});

export const toModelFilter = (filter: string | null): Input => conditions(filter, fieldConditions({}));

export const toModelOrder = orderFields({ name: 'NAME', last_updated_timestamp: 'UPDATED_AT' });

const stage = (clause: Clause): Input => ({ eq: String(clause.value).toUpperCase() });

const versionCondition = fieldConditions({
  run_id: ['runNativeId', text],
  source_path: ['sourceUri', text],
  version_number: ['version', number],
  version: ['version', number],
  current_stage: ['stage', stage],
});

export const toVersionFilter = (filter: string | null): Input => conditions(filter, versionCondition);

export const toVersionOrder = orderFields({
  name: 'NAME',
  version_number: 'VERSION',
  creation_timestamp: 'CREATED_AT',
  last_updated_timestamp: 'UPDATED_AT',
});
