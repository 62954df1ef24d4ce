import { encodeId, type NativeRef } from '../../core/ids.js';
import type { DashaiRecord } from '../../stores/dashai/dashai-store.js';
import type { DashaiRow, DashaiTable } from '../../stores/dashai/tables.js';
import { knownMember, levels, splits, statuses } from './dashai-enums.js';

const tables = {
  ModelSession: 'modelSession',
  DashaiDataset: 'dataset',
  Prediction: 'prediction',
  GlobalExplainer: 'globalExplainer',
  LocalExplainer: 'localExplainer',
  Notebook: 'notebook',
  Explorer: 'explorer',
  Converter: 'converter',
  GenerativeSession: 'generativeSession',
  GenerativeProcess: 'generativeProcess',
  Plugin: 'plugin',
  Pipeline: 'pipeline',
} as const satisfies Record<string, DashaiTable>;

/** The types of this domain that have an id. */
export type DashaiNode = keyof typeof tables;
type TableOf<Type extends DashaiNode> = (typeof tables)[Type];

/** The table whose rows are nodes of this type. */
export const tableOf = <Type extends DashaiNode>(type: Type): TableOf<Type> => tables[type];

/** A row as resolvers pass it on: its columns under our names, and what is made of them. */
export type RowValue<Name extends DashaiTable> = NativeRef & DashaiRow<Name> & { readonly sourceName: string };
export type NodeOf<Type extends DashaiNode> = RowValue<TableOf<Type>> & { readonly id: string };

export const toNode = <Type extends DashaiNode>(type: Type, record: DashaiRecord<TableOf<Type>>): NodeOf<Type> => ({
  ...toValue(record),
  id: encodeId(type, record.source, record.nativeId),
});

/** Members of DashAI's enums that are not known here are UNKNOWN, with the raw text beside them. */
export function toValue<Name extends DashaiTable>({ source, nativeId, row }: DashaiRecord<Name>): RowValue<Name> {
  const { rawStatus, rawSplit, rawLevel } = row as { rawStatus?: string | null; rawSplit?: string | null; rawLevel?: string | null };
  return {
    ...row,
    ...{ source, nativeId, sourceName: source },
    ...(rawStatus !== undefined && { status: knownMember(statuses, rawStatus) }),
    // Metrics have names of members here, predictions their values, which are lower-case.
    ...(rawSplit !== undefined && { split: rawSplit === null ? null : knownMember(splits, rawSplit.toUpperCase()) }),
    ...(rawLevel !== undefined && { level: knownMember(levels, rawLevel) }),
  };
}
