import type pg from 'pg';
import type { Database, SqlValue, Statement } from '../sql.js';
import { numbered } from './statement.js';
import { decodeRows, resultTypes } from './values.js';

/** Whatever can send a query: a pool, or one connection of it. */
export type Queryable = Pick<pg.Pool, 'query'>;

/** A `Database` over a pool, where every statement is for itself, or over a connection with an open transaction. */
export function postgresDatabase(connection: Queryable): Database {
  const send = async (statement: Statement) =>
    connection.query<SqlValue[]>({ ...numbered(statement), rowMode: 'array', types: resultTypes });
  return {
    async all(statement) {
      return decodeRows(await send(statement));
    },
    async run(statement) {
      return (await send(statement)).rowCount ?? 0;
    },
  };
}
