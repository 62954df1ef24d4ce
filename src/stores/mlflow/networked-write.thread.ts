import { workerData } from 'node:worker_threads';
import type { Dialect } from '../engine/dialect.js';
import type { NetworkedWriteData } from '../engine/networked-writer.js';
import { serveWrites, type Transactions } from '../engine/transactions.js';
import { writes, type WriteContext, type WriteName } from './writes.js';

const { location, connections } = workerData as NetworkedWriteData;
const [transactions, dialect] = await open();

serveWrites(transactions, {
  run(db, name, input) {
    const write = writes[name as WriteName] as (context: WriteContext, input: unknown) => Promise<unknown>;
    return write({ db, dialect, now: Date.now(), isForeign: location.foreign }, input);
  },
});

/** The driver of the other engine is not loaded. */
async function open(): Promise<[Transactions, Dialect]> {
  if (location.engine === 'postgres') {
    const [{ postgresTransactions }, { postgresDialect }] = await Promise.all([
      import('../engine/postgres/transactions.js'),
      import('../engine/postgres/dialect.js'),
    ]);
    return [postgresTransactions(location.url, connections), postgresDialect];
  }
  const [{ mysqlTransactions }, { mysqlDialect }] = await Promise.all([
    import('../engine/mysql/transactions.js'),
    import('../engine/mysql/dialect.js'),
  ]);
  return [mysqlTransactions(location.url, connections), mysqlDialect];
}
