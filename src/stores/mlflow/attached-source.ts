import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { DatabaseLocation } from '../engine/location.js';
import type { Readers } from '../engine/readers.js';
import type { Source } from '../sources.js';
import { withoutCredentials } from '../../core/database-url.js';
import { StoreFailure } from '../store-failure.js';
import { createAttachedFeed } from './following/attached-feed.js';
import { createForeignRunWriter } from './runs/foreign-run-writer.js';
import { createForeignWriter } from './foreign-writer.js';
import { createMlflowRegistryWriter } from './registry/registry-writer.js';
import { createForeignRunStore } from './runs/foreign-run-store.js';
import { createForeignStatistics } from './statistics/foreign-statistics.js';
import { createModelFeed } from './registry/model-feed.js';
import {
  createMlflowLoggedModelStore,
  createMlflowRegistryStore,
  createMlflowRunStore,
  createMlflowTraceStore,
  mlflowStatus,
} from './mlflow-store.js';
import type { MlflowReader, ReadInput, ReadName, ReadOutput } from './reads.js';
import type { MlflowWriter } from './writes.js';

export interface AttachOptions {
  readonly name: string;
  readonly location: DatabaseLocation;
  /** Whether tags, names and notes of runs, and the registry, may be changed. */
  readonly isWritable: boolean;
  readonly pollIntervalMs: number;
  /** Our own database, which keeps what is found out of this one. */
  readonly own: MlflowReader & MlflowWriter;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A source that was attached. */
export interface AttachedSource {
  readonly source: Source;
  /** Asks the database what its stores have no question for. */
  readonly reader: MlflowReader;
  close(): Promise<void>;
}

const engineNames = { sqlite: 'SQLite', postgres: 'PostgreSQL', mysql: 'MySQL' } as const;

/** An MLflow database of somebody else. It is only read unless it is writable, and need not exist yet. */
export function attachMlflow(readers: Readers, options: AttachOptions): AttachedSource {
  const { name, location, isWritable, clock } = options;
  const reader: MlflowReader = {
    async read<Name extends ReadName>(operation: Name, input: ReadInput<Name>) {
      try {
        return await readers.read<ReadOutput<Name>>({ database: location, source: name, name: operation, input });
      } catch (error) {
        if (error instanceof StoreFailure) feed.readFailed();
        throw error;
      }
    },
  };
  const feed = createAttachedFeed({ ...options, reader });
  const modelFeed = createModelFeed({ ...options, reader });
  const writer = isWritable ? createForeignWriter(location) : null;
  const place = location.engine === 'sqlite' ? `sqlite:///${location.path}` : withoutCredentials(location.url);
  // Only SQLite numbers its rows in the order they came, which is how new points are told from those that are known.
  const statistics = location.engine === 'sqlite' ? createForeignStatistics({ ...options, location: place, foreign: reader }) : null;
  const source: Source = {
    name,
    kind: 'MLFLOW',
    location: place,
    layout: `mlflow (${engineNames[location.engine]})`,
    connectedAt: clock.now(),
    runs: statistics ? createForeignRunStore(reader, statistics) : createMlflowRunStore(reader),
    registry: createMlflowRegistryStore(reader),
    traces: createMlflowTraceStore(reader),
    loggedModels: createMlflowLoggedModelStore(reader),
    writer: writer && createForeignRunWriter(name, writer, feed.events),
    registryWriter: writer && createMlflowRegistryWriter(writer, modelFeed),
    traceWriter: null,
    loggedModelWriter: null,
    feed,
    modelFeed,
    status: () => mlflowStatus(reader),
  };
  return {
    source,
    reader,
    async close() {
      await Promise.all([feed.close(), modelFeed.close(), statistics?.close(), writer?.close()]);
    },
  };
}
