import type { PageRequest } from '../page.js';
import type { DashaiRecord, DashaiStore, RowFilter, RowQuery } from './dashai-store.js';
import { jobsByIds, unlessNoQueue } from './files/job-queue.sql.js';
import { datasetFiles, datasetRows, explorerPlots, plots } from './home-files.js';
import { releaseOf } from './releases.js';
import { rowCount, rowPage, rowsByIds, rowsOfOwners, type DashaiDatabase } from './rows.sql.js';
import type { DashaiTable } from './tables.js';

/** Everything that can be asked of a DashAI database beside what its views answer, by name. */
export const dashaiReads = {
  'dashai.page': rowPage,
  'dashai.count': rowCount,
  'dashai.byIds': rowsByIds,
  'dashai.ofOwners': rowsOfOwners,
  'dashai.datasetFiles': datasetFiles,
  'dashai.datasetRows': datasetRows,
  'dashai.plots': plots,
  'dashai.explorerPlots': explorerPlots,
  'dashai.release': ({ layout }: DashaiDatabase) => Promise.resolve(releaseOf(layout.home)),
  'dashai.jobs': ({ db }: DashaiDatabase, ids: readonly string[]) => jobsByIds(db, ids),
} satisfies Record<string, (database: DashaiDatabase, input: never) => Promise<unknown>>;

export type DashaiReadName = keyof typeof dashaiReads;

/** Whether a question is one to a DashAI database alone. */
export const isDashaiRead = (name: string): name is DashaiReadName => Object.hasOwn(dashaiReads, name);

/** Asks one DashAI home: its database and files, or its job queue. */
export interface DashaiReader {
  read(name: DashaiReadName, input: unknown): Promise<unknown>;
  readQueue(name: 'dashai.jobs', input: readonly string[]): Promise<unknown>;
}

/** The store over a reader. */
export function createDashaiStore({ read, readQueue }: DashaiReader): DashaiStore {
  return {
    page: <Name extends DashaiTable>(query: RowQuery<Name>, request: PageRequest) =>
      read('dashai.page', { query, request }) as ReturnType<typeof rowPage<Name>>,
    count: (table: DashaiTable, filter: RowFilter) => read('dashai.count', { table, filter }) as Promise<number>,
    rowsByIds: <Name extends DashaiTable>(table: Name, ids: readonly string[]) =>
      read('dashai.byIds', { table, ids }) as Promise<DashaiRecord<Name>[]>,
    rowsOfOwners: <Name extends DashaiTable>(table: Name, property: string, owners: readonly string[], filter?: RowFilter) =>
      read('dashai.ofOwners', { table, property, owners, filter }) as Promise<DashaiRecord<Name>[][]>,
    datasetFiles: (stored) => read('dashai.datasetFiles', stored) as ReturnType<typeof datasetFiles>,
    datasetRows: (stored, range) => read('dashai.datasetRows', { stored, ...range }) as ReturnType<typeof datasetRows>,
    plots: (paths, isDecoded) => read('dashai.plots', { paths, isDecoded }) as ReturnType<typeof plots>,
    explorerPlots: (paths, isDecoded) => read('dashai.explorerPlots', { paths, isDecoded }) as ReturnType<typeof explorerPlots>,
    jobs: (ids) => unlessNoQueue(readQueue('dashai.jobs', ids) as ReturnType<typeof jobsByIds>),
  };
}
