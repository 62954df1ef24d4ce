import type { Aggregate, Direction, RunOrder, RunOrderField } from '@rungraph/sdk';

/** What the list is sorted by. */
export type Order =
  | { readonly by: 'field'; readonly field: RunOrderField; readonly direction: Direction }
  | { readonly by: 'metric'; readonly key: string; readonly aggregate: Aggregate; readonly direction: Direction }
  | { readonly by: 'param'; readonly key: string; readonly as: 'NUMBER' | 'STRING'; readonly direction: Direction };

/** The newest run first. */
export const newestFirst: Order = { by: 'field', field: 'STARTED_AT', direction: 'DESC' };

/** Whether an order is {@link newestFirst}, where the place of a new run is known without asking. */
export const isNewestFirst = (order: Order): boolean => order.by === 'field' && order.field === 'STARTED_AT' && order.direction === 'DESC';

/** An order as the API takes it. */
export function toRunOrder(order: Order): RunOrder[] {
  const { direction } = order;
  if (order.by === 'field') return [{ field: order.field, direction }];
  if (order.by === 'metric') return [{ metric: { key: order.key, aggregate: order.aggregate }, direction }];
  return [{ param: { key: order.key, as: order.as }, direction }];
}

const fields: Readonly<Partial<Record<RunOrderField, string>>> = {
  STARTED_AT: 'started',
  NAME: 'name',
  DURATION: 'duration',
  STATUS: 'status',
  EXPERIMENT: 'experiment',
};

/** Fields that are offered, with what they are called. */
export const orderFields = Object.entries(fields) as readonly (readonly [RunOrderField, string])[];

/** An order in words: `min val/loss`. */
export function orderText(order: Order): string {
  if (order.by === 'field') return fields[order.field] ?? order.field.toLowerCase();
  return order.by === 'metric' ? `${order.aggregate.toLowerCase()} ${order.key}` : `param ${order.key}`;
}
