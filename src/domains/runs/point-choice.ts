import type { RunFilter } from '../../stores/run-store.js';

/** Runs one subscription may follow; each has a position in every cursor. */
export const maxFollowedRuns = 1_000;

/** Whose points a subscription wants: what all that share it have in common. */
export interface PointChoice {
  /** Native ids by source; null: whatever matches the filter. */
  readonly runIds: ReadonlyMap<string, readonly string[]> | null;
  readonly filter: RunFilter | null;
  wants(key: string): boolean;
}
