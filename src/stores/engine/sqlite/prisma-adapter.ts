import {
  DriverAdapterError,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
  type Transaction,
} from '@prisma/driver-adapter-utils';

import type { SqlValue, Statement } from '../sql.js';
import type { SqliteHandle } from './open.js';
import { toPrismaError } from './prisma-errors.js';
import { toResultSet, toSqlValue } from './prisma-values.js';
import type { ResultRows, WriterConnection, WriterTransaction } from './writer-connection.js';

/** The two ways into one SQLite file; whoever opened them closes them. */
export interface PrismaConnections {
  /** Answers reads on this thread; it never sees an open transaction. */
  readonly reader: SqliteHandle;
  /** Takes everything else, and all of a transaction. */
  readonly writer: WriterConnection;
}

/**
 * Lets a Prisma client work on a SQLite file of ours: `new PrismaClient({ adapter: createPrismaAdapter({ reader, writer }) })`.
 * A write waits while an interactive transaction is open and is not part of it; a read does not wait.
 * `$disconnect` closes nothing.
 */
export function createPrismaAdapter({ reader, writer }: PrismaConnections): SqlDriverAdapterFactory {
  const read = createReader(reader);
  const adapter: SqlDriverAdapter = {
    ...identity,
    ...queryable({
      query: async (statement) => (isRead(statement.text) ? read(statement) : writer.query(statement)),
      execute: writer.execute.bind(writer),
    }),
    executeScript: () => Promise.reject(new Error('Scripts are run by migrations, not by a Prisma client.')),
    getConnectionInfo: () => ({ maxBindValues: MAX_VARIABLES, supportsRelationJoins: false }),
    startTransaction: (isolationLevel) => startTransaction(writer, isolationLevel),
    dispose: () => Promise.resolve(),
  };
  return { ...identity, connect: () => Promise.resolve(adapter) };
}

const identity = { provider: 'sqlite', adapterName: 'rungraph-sqlite' } as const;

// SQLITE_MAX_VARIABLE_NUMBER of libsql. Prisma assumes 999, and refuses longer lists where it cannot split the query.
const MAX_VARIABLES = 32_766;

type Connection = Pick<WriterTransaction, 'query' | 'execute'>;

function queryable(connection: Connection): Pick<SqlQueryable, 'queryRaw' | 'executeRaw'> {
  return {
    queryRaw: (query) => translated(async () => toResultSet(await connection.query(toStatement(query)))),
    executeRaw: (query) => translated(() => connection.execute(toStatement(query))),
  };
}

async function startTransaction(writer: WriterConnection, isolationLevel: IsolationLevel | undefined): Promise<Transaction> {
  if (isolationLevel !== undefined && isolationLevel !== 'SERIALIZABLE') {
    throw new DriverAdapterError({ kind: 'InvalidIsolationLevel', level: isolationLevel });
  }
  const transaction = await translated(() => writer.begin());
  const run = (text: string) =>
    translated(async () => {
      await transaction.execute({ text, values: [] });
    });
  return {
    ...identity,
    ...queryable(transaction),
    // Otherwise Prisma sends COMMIT and ROLLBACK as statements and calls the functions as well.
    options: { usePhantomQuery: true },
    commit: () => translated(() => transaction.commit()),
    rollback: () => translated(() => transaction.rollback()),
    createSavepoint: (name) => run(`SAVEPOINT ${name}`),
    rollbackToSavepoint: (name) => run(`ROLLBACK TO ${name}`),
    releaseSavepoint: (name) => run(`RELEASE SAVEPOINT ${name}`),
  };
}

async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toPrismaError(error);
  }
}

const toStatement = ({ sql, args, argTypes }: SqlQuery): Statement => ({
  text: sql,
  values: args.map((argument, index) => toSqlValue(argument, argTypes[index])),
});

// In SQLite a SELECT cannot write, while WITH may begin either. What is in doubt goes to the writer, which can do both.
function isRead(text: string): boolean {
  const start = text.replace(/^(?:\s+|\/\*[\s\S]*?\*\/)+/, '');
  return /^(?:select|values|explain)\b/i.test(start) || (/^with\b/i.test(start) && !/\b(?:insert|update|delete|replace)\b/i.test(start));
}

interface Prepared {
  readonly statement: ReturnType<SqliteHandle['prepare']>;
  readonly columns: ResultRows['columns'];
}

function createReader(reader: SqliteHandle): (statement: Statement) => ResultRows {
  const prepared = new Map<string, Prepared>();
  const prepare = (text: string): Prepared => {
    const statement = reader.prepare(text).raw(true);
    const columns = statement.columns().map(({ name, type }) => ({ name, declaredType: type }));
    const fresh = { statement, columns };
    if (prepared.size >= MAX_PREPARED) prepared.clear();
    prepared.set(text, fresh);
    return fresh;
  };
  return ({ text, values }) => {
    const { statement, columns } = prepared.get(text) ?? prepare(text);
    const rows = statement.all([...values]) as (SqlValue | ArrayBuffer)[][];
    return { columns, rows: rows.map((row) => row.map(asBytes)) };
  };
}

// Prisma's texts repeat; only lists of changing length make new ones.
const MAX_PREPARED = 400;

// libsql answers a BLOB as an ArrayBuffer.
const asBytes = (value: SqlValue | ArrayBuffer): SqlValue => (value instanceof ArrayBuffer ? new Uint8Array(value) : value);
