import { byStep, byTime, exchanged, type PointOrder } from './arrival-order.js';
import { totalOf } from './arrival-memory.js';
import { countOf, createRunArrivals, digestOf, pickHashed, type HashedColumns, type RowSum, type RunArrivals } from './arrivals.js';
import { rowsOfRun } from './arrival.sql.js';
import type { MlflowDatabase } from '../layout.js';

/**
 * Reads all points of a run. In which order they arrived is not written anywhere: those that were known come first, the rest
 * after them, each ordered so that the positions hold that somebody asks for, where that can be. When points that were known
 * are gone, or cannot be told from those that came since, nothing counts as known: positions from before are not found then,
 * those from now on are.
 * @param sums what was known of it
 */
export async function loadArrivals(
  database: MlflowDatabase,
  runId: string,
  sums: ReadonlyMap<string, RowSum>,
  wanted: readonly bigint[],
): Promise<RunArrivals> {
  const parts: HashedColumns[] = [];
  for await (const rows of rowsOfRun(database, runId, 'all')) parts.push(...rows);
  const arrivals = createRunArrivals();
  const split = splitOff(together(parts), sums);
  if (!split) {
    arrivals.append(parts, orderWith(parts, wanted));
    return arrivals;
  }
  const { count } = totalOf(sums);
  const among = wanted.filter((position) => countOf(position) <= count);
  arrivals.append(split.known, orderWith(split.known, among));
  arrivals.append(split.rest);
  return arrivals;
}

/** An order in which the positions hold; the usual one when there is none. */
function orderWith(parts: readonly HashedColumns[], wanted: readonly bigint[]): PointOrder {
  const usual = byTime(parts);
  const after = wanted.filter((position) => position !== 0n);
  if (after.length === 0) return usual;
  for (const make of [() => usual, () => byStep(parts)]) {
    const order = make();
    for (const position of after) {
      const found = exchanged(parts, order, { count: countOf(position), digest: digestOf(position) });
      if (found) return found;
    }
  }
  return usual;
}

/** Parts of one key put together: a run is read in chunks. */
function together(parts: readonly HashedColumns[]): HashedColumns[] {
  const byKey = new Map<string, HashedColumns[]>();
  for (const part of parts) byKey.set(part.key, [...(byKey.get(part.key) ?? []), part]);
  return [...byKey].map(([key, ofKey]) => (ofKey.length === 1 ? ofKey[0]! : joined(key, ofKey)));
}

function joined(key: string, parts: readonly HashedColumns[]): HashedColumns {
  const count = parts.reduce((points, { values }) => points + values.length, 0);
  const all = {
    key,
    steps: new BigInt64Array(count),
    timestamps: new BigInt64Array(count),
    values: new Float64Array(count),
    hashes: new Uint32Array(count),
  };
  let at = 0;
  for (const { steps, timestamps, values, hashes } of parts) {
    all.steps.set(steps, at);
    all.timestamps.set(timestamps, at);
    all.values.set(values, at);
    all.hashes.set(hashes, at);
    at += values.length;
  }
  return all;
}

interface Split {
  readonly known: HashedColumns[];
  readonly rest: HashedColumns[];
}

/** Tells the points that were known from those that came since, key by key. */
function splitOff(parts: readonly HashedColumns[], sums: ReadonlyMap<string, RowSum>): Split | null {
  const split: Split = { known: [], rest: [] };
  const present = new Set(parts.map(({ key }) => key));
  if ([...sums.keys()].some((key) => !present.has(key))) return null;
  for (const part of parts) {
    const sum = sums.get(part.key);
    const order = sum ? exchanged([part], byTime([part]), sum) : null;
    if (sum && !order) return null;
    const places = order ? [...order.places] : [...part.values.keys()];
    const count = sum?.count ?? 0;
    split.known.push(pickHashed(part, places.slice(0, count)));
    split.rest.push(pickHashed(part, places.slice(count)));
  }
  return { known: split.known.filter(({ values }) => values.length > 0), rest: split.rest.filter(({ values }) => values.length > 0) };
}
