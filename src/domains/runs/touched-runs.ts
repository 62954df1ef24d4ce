import type { Bell } from '../../core/bell.js';
import type { Source } from '../../stores/sources.js';
import type { RunKey } from './run-members.js';

/** Runs that are remembered; when more got points meanwhile, all are looked at. */
const maxTouched = 10_000;

/** Remembers which runs of a source got points, for filters that ask for metrics. */
export interface TouchedRuns {
  hang(bell: Bell): () => void;
  /** Runs that got points since this was last asked; `all`: nobody knows which. */
  take(): RunKey[] | 'all';
  /** Says that those which were taken were not looked at. */
  giveBack(): void;
}

export function createTouchedRuns({ name, feed }: Source): TouchedRuns {
  const touched = new Map<string, RunKey>();
  let isUnclear = false;
  return {
    hang: (bell) =>
      feed!.points.hang('all', {
        ...bell,
        ring(nativeId) {
          if (nativeId === undefined || touched.size >= maxTouched) isUnclear = true;
          else touched.set(nativeId, { source: name, nativeId });
          bell.ring();
        },
      }),
    take() {
      const runs = isUnclear ? ('all' as const) : [...touched.values()];
      touched.clear();
      isUnclear = false;
      return runs;
    },
    giveBack: () => (isUnclear = true),
  };
}
