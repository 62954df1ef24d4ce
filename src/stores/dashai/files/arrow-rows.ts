import type { Cell } from './arrow-cells.js';
import { createColumnReader, placeColumns, type Dictionaries } from './arrow-columns.js';
import { readArrowFile, type ArrowFile } from './arrow-file.js';
import type { ArrowField, ArrowSchema } from './arrow-schema.js';
import type { OpenHomeFile } from './home-file.js';
import { HomeFileFailure } from './home-file-failure.js';

export interface ArrowTable {
  readonly schema: ArrowSchema;
  readonly rowCount: number;
}

/**
 * Columns of an Arrow file and how many rows it has.
 * @throws HomeFileFailure
 */
export async function readArrowTable(file: OpenHomeFile): Promise<ArrowTable> {
  const arrow = await readArrowFile(file);
  let rowCount = 0;
  for (let index = 0; index < arrow.batchCount; index++) rowCount += (await arrow.batch(index)).rows;
  return { schema: arrow.schema, rowCount };
}

export interface ArrowRows {
  readonly schema: ArrowSchema;
  /** In the order of the file; each has its cells in the order of the columns. Empty beyond the end. */
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * Rows from `offset` on. Of the values only the bytes of these rows are read, wherever they lie in their batches; dictionaries
 * are read whole.
 * @throws HomeFileFailure
 */
export async function readArrowRows(file: OpenHomeFile, offset: number, limit: number): Promise<ArrowRows> {
  const arrow = await readArrowFile(file);
  const { fields } = arrow.schema;
  const columns = createColumnReader(file, await readDictionaries(file, arrow));
  const rows: Cell[][] = [];
  let start = 0;
  for (let index = 0; index < arrow.batchCount && rows.length < limit; index++) {
    const batch = await arrow.batch(index);
    const [from, to] = [Math.max(offset - start, 0), Math.min(offset + limit - start, batch.rows)];
    start += batch.rows;
    if (from >= to) continue;
    const cells: (readonly Cell[])[] = [];
    for (const place of placeColumns(fields, batch)) cells.push(await columns.read(place, from, to));
    for (let row = 0; row < to - from; row++) rows.push(cells.map((column) => column[row]!));
  }
  return { schema: arrow.schema, rows };
}

/** Words of categorical columns by the id of their dictionary. */
async function readDictionaries(file: OpenHomeFile, arrow: ArrowFile): Promise<Dictionaries> {
  const fields = new Map(dictionaryFields(arrow.schema.fields).map((field) => [field.dictionary!.id, field]));
  const words = new Map<bigint, Cell[]>();
  const columns = createColumnReader(file, words);
  for (const { id, isDelta, batch } of await arrow.dictionaries()) {
    const field = fields.get(id);
    if (field === undefined) throw new HomeFileFailure('DAMAGED', 'The Arrow file has a dictionary of no column.');
    const [place] = placeColumns([{ ...field, dictionary: null }], batch);
    const read = await columns.read(place!, 0, batch.rows);
    const known = isDelta ? (words.get(id) ?? []) : [];
    for (const word of read) known.push(word);
    words.set(id, known);
  }
  return words;
}

const dictionaryFields = (fields: readonly ArrowField[]): readonly ArrowField[] =>
  fields.flatMap((field) => [...(field.dictionary === null ? [] : [field]), ...dictionaryFields(field.children)]);
