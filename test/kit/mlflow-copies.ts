import { readFileSync } from 'node:fs';

import Libsql from 'libsql';

import { createServerDatabase, type NetworkedEngine, type ServerDatabase } from './database-servers.js';

const dialects = { postgres: 'pg', mysql: 'mysql' } as const;
const rowsPerInsert = 500;

/** An empty database with MLflow's tables of a revision, as MLflow makes them there. */
export async function createMlflowTables(engine: NetworkedEngine, revision: string, options?: string): Promise<ServerDatabase> {
  const database = await createServerDatabase(engine, options);
  const ddl = readFileSync(new URL(`../fixtures/mlflow/ddl/${revision}.${dialects[engine]}.sql`, import.meta.url), 'utf8');
  // Tables come in the order of their names, and so refer to tables that are not there yet. An experiment 0 is meant.
  await database.execute(
    engine === 'mysql'
      ? `SET foreign_key_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES'`
      : 'SET session_replication_role = replica',
  );
  await database.execute(ddl);
  return database;
}

/** A database on a server that holds what a SQLite file of MLflow holds, in tables of the same revision. */
export async function copyToServer(engine: NetworkedEngine, path: string): Promise<ServerDatabase> {
  const file = new Libsql(path);
  file.defaultSafeIntegers(true);
  try {
    const [[revision]] = file.prepare('SELECT version_num FROM alembic_version').raw(true).all([]) as [[string]];
    const database = await createMlflowTables(engine, revision);
    for (const [table, columns] of await columnsOf(database)) {
      const rows = file
        .prepare(`SELECT ${columns.map(({ name }) => `"${name}"`).join(', ')} FROM "${table}"`)
        .raw(true)
        .all([]) as unknown[][];
      for (let start = 0; start < rows.length; start += rowsPerInsert) {
        await insert(database, table, columns, rows.slice(start, start + rowsPerInsert));
      }
    }
    return database;
  } finally {
    file.close();
  }
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Columns that can be written, by table. */
async function columnsOf({ engine, execute }: ServerDatabase): Promise<Map<string, Column[]>> {
  const rows = (await execute(`SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = ${engine === 'mysql' ? 'DATABASE()' : 'current_schema()'} AND COALESCE(generation_expression, '') = ''`)) as string[][];
  const tables = new Map<string, Column[]>();
  for (const [table, name, type] of rows) {
    if (!tables.has(table!)) tables.set(table!, []);
    tables.get(table!)!.push({ name: name!, type: type! });
  }
  return tables;
}

async function insert(
  { engine, execute }: ServerDatabase,
  table: string,
  columns: readonly Column[],
  rows: readonly unknown[][],
): Promise<void> {
  const quoted = (name: string) => (engine === 'mysql' ? `\`${name}\`` : `"${name}"`);
  let next = 0;
  const row = () => `(${columns.map(() => (engine === 'mysql' ? '?' : `$${++next}`)).join(', ')})`;
  const values = rows.flatMap((cells) => cells.map((cell, index) => converted(cell, columns[index]!.type)));
  await execute(
    `INSERT INTO ${quoted(table)} (${columns.map(({ name }) => quoted(name)).join(', ')}) VALUES ${rows.map(row).join(', ')}`,
    values,
  );
}

/** SQLite has no booleans, and keeps a fraction in a column of integers. */
function converted(value: unknown, type: string): unknown {
  if (value === null) return null;
  if (type === 'boolean') return value === 1n;
  if (/^(big)?int/.test(type) && typeof value === 'number') return Math.trunc(value);
  // As text, which both engines read to the last bit.
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
}
