import { statSync } from 'node:fs';
import { StoreFailure } from '../../store-failure.js';
import type { SqliteFile } from '../location.js';
import type { OpenDatabase, ReadLayout } from '../read-thread.js';
import { SqliteConnection } from './connection.js';
import { sqliteDialect } from './dialect.js';
import { toStoreFailure } from './failure.js';
import { openForeign, openReader } from './open.js';

interface OpenFile<Layout> {
  readonly connection: SqliteConnection;
  /** Changes when the file was replaced by another. */
  readonly inode: string;
  schemaVersion: bigint;
  layout: Layout;
}

/** Reads a SQLite file on one connection; a replaced file is opened anew, a changed schema looked at again. */
export function openSqlite<Layout>(location: SqliteFile, readLayout: ReadLayout<Layout>): OpenDatabase<Layout> {
  const { path, foreign } = location;
  let file: OpenFile<Layout> | null = null;

  async function current(): Promise<OpenFile<Layout>> {
    const inode = inodeOf(path);
    if (file?.inode !== inode) {
      forget();
      return (file = await open(inode));
    }
    const schemaVersion = await schemaVersionOf(file.connection);
    if (schemaVersion !== file.schemaVersion) {
      file.layout = await readLayout(file.connection, sqliteDialect, location);
      file.schemaVersion = schemaVersion;
    }
    return file;
  }

  async function open(inode: string): Promise<OpenFile<Layout>> {
    const connection = new SqliteConnection(foreign ? openForeign(path) : openReader(path));
    try {
      const schemaVersion = await schemaVersionOf(connection);
      return { connection, inode, schemaVersion, layout: await readLayout(connection, sqliteDialect, location) };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  function forget(): void {
    file?.connection.close();
    file = null;
  }

  return {
    dialect: sqliteDialect,
    async current() {
      const { connection, layout } = await current();
      return { db: connection, layout };
    },
    toFailure: (error) => toStoreFailure(error, path),
    forget,
  };
}

function inodeOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  // Opening a pipe would wait for ever.
  if (stat && !stat.isFile()) throw new StoreFailure('UNREADABLE', 'This is not a file.');
  return stat ? `${stat.dev}:${stat.ino}` : '';
}

async function schemaVersionOf(connection: SqliteConnection): Promise<bigint> {
  const rows = await connection.all({ text: 'PRAGMA schema_version', values: [] });
  return rows[0]![0] as bigint;
}
