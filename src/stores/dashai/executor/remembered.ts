import type { Clock } from '../../../core/clock.js';

/** Answers that hold for a while. What failed is not remembered. */
export interface Remembered<T> {
  /** The answer for a key: the one at hand if it is young enough, else a new one; who asks meanwhile waits for the same. */
  get(key: string, load: () => Promise<T>): Promise<T>;
  /** Whether `get` would answer without asking. */
  has(key: string): boolean;
  forget(key: string): void;
}

export function createRemembered<T>(ttlMs: number, clock: Clock): Remembered<T> {
  const kept = new Map<string, { readonly answer: Promise<T>; readonly until: number }>();
  const has = (key: string) => (kept.get(key)?.until ?? -Infinity) > clock.now();
  return {
    has,
    forget: (key) => void kept.delete(key),
    get(key, load) {
      if (has(key)) return kept.get(key)!.answer;
      const answer = load();
      const entry = { answer, until: clock.now() + ttlMs };
      kept.set(key, entry);
      answer.catch(() => {
        if (kept.get(key) === entry) kept.delete(key);
      });
      return answer;
    },
  };
}
