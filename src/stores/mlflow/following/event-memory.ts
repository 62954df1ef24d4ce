import { randomUUID } from 'node:crypto';
import type { StoredRunEvent } from '../../feed.js';
import type { RunChange } from './run-changes.js';

/** Events that are kept for those who come back. */
const maxEvents = 10_000;

/** Events of an attached database, which has no place for them: kept as long as the process lives, and numbered in order. */
export interface EventMemory {
  /** Another one in every process. */
  readonly epoch: string;
  /** Keeps what happened at the same time, of each run the first change. @returns the runs */
  append(changes: readonly RunChange[], at: number): readonly string[];
  /** Events after a sequence number, oldest first. */
  after(sequence: bigint, limit: number): readonly StoredRunEvent[];
  end(): bigint;
}

export function createEventMemory(): EventMemory {
  const events: StoredRunEvent[] = [];
  let last = 0n;
  return {
    epoch: randomUUID().slice(0, 8),
    append(changes, at) {
      const told = new Map<string, RunChange>();
      for (const change of changes) if (!told.has(change.runId)) told.set(change.runId, change);
      for (const change of told.values()) events.push({ ...change, at, sequence: ++last });
      events.splice(0, Math.max(0, events.length - maxEvents));
      return [...told.keys()];
    },
    after(sequence, limit) {
      const first = events.findIndex((event) => event.sequence > sequence);
      return first < 0 ? [] : events.slice(first, first + limit);
    },
    end: () => last,
  };
}
