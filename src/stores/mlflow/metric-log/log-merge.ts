import { entryVersions, maxMergedPoints, writeEntry, type EntrySeries, type OpenEntry } from './metric-log.js';
import { damaged, openStored, type StoredEntry } from './metric-log.sql.js';

/** An entry as merging sees it: where it begins and how many points it has. */
export interface EntryExtent {
  readonly firstOffset: bigint;
  readonly count: number;
}

/**
 * Sizes of entries that are merged with each other, the smallest first: those with fewer than `below` points, once `entries` of
 * them lie side by side. One point per request becomes entries of 64, of about 4,000, and of 32,768 points: a point is
 * written four times in all. Each tier counts what the tiers below it leave lying about.
 */
const tiers = [
  { below: 64, entries: 64 },
  { below: 4_096, entries: 128 },
  { below: 16_384, entries: 256 },
] as const;

/** Points that merging puts into one entry at most: the format allows more, but a merge is to take less than 10 ms. */
export const pointsPerMerge = 32_768;

/** Neighbours of which one merge makes one entry, at most; a merge is to be short. */
export const maxEntriesPerMerge = tiers[2].entries;

/**
 * Chooses neighbours to be merged into one entry; null: nothing is worth it.
 * An entry that is larger than everything after it waits, so that a point's entry doubles whenever the point is written again.
 * @param extents consecutive entries of one run, oldest first
 */
export function chooseMerge(extents: readonly EntryExtent[]): { from: number; end: number } | null {
  for (const { below, entries } of tiers) {
    for (let from = 0; from < extents.length; from++) {
      const { end, points, isFull } = groupFrom(extents, from, below);
      const isWorth = end - from >= entries || (isFull && end - from > 1);
      if (isWorth && 2 * extents[from]!.count <= points) return { from, end };
      // What begins later in a group that is not worth it is not worth it either, unless the group was full.
      if (!isWorth && !isFull) from = Math.max(from, end - 1);
    }
  }
  return null;
}

/** The longest group of small neighbours that begins here and fits into one entry. */
function groupFrom(extents: readonly EntryExtent[], from: number, below: number) {
  let points = 0;
  let end = from;
  for (; end < extents.length && end - from < maxEntriesPerMerge && extents[end]!.count < below; end++) {
    if (points + extents[end]!.count > pointsPerMerge) return { end, points, isFull: true };
    points += extents[end]!.count;
  }
  return { end, points, isFull: false };
}

/**
 * One entry with the points of consecutive entries.
 * @throws StoreFailure CORRUPT when one of them is damaged, or they do not follow each other
 */
export function mergeEntries(runId: string, stored: readonly StoredEntry[]): Uint8Array {
  const entries: OpenEntry[] = [];
  stored.forEach((entry, index) => {
    const before = stored[index - 1];
    if (before && before.firstOffset + BigInt(before.count) !== entry.firstOffset) {
      throw damaged(`The metric log of run ${runId} has a gap or an overlap before offset ${entry.firstOffset}.`);
    }
    entries.push(openStored(runId, entry, entries.at(-1) ?? null));
  });
  const points = entries.reduce((sum, entry) => sum + entry.points, 0);
  if (points > maxMergedPoints) throw new Error(`${points} points do not fit into one entry.`);
  const places = new Map<string, { readonly key: string; count: number; next: number }>();
  for (const { series } of entries) {
    for (const { key, count } of series) {
      const known = places.get(key);
      if (known) known.count += count;
      else places.set(key, { key, count, next: 0 });
    }
  }
  let start = 0;
  for (const place of places.values()) {
    place.next = start;
    start += place.count;
  }
  return writeEntry(entryVersions.merged, [...places.values()], ({ columns, ordinals }) => {
    const target = { ...wordsOf(columns), ordinals: ordinals! };
    let firstOrdinal = 0;
    for (const entry of entries) {
      const source = { ...wordsOf(entry.columns), ordinals: entry.ordinals };
      for (const series of entry.series) {
        const place = places.get(series.key)!;
        copySeries(series, source, target, place.next, firstOrdinal);
        place.next += series.count;
      }
      firstOrdinal += entry.points;
    }
  });
}

// Columns as halves of their 64-bit numbers: copying those makes no bigint, and leaves the bits of every NaN as they are.
const wordsOf = ({ steps, timestamps, values }: OpenEntry['columns']) => ({
  steps: halvesOf(steps),
  timestamps: halvesOf(timestamps),
  values: halvesOf(values),
});

const halvesOf = ({ buffer, byteOffset, length }: BigInt64Array | Float64Array): Int32Array =>
  new Int32Array(buffer, byteOffset, 2 * length);

type Words = ReturnType<typeof wordsOf>;

function copySeries(
  { start, count }: EntrySeries,
  source: Words & { readonly ordinals: Uint16Array | null },
  target: Words & { readonly ordinals: Uint16Array },
  at: number,
  firstOrdinal: number,
): void {
  copyWords(source.steps, 2 * start, target.steps, 2 * at, 2 * count);
  copyWords(source.timestamps, 2 * start, target.timestamps, 2 * at, 2 * count);
  copyWords(source.values, 2 * start, target.values, 2 * at, 2 * count);
  const { ordinals } = source;
  for (let index = 0; index < count; index++) {
    target.ordinals[at + index] = firstOrdinal + (ordinals === null ? start + index : ordinals[start + index]!);
  }
}

/** Below this many words a loop is faster than a view and its copy. */
const wordsPerLoop = 64;

function copyWords(source: Int32Array, from: number, target: Int32Array, at: number, count: number): void {
  if (count > wordsPerLoop) target.set(source.subarray(from, from + count), at);
  else for (let index = 0; index < count; index++) target[at + index] = source[from + index]!;
}
