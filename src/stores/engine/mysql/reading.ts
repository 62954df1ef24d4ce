import { StoreFailure } from '../../store-failure.js';
import type { NetworkedDatabase } from '../location.js';
import type { OpenDatabase, ReadLayout } from '../read-thread.js';
import { createSeenLayout } from '../seen-layout.js';
import { sql, type Database } from '../sql.js';
import { readAddress } from './address.js';
import { mysqlDatabase } from './connection.js';
import { mysqlDialect } from './dialect.js';
import { isSchemaChange, toStoreFailure } from './failure.js';
import { openPool } from './pool.js';

/** Connections one thread has to one database. */
const connectionsPerThread = 4;
const connectTimeoutMs = 2_000;
const statementTimeoutMs = 60_000;

/** Reads a MySQL or MariaDB database; every statement is one short transaction. */
export function openMysql<Layout>(location: NetworkedDatabase, readLayout: ReadLayout<Layout>): OpenDatabase<Layout> {
  const { url, foreign } = location;
  let pool: ReturnType<typeof openPool> | null = null;
  // Not before somebody asks: what is wrong with the address is then told as any other failure, and may be right the next time.
  const connection = () =>
    (pool ??= openPool({ address: readAddress(url), max: connectionsPerThread, readOnly: foreign, connectTimeoutMs, statementTimeoutMs }));
  const db = mysqlDatabase(connection, statementTimeoutMs + connectTimeoutMs);
  const layout = createSeenLayout(async () => {
    await requireVersion(db);
    return readLayout(db, mysqlDialect, location);
  });
  return {
    dialect: mysqlDialect,
    current: async () => ({ db, layout: await layout.current() }),
    toFailure(error) {
      if (!isSchemaChange(error)) return toStoreFailure(error);
      layout.forget();
      return new StoreFailure('BUSY', `The schema of the database changed: ${(error as Error).message}.`);
    },
    forget: () => layout.forget(),
  };
}

/** JSON_TABLE, window functions and a collation that compares by code point without padding are in these and later ones. */
async function requireVersion(db: Database): Promise<void> {
  const [row] = await db.all(sql`/* version */ SELECT VERSION()`);
  const version = String(row![0]);
  const [major = 0, minor = 0, patch = 0] =
    /(\d+)\.(\d+)\.(\d+)/
      .exec(version.replace(/^5\.5\.5-/, ''))
      ?.slice(1)
      .map(Number) ?? [];
  const number = major * 1_000_000 + minor * 1_000 + patch;
  if (number >= (/mariadb/i.test(version) ? 10_006_000 : 8_000_017)) return;
  throw new StoreFailure('INCOMPATIBLE', `The database server is ${version}; MySQL 8.0.17 or MariaDB 10.6 is the oldest that can be read.`);
}
