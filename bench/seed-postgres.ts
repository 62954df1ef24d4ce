import pg from 'pg';
import { readMigrations } from '../src/stores/engine/migrations.js';
import { postgresDatabase } from '../src/stores/engine/postgres/connection.js';
import { postgresDialect } from '../src/stores/engine/postgres/dialect.js';
import { migratePostgres } from '../src/stores/engine/postgres/migrate.js';
import { initialise } from '../src/stores/mlflow/initialise.js';
import type { WriteContext } from '../src/stores/mlflow/writes.js';
import { seedTime } from './seed.js';

/** A database made for one run of the benchmark. */
export interface BenchDatabase {
  /** `postgres://…` */
  readonly url: string;
  /** A copy of it under another name, dropped with it; nobody may be connected. */
  copy(): Promise<string>;
  drop(): Promise<void>;
}

/** Where the benchmark may create databases; `RUNGRAPH_BENCH_POSTGRES` names another server. */
const server = process.env.RUNGRAPH_BENCH_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432';

/** An empty database of our own tables on the server. @returns null where no server answers */
export async function createBenchDatabase(): Promise<BenchDatabase | null> {
  const name = `rungraph_bench_${process.pid}`;
  const url = `${server}/${name}`;
  try {
    await onServer([`CREATE DATABASE ${name}`]);
  } catch {
    return null;
  }
  await migratePostgres(url, readMigrations('mlflow', 'postgresql'), name);
  return {
    url,
    async copy() {
      await onServer([`CREATE DATABASE ${name}_copy TEMPLATE ${name}`]);
      return `${url}_copy`;
    },
    drop: () => onServer([`DROP DATABASE IF EXISTS ${name}_copy WITH (FORCE)`, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]),
  };
}

/** Does some writing in one transaction, as the store's thread would. */
export async function inPostgresStore<T>(url: string, work: (context: WriteContext) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const context = { db: postgresDatabase(client), dialect: postgresDialect, now: seedTime };
    await client.query('BEGIN');
    await initialise(context, null);
    const result = await work(context);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return result;
  } finally {
    await client.end();
  }
}

async function onServer(statements: readonly string[]): Promise<void> {
  const client = new pg.Client(`${server}/postgres`);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
