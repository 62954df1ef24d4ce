import type { SqlValue } from '../../engine/sql.js';

/** A row that is changed in place: (rowid, key, step, timestamp, value, is_nan). */
export type LastRow = readonly SqlValue[];

interface SeenRow {
  readonly row: LastRow;
  readonly content: string;
  /** When it was first seen like this: larger than all that was seen before. */
  readonly seenAt: bigint;
}

/**
 * Remembers last values of followed runs: DashAI changes them in place, under the same number and time, so that only
 * comparing tells that they changed. After a restart nothing is remembered, and every last value is told once more.
 */
export interface LastValues {
  /** Takes in the last values of a run as they are now. @returns when the newest of them was first seen; 0 without any */
  look(runId: string, rows: readonly LastRow[]): bigint;
  /** Last values of a run, as of the latest look, that were first seen after `since` and not after `until`. */
  changedBetween(runId: string, since: bigint, until: bigint): LastRow[];
}

/** Runs that are remembered; of more, those that were looked at longest ago are forgotten. */
const maxRuns = 2_000;

/** @param now milliseconds since the epoch */
export function createLastValues(now: () => number = Date.now): LastValues {
  const runs = new Map<string, Map<string, SeenRow>>();
  let latest = 0n;

  return {
    look(runId, rows) {
      const before = runs.get(runId);
      const after = new Map<string, SeenRow>();
      let next: bigint | null = null;
      for (const row of rows) {
        const key = row[1] as string;
        const content = row.join('\0');
        const known = before?.get(key);
        if (known?.content === content) after.set(key, known);
        else after.set(key, { row, content, seenAt: (next ??= later()) });
      }
      runs.delete(runId);
      runs.set(runId, after);
      if (runs.size > maxRuns) runs.delete(runs.keys().next().value!);
      return newest(after);
    },
    changedBetween: (runId, since, until) =>
      [...(runs.get(runId)?.values() ?? [])].filter(({ seenAt }) => seenAt > since && seenAt <= until).map(({ row }) => row),
  };

  function later(): bigint {
    const at = BigInt(now());
    return (latest = at > latest ? at : latest + 1n);
  }
}

const newest = (rows: ReadonlyMap<string, SeenRow>): bigint => {
  let found = 0n;
  for (const { seenAt } of rows.values()) if (seenAt > found) found = seenAt;
  return found;
};
