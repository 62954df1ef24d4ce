import type { Cell, Table, Write } from './table.js';

/** How the values of a CSV file are written. */
export interface CsvOptions {
  /** Put `'` before texts that a spreadsheet would take for formulas. */
  readonly spreadsheet: boolean;
}

/**
 * Writes a table as RFC 4180 has it: UTF-8, lines end with CRLF, a first line of names. Numbers are the shortest texts that
 * read back to the same bits, `NaN`, `Infinity`, `-Infinity` and `-0` among them; instants are ISO 8601 in UTC. What is absent
 * is nothing, the empty text is `""`.
 */
export async function writeCsv(table: Table, write: Write, { spreadsheet }: CsvOptions): Promise<void> {
  const line = (cells: readonly Cell[]): string => `${cells.map((cell) => cellText(cell, spreadsheet)).join(',')}\r\n`;
  await write(line(table.columns.map(({ name }) => name)));
  for await (const rows of table.rows()) await write(rows.map(line).join(''));
}

function cellText(cell: Cell, spreadsheet: boolean): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return quoted(spreadsheet && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
  if (cell instanceof Date) return cell.toISOString();
  return Object.is(cell, -0) ? '-0' : String(cell);
}

const quoted = (text: string): string => (text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
