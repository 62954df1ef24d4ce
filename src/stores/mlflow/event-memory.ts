import { randomUUID } from 'node:crypto';
import type { StoredRunEvent } from '../feed.js';
import type { RunChange } from './run-changes.js';

/** Events that are kept for those who come back. */
const maxEvents = 10_000;

/** Events of an attached database, which has no place for them: kept as long as the process lives, and numbered in order. */
export interface EventMemory {
  /** Another one in every process. */
  readonly epoch: string;
  append(changes: readonly RunChange[], at: number): void;
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
