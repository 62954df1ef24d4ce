import { statSync } from 'node:fs';
import { serveThread } from '../thread.js';
import { StoreFailure } from '../../store-failure.js';
import type { Database } from '../sql.js';
import { SqliteConnection } from './connection.js';
import { toStoreFailure } from './failure.js';
import { openForeign, openReader } from './open.js';

/** A SQLite file to read. `foreign` files belong to somebody else and are opened so that they cannot be changed. */
export interface SqliteFile {
  readonly path: string;
  readonly foreign: boolean;
}

/** One question to a file. */
export interface ReadMessage {
  readonly file: SqliteFile;
  readonly source: string;
  readonly name: string;
  readonly input: unknown;
}

interface OpenFile<Layout> {
  readonly connection: SqliteConnection;
  /** Changes when the file was replaced by another. */
  readonly inode: string;
  schemaVersion: bigint;
  layout: Layout;
}

/** What a read thread can answer, for one kind of database. */
export interface ReadService<Layout> {
  readLayout(db: Database): Promise<Layout>;
  answer(db: Database, layout: Layout, message: ReadMessage): Promise<unknown>;
}

/**
 * Runs the reads of one kind of database in this thread. Keeps one connection per file, opens a replaced file anew,
 * and looks at the layout again when the schema changed under it.
 */
export function serveReads<Layout>(service: ReadService<Layout>): void {
  const files = new Map<string, OpenFile<Layout>>();

  async function answer(message: ReadMessage): Promise<unknown> {
    const { path } = message.file;
    try {
      const file = await openFile(message.file);
      return await service.answer(file.connection, file.layout, message);
    } catch (error) {
      const failure = toStoreFailure(error, path);
      if (failure !== error) forget(path); // the next question starts afresh
      throw failure;
    }
  }

  async function openFile({ path, foreign }: SqliteFile): Promise<OpenFile<Layout>> {
    const inode = inodeOf(path);
    const known = files.get(path);
    if (known && known.inode === inode) {
      const schemaVersion = await schemaVersionOf(known.connection);
      if (schemaVersion !== known.schemaVersion) {
        known.layout = await service.readLayout(known.connection);
        known.schemaVersion = schemaVersion;
      }
      return known;
    }
    forget(path);
    const connection = new SqliteConnection(foreign ? openForeign(path) : openReader(path));
    try {
      const schemaVersion = await schemaVersionOf(connection);
      const file = { connection, inode, schemaVersion, layout: await service.readLayout(connection) };
      files.set(path, file);
      return file;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  function forget(path: string): void {
    files.get(path)?.connection.close();
    files.delete(path);
  }

  serveThread((message: ReadMessage, reply) => reply(answer(message)));
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
