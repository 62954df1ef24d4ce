/**
 * "Look again." Carries no data: whoever hears it reads the store.
 * A reader takes `count` before it reads and waits with `after(count)`, so a ring during the read is not lost.
 */
export interface Bell {
  /** How often the bell has rung. */
  readonly count: number;
  ring(): void;
  /** Resolves once the bell has rung more than `heard` times, or the signal is aborted. */
  after(heard: number, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    get count() {
      return count;
    },
    ring() {
      count++;
      const woken = [...waiting];
      waiting.clear();
      for (const wake of woken) wake();
    },
    after(heard, signal) {
      if (count > heard || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
  };
}
