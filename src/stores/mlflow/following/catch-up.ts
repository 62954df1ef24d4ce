import { raw, sql, type Database } from '../../engine/sql.js';
import { groupRows, seriesOfRows } from '../metrics/metric-rows.js';
import { recordPoints } from '../metrics/record-points.js';
import type { WriteContext } from '../writes.js';

/** Rows one statement reads. */
const rowsPerRead = 20_000;

/**
 * Takes rows of `metrics` that somebody else wrote (an `mlflow` process that has our database open) into the log and the
 * statistics. SQLite gives rows ever greater rowids, and our own writes remember theirs in the transaction that makes them,
 * so what lies beyond is foreign. Rows that take the numbers of deleted newest ones up to the mark, before anybody looks, stay
 * unseen; `rungraph doctor` finds that.
 */
export async function catchUp(context: WriteContext): Promise<void> {
  const { db } = context;
  const newest = await newestRow(db);
  let mark = await readMark(db);
  // The newest rows were deleted: SQLite will give their numbers again.
  if (newest < mark) await writeMark(db, newest);
  while (mark < newest) {
    const rows = await db.all(sql`/* mlflow.foreignRows */
      SELECT rowid, run_uuid, key, CAST(step AS INTEGER), CAST(timestamp AS INTEGER), value, is_nan
      FROM metrics WHERE rowid > ${mark} AND run_uuid IN (SELECT run_uuid FROM runs) ORDER BY rowid LIMIT ${rowsPerRead}`);
    for (const [runId, ofRun] of groupRows(rows, 1)) await recordPoints(context, runId, seriesOfRows(ofRun, 2));
    mark = (rows.at(-1)?.[0] as bigint | undefined) ?? newest;
    await writeMark(db, mark);
  }
}

/**
 * Takes in what others wrote.
 * @returns a number that SQLite changes on the writing connection when, and only when, somebody else has committed
 */
export async function takeInOthers(context: WriteContext, _input: null): Promise<bigint> {
  await catchUp(context);
  const rows = await context.db.all(raw('PRAGMA data_version'));
  return rows[0]![0] as bigint;
}

/** Remembers that everything in `metrics` is in the log. */
export async function markCaughtUp(db: Database): Promise<void> {
  await writeMark(db, await newestRow(db));
}

async function newestRow(db: Database): Promise<bigint> {
  const rows = await db.all(sql`/* mlflow.newestMetricRow */ SELECT COALESCE(MAX(rowid), 0) FROM metrics`);
  return rows[0]![0] as bigint;
}

async function readMark(db: Database): Promise<bigint> {
  const rows = await db.all(sql`/* mlflow.metricMark */ SELECT value FROM rungraph_meta WHERE key = 'metrics_rowid'`);
  return BigInt((rows[0]?.[0] as string | undefined) ?? 0);
}

async function writeMark(db: Database, mark: bigint): Promise<void> {
  await db.run(sql`/* mlflow.writeMetricMark */ INSERT INTO rungraph_meta (key, value) VALUES ('metrics_rowid', ${mark.toString()})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
}
