import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { SqliteReaders } from '../engine/sqlite/readers.js';
import type { Source } from '../sources.js';
import { StoreFailure } from '../store-failure.js';
import { createAttachedFeed } from './attached-feed.js';
import { createMlflowRegistryStore, createMlflowRunStore, mlflowStatus } from './mlflow-store.js';
import type { MlflowReader, ReadInput, ReadName, ReadOutput } from './reads.js';

export interface AttachOptions {
  readonly name: string;
  readonly path: string;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A source that was attached. */
export interface AttachedSource {
  readonly source: Source;
  close(): Promise<void>;
}

/** An MLflow SQLite file of somebody else. It is only ever read, and need not exist yet. */
export function attachMlflowSqlite(readers: SqliteReaders, options: AttachOptions): AttachedSource {
  const { name, path, clock } = options;
  const reader: MlflowReader = {
    async read<Name extends ReadName>(operation: Name, input: ReadInput<Name>) {
      try {
        return await readers.read<ReadOutput<Name>>({ file: { path, foreign: true }, source: name, name: operation, input });
      } catch (error) {
        if (error instanceof StoreFailure) feed.readFailed();
        throw error;
      }
    },
  };
  const feed = createAttachedFeed({ ...options, reader });
  const source: Source = {
    name,
    kind: 'MLFLOW',
    location: `sqlite:///${path}`,
    layout: 'mlflow (SQLite)',
    connectedAt: clock.now(),
    runs: createMlflowRunStore(reader),
    registry: createMlflowRegistryStore(reader),
    writer: null,
    feed,
    status: () => mlflowStatus(reader),
  };
  return { source, close: () => feed.close() };
}
