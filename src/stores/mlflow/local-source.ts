import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { Readers } from '../engine/readers.js';
import type { Source } from '../sources.js';
import { createExperimentWriter } from './runs/experiment-writes.js';
import type { StoreIdentity } from './initialise.js';
import type { LocalDatabase } from './local-database.js';
import { createLocalFeed } from './following/local-feed.js';
import { startLogCompactor } from './metric-log/log-compactor.js';
import { createMlflowLoggedModelWriter } from './traces/logged-model-writer.js';
import { createMlflowLogStore } from './log-lines/log-lines-store.js';
import { createModelFeed } from './registry/model-feed.js';
import {
  createMlflowLoggedModelStore,
  createMlflowRegistryStore,
  createMlflowRunStore,
  createMlflowTraceStore,
  mlflowStatus,
} from './mlflow-store.js';
import type { MlflowReader } from './reads.js';
import { createMlflowRegistryWriter } from './registry/registry-writer.js';
import { createMlflowRunWriter } from './runs/run-writer.js';
import { createMlflowTraceWriter } from './traces/trace-writer.js';
import type { MlflowWriter } from './writes.js';

/** RunGraph's own store. */
export interface LocalSource {
  readonly source: Source;
  readonly identity: StoreIdentity;
  /** Asks and writes what its stores have no method for. */
  readonly database: MlflowReader & MlflowWriter;
  /** Closes what it opened, the database too; writes that were answered are in it. */
  close(): Promise<void>;
}

/** The source `local` over its database. */
export async function openLocalSource(
  readers: Readers,
  database: LocalDatabase,
  { pollIntervalMs, clock, log }: { pollIntervalMs: number; clock: Clock; log: Logger },
): Promise<LocalSource> {
  const identity = await database.writer.write('initialise', null);
  const reader: MlflowReader = {
    read: (name, input) => readers.read({ database: database.location, source: 'local', name, input }),
  };
  const { writer, ...compactor } = startLogCompactor({ reader, writer: database.writer, clock, log });
  const feed = createLocalFeed(reader, identity.epoch, database);
  const logs = createMlflowLogStore('local', reader, writer, identity.epoch, database);
  // An embedded file is watched for others anyway.
  const modelPollMs = database.location.engine === 'sqlite' ? null : pollIntervalMs;
  const modelFeed = createModelFeed({ name: 'local', reader, pollIntervalMs: modelPollMs, clock, log });
  const onOthers = () => {
    logs.lines.ringAll();
    void modelFeed.lookIfHeard(); // says in the log what goes wrong
  };
  const stopWatching = await database.watchOthers({ reader, writer, feed, onOthers });
  const runs = createMlflowRunStore(reader);
  const experimentById = async (id: string) => (await runs.experimentsByIds([id]))[0]!;
  const source: Source = {
    name: 'local',
    kind: 'NATIVE',
    location: database.shown,
    layout: database.layout,
    connectedAt: clock.now(),
    runs,
    registry: createMlflowRegistryStore(reader),
    traces: createMlflowTraceStore(reader),
    loggedModels: createMlflowLoggedModelStore(reader),
    writer: createMlflowRunWriter(writer, createExperimentWriter(database, clock), experimentById, feed),
    registryWriter: createMlflowRegistryWriter(writer, modelFeed),
    traceWriter: createMlflowTraceWriter(writer),
    loggedModelWriter: createMlflowLoggedModelWriter(writer),
    feed,
    modelFeed,
    logs,
    status: () => mlflowStatus(reader),
  };
  return {
    source,
    identity,
    database: { ...reader, ...writer },
    async close() {
      const compactorStopped = compactor.stop();
      await stopWatching();
      await modelFeed.close();
      await database.close();
      await compactorStopped;
    },
  };
}
