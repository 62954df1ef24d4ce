import { createHash } from 'node:crypto';
import { join } from 'node:path';

import Libsql from 'libsql';

import { onDatabase } from './postgres.js';
import type { TestServer } from './server.js';

/** Everything that is in a server's database, table by table, as one digest each: equal digests, equal contents. */
export async function digestOf({ dataFolder, database }: TestServer): Promise<Record<string, string>> {
  if (database) return digestOfPostgres(database);
  return withDatabase(dataFolder, (rows) => {
    const tables = rows(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).map(([name]) => String(name));
    return Object.fromEntries(tables.map((table) => [table, hash(rows(`SELECT * FROM "${table}"`))]));
  });
}

async function digestOfPostgres(url: string): Promise<Record<string, string>> {
  const tables = await onDatabase<{ name: string }>(
    url,
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const [found] = await onDatabase<{ digest: string }>(
      url,
      `SELECT COUNT(*) || ' rows ' || COALESCE(MD5(STRING_AGG(row::text, E'\\n' ORDER BY row::text)), '') AS digest FROM "${name}" AS row`,
    );
    digests[name] = found!.digest;
  }
  return digests;
}

/** Changes a server's database past the server. */
export async function changeDatabase({ dataFolder, database }: TestServer, statement: string): Promise<void> {
  if (database) return void (await onDatabase(database, statement));
  const handle = new Libsql(join(dataFolder, 'mlflow.db'));
  handle.exec(statement);
  handle.close();
}

/** Looks into a server's file past the server. */
export function withDatabase<T>(dataFolder: string, look: (rows: (statement: string, ...values: unknown[]) => unknown[][]) => T): T {
  const handle = new Libsql(join(dataFolder, 'mlflow.db'));
  handle.defaultSafeIntegers(true);
  try {
    return look((statement, ...values) => handle.prepare(statement).raw(true).all(values) as unknown[][]);
  } finally {
    handle.close();
  }
}

function hash(rows: unknown[][]): string {
  const lines = rows.map((row) =>
    row
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : `${typeof value} ${String(value)}`))
      .join('\0'),
  );
  return `${rows.length} rows ${createHash('sha256').update(lines.sort().join('\n')).digest('base64')}`;
}
