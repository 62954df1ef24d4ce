import type { MetricColumns } from '../../../core/metric-columns.js';
import type { NewPoints, RunTail, TailRange } from '../../feed.js';
import { countOf } from './arrivals.js';
import { endOf, inTurn, loaded, lookAt } from './arrival-look.js';
import type { ArrivalMemory, FollowedRun } from './arrival-memory.js';
import { arrivalPulse } from './arrival-pulse.js';
import { rowsOfRun } from './arrival.sql.js';
import type { MlflowDatabase } from '../layout.js';
import type { PointsOfRun, RowPositions, SeriesOfRun } from './row-positions.js';

/** Follows a database whose rows have no numbers, by remembering in which order they were seen. */
export const arrivalPositions: RowPositions = {
  async ends(database, runIds) {
    const runs = await inTurn(database, (memory) => lookAt(database, memory, runIds));
    return new Map(runs.map((run) => [run.runId, endOf(run)]));
  },
  tail: (database, ranges, limit) => inTurn(database, (memory) => readTail(database, memory, ranges, limit)),
  pulse: arrivalPulse,
  async series(database, wanted) {
    if (wanted.upTo === null && !wanted.isContinued) return { parts: await readKeys(database, wanted), position: 0n };
    return inTurn(database, (memory) => seriesUpTo(database, memory, wanted));
  },
};

const rewritten: NewPoints = { epoch: '', tails: [], more: false, isRewritten: true };

async function readTail(database: MlflowDatabase, memory: ArrivalMemory, ranges: readonly TailRange[], limit: number): Promise<NewPoints> {
  const runIds = [...new Set(ranges.map(({ runId }) => runId))];
  const runs = new Map((await lookAt(database, memory, runIds)).map((run) => [run.runId, run]));
  const tails: RunTail[] = [];
  let left = limit;
  for (const { runId, after, upTo } of ranges) {
    if (left <= 0) break;
    const run = runs.get(runId);
    if (!run) continue;
    const positions = [after, upTo ?? after];
    // Whoever is at the end needs no points in memory.
    if (!run.arrivals && positions.every((position) => position === endOf(run))) continue;
    const { arrivals } = await loaded(database, memory, runId, positions);
    if (!positions.every(arrivals.holds)) return rewritten;
    const [from, to] = [countOf(after), Math.min(upTo === null ? arrivals.count : countOf(upTo), countOf(after) + left)];
    if (to <= from) continue;
    const { series, next } = arrivals.between(from, to);
    tails.push({ runId, series, next });
    left -= to - from;
  }
  return { epoch: '', tails, more: left <= 0, isRewritten: false };
}

async function seriesUpTo(database: MlflowDatabase, memory: ArrivalMemory, wanted: SeriesOfRun): Promise<PointsOfRun> {
  const [run] = await lookAt(database, memory, [wanted.runId]);
  const keys = await wanted.keys();
  const empty = new Map(keys.map((key): [string, MetricColumns[]] => [key, []]));
  if (!run) return { parts: empty, position: 0n };
  const known = wanted.upTo ?? endOf(run);
  const read = known === endOf(run) && !run.arrivals ? await readAsKnown(database, run, keys) : null;
  if (read) return { parts: read, position: known };
  const { arrivals } = await loaded(database, memory, run.runId, [known]);
  const position = wanted.upTo === null && !arrivals.holds(known) ? arrivals.end : known;
  for (const { key, ...columns } of arrivals.between(0, Math.min(countOf(position), arrivals.count)).series) {
    empty.get(key)?.push(columns);
  }
  return { parts: empty, position };
}

/** The rows of some keys, when they are exactly those that lead to the position; most runs are not being written. */
async function readAsKnown(database: MlflowDatabase, run: FollowedRun, keys: readonly string[]): Promise<PointsOfRun['parts'] | null> {
  if (keys.length === 0) return new Map();
  const parts = new Map(keys.map((key): [string, MetricColumns[]] => [key, []]));
  const sums = new Map<string, { count: number; digest: number }>();
  for await (const rows of rowsOfRun(database, run.runId, keys)) {
    for (const { key, hashes, ...columns } of rows) {
      parts.get(key)?.push(columns);
      const sum = sums.get(key) ?? { count: 0, digest: 0 };
      sums.set(key, { count: sum.count + hashes.length, digest: hashes.reduce((digest, hash) => (digest + hash) >>> 0, sum.digest) });
    }
  }
  const isKnown = keys.every((key) => {
    const [known, found] = [run.sums.get(key), sums.get(key)];
    return known?.count === found?.count && known?.digest === found?.digest;
  });
  return isKnown ? parts : null;
}

async function readKeys(database: MlflowDatabase, { runId, ...wanted }: SeriesOfRun): Promise<PointsOfRun['parts']> {
  const keys = await wanted.keys();
  const parts = new Map(keys.map((key): [string, MetricColumns[]] => [key, []]));
  if (keys.length === 0) return parts;
  for await (const rows of rowsOfRun(database, runId, keys)) for (const { key, ...columns } of rows) parts.get(key)?.push(columns);
  return parts;
}
