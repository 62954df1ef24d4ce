import { StoreFailure } from '../../store-failure.js';
import type { NetworkedDatabase } from '../location.js';
import type { OpenDatabase, ReadLayout } from '../read-thread.js';
import { createSeenLayout } from '../seen-layout.js';
import { postgresDatabase } from './connection.js';
import { postgresDialect } from './dialect.js';
import { isSchemaChange, toStoreFailure } from './failure.js';
import { openPool } from './pool.js';

/** Connections one thread has to one database. */
const connectionsPerThread = 4;
const connectTimeoutMs = 2_000;
const statementTimeoutMs = 60_000;

/** Reads a PostgreSQL database; every statement is one short transaction. */
export function openPostgres<Layout>(location: NetworkedDatabase, readLayout: ReadLayout<Layout>): OpenDatabase<Layout> {
  const { url, foreign } = location;
  const db = postgresDatabase(openPool({ url, max: connectionsPerThread, readOnly: foreign, connectTimeoutMs, statementTimeoutMs }));
  const layout = createSeenLayout(() => readLayout(db, postgresDialect, location));
  return {
    dialect: postgresDialect,
    current: async () => ({ db, layout: await layout.current() }),
    toFailure(error) {
      if (!isSchemaChange(error)) return toStoreFailure(error);
      layout.forget();
      return new StoreFailure('BUSY', `The schema of the database changed: ${(error as Error).message}.`);
    },
    forget: () => layout.forget(),
  };
}
