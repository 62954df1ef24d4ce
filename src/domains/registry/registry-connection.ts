import { ModelVersion, RegisteredModel } from '../../schema-kit/entities.js';
import { connectionType } from '../../schema-kit/connection.js';
import { pageCursors, type PageArguments } from '../../schema-kit/page-cursors.js';
import { toConnection } from '../../schema-kit/to-connection.js';
import type { ModelQuery, VersionQuery } from '../../stores/registry-store.js';
import type { Context } from './context.js';
import { toModelNode, toVersionNode } from './registry-node.js';
import type { ModelVersionOrder, RegisteredModelOrder } from './registry.input.js';

export const { type: RegisteredModelConnection, resolver: RegisteredModelConnectionResolver } = connectionType(
  'RegisteredModel',
  () => RegisteredModel,
);
export const { type: ModelVersionConnection, resolver: ModelVersionConnectionResolver } = connectionType(
  'ModelVersion',
  () => ModelVersion,
);

export async function modelConnection(query: ModelQuery, args: PageArguments, context: Context) {
  const { registry } = context.stores;
  const cursors = pageCursors(context.cursors, 'registered-models', query.orderBy);
  const page = await registry.modelPage(query, cursors.request(args));
  const nodes = page.rows.map(({ record }) => toModelNode(record));
  return toConnection(page, nodes, args, cursors, () => registry.modelCount(query.filter));
}

export async function versionConnection(query: VersionQuery, args: PageArguments, context: Context) {
  const { registry } = context.stores;
  const cursors = pageCursors(context.cursors, 'model-versions', query.orderBy);
  const page = await registry.versionPage(query, cursors.request(args));
  const nodes = page.rows.map(({ record }) => toVersionNode(record));
  return toConnection(page, nodes, args, cursors, () => registry.versionCount(query.filter));
}

/** By default models are listed by name, as MLflow lists them. */
export const toModelOrder = (orderBy: readonly RegisteredModelOrder[] | null | undefined): ModelQuery['orderBy'] =>
  orderBy?.length
    ? orderBy.map(({ field, direction }) => ({ field, direction: direction ?? 'ASC' }))
    : [{ field: 'NAME', direction: 'ASC' }];

const versionTies: VersionQuery['orderBy'] = [
  { field: 'UPDATED_AT', direction: 'DESC' },
  { field: 'NAME', direction: 'ASC' },
  { field: 'VERSION', direction: 'DESC' },
];

/** Versions end in MLflow's own order: last updated first, then name, then the highest version. */
export function toVersionOrder(orderBy: readonly ModelVersionOrder[] | null | undefined): VersionQuery['orderBy'] {
  const terms = (orderBy ?? []).map(({ field, direction }) => ({ field, direction: direction ?? ('DESC' as const) }));
  return [...terms, ...versionTies.filter((tie) => !terms.some(({ field }) => field === tie.field))];
}
