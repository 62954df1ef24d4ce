import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { PrismaClient } from '../../generated/prisma-mlflow/client.js';
import { readMigrations } from '../engine/migrations.js';
import { sqliteDialect } from '../engine/sqlite/dialect.js';
import { migrateSqlite } from '../engine/sqlite/migrate.js';
import { openReader, type Durability } from '../engine/sqlite/open.js';
import { createPrismaAdapter } from '../engine/sqlite/prisma-adapter.js';
import { startWriter, type SqliteWriter } from '../engine/sqlite/writer.js';
import { threadModule } from '../engine/thread.js';
import type { LocalDatabase } from './local-database.js';
import { watchOtherWriters } from './following/other-writers.js';

export interface LocalSqliteOptions {
  readonly dataFolder: string;
  readonly durability: Durability;
  /** How often it is looked whether another process wrote to the database. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Opens (and creates or migrates) the embedded database in a folder.
 * @throws DatabaseRefused when the file there is not ours, newer, or edited; it is left as it was
 */
export function openLocalSqlite({ dataFolder, durability, pollIntervalMs, clock, log }: LocalSqliteOptions): LocalDatabase {
  mkdirSync(dataFolder, { recursive: true });
  const path = join(dataFolder, 'mlflow.db');
  migrateSqlite(path, readMigrations('mlflow', 'sqlite'));
  const thread = startWriter(threadModule(import.meta.url, './sqlite-write.thread'), { path, durability });
  const prisma = lazyPrisma(path, thread);
  return {
    location: { engine: 'sqlite', path, foreign: false },
    shown: path,
    layout: 'mlflow (embedded SQLite)',
    dialect: sqliteDialect,
    writer: { write: (name, input) => thread.operation(name, input) },
    prisma: prisma.client,
    share: (_name, board) => board,
    ringsWhenBack: false,
    watchOthers: (needs) => watchOtherWriters({ ...needs, path, pollIntervalMs, clock, log }),
    async close() {
      await prisma.close();
      await thread.close();
    },
  };
}

function lazyPrisma(path: string, writer: SqliteWriter) {
  let opened: Promise<{ prisma: PrismaClient; reader: ReturnType<typeof openReader> }> | undefined;
  const open = async () => {
    const { PrismaClient } = await import('../../generated/prisma-mlflow/client.js');
    const reader = openReader(path);
    return { prisma: new PrismaClient({ adapter: createPrismaAdapter({ reader, writer }) }), reader };
  };
  return {
    client: async () => (await (opened ??= open())).prisma,
    async close() {
      if (!opened) return;
      const { prisma, reader } = await opened;
      await prisma.$disconnect();
      reader.close();
    },
  };
}
