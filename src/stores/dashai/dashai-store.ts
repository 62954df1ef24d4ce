import type { NativeRef } from '../../core/ids.js';
import type { StringCondition, TimeCondition } from '../conditions.js';
import type { Page, PageRequest, SortDirection } from '../page.js';
import type { DatasetFiles, DatasetRows } from './files/dataset-files.js';
import type { DashaiJob } from './files/job-queue.sql.js';
import type { ExplorerPaths, PlotFile } from './files/plot-files.js';
import type { FromFile } from './home-files.js';
import type { HomeExecutor } from './home-executor.js';
import type { DashaiRow, DashaiTable } from './tables.js';

/** A row of a DashAI database, with where it is. */
export interface DashaiRecord<Name extends DashaiTable> extends NativeRef {
  readonly row: DashaiRow<Name>;
}

/** Which rows of a table. All given members hold together. `text` and `time` name properties of the table. */
export interface RowFilter {
  readonly and?: readonly RowFilter[] | null;
  readonly or?: readonly RowFilter[] | null;
  readonly not?: RowFilter | null;
  readonly source?: StringCondition | null;
  readonly text?: Readonly<Record<string, StringCondition>>;
  readonly time?: Readonly<Record<string, TimeCondition>>;
}

/** `ID` is the number of the row. A table without such a column has it missing in every row. */
export type RowOrderField = 'NAME' | 'CREATED_AT' | 'UPDATED_AT' | 'ID';

export interface RowQuery<Name extends DashaiTable> {
  readonly table: Name;
  readonly filter: RowFilter;
  readonly orderBy: readonly { readonly field: RowOrderField; readonly direction: SortDirection }[];
}

/** What one DashAI home answers besides its runs. */
export interface DashaiStore {
  page<Name extends DashaiTable>(query: RowQuery<Name>, request: PageRequest): Promise<Page<DashaiRecord<Name>>>;
  count(table: DashaiTable, filter: RowFilter): Promise<number>;
  /** Rows by their numbers, in no particular order; unknown ones are absent. */
  rowsByIds<Name extends DashaiTable>(table: Name, ids: readonly string[]): Promise<DashaiRecord<Name>[]>;
  /**
   * Rows that name these owners in a column, in the order of `owners`, each by number.
   * @param property of the table that holds the owner's number
   */
  rowsOfOwners<Name extends DashaiTable>(
    table: Name,
    property: string,
    owners: readonly string[],
    filter?: RowFilter,
  ): Promise<DashaiRecord<Name>[][]>;
  /** Columns, counts and statistics of datasets, in the order of their stored paths. */
  datasetFiles(stored: readonly string[]): Promise<readonly FromFile<DatasetFiles>[]>;
  /** At most 1,000 rows of a dataset. */
  datasetRows(stored: string, range: { readonly offset: number; readonly limit: number }): Promise<FromFile<DatasetRows>>;
  /** What stored files show, in the order of their paths. @param isDecoded whether typed arrays become lists of numbers */
  plots(paths: readonly (string | null)[], isDecoded: boolean): Promise<readonly (PlotFile | null)[]>;
  /** What explorers found, as `plots`. */
  explorerPlots(paths: readonly ExplorerPaths[], isDecoded: boolean): Promise<readonly (PlotFile | null)[]>;
  /** Jobs by the ids that rows refer to; unknown ones are absent. */
  jobs(ids: readonly string[]): Promise<ReadonlyMap<string, DashaiJob>>;
}

/** A DashAI home: what it holds, and who does what only DashAI can do. */
export interface DashaiHome extends DashaiStore {
  /** Null: no address of a DashAI is set for the home. */
  readonly executor: HomeExecutor | null;
}
