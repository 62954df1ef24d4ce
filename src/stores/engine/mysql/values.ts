import mysql, { type FieldPacket, type TypedParameterValue } from 'mysql2/promise';
import type { SqlValue } from '../sql.js';

const { TypedParameter, Types } = mysql;

/** -0 is a double and nothing else. */
const isPlainInteger = (value: number): boolean => Number.isSafeInteger(value) && !Object.is(value, -0);

/** A value as it is bound, with its type: the driver alone would send every number as a double, and LIMIT takes none. */
export function toParameter(value: SqlValue): TypedParameterValue | Buffer | null {
  if (value === null) return null;
  if (typeof value === 'string') return TypedParameter.VAR_STRING(value);
  if (typeof value === 'bigint') return TypedParameter.LONGLONG(value);
  if (typeof value === 'number') return isPlainInteger(value) ? TypedParameter.LONGLONG(value) : TypedParameter.DOUBLE(value);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

type Decode = (value: unknown) => SqlValue;

const integer: Decode = (value) => (value === null ? null : BigInt(value as number | string));
// Sums of integers are decimals there.
const decimal: Decode = (value) => (value === null || !/^-?\d+$/.test(value as string) ? number(value) : BigInt(value as string));
const number: Decode = (value) => (value === null ? null : Number(value));
const bits: Decode = (value) => (value === null ? null : BigInt(`0x${(value as Buffer).toString('hex')}`));

const decoders = new Map<number, Decode>([
  [Types.TINY, integer],
  [Types.SHORT, integer],
  [Types.INT24, integer],
  [Types.LONG, integer],
  [Types.LONGLONG, integer],
  [Types.YEAR, integer],
  [Types.FLOAT, number],
  [Types.DECIMAL, decimal],
  [Types.NEWDECIMAL, decimal],
  [Types.BIT, bits],
]);

/** Makes values of an answer, in place: integers are bigints, booleans 0 and 1, doubles are exact already, everything else is text. */
export function decodeRows(rows: unknown[][], fields: readonly FieldPacket[]): SqlValue[][] {
  fields.forEach((field, column) => {
    const decode = decoders.get(field.columnType!);
    if (decode) for (const row of rows) row[column] = decode(row[column]);
  });
  return rows as SqlValue[][];
}
