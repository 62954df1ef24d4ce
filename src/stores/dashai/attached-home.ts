import { dirname, join } from 'node:path';
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
import { createHomeExecutor } from './home-executor.js';
import { createHomeConnection } from './writing/home-connection.js';
import { createHomeWriter } from './writing/home-writer.js';

export interface AttachHomeOptions {
  readonly name: string;
  /** The home's `db.sqlite`. */
  readonly location: SqliteFile;
  /** Address of the DashAI that serves the home; null: nothing is executed. */
  readonly url: string | null;
  readonly layout: string;
  /** How it may be written, if at all. */
  readonly writing: HomeWriting | null;
  readonly pollIntervalMs: number;
  /** How long one call to that DashAI may take. */
  readonly dashaiTimeoutMs?: number;
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

/** A DashAI home that was attached. It need not exist yet; the DashAI that serves it may be asked to act. */
export function attachDashai(readers: Readers, options: AttachHomeOptions): AttachedHome {
  const { name, location, layout, writing, clock, url } = options;
  const reader: MlflowReader & Pick<DashaiReader, 'read'> = {
    async read(operation: string, input: unknown): Promise<never> {
      try {
        return await readers.read<never>({ database: location, source: name, name: operation, input });
      } catch (error) {
        if (error instanceof StoreFailure) feed.readFailed();
        throw error;
      }
    },
  };
  const queue: SqliteFile = {
    ...{ engine: 'sqlite', foreign: true, path: join(dirname(location.path), 'job_queue.db') },
    tables: { of: 'dashai jobs', timeZone: 'UTC' },
  };
  const feed = createAttachedFeed({ ...options, reader });
  const connection = writing && createHomeConnection({ ...writing, location, timeZone: location.tables?.timeZone ?? 'UTC' });
  const executor =
    url === null ? null : createHomeExecutor({ ...options, url, timeoutMs: options.dashaiTimeoutMs, acted: () => feed.lookNow() });
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
    dashai: {
      ...createDashaiStore({
        ...reader,
        readQueue: (operation, input) => readers.read({ database: queue, source: name, name: operation, input }),
      }),
      executor,
    },
    ...(writing &&
      connection && { dashaiWriter: createHomeWriter({ source: name, connection, ...writing, written: () => feed.lookNow() }) }),
    async status() {
      const status = await mlflowStatus(reader);
      if (status.state !== 'READY') return status;
      return { ...status, layout: layout.replace('dashai', `dashai ${String(await reader.read('dashai.release', null))}`) };
    },
  };
  return {
    source,
    async close() {
      executor?.close();
      await Promise.all([feed.close(), connection?.close()]);
    },
  };
}
