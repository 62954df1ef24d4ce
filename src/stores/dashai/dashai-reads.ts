import type { PageRequest } from '../page.js';
import type { DashaiRecord, DashaiStore, RowFilter, RowQuery } from './dashai-store.js';
import { rowCount, rowPage, rowsByIds, rowsOfOwners, type DashaiDatabase } from './rows.sql.js';
import type { DashaiTable } from './tables.js';

/** Everything that can be asked of a DashAI database beside what its views answer, by name. */
export const dashaiReads = {
  'dashai.page': rowPage,
  'dashai.count': rowCount,
  'dashai.byIds': rowsByIds,
  'dashai.ofOwners': rowsOfOwners,
} satisfies Record<string, (database: DashaiDatabase, input: never) => Promise<unknown>>;

export type DashaiReadName = keyof typeof dashaiReads;

/** Whether a question is one to a DashAI database alone. */
export const isDashaiRead = (name: string): name is DashaiReadName => Object.hasOwn(dashaiReads, name);

/** Asks one DashAI database. */
export interface DashaiReader {
  read(name: DashaiReadName, input: unknown): Promise<unknown>;
}

/** The store over a reader. */
export function createDashaiStore({ read }: DashaiReader): DashaiStore {
  return {
    page: <Name extends DashaiTable>(query: RowQuery<Name>, request: PageRequest) =>
      read('dashai.page', { query, request }) as ReturnType<typeof rowPage<Name>>,
    count: (table: DashaiTable, filter: RowFilter) => read('dashai.count', { table, filter }) as Promise<number>,
    rowsByIds: <Name extends DashaiTable>(table: Name, ids: readonly string[]) =>
      read('dashai.byIds', { table, ids }) as Promise<DashaiRecord<Name>[]>,
    rowsOfOwners: <Name extends DashaiTable>(table: Name, property: string, owners: readonly string[]) =>
      read('dashai.ofOwners', { table, property, owners }) as Promise<DashaiRecord<Name>[][]>,
  };
}
