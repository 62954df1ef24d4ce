import type { Clock } from '../../../core/clock.js';

/** Looks again and again while it is switched on. */
export interface Polling {
  set(isOn: boolean): void;
  /** Switches off for good, and waits for a look that is under way. */
  close(): Promise<void>;
}

/** @param look must not throw */
export function createPolling({ look, intervalMs, clock }: { look: () => Promise<void>; intervalMs: number; clock: Clock }): Polling {
  let running: { readonly stopping: AbortController; readonly ended: Promise<void> } | null = null;
  let closed = false;

  async function poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await look();
      await clock.sleep(intervalMs, signal);
    }
  }

  return {
    set(isOn) {
      if (isOn === (running !== null) || closed) return;
      running?.stopping.abort();
      running = null;
      if (!isOn) return;
      const stopping = new AbortController();
      running = { stopping, ended: poll(stopping.signal) };
    },
    async close() {
      closed = true;
      running?.stopping.abort();
      await running?.ended;
    },
  };
}
