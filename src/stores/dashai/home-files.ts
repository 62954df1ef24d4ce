import { readDataset, readDatasetRows, type DatasetFiles, type DatasetRows } from './files/dataset-files.js';
import { HomeFileFailure, refusalOf, type FileRefusal } from './files/home-file-failure.js';
import { readExplorerPlots, readPlots, type ExplorerPaths, type PlotFile } from './files/plot-files.js';
import { decodeTypedArrays } from './files/typed-arrays.js';
import type { DashaiDatabase } from './rows.sql.js';

/** What a file holds, null when the home has no such file; or why it cannot be told. */
export type FromFile<T> = { readonly value: T | null; readonly failure: null } | { readonly value: null; readonly failure: FileRefusal };

/** Columns, counts and statistics of datasets, in the order of their stored paths. */
export const datasetFiles = ({ layout }: DashaiDatabase, stored: readonly string[]): Promise<FromFile<DatasetFiles>[]> =>
  inTurn(stored, (path) => orRefused(() => readDataset(layout.folder, path)));

/** Some rows of a dataset. */
export const datasetRows = (
  { layout }: DashaiDatabase,
  { stored, ...range }: { readonly stored: string; readonly offset: number; readonly limit: number },
): Promise<FromFile<DatasetRows>> => orRefused(() => readDatasetRows(layout.folder, stored, range));

/** What DashAI shows of stored files, in the order of their paths. */
export const plots = (
  { layout }: DashaiDatabase,
  { paths, isDecoded }: { readonly paths: readonly (string | null)[]; readonly isDecoded: boolean },
): Promise<(PlotFile | null)[]> => inTurn(paths, async (path) => decoded(await readPlots(layout.folder, path), isDecoded));

/** Results of explorers. */
export const explorerPlots = (
  { layout }: DashaiDatabase,
  { paths, isDecoded }: { readonly paths: readonly ExplorerPaths[]; readonly isDecoded: boolean },
): Promise<(PlotFile | null)[]> => inTurn(paths, async (one) => decoded(await readExplorerPlots(layout.folder, one), isDecoded));

const decoded = (file: PlotFile | null, isDecoded: boolean): PlotFile | null =>
  file === null || file.failure || !isDecoded
    ? file
    : { ...file, artifacts: file.artifacts.map((artifact) => ({ ...artifact, content: decodeTypedArrays(artifact.content) })) };

async function orRefused<T>(read: () => Promise<T | null>): Promise<FromFile<T>> {
  try {
    return { value: await read(), failure: null };
  } catch (error) {
    if (!(error instanceof HomeFileFailure)) throw error;
    return { value: null, failure: refusalOf(error) };
  }
}

/** One file after the other: a hundred large ones at once would fill the memory. */
async function inTurn<From, To>(items: readonly From[], work: (item: From) => Promise<To>): Promise<To[]> {
  const done: To[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}
