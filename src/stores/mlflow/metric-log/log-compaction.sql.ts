import { sql, type Database, type SqlValue } from '../../engine/sql.js';
import type { MlflowDatabase } from '../layout.js';
import type { EntryExtent } from './log-merge.js';
import { toStoredEntry, type StoredEntry } from './metric-log.sql.js';

const toExtent = ([firstOffset, count]: SqlValue[]): EntryExtent => ({ firstOffset: firstOffset as bigint, count: Number(count) });

/** Entries of a run that begin at `from` or later, oldest first. `from` null: the newest ones. */
export async function entryExtents(db: Database, runId: string, from: bigint | null, limit: number): Promise<EntryExtent[]> {
  if (from === null) {
    const rows = await db.all(sql`/* mlflow.newestEntryExtents */
      SELECT first_offset, count FROM rungraph_metric_log WHERE run_uuid = ${runId} ORDER BY first_offset DESC LIMIT ${limit}`);
    return rows.map(toExtent).reverse();
  }
  const rows = await db.all(sql`/* mlflow.entryExtents */
    SELECT first_offset, count FROM rungraph_metric_log WHERE run_uuid = ${runId} AND first_offset >= ${from} ORDER BY first_offset LIMIT ${limit}`);
  return rows.map(toExtent);
}

/** Entries of a run from the one that begins at `first` to the one that begins at `last`, oldest first. */
export async function storedEntries(db: Database, runId: string, first: bigint, last: bigint): Promise<StoredEntry[]> {
  const rows = await db.all(sql`/* mlflow.entriesToMerge */
    SELECT first_offset, count, payload FROM rungraph_metric_log
    WHERE run_uuid = ${runId} AND first_offset BETWEEN ${first} AND ${last} ORDER BY first_offset`);
  return rows.map(toStoredEntry);
}

/** Takes entries out of the log; whoever does puts the same points in again before the transaction ends. */
export async function removeEntries(db: Database, runId: string, first: bigint, last: bigint): Promise<void> {
  await db.run(sql`/* mlflow.removeEntries */
    DELETE FROM rungraph_metric_log WHERE run_uuid = ${runId} AND first_offset BETWEEN ${first} AND ${last}`);
}

/** Some of the runs after `after`, in the order of their ids, with their numbers of entries. Reads indexes only. */
export async function entryCounts({ db }: MlflowDatabase, input: { after: string; limit: number }): Promise<EntryCount[]> {
  const rows = await db.all(sql`/* mlflow.entryCounts */
    SELECT r.run_uuid, (SELECT COUNT(*) FROM rungraph_metric_log l WHERE l.run_uuid = r.run_uuid)
    FROM runs r WHERE r.run_uuid > ${input.after} ORDER BY r.run_uuid LIMIT ${input.limit}`);
  return rows.map(([runId, entries]) => ({ runId: runId as string, entries: Number(entries) }));
}

export interface EntryCount {
  readonly runId: string;
  readonly entries: number;
}
