import { stripVTControlCharacters } from 'node:util';
import colors from 'picocolors';

/** Colours, on a terminal only. */
// `isTTY` is absent and not false for a pipe, and without an answer picocolors would look at the environment.
export const paint = colors.createColors(Boolean(process.stdout.isTTY) && colors.isColorSupported);

const statusColors: Readonly<Record<string, (text: string) => string>> = {
  RUNNING: paint.cyan,
  FINISHED: paint.green,
  READY: paint.green,
  FAILED: paint.red,
  UNAVAILABLE: paint.red,
  MISSING: paint.red,
  INCOMPATIBLE: paint.red,
  KILLED: paint.yellow,
};

export const paintStatus = (status: string): string => (statusColors[status] ?? paint.dim)(status);

/** JSON on one line: 64-bit integers beyond 2^53, NaN and infinities as texts, as the API has them. */
export const jsonText = (value: unknown): string => JSON.stringify(value, toJson);

/** One JSON object on one line, as `jsonText` writes it. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`);
}

function toJson(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) return Object.is(value, -0) ? '-0' : String(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>);
  return value;
}

/** A table with aligned columns. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => lengthOf(row[column]!))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat(Math.max(0, widths[column]! - lengthOf(cell))))
      .join('  ')
      .trimEnd();
  print(paint.dim(line(header)));
  for (const row of rows) print(line(row));
}

const lengthOf = (text: string): number => stripVTControlCharacters(text).length;

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** A remark that is not part of the answer. */
export const remark = (text: string): void => void process.stderr.write(`${text}\n`);

/** A number for people: at most six digits, and never a rounded integer. */
export const shortNumber = (value: number): string => (Number.isInteger(value) ? String(value) : Number(value.toPrecision(6)).toString());

/** A line on stderr that is written over again and again; on a terminal only. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}
