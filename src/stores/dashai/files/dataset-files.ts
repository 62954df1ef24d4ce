import type { Cell } from './arrow-cells.js';
import { readArrowRows, readArrowTable, type ArrowTable } from './arrow-rows.js';
import type { ArrowField, ArrowSchema } from './arrow-schema.js';
import { datasetNotes, type DatasetNotes, type DatasetStatistics, type SplitSizes } from './dataset-statistics.js';
import { readHomeFile, withHomeFile } from './home-file.js';
import { refusalOf, type FileRefusal } from './home-file-failure.js';
import { resolveHomePath } from './home-path.js';
import { decodeText, parseTolerantJson } from './tolerant-json.js';

/** A longer `splits.json` (row numbers of some million rows) is refused. */
const maxNotesBytes = 64 * 1024 * 1024;

/** A preview has no more rows than this. */
export const maxPreviewRows = 1_000;

export interface DatasetColumn {
  readonly name: string;
  /** DashAI's type: `Float`, `Categorical`, `Text`, …; null when the file says none. */
  readonly dashaiType: string | null;
  /** All DashAI says about the type, such as `dtype` and the categories; null when the file says nothing. */
  readonly details: unknown;
  /** How the values are stored: `double`, `string`, `dictionary<string>`, … */
  readonly arrowType: string;
  readonly nullable: boolean;
}

/** What the folder of a dataset, of a notebook's copy of one, or of predictions holds. */
export interface DatasetFiles {
  readonly columns: readonly DatasetColumn[];
  readonly rowCount: number;
  /** Null when the dataset came without a split, or has no `splits.json`. */
  readonly splitSizes: SplitSizes | null;
  /** Null when there is no `splits.json`. */
  readonly statistics: DatasetStatistics | null;
  /** Why `splits.json` was left out; null when nothing is wrong with it. */
  readonly statisticsFailure: FileRefusal | null;
}

/**
 * Columns, number of rows and statistics of a dataset. A `splits.json` of more than 1 MB belongs into a thread.
 * @param stored `file_path` or `results_path` of a row; the folder, or the `dataset` folder in it
 * @returns null when the home has no such dataset
 * @throws HomeFileFailure when the Arrow file cannot be read
 */
export async function readDataset(home: string, stored: string): Promise<DatasetFiles | null> {
  const path = await datasetFile(home, stored, 'data.arrow');
  const table = path === null ? null : await withHomeFile(path, readArrowTable);
  if (table === null) return null;
  return { ...described(table), ...(await readStatistics(home, stored)) };
}

/** Some rows of a dataset. */
export interface DatasetRows {
  readonly columns: readonly DatasetColumn[];
  /** Cells in the order of the columns; no rows beyond the end. */
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * Rows of a dataset from `offset` on. Reads only the bytes these rows take, at most 32 MB.
 * With many columns (from some 100,000 cells on) it belongs into a thread.
 * @param range whole numbers; `limit` at most 1,000
 * @returns null when the home has no such dataset
 * @throws HomeFileFailure; RangeError for another range
 */
export async function readDatasetRows(
  home: string,
  stored: string,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<DatasetRows | null> {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError('offset is a whole number from 0 on.');
  if (!Number.isSafeInteger(limit) || limit < 0 || limit > maxPreviewRows)
    throw new RangeError(`limit is a whole number from 0 to ${maxPreviewRows}.`);
  const path = await datasetFile(home, stored, 'data.arrow');
  const read = path === null ? null : await withHomeFile(path, (file) => readArrowRows(file, offset, limit));
  return read === null ? null : { columns: columnsOf(read.schema), rows: read.rows };
}

/** The database has the folder above `dataset`; older rows, and other tools, the folder itself. */
async function datasetFile(home: string, stored: string, name: string): Promise<string | null> {
  const inside = await resolveHomePath(home, `${stored}/dataset/${name}`);
  if (inside !== null || !/[/\\]dataset[/\\]?$/.test(stored)) return inside;
  return resolveHomePath(home, `${stored}/${name}`);
}

const described = ({ schema, rowCount }: ArrowTable): Pick<DatasetFiles, 'columns' | 'rowCount'> => ({
  columns: columnsOf(schema),
  rowCount,
});

function columnsOf({ fields, metadata }: ArrowSchema): readonly DatasetColumn[] {
  const types = dashaiTypes(metadata.get('dashai_types'));
  return fields.map((field) => toColumn(field, types.get(field.name)));
}

function toColumn({ name, typeName, nullable }: ArrowField, details: unknown): DatasetColumn {
  const type: unknown = typeof details === 'object' && details !== null ? (details as { type?: unknown }).type : details;
  return { name, dashaiType: typeof type === 'string' ? type : null, details: details ?? null, arrowType: typeName, nullable };
}

/** Metadata that cannot be read says nothing; the columns are there all the same. */
function dashaiTypes(text: string | undefined): ReadonlyMap<string, unknown> {
  try {
    const types = text === undefined ? null : parseTolerantJson(text);
    return new Map(typeof types === 'object' && types !== null ? Object.entries(types) : []);
  } catch {
    return new Map();
  }
}

async function readStatistics(
  home: string,
  stored: string,
): Promise<Pick<DatasetFiles, 'splitSizes' | 'statistics' | 'statisticsFailure'>> {
  try {
    const notes = await readNotes(home, stored);
    return { splitSizes: notes?.splitSizes ?? null, statistics: notes?.statistics ?? null, statisticsFailure: null };
  } catch (error) {
    return { splitSizes: null, statistics: null, statisticsFailure: refusalOf(error) };
  }
}

async function readNotes(home: string, stored: string): Promise<DatasetNotes | null> {
  const path = await datasetFile(home, stored, 'splits.json');
  const bytes = path === null ? null : await readHomeFile(path, maxNotesBytes);
  return bytes === null ? null : datasetNotes(parseTolerantJson(decodeText(bytes)));
}
