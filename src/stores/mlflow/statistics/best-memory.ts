import type { BestOfKey, StatsRef } from './foreign-stats.sql.js';

/** Best values that were read lately, so that a question that is asked again does not read them again. */
export interface BestMemory {
  get(ref: StatsRef, term: Pick<BestOfKey, 'key' | 'aggregate'>): BestOfKey | null;
  keep(ref: StatsRef, best: BestOfKey): void;
  /** The source has moved on; only of these metrics there are new points. */
  move(from: StatsRef, to: StatsRef, keys: ReadonlySet<string>): void;
  clear(): void;
}

/** About 64 MB: a run takes 35 characters and one double. */
const maxCharacters = 50_000_000;

export function createBestMemory(): BestMemory {
  const kept = new Map<string, { ref: StatsRef; readonly best: BestOfKey }>();
  let characters = 0;

  function drop(name: string): void {
    characters -= kept.get(name)?.best.runIds.length ?? 0;
    kept.delete(name);
  }

  return {
    get(ref, { key, aggregate }) {
      const known = kept.get(`${aggregate} ${key}`);
      return known && isSame(known.ref, ref) ? known.best : null;
    },
    keep(ref, best) {
      const name = `${best.aggregate} ${best.key}`;
      drop(name); // and to the end: the first in the map was used longest ago
      kept.set(name, { ref, best });
      characters += best.runIds.length;
      for (const oldest of kept.keys()) {
        if (characters <= maxCharacters || oldest === name) break;
        drop(oldest);
      }
    },
    move(from, to, keys) {
      for (const [name, entry] of kept) {
        if (keys.has(entry.best.key)) drop(name);
        else if (isSame(entry.ref, from)) entry.ref = to;
      }
    },
    clear() {
      kept.clear();
      characters = 0;
    },
  };
}

const isSame = (a: StatsRef, b: StatsRef): boolean => a.sourceId === b.sourceId && a.position === b.position;
