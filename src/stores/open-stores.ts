import { dirname } from 'node:path';
import type { ArtifactRoot } from '../core/artifact-uri.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { openArtifacts, type ArtifactOptions } from './artifacts/open-artifacts.js';
import type { RunArtifacts } from './artifacts/run-artifacts.js';
import { attachDashai } from './dashai/attached-home.js';
import { embedDashai } from './dashai/embedded-home.js';
import { createDashaiStores, type DashaiStores } from './dashai-stores.js';
import type { DatabaseLocation } from './engine/location.js';
import { startReaders, type Readers } from './engine/readers.js';
import type { Durability } from './engine/sqlite/open.js';
import { threadModule } from './engine/thread.js';
import { attachMlflow } from './mlflow/attached-source.js';
import { sweepForeignStats } from './mlflow/statistics/foreign-sweeper.js';
import type { LocalDatabase } from './mlflow/local-database.js';
import { openLocalSource } from './mlflow/local-source.js';
import { openLocalSqlite } from './mlflow/local-sqlite.js';
import type { MlflowReader } from './mlflow/reads.js';
import type { MlflowWriter } from './mlflow/writes.js';
import { createRegistryStores, type RegistryStores } from './registry-stores.js';
import { createRunStores, type RunStores } from './run-stores.js';
import { createSources, type Sources } from './sources.js';
import { createTraceStores, type TraceStores } from './trace-stores.js';

/** A place to attach; `kind` says what lies there. */
export interface Attachment {
  readonly kind: 'mlflow' | 'dashai';
  readonly name: string;
  readonly location: DatabaseLocation;
  /**
   * Whether tags, names and notes of its runs, and its registry, may be changed, or DashAI's sessions and runs created; not
   * unless it is said.
   */
  readonly isWritable?: boolean;
  /** Where its artifacts may be, besides the folders that MLflow makes beside a database file. */
  readonly artifacts?: readonly ArtifactRoot[];
  /** Address of the DashAI that serves the home, for what only it can do; without one it cannot be done. */
  readonly url?: string;
}

export interface StoreOptions extends ArtifactOptions {
  readonly dataFolder: string;
  /** URL of the PostgreSQL database that holds `local`; null: a SQLite file in the data folder. */
  readonly database: string | null;
  readonly durability: Durability;
  readonly attachments: readonly Attachment[];
  /** Whether there is a DashAI home of our own, the source `dashai`; not unless it is said. */
  readonly embedsDashai?: boolean;
  /** How long a locked database is waited for. */
  readonly storeTimeoutMs: number;
  readonly readerThreads: number;
  /** How often sources are looked at that somebody else writes, while somebody follows them. */
  readonly pollIntervalMs: number;
  /** How long one call to a DashAI may take; 10 seconds when left out. */
  readonly dashaiTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Every store of one server. */
export interface Stores {
  readonly sources: Sources;
  readonly runs: RunStores;
  readonly registry: RegistryStores;
  readonly artifacts: RunArtifacts;
  readonly traces: TraceStores;
  readonly dashai: DashaiStores;
  /** Signs cursors; kept with the data. */
  readonly cursorSecret: string;
  close(): Promise<void>;
}

/** Opens `local` and attaches the rest. An attached source that cannot be read stops nothing: it says so when it is asked. */
export async function openStores(options: StoreOptions): Promise<Stores> {
  const { clock, log } = options;
  const readers = openReaders(options);
  const local = await openLocalSource(readers, await openLocalDatabase(options), options);
  const attached = [
    ...(options.embedsDashai ? [embedDashai(readers, options)] : []),
    ...options.attachments.map(({ name, location, isWritable, url }) =>
      location.engine === 'sqlite' && location.tables
        ? attachDashai(readers, {
            ...{ ...options, name, location, url: url ?? null },
            ...{ layout: 'dashai (SQLite)', writing: isWritable ? homeWriting : null },
          })
        : attachMlflow(readers, { ...options, name, location, isWritable: isWritable ?? false, own: local.database }),
    ),
  ];
  const sweeper = sweepForeignStats({ writer: local.database, attached: options.attachments.map(({ name }) => name), clock, log });
  const sources = createSources([local.source, ...attached.map(({ source }) => source)]);
  const artifacts = openArtifacts({
    ...options,
    sources,
    attached: options.attachments
      .filter(({ kind }) => kind === 'mlflow')
      .map(({ location, ...attachment }) => ({
        ...attachment,
        folder: location.engine === 'sqlite' ? dirname(location.path) : null,
      })),
  });
  return {
    sources,
    runs: createRunStores(sources),
    registry: createRegistryStores(sources),
    artifacts,
    traces: createTraceStores(sources),
    dashai: createDashaiStores(sources),
    cursorSecret: local.identity.cursorSecret,
    async close() {
      await Promise.all([sweeper.close(), ...attached.map((one) => one.close())]); // they write to the local one
      await local.close();
      await readers.close();
      await artifacts.close();
    },
  };
}

/** DashAI's own home: what people wrote there must survive as what DashAI writes does. */
const homeWriting = { isForeign: true, durability: 'full' } as const;

const openReaders = ({ readerThreads: count, storeTimeoutMs: timeoutMs, clock }: StoreOptions): Readers =>
  startReaders(threadModule(import.meta.url, './mlflow/read.thread'), { count, timeoutMs, clock });

/** PostgreSQL's driver is loaded when it is asked for. */
async function openLocalDatabase(options: StoreOptions): Promise<LocalDatabase> {
  const { database: url, pollIntervalMs, clock, log } = options;
  if (url === null) return openLocalSqlite(options);
  const { openLocalPostgres } = await import('./mlflow/local-postgres.js');
  return openLocalPostgres({ url, pollIntervalMs, clock, log });
}

/** The two databases of an import: our own, and the one attachment. */
export interface ImportStores {
  readonly from: MlflowReader;
  /** Whoever follows `local` hears of what is written. */
  readonly into: MlflowReader & MlflowWriter;
  /** Where the attachment is, without credentials. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Opens `local` to write to it beside servers that may have it open, and one attachment to read it. */
export async function openImportStores(options: StoreOptions): Promise<ImportStores> {
  const readers = openReaders(options);
  const local = await openLocalSource(readers, await openLocalDatabase(options), options);
  const [attached] = options.attachments.map(({ name, location, isWritable }) =>
    attachMlflow(readers, { ...options, name, location, isWritable: isWritable ?? false, own: local.database }),
  );
  const { read, write } = local.database;
  const { feed } = local.source;
  return {
    from: attached!.reader,
    into: {
      read,
      write(name, input) {
        const written = write(name, input);
        const ring = () => [feed!.points, feed!.events].forEach((board) => board.ringAll());
        written.then(ring, () => undefined); // whoever asked for it hears why
        return written;
      },
    },
    origin: attached!.source.location,
    async close() {
      await attached!.close();
      await local.close();
      await readers.close();
    },
  };
}
