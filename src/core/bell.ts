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

/** Bells for those who care about some topics only. */
export interface BellBoard {
  /** Rings every bell that listens to the topic, and those that listen to all. */
  ring(topic: string): void;
  /** Rings every bell. */
  ringAll(): void;
  /** Lets a bell hear these topics, or all, until the answered function is called. */
  hang(topics: Iterable<string> | 'all', bell: Bell): () => void;
}

export function createBellBoard(): BellBoard {
  const bells = new Map<string, Set<Bell>>();
  const everything = new Set<Bell>();
  const all = new Set<Bell>();
  const listeners = (topic: string) => bells.get(topic) ?? bells.set(topic, new Set()).get(topic)!;
  return {
    ring(topic) {
      for (const bell of bells.get(topic) ?? []) bell.ring();
      for (const bell of everything) bell.ring();
    },
    ringAll() {
      for (const bell of all) bell.ring();
    },
    hang(topics, bell) {
      all.add(bell);
      const chosen = topics === 'all' ? null : [...topics];
      if (chosen === null) everything.add(bell);
      else for (const topic of chosen) listeners(topic).add(bell);
      return () => {
        all.delete(bell);
        everything.delete(bell);
        for (const topic of chosen ?? []) {
          listeners(topic).delete(bell);
          if (listeners(topic).size === 0) bells.delete(topic);
        }
      };
    },
  };
}
