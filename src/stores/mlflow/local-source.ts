import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { PrismaClient } from '../../generated/prisma-mlflow/client.js';
import { readMigrations } from '../engine/migrations.js';
import { migrateSqlite } from '../engine/sqlite/migrate.js';
import { openReader, type Durability } from '../engine/sqlite/open.js';
import { createPrismaAdapter } from '../engine/sqlite/prisma-adapter.js';
import type { SqliteReaders } from '../engine/sqlite/readers.js';
import { startWriter, type SqliteWriter } from '../engine/sqlite/writer.js';
import { threadModule } from '../engine/thread.js';
import type { Source } from '../sources.js';
import { createExperimentWriter } from './experiment-writes.js';
import type { StoreIdentity } from './initialise.js';
import { createLocalFeed } from './local-feed.js';
import { startLogCompactor } from './log-compactor.js';
import { createMlflowLogStore } from './log-lines-store.js';
import { createMlflowRegistryStore, createMlflowRunStore, mlflowStatus } from './mlflow-store.js';
import type { MlflowReader } from './reads.js';
import { createMlflowRunWriter } from './run-writer.js';
import { watchOtherWriters } from './other-writers.js';
import type { MlflowWriter } from './writes.js';

export interface LocalSourceOptions {
  readonly dataFolder: string;
  readonly durability: Durability;
  /** How often it is looked whether another process wrote to the database. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** RunGraph's own store. */
export interface LocalSource {
  readonly source: Source;
  readonly identity: StoreIdentity;
  /** Closes what it opened; writes that were answered are in the file. */
  close(): Promise<void>;
}

/**
 * Opens (and creates or migrates) the embedded store in a folder.
 * @throws DatabaseRefused when the file there is not ours, newer, or edited; it is left as it was
 */
export async function openLocalSource(
  readers: SqliteReaders,
  { dataFolder, durability, pollIntervalMs, clock, log }: LocalSourceOptions,
): Promise<LocalSource> {
  mkdirSync(dataFolder, { recursive: true });
  const path = join(dataFolder, 'mlflow.db');
  migrateSqlite(path, readMigrations('mlflow', 'sqlite'));
  const writerThread = startWriter(threadModule(import.meta.url, './sqlite-write.thread'), { path, durability });
  const direct: MlflowWriter = { write: (name, input) => writerThread.operation(name, input) };
  const identity = await direct.write('initialise', null);
  const reader: MlflowReader = {
    read: (name, input) => readers.read({ file: { path, foreign: false }, source: 'local', name, input }),
  };
  const { writer, ...compactor } = startLogCompactor({ reader, writer: direct, clock, log });
  const prisma = lazyPrisma(path, writerThread);
  const feed = createLocalFeed(reader, identity.epoch);
  const logs = createMlflowLogStore('local', reader, writer, identity.epoch);
  const onOthers = () => logs.lines.ringAll();
  const stopWatching = await watchOtherWriters({ path, reader, writer, feed, onOthers, pollIntervalMs, clock, log });
  const runs = createMlflowRunStore(reader);
  const experimentById = async (id: string) => (await runs.experimentsByIds([id]))[0]!;
  const source: Source = {
    name: 'local',
    kind: 'NATIVE',
    location: path,
    layout: 'mlflow (embedded SQLite)',
    connectedAt: clock.now(),
    runs,
    registry: createMlflowRegistryStore(reader),
    writer: createMlflowRunWriter(writer, createExperimentWriter(prisma.client, clock), experimentById, feed),
    feed,
    logs,
    status: () => mlflowStatus(reader),
  };
  return {
    source,
    identity,
    async close() {
      const compactorStopped = compactor.stop();
      await stopWatching();
      await prisma.close();
      await writerThread.close();
      await compactorStopped;
    },
  };
}

// The Prisma client costs 50 ms and 70 MB, and a server that nobody sends experiments to never needs it.
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
