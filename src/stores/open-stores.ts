import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { startReaders } from './engine/sqlite/readers.js';
import type { Durability } from './engine/sqlite/open.js';
import { threadModule } from './engine/thread.js';
import { attachMlflowSqlite } from './mlflow/attached-source.js';
import { openLocalSource } from './mlflow/local-source.js';
import { createRegistryStores, type RegistryStores } from './registry-stores.js';
import { createRunStores, type RunStores } from './run-stores.js';
import { createSources, type Sources } from './sources.js';

/** A place to attach; `kind` says what lies there. */
export interface Attachment {
  readonly kind: 'mlflow';
  readonly name: string;
  /** Path of a SQLite file. */
  readonly path: string;
}

export interface StoreOptions {
  readonly dataFolder: string;
  readonly durability: Durability;
  readonly attachments: readonly Attachment[];
  /** How long a locked database is waited for. */
  readonly storeTimeoutMs: number;
  readonly readerThreads: number;
  /** How often sources are looked at that somebody else writes, while somebody follows them. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Every store of one server. */
export interface Stores {
  readonly sources: Sources;
  readonly runs: RunStores;
  readonly registry: RegistryStores;
  /** Signs cursors; kept with the data. */
  readonly cursorSecret: string;
  close(): Promise<void>;
}

/** Opens `local` and attaches the rest. An attached source that cannot be read stops nothing: it says so when it is asked. */
export async function openStores(options: StoreOptions): Promise<Stores> {
  const { clock, readerThreads, storeTimeoutMs } = options;
  const readers = startReaders(threadModule(import.meta.url, './mlflow/sqlite-read.thread'), {
    count: readerThreads,
    timeoutMs: storeTimeoutMs,
    clock,
  });
  const local = await openLocalSource(readers, options);
  const attached = options.attachments.map(({ name, path }) => attachMlflowSqlite(readers, { ...options, name, path }));
  const sources = createSources([local.source, ...attached.map(({ source }) => source)]);
  return {
    sources,
    runs: createRunStores(sources),
    registry: createRegistryStores(sources),
    cursorSecret: local.identity.cursorSecret,
    async close() {
      await Promise.all([local.close(), ...attached.map((one) => one.close())]);
      await readers.close();
    },
  };
}
