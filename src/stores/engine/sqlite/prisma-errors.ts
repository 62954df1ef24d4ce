import { DriverAdapterError, type MappedError } from '@prisma/driver-adapter-utils';

/**
 * A SQLite error as Prisma understands it: P2002 for a taken key, P2003 for a missing parent, P2011 for a
 * missing value, P1008 for a lock. Anything that does not come from SQLite is returned as it is.
 * @param error from libsql, or from the writer: an `Error` with a `code` such as `SQLITE_CONSTRAINT_UNIQUE`
 */
export function toPrismaError(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  return new DriverAdapterError({ originalCode: error.code, originalMessage: error.message, ...mapped(error) });
}

interface SqliteError extends Error {
  readonly code: string;
  /** SQLite's extended result code. */
  readonly rawCode?: number;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_');
}

function mapped({ code, message, rawCode }: SqliteError): MappedError {
  if (code.startsWith('SQLITE_BUSY')) return { kind: 'SocketTimeout' };
  switch (code) {
    case 'SQLITE_CONSTRAINT_UNIQUE':
    case 'SQLITE_CONSTRAINT_PRIMARYKEY':
    case 'SQLITE_CONSTRAINT_ROWID':
      return { kind: 'UniqueConstraintViolation', constraint: constraintOf(message) };
    case 'SQLITE_CONSTRAINT_NOTNULL':
      return { kind: 'NullConstraintViolation', constraint: constraintOf(message) };
    // RESTRICT is reported as a trigger's doing.
    case 'SQLITE_CONSTRAINT_FOREIGNKEY':
    case 'SQLITE_CONSTRAINT_TRIGGER':
      return { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } };
    default:
      return missing(message) ?? { kind: 'sqlite', extendedCode: rawCode ?? SQLITE_ERROR, message };
  }
}

// The generic code of SQLite, for errors that came without their number.
const SQLITE_ERROR = 1;

/** `UNIQUE constraint failed: metrics.key, metrics.step` names the columns, `… failed: index 'x'` an index on expressions. */
function constraintOf(message: string): { fields: string[] } | { index: string } | undefined {
  const target = message.split('constraint failed: ')[1];
  if (target === undefined) return undefined;
  const index = /^index '(.*)'$/.exec(target)?.[1];
  return index === undefined ? { fields: target.split(', ').map((column) => column.slice(column.indexOf('.') + 1)) } : { index };
}

function missing(message: string): MappedError | undefined {
  const table = /no such table: (\S+)/.exec(message)?.[1];
  if (table !== undefined) return { kind: 'TableDoesNotExist', table };
  const column = /(?:no such column: |has no column named )(\S+)/.exec(message)?.[1];
  return column === undefined ? undefined : { kind: 'ColumnNotFound', column };
}
