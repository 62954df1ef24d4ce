import type { KeyedColumns } from '../../../core/metric-columns.js';
import { sql, type Database, type SqlValue } from '../../engine/sql.js';
import { StoreFailure } from '../../store-failure.js';
import { openEntry, selectPoints, type OpenEntry } from './metric-log.js';

/** What the log holds of one run in a stretch of offsets. */
export interface LogEntry {
  readonly runId: string;
  /** Offset of the first point. */
  readonly firstOffset: bigint;
  /** Points of all keys, those that were not asked for included. */
  readonly count: number;
  /** Points of one key are in the order of their offsets. The columns may be views of something larger. */
  readonly series: readonly KeyedColumns[];
}

// Keep one statement, and what it holds in memory, small whatever the run's size: an entry may hold 100,000 points.
const entriesPerRead = 500;
const pointsPerRead = 200_000n;

/**
 * What a run's log holds at offsets in [from, end), oldest first and without a gap, in pieces that are cut to it.
 * Each piece is read by a statement of its own; entries may be merged between two of them.
 * @param end null: all there is
 * @param keys decodes only these; null: all
 * @throws StoreFailure CORRUPT when an entry is damaged, or offsets are missing
 */
export async function* entriesFrom(
  db: Database,
  runId: string,
  from: bigint,
  end: bigint | null = null,
  keys: ReadonlySet<string> | null = null,
): AsyncGenerator<LogEntry> {
  let next = from;
  while (end === null || next < end) {
    const before = least(next + pointsPerRead, end);
    // The first entry is the one that holds `next`; without it the primary key could not be used to begin there.
    const rows = await db.all(sql`/* mlflow.logEntries */
      SELECT first_offset, count, payload FROM rungraph_metric_log
      WHERE run_uuid = ${runId} AND first_offset + count > ${next}
        AND first_offset >= COALESCE((SELECT MAX(first_offset) FROM rungraph_metric_log WHERE run_uuid = ${runId} AND first_offset <= ${next}), 0)
        AND first_offset < ${before}
      ORDER BY first_offset LIMIT ${entriesPerRead}`);
    if (rows.length === 0) return;
    let opened: OpenEntry | null = null;
    for (const row of rows) {
      const entry = toStoredEntry(row);
      const { firstOffset } = entry;
      // Only the first entry of a read may begin before what is wanted.
      if (firstOffset > next || (opened && firstOffset < next)) {
        throw damaged(`The metric log of run ${runId} goes on at offset ${firstOffset} where ${next} was to follow.`);
      }
      const last = least(firstOffset + BigInt(entry.count), end);
      opened = openStored(runId, entry, opened);
      const wanted = { from: Number(next - firstOffset), end: Number(last - firstOffset), keys };
      yield { runId, firstOffset: next, count: wanted.end - wanted.from, series: selectPoints(opened, wanted) };
      next = last;
    }
  }
}

const least = (offset: bigint, end: bigint | null): bigint => (end !== null && end < offset ? end : offset);

/** A row of the log as it is stored. */
export interface StoredEntry {
  readonly firstOffset: bigint;
  readonly count: number;
  readonly payload: Uint8Array;
}

/** Reads a row of (first_offset, count, payload). */
export const toStoredEntry = ([firstOffset, count, payload]: SqlValue[]): StoredEntry => ({
  firstOffset: firstOffset as bigint,
  count: Number(count),
  payload: payload as Uint8Array,
});

/** Opens an entry; `before` is one that may be alike. @throws StoreFailure CORRUPT when it does not fit its checksum or its row */
export function openStored(runId: string, { firstOffset, count, payload }: StoredEntry, before: OpenEntry | null): OpenEntry {
  const entry = openEntry(payload, before);
  if (entry?.points === count) return entry;
  throw damaged(`The metric log of run ${runId} is damaged at offset ${firstOffset}.`);
}

/** The failure that a log means which does not hold what was written to it. */
export const damaged = (what: string): StoreFailure =>
  new StoreFailure('CORRUPT', `${what} To write it anew from MLflow's rows, run: rungraph doctor --rebuild-log`);

/** How many points the run's log holds: the offset of the next one. */
export async function nextOffset(db: Database, runId: string): Promise<bigint> {
  const rows = await db.all(sql`/* mlflow.nextOffset */
    SELECT first_offset + count FROM rungraph_metric_log WHERE run_uuid = ${runId} ORDER BY first_offset DESC LIMIT 1`);
  return (rows[0]?.[0] as bigint | undefined) ?? 0n;
}

/** Puts an entry at the end of the run's log; the caller holds the run's lock, so offsets follow commit order. */
export async function appendEntry(db: Database, runId: string, firstOffset: bigint, count: number, payload: Uint8Array): Promise<void> {
  await db.run(sql`/* mlflow.appendEntry */
    INSERT INTO rungraph_metric_log (run_uuid, first_offset, count, payload) VALUES (${runId}, ${firstOffset}, ${count}, ${payload})`);
}
