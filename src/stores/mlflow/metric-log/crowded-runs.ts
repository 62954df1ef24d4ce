/** Appended entries after which a run's log is worth a look: as many as the smallest merge takes. */
export const entriesPerLook = 64;
/** Runs that are remembered. Those that are forgotten are found by the next look at all runs. */
const maxRuns = 10_000;

/** Runs whose logs are worth a look, found by counting what is appended. */
export interface CrowdedRuns {
  /** Counts an append. @returns whether the run has just become crowded */
  appended(runId: string): boolean;
  /** Takes one of them out; undefined: there is none. */
  take(): string | undefined;
  /** Does not name this run again. */
  giveUp(runId: string): void;
}

export function createCrowdedRuns(): CrowdedRuns {
  const appends = new Map<string, number>();
  const crowded = new Set<string>();
  const givenUp = new Set<string>();
  return {
    appended(runId) {
      if (givenUp.has(runId)) return false;
      const count = (appends.get(runId) ?? 0) + 1;
      appends.delete(runId); // the run that was appended to longest ago stays the first
      if (count < entriesPerLook) appends.set(runId, count);
      else crowded.add(runId);
      for (const runs of [appends, crowded]) forgetOldest(runs);
      return crowded.has(runId);
    },
    take() {
      const [runId] = crowded;
      if (runId !== undefined) crowded.delete(runId);
      return runId;
    },
    giveUp(runId) {
      givenUp.add(runId);
      forgetOldest(givenUp);
    },
  };
}

function forgetOldest(runs: Map<string, number> | Set<string>): void {
  if (runs.size > maxRuns) runs.delete(runs.keys().next().value!);
}
