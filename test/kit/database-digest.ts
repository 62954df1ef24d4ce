import { createHash } from 'node:crypto';
import { join } from 'node:path';

import Libsql from 'libsql';

/** Everything that is in a server's database, table by table, as one digest each: equal digests, equal contents. */
export function digestOf(dataFolder: string): Record<string, string> {
  return withDatabase(dataFolder, (rows) => {
    const tables = rows(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).map(([name]) => String(name));
    return Object.fromEntries(tables.map((table) => [table, hash(rows(`SELECT * FROM "${table}"`))]));
  });
}

/** Looks into a server's database past the server. */
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
