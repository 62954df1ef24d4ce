import { positionAfter, type HashedColumns, type RowSum, type RunArrivals } from './arrivals.js';
import { loadArrivals } from './arrival-load.js';
import { totalOf, type ArrivalMemory, type FollowedRun } from './arrival-memory.js';
import { curvesFrom, latestDigests, latestPoints, rowsOfRun, rowSums, type CurveStart } from './arrival.sql.js';
import type { MlflowDatabase } from '../layout.js';

/** Works with what is remembered of a database, one after the other, and lets go what has become too much. */
export function inTurn<T>({ arrivals }: MlflowDatabase, work: (memory: ArrivalMemory) => Promise<T>): Promise<T> {
  return arrivals!.inTurn(async () => {
    try {
      return await work(arrivals!);
    } finally {
      arrivals!.shrink();
    }
  });
}

/** Where a run ends, as far as is known. */
export const endOf = ({ arrivals, sums }: FollowedRun): bigint => arrivals?.end ?? positionAfter(totalOf(sums));

/** Points of a key, as far as is known. */
const knownOf = ({ arrivals, sums }: FollowedRun, key: string): RowSum => arrivals?.sumOf(key) ?? sums.get(key) ?? { count: 0, digest: 0 };

/**
 * Brings what is known of runs up to date: of those whose latest points changed the new rows are read, and once in every
 * round the rows of all are counted, which finds what came late. Must be called in turn.
 * @returns the runs that there are, in the order of `runIds`
 */
export async function lookAt(database: MlflowDatabase, memory: ArrivalMemory, runIds: readonly string[]): Promise<FollowedRun[]> {
  const digests = await latestDigests(database, runIds);
  for (const runId of runIds) if (!digests.has(runId)) memory.runs.delete(runId);
  const present = runIds.filter((runId) => digests.has(runId));
  const unknown = present.filter((runId) => !memory.runs.has(runId));
  if (unknown.length > 0) await meet(database, memory, unknown);
  const changed = present.filter((runId) => memory.runs.get(runId)!.latest !== digests.get(runId));
  if (changed.length > 0) await readNews(database, memory, changed);
  const unproven = present.filter((runId) => isUnproven(memory, memory.runs.get(runId)));
  if (unproven.length > 0) await prove(database, memory, unproven);
  // Those that rows vanished from were forgotten: as they are now they are other runs.
  const again = present.filter((runId) => !memory.runs.has(runId));
  if (again.length > 0) await meet(database, memory, again);
  return present.map((runId) => used(memory, runId));
}

const isUnproven = ({ round }: ArrivalMemory, run: FollowedRun | undefined): boolean =>
  run !== undefined && (run.isSuspect || run.provenIn < round);

function used({ runs }: ArrivalMemory, runId: string): FollowedRun {
  const run = runs.get(runId)!;
  runs.delete(runId);
  runs.set(runId, run);
  return run;
}

/** Makes the acquaintance of runs: how many points there are, not which. */
async function meet(database: MlflowDatabase, { runs, round }: ArrivalMemory, runIds: readonly string[]): Promise<void> {
  // The latest points first: what comes between the two statements is found by the next look.
  const latest = await latestByRun(database, runIds);
  const sums = await rowSums(database, runIds);
  for (const runId of runIds) {
    const latestHashes = latest.get(runId)!.hashes;
    runs.set(runId, {
      runId,
      latest: digestOfAll(latestHashes),
      latestHashes,
      sums: sums.get(runId)!,
      arrivals: null,
      provenIn: round,
      isSuspect: false,
    });
  }
}

interface Latest {
  readonly hashes: Map<string, number>;
  readonly timestamps: Map<string, bigint>;
}

async function latestByRun(database: MlflowDatabase, runIds: readonly string[]): Promise<Map<string, Latest>> {
  const latest = new Map<string, Latest>(runIds.map((runId) => [runId, { hashes: new Map(), timestamps: new Map() }]));
  for (const { runId, key, timestamp, hash } of await latestPoints(database, runIds)) {
    latest.get(runId)?.hashes.set(key, hash);
    latest.get(runId)?.timestamps.set(key, timestamp);
  }
  return latest;
}

const digestOfAll = (hashes: ReadonlyMap<string, number>): number => {
  let digest = 0;
  for (const hash of hashes.values()) digest = (digest + hash) >>> 0;
  return digest;
};

/** A run whose points are in memory. */
type LoadedRun = FollowedRun & { arrivals: RunArrivals };

const beginning = -(2n ** 63n);

/** Reads the rows of curves whose latest point is another one, from where they were on. */
async function readNews(database: MlflowDatabase, memory: ArrivalMemory, runIds: readonly string[]): Promise<void> {
  const latest = await latestByRun(database, runIds);
  const curves: CurveStart[] = [];
  const runs = new Map<string, LoadedRun>();
  for (const runId of runIds) {
    const run = await loaded(database, memory, runId);
    runs.set(runId, run);
    curves.push(...changedCurves(run, latest.get(runId)!));
  }
  const found = new Map<string, HashedColumns[]>();
  for await (const { runId, rows } of curvesFrom(database, curves)) {
    const news = runs.get(runId)!.arrivals.unknown(rows);
    if (news.values.length > 0) found.set(runId, [...(found.get(runId) ?? []), news]);
  }
  // Nothing is changed before everything was read: had a statement failed, the next look would begin anew.
  for (const [runId, run] of runs) {
    run.arrivals.append(found.get(runId) ?? []);
    takeLatest(run, latest.get(runId)!);
  }
}

function changedCurves({ runId, latestHashes, arrivals }: LoadedRun, latest: Latest): CurveStart[] {
  const changed = [...latest.hashes].filter(([key, hash]) => latestHashes.get(key) !== hash);
  return changed.map(([key]) => {
    const [known, now] = [arrivals.latestTimestamp(key), latest.timestamps.get(key)!];
    return { runId, key, from: known === null ? beginning : now < known ? now : known };
  });
}

function takeLatest(run: LoadedRun, { hashes, timestamps }: Latest): void {
  // MLflow writes a point and its place among the latest in one transaction, and the latest stay as long as the run.
  const isMissing = [...run.latestHashes.keys()].some((key) => !hashes.has(key));
  const changed = [...hashes].filter(([key, hash]) => run.latestHashes.get(key) !== hash);
  run.isSuspect ||= isMissing || changed.some(([key, hash]) => !run.arrivals.knows(key, timestamps.get(key)!, hash));
  run.latestHashes = hashes;
  run.latest = digestOfAll(hashes);
}

/** Compares how many rows there are with how many are known, and reads the curves in which they differ. */
async function prove(database: MlflowDatabase, memory: ArrivalMemory, runIds: readonly string[]): Promise<void> {
  const { round } = memory;
  const sums = await rowSums(database, runIds);
  for (const runId of runIds) {
    const run = memory.runs.get(runId)!;
    const there = sums.get(runId)!;
    const keys = run.arrivals ? run.arrivals.keys : run.sums.keys();
    const hasLost = [...keys].some((key) => !there.has(key));
    const differing = [...there].filter(([key, sum]) => !isSame(knownOf(run, key), sum)).map(([key]) => key);
    if (hasLost || (differing.length > 0 && !(await readWhole(database, memory, runId, differing)))) memory.runs.delete(runId);
    else Object.assign(run, { provenIn: round, isSuspect: false });
  }
}

const isSame = (a: RowSum, b: RowSum): boolean => a.count === b.count && a.digest === b.digest;

/** Reads curves whole and takes in what is not known of them. @returns false when rows that are known are not there */
async function readWhole(database: MlflowDatabase, memory: ArrivalMemory, runId: string, keys: readonly string[]): Promise<boolean> {
  const { arrivals } = await loaded(database, memory, runId);
  const counts = new Map<string, number>();
  const news: HashedColumns[] = [];
  for await (const parts of rowsOfRun(database, runId, keys)) {
    for (const part of parts) {
      counts.set(part.key, (counts.get(part.key) ?? 0) + part.values.length);
      const unknown = arrivals.unknown(part);
      if (unknown.values.length > 0) news.push(unknown);
    }
  }
  arrivals.append(news);
  return keys.every((key) => arrivals.sumOf(key).count <= (counts.get(key) ?? 0));
}

/** The run with its points. Positions that were told before may no longer hold. */
export async function loaded(
  database: MlflowDatabase,
  { runs }: ArrivalMemory,
  runId: string,
  wanted: readonly bigint[] = [],
): Promise<LoadedRun> {
  const run = runs.get(runId)!;
  run.arrivals ??= await loadArrivals(database, runId, run.sums, wanted);
  return run as LoadedRun;
}
