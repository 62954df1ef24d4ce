import type { KeyedColumns } from '../../core/metric-columns.js';
import { sql, type Database } from '../engine/sql.js';
import { decodeEntry } from './metric-log.js';

/** A decoded entry; its first point has offset `firstOffset`. */
export interface LogEntry {
  readonly runId: string;
  readonly firstOffset: bigint;
  readonly count: number;
  readonly series: readonly KeyedColumns[];
}

// Keep one statement, and what it holds in memory, small whatever the run's size: an entry may hold 100,000 points.
const entriesPerRead = 500;
const pointsPerRead = 200_000n;

/** Entries of a run that hold points with an offset of `offset` or more, oldest first. */
export async function* entriesFrom(db: Database, runId: string, offset: bigint): AsyncGenerator<LogEntry> {
  let next = offset;
  for (;;) {
    const rows = await db.all(sql`/* mlflow.logEntries */
      SELECT first_offset, count, payload FROM rungraph_metric_log
      WHERE run_uuid = ${runId} AND first_offset + count > ${next}
        AND first_offset >= COALESCE((SELECT MAX(first_offset) FROM rungraph_metric_log WHERE run_uuid = ${runId} AND first_offset <= ${next}), 0)
        AND first_offset < ${next + pointsPerRead}
      ORDER BY first_offset LIMIT ${entriesPerRead}`);
    for (const [firstOffset, count, payload] of rows) {
      const entry = { runId, firstOffset: firstOffset as bigint, count: Number(count), series: decodeEntry(payload as Uint8Array) };
      next = entry.firstOffset + BigInt(entry.count);
      yield entry;
    }
    if (rows.length === 0) return;
  }
}

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
