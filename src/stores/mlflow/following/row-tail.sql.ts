import { crc32 } from 'node:zlib';
import type { MetricColumns } from '../../../core/metric-columns.js';
import { raw, sql, type SqlValue } from '../../engine/sql.js';
import type { NewPoints, RunTail, TailRange } from '../../feed.js';
import type { MlflowDatabase } from '../layout.js';
import { seriesOfRows } from '../metrics/metric-rows.js';
import type { PointsOfRun, SeriesOfRun } from './row-positions.js';

/**
 * A position in the rows of a database that is not ours: `rowid · 2^32 + crc32(row)`.
 *
 * SQLite gives rows ever greater rowids while the newest row stays, and MLflow deletes points with their run only. So the
 * new points of a run have greater rowids than those it had, whatever becomes of other runs. The checksum proves that the row
 * is still the one that was read: in a file that was replaced or restored it is missing, or another one.
 */
const rowBits = 32n;

/** Columns of a row of `metrics` (as `m`) of which `positionOf` makes its position. */
export const rowColumns = raw('m.rowid, m.run_uuid, m.key, CAST(m.step AS INTEGER), CAST(m.timestamp AS INTEGER), m.value, m.is_nan');

/** Position of a row that was read with `rowColumns`. */
export const positionOf = ([rowid, ...rest]: readonly SqlValue[]): bigint =>
  ((rowid as bigint) << rowBits) | BigInt(crc32(rest.join('\0')));

/** Number of the row a position follows. */
export const rowOf = (position: bigint): bigint => position >> rowBits;

/** Position of each run's last row; runs that are gone are absent. */
export async function rowEnds({ db, dialect }: MlflowDatabase, runIds: readonly string[]): Promise<Map<string, bigint>> {
  const rows = await db.all(sql`/* mlflow.rowEnds */
    SELECT r.run_uuid, ${rowColumns} FROM runs r LEFT JOIN metrics m ON m.rowid =
      (SELECT l.rowid FROM metrics l WHERE l.run_uuid = r.run_uuid ORDER BY l.rowid DESC LIMIT 1)
    WHERE r.run_uuid IN ${dialect.texts(runIds)}`);
  return new Map(rows.map(([runId, ...row]) => [runId as string, row[0] === null ? 0n : positionOf(row)]));
}

/** The position of the newest row of all; 0 when there is none. */
export async function newestRow({ db }: MlflowDatabase): Promise<bigint> {
  const rows = await db.all(sql`/* mlflow.newestRow */ SELECT ${rowColumns} FROM metrics m ORDER BY m.rowid DESC LIMIT 1`);
  return rows[0] ? positionOf(rows[0]) : 0n;
}

/** Those of the positions whose row is no longer there. */
export async function lostPositions({ db, dialect }: MlflowDatabase, positions: readonly bigint[]): Promise<bigint[]> {
  const rows = await db.all(sql`/* mlflow.rowsAt */
    SELECT ${rowColumns} FROM metrics m WHERE m.rowid IN ${dialect.integers(positions.map(rowOf))}`);
  const present = new Set(rows.map(positionOf));
  return positions.filter((position) => position !== 0n && !present.has(position));
}

/** Points of each range from the rows. A run that is gone has nothing new to tell; one whose last row is another was rewritten. */
export async function rowTail(database: MlflowDatabase, ranges: readonly TailRange[], limit: number): Promise<NewPoints> {
  const ends = await rowEnds(
    database,
    ranges.map(({ runId }) => runId),
  );
  const present = ranges.filter(({ runId }) => ends.has(runId));
  const lost = await lostPositions(
    database,
    present.flatMap(({ after, upTo }) => [after, upTo ?? 0n]),
  );
  if (lost.length > 0) return { epoch: '', tails: [], more: false, isRewritten: true };
  const tails: RunTail[] = [];
  let left = limit;
  for (const range of present.filter(({ runId, after }) => rowOf(ends.get(runId)!) > rowOf(after))) {
    if (left <= 0) break;
    const { count, ...tail } = await rowsOfRun(database, range, left);
    if (count > 0) tails.push(tail);
    left -= count;
  }
  return { epoch: '', tails, more: left <= 0, isRewritten: false };
}

async function rowsOfRun({ db }: MlflowDatabase, { runId, after, upTo }: TailRange, limit: number): Promise<RunTail & { count: number }> {
  const last = upTo === null ? sql`1` : sql`m.rowid <= ${rowOf(upTo)}`;
  const rows = await db.all(sql`/* mlflow.rowsAfter */
    SELECT ${rowColumns} FROM metrics m WHERE m.run_uuid = ${runId} AND m.rowid > ${rowOf(after)} AND ${last} ORDER BY m.rowid LIMIT ${limit}`);
  return { runId, series: seriesOfRows(rows, 2), next: rows.length > 0 ? positionOf(rows.at(-1)!) : after, count: rows.length };
}

// One short statement per chunk: an open cursor would hold up the writer of a file in journal mode `delete`.
// `+m.key` keeps the planner from an index on the key, whose rows would have to be sorted again for every chunk.
const rowsPerRead = 20_000;

/** Points of one run by key, in the order of their rows. */
export async function rowSeries(database: MlflowDatabase, { runId, upTo, ...wanted }: SeriesOfRun): Promise<PointsOfRun> {
  const { db, dialect } = database;
  // Where the answer ends is fixed first: what is written while it is read belongs to whoever continues from there.
  const end = upTo ?? (await rowEnds(database, [runId])).get(runId) ?? 0n;
  const keys = await wanted.keys();
  const parts = new Map(keys.map((key): [string, MetricColumns[]] => [key, []]));
  let position = 0n;
  for (;;) {
    const rows = await db.all(sql`/* mlflow.metricRows */
      SELECT m.rowid, m.key, CAST(m.step AS INTEGER), CAST(m.timestamp AS INTEGER), m.value, m.is_nan FROM metrics m
      WHERE m.run_uuid = ${runId} AND m.rowid > ${position} AND m.rowid <= ${rowOf(end)} AND +m.key IN ${dialect.texts(keys)} ORDER BY m.rowid LIMIT ${rowsPerRead}`);
    for (const columns of seriesOfRows(rows, 1)) parts.get(columns.key)!.push(columns);
    if (rows.length > 0) position = rows.at(-1)![0] as bigint;
    if (rows.length < rowsPerRead) return { parts, position: end };
  }
}
