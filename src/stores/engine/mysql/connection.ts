import type { FieldPacket, Pool, ResultSetHeader } from 'mysql2/promise';
import type { Database, Statement } from '../sql.js';
import { decodeRows, toParameter } from './values.js';

/** Whatever can run a prepared statement: a pool, or one connection of it. */
export type Executing = Pick<Pool, 'execute'>;

/**
 * A `Database` over a pool, where every statement is for itself, or over a connection with an open transaction.
 * Statements are prepared, so that values go and come in binary and doubles are exact.
 * @param connection called for each statement
 */
export function mysqlDatabase(connection: () => Executing, answerTimeoutMs: number): Database {
  const send = ({ text, values }: Statement) =>
    // The time-out ends the waiting for a server that has gone without a word; one that is there keeps its own.
    connection().execute({ sql: text, values: values.map(toParameter), rowsAsArray: true, timeout: answerTimeoutMs }) as Promise<
      [unknown, FieldPacket[]]
    >;
  return {
    async all(statement) {
      const [rows, fields] = await send(statement);
      return decodeRows(rows as unknown[][], fields);
    },
    async run(statement) {
      const [result] = await send(statement);
      return (result as ResultSetHeader).affectedRows;
    },
  };
}
