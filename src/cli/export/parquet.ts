import type { SchemaElement } from 'hyparquet-writer';
import type { Cell, CellType, Column, Row, Table, Write } from './table.js';

/** Rows and columns of one row group, which is held in memory: a wide table has fewer rows in each. */
const cellsPerGroup = 400_000;
const rowsPerGroup = 50_000;

/**
 * Writes a table as Parquet, one row group after the other, compressed with Snappy. Every column may be null; doubles and
 * 64-bit integers are exact, NaN is a value and not null.
 */
export async function writeParquet({ columns, rows }: Table, write: Write): Promise<void> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    const chunk = bytes.getBytes().slice();
    bytes.index = 0;
    if (chunk.length > 0) await write(chunk);
  };
  const schema: SchemaElement[] = [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)];
  const parquet = new ParquetWriter({ writer: Object.assign(bytes, { flush, finish: flush }), schema, createdBy: 'rungraph' });
  const writeGroup = async (group: readonly Row[]): Promise<void> => {
    await parquet.write({ columnData: columns.map((column, index) => columnData(column, index, group)), rowGroupSize: group.length });
  };
  const groupSize = Math.max(1, Math.min(rowsPerGroup, Math.floor(cellsPerGroup / columns.length)));
  let waiting: Row[] = [];
  for await (const batch of rows()) {
    for (const row of batch) {
      waiting.push(row);
      if (waiting.length < groupSize) continue;
      await writeGroup(waiting);
      waiting = [];
    }
  }
  if (waiting.length > 0) await writeGroup(waiting);
  await parquet.finish();
}

const columnData = ({ name, type }: Column, index: number, rows: readonly Row[]) => ({
  name,
  data: rows.map((row): Cell => row[index]!),
  // A dictionary of doubles would make one of 0 and -0.
  ...(type === 'double' ? { encoding: 'PLAIN' as const } : {}),
});

const types: Readonly<Record<CellType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  integer: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
};

const elementOf = ({ name, type }: Column): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...types[type] });
