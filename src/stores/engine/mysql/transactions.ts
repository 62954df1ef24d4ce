import { StoreFailure } from '../../store-failure.js';
import type { Transactions } from '../transactions.js';
import { readAddress } from './address.js';
import { mysqlDatabase } from './connection.js';
import { isSchemaChange, toStoreFailure } from './failure.js';
import { openPool } from './pool.js';

const connectTimeoutMs = 10_000;
const statementTimeoutMs = 60_000;

/** @param connections as many transactions run at the same time */
export function mysqlTransactions(url: string, connections: number): Transactions {
  const pool = openPool({ address: readAddress(url), max: connections, readOnly: false, connectTimeoutMs, statementTimeoutMs });
  return {
    async run(work) {
      const connection = await pool.getConnection();
      let isBroken = false;
      try {
        await connection.beginTransaction();
        const result = await work(mysqlDatabase(() => connection, statementTimeoutMs + connectTimeoutMs));
        await connection.commit();
        return result;
      } catch (error) {
        await connection.rollback().catch(() => (isBroken = true));
        throw error;
      } finally {
        if (isBroken) connection.destroy();
        else connection.release();
      }
    },
    wasInTheWay: (error) => ['ER_LOCK_DEADLOCK', 'ER_DUP_ENTRY'].includes(String((error as { code?: unknown })?.code)),
    toFailure: (error) =>
      isSchemaChange(error)
        ? new StoreFailure('BUSY', `The schema of the database changed: ${(error as Error).message}.`)
        : toStoreFailure(error),
  };
}
