import type { Bell } from '../core/bell.js';
import type { Clock } from '../core/clock.js';

/** What a reader found after its position. */
export interface News<Batch> {
  /** Null: nothing that would be told. */
  readonly batch: Batch | null;
  /** Whether more is there already, so that it is read at once. */
  readonly more: boolean;
}

/**
 * Reads after a position, for ever: what is there, then what comes, in one way, so nothing can fall between the two.
 * The reader keeps its own position. Reads are at least `minIntervalMs` apart, whether or not
 * they find something to tell; what arrives in between comes together.
 */
export async function* follow<Batch>(options: {
  readonly bell: Bell;
  readonly read: () => Promise<News<Batch>>;
  readonly minIntervalMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): AsyncGenerator<Batch> {
  const { bell, read, minIntervalMs, clock, signal } = options;
  while (!signal.aborted) {
    const heard = bell.count; // before the read: a ring during the read is not lost
    const lastReadAt = clock.now();
    const { batch, more } = await read();
    if (signal.aborted) return;
    if (batch !== null) yield batch;
    if (more) continue;
    await bell.after(heard, signal);
    await clock.sleep(Math.max(0, lastReadAt + minIntervalMs - clock.now()), signal);
  }
}
