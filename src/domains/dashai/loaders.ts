import DataLoader from 'dataloader';
import { tryDecodeId, type NativeRef, type NodeType } from '../../core/ids.js';
import type { DashaiRecord, RowFilter } from '../../stores/dashai/dashai-store.js';
import type { DashaiTable } from '../../stores/dashai/tables.js';
import type { Context } from './context.js';
import { tableOf, toNode, type DashaiNode, type NodeOf } from './dashai-node.js';

const byRef = { cacheKeyFn: ({ source, nativeId }: NativeRef): string => `${source}\0${nativeId}` };

/** Batches what the fields of single rows ask for, a loader per table and way of asking; one set per request. */
export interface DashaiLoaders {
  row<Name extends DashaiTable>(table: Name): DataLoader<NativeRef, DashaiRecord<Name> | null, string>;
  /** Rows of a table that name their owner in a property, by number. */
  owned<Name extends DashaiTable>(
    table: Name,
    property: string,
    filter?: RowFilter,
  ): DataLoader<NativeRef, readonly DashaiRecord<Name>[], string>;
}

export function createDashaiLoaders({ stores: { dashai } }: Context): DashaiLoaders {
  const loaders = new Map<string, unknown>();
  function once<T>(name: string, create: () => T): T {
    if (!loaders.has(name)) loaders.set(name, create());
    return loaders.get(name) as T;
  }
  return {
    row: <Name extends DashaiTable>(table: Name) =>
      once(table, () => new DataLoader((refs: readonly NativeRef[]) => dashai.rows(table, refs), byRef)),
    owned: <Name extends DashaiTable>(table: Name, property: string, filter: RowFilter = {}) =>
      once(
        `${table} ${property} ${JSON.stringify(filter)}`,
        () => new DataLoader((refs: readonly NativeRef[]) => dashai.rowsOfOwners(table, property, refs, filter), byRef),
      ),
  };
}

/** The node of a type that a row names by number; null when it is gone, for DashAI's database keeps no references. */
export async function related<Type extends DashaiNode>(
  context: Context,
  type: Type,
  source: string,
  nativeId: string | null,
): Promise<NodeOf<Type> | null> {
  if (nativeId === null) return null;
  const record = await context.once(createDashaiLoaders).row(tableOf(type)).load({ source, nativeId });
  return record && toNode(type, record);
}

/** The nodes of a type that name their owner in a property, by number. */
export async function ownedNodes<Type extends DashaiNode>(
  context: Context,
  type: Type,
  property: string,
  owner: NativeRef,
): Promise<NodeOf<Type>[]> {
  const records = await context.once(createDashaiLoaders).owned(tableOf(type), property).load(owner);
  return records.map((record) => toNode(type, record));
}

/** Completes an entity of this domain from its id. */
export const loadNode =
  <Type extends DashaiNode & NodeType>(type: Type) =>
  (id: string, context: Context): Promise<NodeOf<Type> | null> => {
    const decoded = tryDecodeId(id);
    return decoded?.type === type ? related(context, type, decoded.source, decoded.nativeId) : Promise.resolve(null);
  };
