import type { Database } from '../../engine/sql.js';
import { chooseMerge, mergeEntries, type EntryExtent } from './log-merge.js';
import { entryExtents, removeEntries, storedEntries } from './log-compaction.sql.js';
import { lockRun } from '../runs/run-writes.js';
import { appendEntry } from './metric-log.sql.js';
import type { WriteContext } from '../writes.js';

/** Entries one look sees: twice what a log may have lying about before something is worth merging. */
const entriesPerLook = 512;

/** Which part of a run's log to look at: from an entry's first offset on, or (null) its newest entries. */
export interface CompactLog {
  readonly runId: string;
  readonly from: bigint | null;
}

/** What a look at a run's log did. */
export interface LogCompacted {
  readonly merged: boolean;
  /** Where to look next; null: nothing more is worth merging. */
  readonly next: bigint | null;
}

/**
 * Merges one group of small neighbouring entries of a run into one, when there is a group that is worth it. Offsets of points
 * stay as they are. Short, so that writes that wait for the same connection do not notice.
 * @throws StoreFailure CORRUPT when one of the entries is damaged; nothing was changed
 */
export async function compactLog(context: WriteContext, { runId, from }: CompactLog): Promise<LogCompacted> {
  const { db } = context;
  await lockRun(context, runId);
  const extents = await entryExtents(db, runId, from, entriesPerLook);
  const group = chooseMerge(extents);
  if (group) {
    await mergeRange(db, runId, extents[group.from]!.firstOffset, extents[group.end - 1]!.firstOffset);
    return { merged: true, next: extents[0]!.firstOffset };
  }
  return { merged: false, next: from === null || extents.length < entriesPerLook ? null : nextLook(extents) };
}

// What lies in the second half may go together with what follows it.
const nextLook = (extents: readonly EntryExtent[]): bigint => extents[extents.length / 2]!.firstOffset;

/**
 * Puts one entry in the place of those that begin at `first` to `last`; together they hold `maxMergedPoints` at most.
 * @throws StoreFailure CORRUPT when one of them is damaged; nothing was changed
 */
export async function mergeRange(db: Database, runId: string, first: bigint, last: bigint): Promise<void> {
  const entries = await storedEntries(db, runId, first, last);
  const payload = mergeEntries(runId, entries);
  await removeEntries(db, runId, first, last);
  await appendEntry(
    db,
    runId,
    first,
    entries.reduce((sum, { count }) => sum + count, 0),
    payload,
  );
}
