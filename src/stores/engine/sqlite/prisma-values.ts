import { type ArgType, type ColumnType, ColumnTypeEnum, type SqlResultSet } from '@prisma/driver-adapter-utils';

import type { SqlValue } from '../sql.js';
import type { ResultRows } from './writer-connection.js';

/**
 * What Prisma binds, as SQLite keeps it: booleans are 0 and 1, times ISO text with a zone.
 * @param type what Prisma knows of the parameter; raw queries may not say
 */
export function toSqlValue(argument: unknown, type: ArgType | undefined): SqlValue {
  if (argument === null || argument === undefined) return null;
  switch (typeof argument) {
    case 'boolean':
      return argument ? 1n : 0n;
    case 'bigint':
      return argument;
    case 'number':
      return numberToSqlValue(argument, type);
    case 'string':
      return textToSqlValue(argument, type);
    default:
      if (argument instanceof Date) return toIsoText(argument);
      if (argument instanceof Uint8Array) return argument;
      throw new TypeError(`A parameter of type ${Object.prototype.toString.call(argument)} cannot be bound.`);
  }
}

// libsql binds every JavaScript number as REAL, which only a column with integer affinity turns back.
function numberToSqlValue(argument: number, type: ArgType | undefined): SqlValue {
  const integer = type?.scalarType === 'int' || type?.scalarType === 'bigint';
  return integer && Number.isSafeInteger(argument) ? BigInt(argument) : argument;
}

function textToSqlValue(argument: string, type: ArgType | undefined): SqlValue {
  switch (type?.scalarType) {
    case 'int':
    case 'bigint':
      return BigInt(argument);
    case 'float':
    case 'decimal':
      return Number.parseFloat(argument);
    case 'datetime':
      return toIsoText(new Date(argument));
    case 'bytes':
      return Buffer.from(argument, 'base64');
    default:
      return argument;
  }
}

const toIsoText = (time: Date): string => time.toISOString().replace('Z', '+00:00');

/** Rows as Prisma reads them. A column that is an expression gets the type of its first value. */
export function toResultSet({ columns, rows }: ResultRows): SqlResultSet {
  const columnTypes = columns.map(({ declaredType }, index) => typeOfDeclaration(declaredType) ?? typeOfValues(rows, index));
  return {
    columnNames: columns.map(({ name }) => name),
    columnTypes,
    rows: rows.map((row) => row.map((value, index) => toPrismaValue(value, columnTypes[index]!))),
  };
}

function toPrismaValue(value: SqlValue, type: ColumnType): unknown {
  if (value === null) return null;
  // Prisma's own SQLite files may hold times as milliseconds.
  if (type === ColumnTypeEnum.DateTime && typeof value !== 'string') return new Date(Number(value)).toISOString();
  if (typeof value === 'bigint') return toNumberOrText(value);
  // SQLite columns take any type: a step that was logged as 1.7 is stored as 1.7.
  if (typeof value === 'number' && (type === ColumnTypeEnum.Int32 || type === ColumnTypeEnum.Int64)) return Math.trunc(value);
  return value;
}

function toNumberOrText(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function typeOfDeclaration(declaredType: string | null): ColumnType | undefined {
  if (declaredType === null) return undefined;
  return DECLARED_TYPES.get(
    declaredType
      .toUpperCase()
      .replace(/\(.*\)$/, '')
      .trim(),
  );
}

function typeOfValues(rows: readonly SqlValue[][], index: number): ColumnType {
  const value = rows.find((row) => row[index] !== null)?.[index];
  switch (typeof value) {
    case 'string':
      return ColumnTypeEnum.Text;
    case 'bigint':
      return ColumnTypeEnum.Int64;
    case 'number':
      return ColumnTypeEnum.UnknownNumber;
    case 'object':
      return ColumnTypeEnum.Bytes;
    default:
      return ColumnTypeEnum.Int32;
  }
}

const DECLARED_TYPES: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ['FLOAT', ColumnTypeEnum.Double],
  ['DOUBLE', ColumnTypeEnum.Double],
  ['DOUBLE PRECISION', ColumnTypeEnum.Double],
  ['REAL', ColumnTypeEnum.Double],
  ['NUMERIC', ColumnTypeEnum.Double],
  ['TINYINT', ColumnTypeEnum.Int32],
  ['SMALLINT', ColumnTypeEnum.Int32],
  ['INT', ColumnTypeEnum.Int32],
  // SQLite's INTEGER has 64 bits.
  ['INTEGER', ColumnTypeEnum.Int64],
  ['BIGINT', ColumnTypeEnum.Int64],
  ['DATETIME', ColumnTypeEnum.DateTime],
  ['TIMESTAMP', ColumnTypeEnum.DateTime],
  ['DATE', ColumnTypeEnum.Date],
  ['TIME', ColumnTypeEnum.Time],
  ['TEXT', ColumnTypeEnum.Text],
  ['CLOB', ColumnTypeEnum.Text],
  ['VARCHAR', ColumnTypeEnum.Text],
  ['BLOB', ColumnTypeEnum.Bytes],
  ['BOOLEAN', ColumnTypeEnum.Boolean],
  ['JSONB', ColumnTypeEnum.Json],
]);
