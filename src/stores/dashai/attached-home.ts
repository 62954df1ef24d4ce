import { dirname, join } from 'node:path';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { SqliteFile } from '../engine/location.js';
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

export interface AttachHomeOptions {
  readonly name: string;
  /** The home's `db.sqlite`. */
  readonly location: SqliteFile;
  /** Address of the DashAI that serves the home; null: it is only read. */
  readonly url: string | null;
  readonly pollIntervalMs: number;
  /** How long one call to that DashAI may take. */
  readonly dashaiTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A DashAI home that was attached. Its files are only read, and need not exist yet; the DashAI that serves it may be asked to act. */
export function attachDashai(readers: Readers, options: AttachHomeOptions): { readonly source: Source; close(): Promise<void> } {
  const { name, location, clock, url } = options;
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
  const executor =
    url === null ? null : createHomeExecutor({ ...options, url, timeoutMs: options.dashaiTimeoutMs, acted: () => feed.lookNow() });
  const source: Source = {
    name,
    kind: 'DASHAI',
    location: location.path,
    layout: 'dashai (SQLite)',
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
    async status() {
      const status = await mlflowStatus(reader);
      if (status.state !== 'READY') return status;
      return { ...status, layout: `dashai ${String(await reader.read('dashai.release', null))} (SQLite)` };
    },
  };
  return {
    source,
    close() {
      executor?.close();
      return feed.close();
    },
  };
}
