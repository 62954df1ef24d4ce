import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { SqliteFile } from '../engine/location.js';
import type { Durability } from '../engine/sqlite/open.js';
import type { Readers } from '../engine/readers.js';
import { createAttachedFeed } from '../mlflow/following/attached-feed.js';
import {
  createMlflowLoggedModelStore,
  createMlflowRegistryStore,
  createMlflowRunStore,
  createMlflowTraceStore,
  mlflowStatus,
} from '../mlflow/mlflow-store.js';
import type { MlflowReader } from '../mlflow/reads.js';
import type { Source } from '../sources.js';
import { StoreFailure } from '../store-failure.js';
import { createDashaiStore, type DashaiReader } from './dashai-reads.js';
import { createHomeConnection } from './writing/home-connection.js';
import { createHomeWriter } from './writing/home-writer.js';

export interface AttachHomeOptions {
  readonly name: string;
  /** The home's `db.sqlite`. */
  readonly location: SqliteFile;
  readonly layout: string;
  /** How it may be written, if at all. */
  readonly writing: HomeWriting | null;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How a home is written. */
export interface HomeWriting {
  /** Whether it is DashAI's own, where only what DashAI lets people write may be written. */
  readonly isForeign: boolean;
  readonly durability: Durability;
}

/** A DashAI home as a source. */
export interface AttachedHome {
  readonly source: Source;
  close(): Promise<void>;
}

/** A DashAI home that was attached. It need not exist yet. */
export function attachDashai(readers: Readers, options: AttachHomeOptions): AttachedHome {
  const { name, location, layout, writing, clock } = options;
  const reader: MlflowReader & DashaiReader = {
    async read(operation: string, input: unknown): Promise<never> {
      try {
        return await readers.read<never>({ database: location, source: name, name: operation, input });
      } catch (error) {
        if (error instanceof StoreFailure) feed.readFailed();
        throw error;
      }
    },
  };
  const feed = createAttachedFeed({ ...options, reader });
  const connection = writing && createHomeConnection({ ...writing, location, timeZone: location.tables?.timeZone ?? 'UTC' });
  const source: Source = {
    name,
    kind: 'DASHAI',
    location: location.path,
    layout,
    connectedAt: clock.now(),
    runs: createMlflowRunStore(reader),
    registry: createMlflowRegistryStore(reader),
    traces: createMlflowTraceStore(reader),
    loggedModels: createMlflowLoggedModelStore(reader),
    writer: null,
    registryWriter: null,
    traceWriter: null,
    loggedModelWriter: null,
    feed,
    dashai: createDashaiStore(reader),
    ...(writing &&
      connection && { dashaiWriter: createHomeWriter({ source: name, connection, ...writing, written: () => feed.lookNow() }) }),
    status: () => mlflowStatus(reader),
  };
  return {
    source,
    async close() {
      await Promise.all([feed.close(), connection?.close()]);
    },
  };
}
