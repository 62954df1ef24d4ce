import { fromStoredValue } from '../../../core/metric-value.js';
import { join, raw, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import type { MlflowDatabase } from '../layout.js';
import { lostPositions, newestRow, positionOf, rowColumns, rowOf } from '../following/row-tail.sql.js';
import { createSeriesTotals, extremesOfPoint, type SeriesStats } from '../metrics/series-stats.js';

/** More rows than this are not followed one by one: to begin anew costs less. */
const farBehind = 200_000n;

/** Where the points of an attached database end, and whether it keeps statistics of its own (it is another server's store). */
export async function foreignEnd(database: MlflowDatabase, _input: null): Promise<{ isOwn: boolean; position: bigint }> {
  return { isOwn: database.layout.own, position: await newestRow(database) };
}

/** Statistics of the points after a position, and where they end. */
export interface ForeignTail {
  readonly stats: SeriesStats;
  readonly position: bigint;
  /** Rows that were read. */
  readonly rows: number;
  /** Whether more rows follow. */
  readonly more: boolean;
}

/** Reads the rows after a position, at most `limit`. Null when the position is lost, or too far behind to be worth it. */
export async function foreignTail(
  database: MlflowDatabase,
  { position, limit }: { position: bigint; limit: number },
): Promise<ForeignTail | null> {
  if ((await lostPositions(database, [position])).length > 0) return null;
  const newest = await newestRow(database);
  const end = rowOf(newest) - rowOf(position);
  if (end > farBehind) return null;
  if (end === 0n) return { stats: createSeriesTotals().columns(), position, rows: 0, more: false };
  const rows = await database.db.all(sql`/* mlflow.foreignTail */
    SELECT ${rowColumns} FROM metrics m WHERE m.rowid > ${rowOf(position)} ORDER BY m.rowid LIMIT ${limit}`);
  const totals = createSeriesTotals();
  for (const [, runId, key, step, , value, isNan] of rows) {
    totals.add(runId as string, key as string, extremesOfPoint(fromStoredValue(Number(value), Boolean(isNan)), step as bigint));
  }
  return { stats: totals.columns(), position: positionOf(rows.at(-1)!), rows: rows.length, more: rows.length === limit };
}

/** Statistics of one metric of every run, from the rows up to one, for a span of time that has about `limit` points. */
export async function foreignKeyStats(
  { db }: MlflowDatabase,
  { key, row, after, limit }: { key: string; row: bigint; after: SqlValue; limit: number },
): Promise<{ stats: SeriesStats; next: SqlValue }> {
  // The key's part of the primary key is in the order of time, and holds every column that is asked for.
  const since = after === null ? sql`m.key = ${key}` : sql`m.key = ${key} AND m.timestamp > ${after}`;
  const ends = await db.all(sql`/* mlflow.foreignKeyEnd */
    SELECT m.timestamp FROM metrics m WHERE ${since} ORDER BY m.timestamp LIMIT 1 OFFSET ${limit - 1}`);
  const next = ends[0]?.[0] ?? null;
  const span = next === null ? since : sql`${since} AND m.timestamp <= ${next}`;
  return { stats: await statsOf(db, sql`${span} AND m.rowid <= ${row}`), next };
}

/** Statistics of every metric of some runs, from the rows up to one. */
export async function foreignRunStats(
  { db, dialect }: MlflowDatabase,
  { runIds, row }: { runIds: readonly string[]; row: bigint },
): Promise<SeriesStats> {
  return statsOf(db, sql`m.run_uuid IN ${dialect.texts(runIds)} AND m.rowid <= ${row}`);
}

/** Points up to a row: of each of some metrics that has any, in all runs, read out of one index. */
export async function pointsOfKeys({ db, dialect }: MlflowDatabase, keys: readonly string[], row: bigint): Promise<Map<string, number>> {
  const rows = await db.all(sql`/* mlflow.pointsOfKeys */
    SELECT m.key, COUNT(*) FROM metrics m WHERE m.key IN ${dialect.texts(keys)} AND m.rowid <= ${row} GROUP BY m.key`);
  return new Map(rows.map(([key, count]) => [key as string, Number(count)]));
}

/** Points up to a row: of each of some runs that has any, read out of one index. */
export async function pointsOfRuns({ db, dialect }: MlflowDatabase, runIds: readonly string[], row: bigint): Promise<Map<string, number>> {
  const rows = await db.all(sql`/* mlflow.pointsOfRuns */
    SELECT m.run_uuid, COUNT(*) FROM metrics m WHERE m.run_uuid IN ${dialect.texts(runIds)} AND m.rowid <= ${row} GROUP BY m.run_uuid`);
  return new Map(rows.map(([runId, count]) => [runId as string, Number(count)]));
}

async function statsOf(db: MlflowDatabase['db'], condition: Sql): Promise<SeriesStats> {
  const number = raw('CASE WHEN m.is_nan THEN NULL ELSE m.value END');
  const names = join([raw('run_uuid'), raw('key')]);
  const rows = await db.all(sql`/* mlflow.foreignStats */
    WITH history AS (
      SELECT m.run_uuid, m.key, ${number} AS value, CAST(m.step AS INTEGER) AS step FROM metrics m WHERE ${condition}
    ), extreme AS (
      SELECT ${names}, COUNT(*) AS points, MIN(value) AS low, MAX(value) AS high FROM history GROUP BY ${names}
    )
    SELECT x.run_uuid, x.key, x.points, x.low, x.high, MIN(CASE WHEN h.value = x.low THEN h.step END), MIN(CASE WHEN h.value = x.high THEN h.step END)
    FROM extreme x JOIN history h ON h.run_uuid = x.run_uuid AND h.key = x.key
    GROUP BY x.run_uuid, x.key, x.points, x.low, x.high`);
  const exact = (value: SqlValue | undefined) => (value === null ? null : fromStoredValue(Number(value), false));
  const totals = createSeriesTotals();
  for (const [runId, key, points, low, high, lowStep, highStep] of rows) {
    totals.add(runId as string, key as string, {
      count: Number(points),
      min: exact(low),
      max: exact(high),
      minStep: lowStep as bigint | null,
      maxStep: highStep as bigint | null,
    });
  }
  return totals.columns();
}
