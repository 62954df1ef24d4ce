import type { Clock } from '../../core/clock.js';
import type { SqliteReaders } from '../engine/sqlite/readers.js';
import type { Source } from '../sources.js';
import { createMlflowRegistryStore, createMlflowRunStore, mlflowStatus } from './mlflow-store.js';
import type { MlflowReader } from './reads.js';

/** An MLflow SQLite file of somebody else. It is only ever read, and need not exist yet. */
export function attachMlflowSqlite(readers: SqliteReaders, { name, path, clock }: { name: string; path: string; clock: Clock }): Source {
  const reader: MlflowReader = {
    read: (operation, input) => readers.read({ file: { path, foreign: true }, source: name, name: operation, input }),
  };
  return {
    name,
    kind: 'MLFLOW',
    location: `sqlite:///${path}`,
    layout: 'mlflow (SQLite)',
    connectedAt: clock.now(),
    runs: createMlflowRunStore(reader),
    registry: createMlflowRegistryStore(reader),
    writer: null,
    feed: null,
    status: () => mlflowStatus(reader),
  };
}
