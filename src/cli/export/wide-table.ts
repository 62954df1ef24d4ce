import { openSpool } from './spool.js';
import type { Cell, CellType, Column, Table } from './table.js';

/** A row of columns that every row has, and of groups of columns of which each row has others. */
export interface WideRow {
  readonly fixed: readonly Cell[];
  /** By the name of the group, by the key in it. */
  readonly groups: Readonly<Record<string, ReadonlyMap<string, Cell>>>;
}

/** A group of columns: `name.key` each. */
export interface ColumnGroup {
  readonly name: string;
  readonly type: CellType;
}

/**
 * A table with a column for every key that any row has. Which those are is known when all rows were seen, so they wait on the disk.
 * @param onRows told how many rows came
 */
export async function wideTable(
  fixed: readonly Column[],
  groups: readonly ColumnGroup[],
  batches: AsyncIterable<readonly WideRow[]>,
  onRows: (rows: number) => void,
): Promise<Table & { close(): Promise<void> }> {
  const spool = await openSpool<readonly WideRow[]>();
  const keys = new Map(groups.map(({ name }) => [name, new Set<string>()]));
  try {
    for await (const rows of batches) {
      for (const row of rows) for (const [name, known] of keys) for (const key of row.groups[name]!.keys()) known.add(key);
      await spool.write(rows);
      onRows(rows.length);
    }
  } catch (error) {
    await spool.close();
    throw error;
  }
  const keyed = groups.flatMap(({ name, type }) => [...keys.get(name)!].sort(byText).map((key) => ({ name, type, key })));
  return {
    columns: [...fixed, ...keyed.map(({ name, type, key }) => ({ name: `${name}.${key}`, type }))],
    async *rows() {
      for await (const rows of spool.read()) {
        yield rows.map((row) => [...row.fixed, ...keyed.map(({ name, key }) => row.groups[name]!.get(key) ?? null)]);
      }
    },
    close: () => spool.close(),
  };
}

const byText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
