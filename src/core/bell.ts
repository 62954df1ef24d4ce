/**
 * "Look again." Carries no data: whoever hears it reads the store.
 * A reader takes `count` before it reads and waits with `after(count)`, so a ring during the read is not lost.
 */
export interface Bell {
  /** How often the bell has rung. */
  readonly count: number;
  /** @param topic what it rings for, where the ringer says so */
  ring(topic?: string): void;
  /** Resolves once the bell has rung more than `heard` times, or the signal is aborted. */
  after(heard: number, signal: AbortSignal): Promise<void>;
}

/** @param onRing called with every ring, before those who wait are woken */
export function createBell(onRing?: (topic: string | undefined) => void): Bell {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    get count() {
      return count;
    },
    ring(topic) {
      count++;
      onRing?.(topic);
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
  /** Whether anybody listens. */
  readonly isHeard: boolean;
  /** Rings every bell that listens to the topic, and those that listen to all. */
  ring(topic: string): void;
  /** Rings every bell. */
  ringAll(): void;
  /** Rings the bells that listen to all: something happened, and to what is not known. */
  ringUnclear(): void;
  /** What bells listen to by name. */
  readonly topics: readonly string[];
  /** Lets a bell hear these topics, or all, until the answered function is called. */
  hang(topics: Iterable<string> | 'all', bell: Bell): () => void;
}

/** @param onHeard told when the first bell is hung and when the last is taken down: who listens to nobody need not look */
export function createBellBoard(onHeard?: (isHeard: boolean) => void): BellBoard {
  const bells = new Map<string, Set<Bell>>();
  const everything = new Set<Bell>();
  const all = new Set<Bell>();
  const listeners = (topic: string) => bells.get(topic) ?? bells.set(topic, new Set()).get(topic)!;
  return {
    get isHeard() {
      return all.size > 0;
    },
    ring(topic) {
      for (const bell of bells.get(topic) ?? []) bell.ring(topic);
      for (const bell of everything) bell.ring(topic);
    },
    ringAll() {
      for (const bell of all) bell.ring();
    },
    ringUnclear() {
      for (const bell of everything) bell.ring();
    },
    get topics() {
      return [...bells.keys()];
    },
    hang(topics, bell) {
      all.add(bell);
      if (all.size === 1) onHeard?.(true);
      const chosen = topics === 'all' ? null : [...topics];
      if (chosen === null) everything.add(bell);
      else for (const topic of chosen) listeners(topic).add(bell);
      return () => {
        if (!all.delete(bell)) return;
        everything.delete(bell);
        for (const topic of chosen ?? []) {
          listeners(topic).delete(bell);
          if (listeners(topic).size === 0) bells.delete(topic);
        }
        if (all.size === 0) onHeard?.(false);
      };
    },
  };
}
