import { fail } from '../core/errors.js';
import type { NativeRef } from '../core/ids.js';
import type { DashaiRecord, DashaiStore, RowFilter, RowQuery } from './dashai/dashai-store.js';
import type { DashaiTable } from './dashai/tables.js';
import type { PageRequest } from './page.js';
import { bySource, concerned, merged, type MergedPage } from './run-stores.js';
import { askEach, askOne, type Source, type Sources } from './sources.js';

/** The DashAI homes of all sources, as if they were one. Native ids are row numbers. */
export interface DashaiStores {
  page<Name extends DashaiTable>(query: RowQuery<Name>, request: PageRequest): Promise<MergedPage<DashaiRecord<Name>>>;
  /** Sum over the homes that answer. */
  count(table: DashaiTable, filter: RowFilter): Promise<number>;
  /** In the order of `refs`; null for what does not exist. */
  rows<Name extends DashaiTable>(table: Name, refs: readonly NativeRef[]): Promise<(DashaiRecord<Name> | null)[]>;
  /** Rows that name each of the owners, in the order of `owners`. */
  rowsOfOwners<Name extends DashaiTable>(
    table: Name,
    property: string,
    owners: readonly NativeRef[],
    filter?: RowFilter,
  ): Promise<(readonly DashaiRecord<Name>[])[]>;
  /** Files and jobs of one home. @throws NOT_FOUND when the source is no DashAI home; SOURCE_UNAVAILABLE and SOURCE_TIMEOUT */
  inHome<T>(source: string, ask: (home: DashaiStore) => Promise<T>): Promise<T>;
}

export function createDashaiStores(sources: Sources): DashaiStores {
  const homes = (filter: RowFilter): readonly Source[] => concerned(sources, filter).filter(({ dashai }) => dashai);
  return {
    async page(query, request) {
      const asked = await askEach(homes(query.filter), ({ dashai }) => dashai!.page(query, request));
      return merged(asked, query.orderBy, request);
    },
    async count(table, filter) {
      const { answers } = await askEach(homes(filter), ({ dashai }) => dashai!.count(table, filter));
      return answers.reduce((sum, count) => sum + count, 0);
    },
    rows: <Name extends DashaiTable>(table: Name, refs: readonly NativeRef[]) =>
      bySource<DashaiRecord<Name> | null>(sources, refs, null, async ({ dashai }, ids) => {
        const found = new Map((await dashai?.rowsByIds(table, ids))?.map((record) => [record.nativeId, record]));
        return ids.map((id) => found.get(id) ?? null);
      }),
    rowsOfOwners: <Name extends DashaiTable>(table: Name, property: string, owners: readonly NativeRef[], filter?: RowFilter) =>
      bySource<readonly DashaiRecord<Name>[]>(
        sources,
        owners,
        [],
        async ({ dashai }, ids) => (await dashai?.rowsOfOwners(table, property, ids, filter)) ?? ids.map(() => []),
      ),
    inHome: (source, ask) =>
      askOne(sources.get(source), ({ dashai }) => {
        if (!dashai) throw fail('NOT_FOUND', `Source ${source} is no DashAI home.`, { source });
        return ask(dashai);
      }),
  };
}
