import { raw, sql, type Database, type SqlValue } from '../../engine/sql.js';
import { entryExtents, storedEntries } from './log-compaction.sql.js';
import type { StoredEntry } from './metric-log.sql.js';

const runsPerRead = 500;
const entriesPerRead = 500;
/** Points of entries that are held at a time. */
const pointsPerRead = 200_000;
const rowsPerRead = 20_000;

/** Ids of runs after `after`, in their order. */
export async function runIdsAfter(db: Database, after: string): Promise<string[]> {
  const rows = await db.all(
    sql`/* mlflow.runIds */ SELECT run_uuid FROM runs WHERE run_uuid > ${after} ORDER BY run_uuid LIMIT ${runsPerRead}`,
  );
  return rows.map(([runId]) => runId as string);
}

/** Every entry of a run as it is stored, oldest first, whatever its offsets say. */
export async function* allEntries(db: Database, runId: string): AsyncGenerator<StoredEntry> {
  for (let from: bigint | null = -(2n ** 63n); from !== null;) {
    const extents = await entryExtents(db, runId, from, entriesPerRead);
    if (extents.length === 0) return;
    let points = 0;
    const end = extents.findIndex(({ count }) => (points += count) > pointsPerRead);
    const last: bigint = extents[end === -1 ? extents.length - 1 : Math.max(end - 1, 0)]!.firstOffset;
    yield* await storedEntries(db, runId, extents[0]!.firstOffset, last);
    from = last + 1n;
  }
}

/** Rows of `metrics` of a run up to a rowid, in chunks, in the order of their rowids: (rowid, key, step, timestamp, value, is_nan). */
export async function* metricRows(db: Database, runId: string, upTo: bigint): AsyncGenerator<SqlValue[][]> {
  for (let after = 0n; ;) {
    const rows = await db.all(sql`/* mlflow.rowsOfRun */
      SELECT rowid, key, CAST(step AS INTEGER), CAST(timestamp AS INTEGER), value, is_nan FROM metrics
      WHERE run_uuid = ${runId} AND rowid > ${after} AND rowid <= ${upTo} ORDER BY rowid LIMIT ${rowsPerRead}`);
    if (rows.length > 0) yield rows;
    if (rows.length < rowsPerRead) return;
    after = rows.at(-1)![0] as bigint;
  }
}

/** Rowid of the newest row of `metrics` that the log has. */
export async function caughtUpTo(db: Database): Promise<bigint> {
  const rows = await db.all(sql`SELECT value FROM rungraph_meta WHERE key = 'metrics_rowid'`);
  return BigInt((rows[0]?.[0] as string | undefined) ?? 0);
}

/** Keys of which a run has statistics. */
export async function statsKeys(db: Database, runId: string): Promise<string[]> {
  const rows = await db.all(sql`SELECT key FROM rungraph_metric_stats WHERE run_uuid = ${runId}`);
  return rows.map(([key]) => key as string);
}

/** Tables of ours that may have rows of runs that do not exist: MLflow's tools delete runs without looking at them. */
export type OrphanTable = 'rungraph_metric_log' | 'rungraph_metric_stats';

/** Some of the ids that a table knows and `runs` does not. */
export async function orphans(db: Database, table: OrphanTable, limit: number): Promise<string[]> {
  const rows = await db.all(
    sql`SELECT DISTINCT run_uuid FROM ${raw(table)} WHERE run_uuid NOT IN (SELECT run_uuid FROM runs) LIMIT ${limit}`,
  );
  return rows.map(([runId]) => runId as string);
}

/** What SQLite itself finds wrong with the file; empty: nothing. */
export async function integrityProblems(db: Database, limit: number): Promise<string[]> {
  const rows = await db.all(raw(`PRAGMA quick_check(${limit})`));
  return rows.map(([message]) => message as string).filter((message) => message !== 'ok');
}
