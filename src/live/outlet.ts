import type { Clock } from '../core/clock.js';

/** Where one subscriber's messages go: a socket, or an HTTP answer. */
export interface Outlet {
  /** Bytes that were written and have not left the process. */
  readonly buffered: number;
  /** @param payload one GraphQL result as JSON */
  write(payload: string): void;
}

/** A subscriber that has this much unsent is not written to; what it misses is read again when it has caught up. */
export const maxBufferedBytes = 256 * 1024;

const lookAgainMs = 50;

/** Resolves once the subscriber takes more, or the signal is aborted. */
export async function untilDrained(outlet: Outlet, clock: Clock, signal: AbortSignal): Promise<void> {
  while (outlet.buffered > maxBufferedBytes && !signal.aborted) await clock.sleep(lookAgainMs, signal);
}
