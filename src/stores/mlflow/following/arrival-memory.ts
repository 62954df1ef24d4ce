import type { RowSum, RunArrivals } from './arrivals.js';

/** What is known of a run that is followed. */
export interface FollowedRun {
  readonly runId: string;
  /** Digest of its latest points when it was last looked at. */
  latest: number;
  /** Hashes of the latest points, by key. */
  latestHashes: Map<string, number>;
  /** Its points by key when `arrivals` was let go; what is known of it then. */
  sums: ReadonlyMap<string, RowSum>;
  /** Its points in order; null: they are not in memory. */
  arrivals: RunArrivals | null;
  /** The round in which its rows were last counted. */
  provenIn: number;
  /** The latest points changed, and no row was found that would be the reason. */
  isSuspect: boolean;
}

/** What a thread remembers of a database whose rows have no numbers. Lost with the thread: positions prove themselves. */
export interface ArrivalMemory {
  /** Looked-at runs; the one that was used last is the last. */
  readonly runs: Map<string, FollowedRun>;
  /** Number of the last round of counting; rounds are called by whoever looks for news. */
  round: number;
  /** Ends of the runs that are followed by their ids, as they were told last. */
  told: ReadonlyMap<string, bigint>;
  /** Digests of params and tags by run, when they were compared last; null: never. */
  texts: ReadonlyMap<string, number> | null;
  /** One after the other: what is known of a run changes in several steps. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Lets points go, of the runs that were used least lately, until the rest is small enough. */
  shrink(): void;
}

/** Points in memory, 32 bytes each. */
const maxPoints = 4_000_000;
/** Runs of which nothing but sums and latest points are known, too. */
const maxRuns = 20_000;

export function createArrivalMemory(): ArrivalMemory {
  const runs = new Map<string, FollowedRun>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    runs,
    round: 0,
    told: new Map(),
    texts: null,
    inTurn(work) {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
    shrink() {
      let points = [...runs.values()].reduce((sum, { arrivals }) => sum + (arrivals?.count ?? 0), 0);
      for (const run of runs.values()) {
        if (points <= maxPoints) break;
        points -= run.arrivals?.count ?? 0;
        letGo(run);
      }
      for (const runId of runs.keys()) {
        if (runs.size <= maxRuns) return;
        runs.delete(runId);
      }
    },
  };
}

function letGo(run: FollowedRun): void {
  const { arrivals } = run;
  if (!arrivals) return;
  run.sums = new Map([...arrivals.keys].map((key) => [key, { count: arrivals.sumOf(key).count, digest: arrivals.sumOf(key).digest }]));
  run.arrivals = null;
}

/** All points of a run, those of every key taken together. */
export function totalOf(sums: ReadonlyMap<string, RowSum>): RowSum {
  let [count, digest] = [0, 0];
  for (const sum of sums.values()) {
    count += sum.count;
    digest = (digest + sum.digest) >>> 0;
  }
  return { count, digest };
}
