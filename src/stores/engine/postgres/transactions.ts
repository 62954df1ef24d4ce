import { StoreFailure } from '../../store-failure.js';
import type { Transactions } from '../transactions.js';
import { postgresDatabase } from './connection.js';
import { isSchemaChange, toStoreFailure } from './failure.js';
import { openPool } from './pool.js';

const connectTimeoutMs = 10_000;
const statementTimeoutMs = 60_000;

/** @param connections as many transactions run at the same time */
export function postgresTransactions(url: string, connections: number): Transactions {
  const pool = openPool({ url, max: connections, readOnly: false, connectTimeoutMs, statementTimeoutMs });
  return {
    async run(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work(postgresDatabase(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((failure: unknown) => (broken = failure as Error));
        throw error;
      } finally {
        client.release(broken);
      }
    },
    wasInTheWay: (error) => ['40P01', '40001', '23505'].includes(String((error as { code?: unknown })?.code)),
    toFailure: (error) =>
      isSchemaChange(error)
        ? new StoreFailure('BUSY', `The schema of the database changed: ${(error as Error).message}.`)
        : toStoreFailure(error),
  };
}
