import { conditionProblem, type Condition } from './condition.js';
import type { Order } from './order.js';
import { axes, emptyView, tabs, type MetricColumn, type SelectedRun, type View, type Zoom } from './view.js';

/** Runs that an address may select. */
export const maxSelected = 100;

/** The query part of the address that holds a view; what is as in {@link emptyView} is left out. */
export function toQuery(view: View): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string, unless: string) => void (value !== unless && query.set(name, value));
  set('q', view.search, '');
  for (const condition of view.conditions) query.append('where', JSON.stringify(condition));
  set('order', JSON.stringify(view.order), JSON.stringify(emptyView.order));
  for (const { key, aggregate } of view.columns ?? []) query.append('column', `${aggregate}:${key}`);
  if (view.columns?.length === 0) query.append('column', '');
  for (const { id, slot } of view.selected) query.append('run', `${id},${slot}`);
  set('metrics', view.keySearch, '');
  set('x', view.axis, emptyView.axis);
  set('log', view.isLog ? '1' : '', '');
  for (const key of view.otherScale) query.append('scale', key);
  for (const prefix of view.folded) query.append('fold', prefix);
  set('smooth', String(view.smoothing), '0');
  set('zoom', view.zoom ? `${view.zoom.from}..${view.zoom.to}` : '', '');
  set('tab', view.tab, emptyView.tab);
  set('pane', view.pane, emptyView.pane);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The view that an address holds. What cannot be read in it is as in {@link emptyView}: addresses are typed and cut by hand. */
export function fromQuery(text: string): View {
  const query = new URLSearchParams(text);
  const columns = query.getAll('column');
  return {
    search: query.get('q') ?? '',
    conditions: query.getAll('where').flatMap((each) => parsed(each, isCondition)),
    order: parsed(query.get('order') ?? '', isOrder)[0] ?? emptyView.order,
    columns: columns.length === 0 ? null : columns.flatMap(toColumn),
    selected: unique(query.getAll('run').flatMap(toSelected)).slice(0, maxSelected),
    keySearch: query.get('metrics') ?? '',
    axis: oneOf(axes, query.get('x')) ?? emptyView.axis,
    isLog: query.get('log') === '1',
    otherScale: query.getAll('scale'),
    folded: query.getAll('fold'),
    smoothing: toSmoothing(query.get('smooth')),
    zoom: toZoom(query.get('zoom')),
    tab: oneOf(tabs, query.get('tab')) ?? emptyView.tab,
    pane: oneOf(['runs', 'curves'] as const, query.get('pane')) ?? emptyView.pane,
  };
}

const oneOf = <Name extends string>(names: readonly Name[], text: string | null): Name | undefined => names.find((name) => name === text);

function parsed<Value>(text: string, is: (value: unknown) => value is Value): Value[] {
  try {
    const value: unknown = JSON.parse(text);
    return is(value) ? [value] : [];
  } catch {
    return [];
  }
}

const texts = (value: object, ...names: string[]): boolean =>
  names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string');

function isCondition(value: unknown): value is Condition {
  if (typeof value !== 'object' || value === null) return false;
  const { on, any } = value as { on?: unknown; any?: unknown };
  const isWhole =
    on === 'status'
      ? Array.isArray(any) && any.every((status) => typeof status === 'string')
      : on === 'metric'
        ? texts(value, 'key', 'aggregate', 'test', 'value')
        : on === 'param' || on === 'tag'
          ? texts(value, 'key', 'test', 'value')
          : (on === 'source' || on === 'experiment') && texts(value, 'name');
  return isWhole && conditionProblem(value as Condition) === null;
}

function isOrder(value: unknown): value is Order {
  if (typeof value !== 'object' || value === null) return false;
  const { by, direction } = value as { by?: unknown; direction?: unknown };
  if (direction !== 'ASC' && direction !== 'DESC') return false;
  return by === 'field'
    ? texts(value, 'field')
    : by === 'metric'
      ? texts(value, 'key', 'aggregate')
      : by === 'param' && texts(value, 'key', 'as');
}

function toColumn(text: string): MetricColumn[] {
  const [, aggregate, key] = /^(LAST|MIN|MAX):(.*)$/s.exec(text) ?? [];
  return aggregate && key ? [{ key, aggregate: aggregate as MetricColumn['aggregate'] }] : [];
}

function toSelected(text: string): SelectedRun[] {
  const [, id, slot] = /^(.+),(\d{1,2})$/s.exec(text) ?? [];
  return id ? [{ id, slot: Number(slot) }] : [];
}

const unique = (runs: readonly SelectedRun[]): SelectedRun[] => [...new Map(runs.map((run) => [run.id, run])).values()];

function toSmoothing(text: string | null): number {
  const weight = Number(text);
  return weight > 0 && weight <= 0.999 ? weight : 0;
}

function toZoom(text: string | null): Zoom | null {
  const [, from, to] = /^(-?\d{1,19})\.\.(-?\d{1,19})$/.exec(text ?? '') ?? [];
  if (!from || !to || BigInt(from) > BigInt(to)) return null;
  return { from: BigInt(from), to: BigInt(to) };
}
