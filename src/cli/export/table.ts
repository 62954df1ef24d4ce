/** What a column holds: texts, 64-bit integers, doubles, or instants. */
export type CellType = 'text' | 'integer' | 'double' | 'time';

/** Null: there is none, which differs from the empty text and from NaN. */
export type Cell = string | bigint | number | Date | null;

export type Row = readonly Cell[];

export interface Column {
  readonly name: string;
  readonly type: CellType;
}

/** Rows of which the columns are known, in batches: one is held at a time. */
export interface Table {
  readonly columns: readonly Column[];
  rows(): AsyncIterable<readonly Row[]>;
}

/** Writes a piece of a file; resolves when more may come. */
export type Write = (chunk: string | Uint8Array) => Promise<void>;
