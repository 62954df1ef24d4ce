import { randomUUID } from 'node:crypto';
import type { ModelChange, StoredModelEvent } from '../../model-feed.js';

/** Events that are kept for those who come back. */
const maxEvents = 10_000;

/** Events of a registry: kept as long as the process lives, for MLflow's tables have no place for them, and numbered in order. */
export interface ModelEventMemory {
  /** Another one in every process. */
  readonly epoch: string;
  append(changes: readonly ModelChange[], at: number): void;
  /** Events after a sequence number, oldest first. */
  after(sequence: bigint, limit: number): readonly StoredModelEvent[];
  end(): bigint;
}

export function createModelEventMemory(): ModelEventMemory {
  const events: StoredModelEvent[] = [];
  let last = 0n;
  return {
    epoch: randomUUID().slice(0, 8),
    append(changes, at) {
      for (const change of changes) events.push({ ...change, at, sequence: ++last });
      events.splice(0, Math.max(0, events.length - maxEvents));
    },
    after(sequence, limit) {
      const first = events.findIndex((event) => event.sequence > sequence);
      return first < 0 ? [] : events.slice(first, first + limit);
    },
    end: () => last,
  };
}
