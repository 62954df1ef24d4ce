import { createHash, randomBytes } from 'node:crypto';

import pg from 'pg';

/** The server that tests create their databases on. */
export const postgresServer = 'postgresql://postgres@127.0.0.1:5432';

/** Runs statements on a database; answers the rows of the last. */
export async function onDatabase<Row extends object = Record<string, unknown>>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) ({ rows } = await client.query<Row>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

const admin = `${postgresServer}/postgres`;

/** Whether there is a server to test with. */
export const postgresIsThere = (): Promise<boolean> =>
  onDatabase(admin, 'SELECT 1').then(
    () => true,
    () => false,
  );

/** A new empty database. @returns its URL */
export const createDatabase = (): Promise<string> => openDatabase(`rungraph_test_${randomBytes(6).toString('hex')}`);

/** A new empty database that is dropped at the end of its block. */
export async function temporaryDatabase(): Promise<{ readonly url: string } & AsyncDisposable> {
  const url = await createDatabase();
  return { url, [Symbol.asyncDispose]: () => dropDatabase(url) };
}

/** The database that goes with a data folder: whoever continues with the folder continues with the database. */
export const openDatabaseOf = (dataFolder: string): Promise<string> =>
  openDatabase(`rungraph_test_${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`);

async function openDatabase(name: string): Promise<string> {
  await onDatabase(admin, `CREATE DATABASE ${name}`).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== '42P04') throw error; // it is there
  });
  return `${postgresServer}/${name}`;
}

export async function dropDatabase(url: string): Promise<void> {
  await onDatabase(admin, `DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
}
