import { readDouble, type ExpectedRun, type ExpectedRunSearch } from '../kit/mlflow-fixtures.js';
import { parseFilter, parseOrder, type Clause, type OrderTerm } from './mlflow-grammar.js';

type Runs = Readonly<Record<string, ExpectedRun>>;
/** A run with its native id. */
export interface Row extends ExpectedRun {
  readonly id: string;
}

/**
 * Answers `search_runs` from a list of runs, clause by clause: NaN meets only `!=`, a condition on a key needs the key.
 * @returns ids in order
 */
export function searchNaively(runs: Runs, { experiments, filter, order_by, view }: ExpectedRunSearch): string[] {
  const alternatives = parseFilter(filter ?? '');
  const isInView = ({ lifecycle_stage: stage }: Row) => view === 'ALL' || stage === (view === 'ACTIVE_ONLY' ? 'active' : 'deleted');
  return Object.entries(runs)
    .map(([id, run]): Row => ({ id, ...run }))
    .filter((run) => isInView(run) && experiments.includes(run.experiment))
    .filter((run) => alternatives.some((clauses) => clauses.every((clause) => holds(run, clause))))
    .sort(inOrder(order_by))
    .map(({ id }) => id);
}

/** Compares runs under MLflow's `order_by`, with its ties: the newest first, then by id. */
export function inOrder(order_by: readonly string[]): (a: Row, b: Row) => number {
  const orders = order_by.map(parseOrder);
  const byStart = orders.some(({ key }) => key === 'start_time');
  const terms: OrderTerm[] = byStart ? orders : [...orders, { entity: 'attribute', key: 'start_time', direction: 'DESC' }];
  return (a, b) => terms.reduce((distance, term) => distance || compare(a, b, term), 0) || compareTexts(a.id, b.id);
}

function holds(run: Row, clause: Clause): boolean {
  if (clause.entity === 'dataset') return run.inputs.some((input) => matches(datasetValue(input, clause.key), clause));
  return matches(valueOf(run, clause), clause);
}

const datasetValue = (input: ExpectedRun['inputs'][number], key: string): string | undefined =>
  key === 'context' ? input.tags['mlflow.data.context'] : input[key as 'name' | 'digest'];

type Value = string | number | null | undefined;

function valueOf(run: Row, { entity, key }: Pick<Clause, 'entity' | 'key'>): Value {
  if (entity === 'metric') return key in run.metrics ? readDouble(run.metrics[key]!.value) : undefined;
  if (entity === 'param') return run.params[key];
  if (entity === 'tag') return run.tags[key];
  const attributes: Readonly<Record<string, Value>> = {
    run_id: run.id,
    run_name: run.name,
    'run name': run.name,
    status: run.status,
    artifact_uri: run.artifact_uri,
    user_id: run.user_id,
    start_time: run.start_time,
    end_time: run.end_time,
  };
  return attributes[key];
}

function matches(value: Value, { operator, value: wanted }: Clause): boolean {
  if (operator === 'IS NULL') return value === undefined;
  if (operator === 'IS NOT NULL') return value !== undefined;
  if (value === undefined || value === null) return false;
  if (Array.isArray(wanted)) return wanted.includes(String(value)) !== operator.startsWith('NOT');
  switch (operator) {
    case '=':
      return value === wanted;
    case '!=':
      return value !== wanted;
    case 'LIKE':
      return pattern(String(wanted), '').test(String(value));
    case 'ILIKE':
      return pattern(String(wanted), 'i').test(String(value));
    default:
      return compareNumbers(Number(value), operator, Number(wanted));
  }
}

function compareNumbers(value: number, operator: string, wanted: number): boolean {
  if (operator === '>') return value > wanted;
  if (operator === '>=') return value >= wanted;
  if (operator === '<') return value < wanted;
  return value <= wanted;
}

const pattern = (like: string, flags: string): RegExp =>
  new RegExp(
    `^${like
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.')}$`,
    `su${flags}`,
  );

/** Values first, then NaN, then what is missing, in both directions. */
function compare(a: Row, b: Row, term: OrderTerm): number {
  const [one, other] = [valueOf(a, term), valueOf(b, term)];
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  if (rank(one) > 0) return 0;
  const distance = typeof one === 'string' ? compareTexts(one, String(other)) : Math.sign(Number(one) - Number(other)) || 0;
  return term.direction === 'ASC' ? distance : -distance;
}

const rank = (value: Value): number => (value === undefined || value === null ? 2 : Number.isNaN(value) ? 1 : 0);

// By code point, as SQLite compares.
function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
