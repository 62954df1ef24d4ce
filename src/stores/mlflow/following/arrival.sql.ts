import type { Dialect } from '../../engine/dialect.js';
import { join, raw, sql, type Database, type Sql, type SqlValue } from '../../engine/sql.js';
import { allOf, always } from '../condition.sql.js';
import type { HashedColumns, RowSum } from './arrivals.js';
import { groupRows, seriesOfRows } from '../metrics/metric-rows.js';

type Reader = { readonly db: Database; readonly dialect: Dialect };

/** Rows one statement answers. */
export const rowsPerRead = 20_000;
/** Curves one statement reads the news of, and rows of each. */
const curvesPerRead = 32;
const rowsPerCurve = 2_000;

// Always made by the database, so that a sum of them there is the sum of those that came with the rows. A server of another
// version may make others: then a position from before is not found again, and its subscriber is told so.
const hashes: Readonly<Record<Dialect['engine'], (row: string) => Sql>> = {
  postgres: (row) =>
    raw(`(hashint8extended(${row}.step, hashint8extended(COALESCE(${row}.timestamp, 0), hashfloat8extended(${row}.value,
      hashtextextended(${row}."key", CASE WHEN ${row}.is_nan THEN 1 ELSE 0 END)))) & 4294967295)`),
  // A product, because sums of CRCs alone tell rows badly apart in which values changed places.
  mysql: (row) =>
    raw(`(((CRC32(CONCAT_WS('/', ${row}."key", ${row}.step, ${row}.timestamp, ${row}.value, ${row}.is_nan)) *
      CRC32(CONCAT_WS('/', ${row}.is_nan, ${row}.value, ${row}.timestamp, ${row}.step, ${row}."key"))) >> 16) & 4294967295)`),
  sqlite: () => {
    throw new Error('Rows of SQLite have numbers; they are not followed by arrival.');
  },
};

const textHashes: Readonly<Record<Dialect['engine'], (row: string) => Sql>> = {
  postgres: (row) => raw(`(hashtextextended(COALESCE(${row}.value, ''), hashtextextended(${row}."key", 0)) & 4294967295)`),
  mysql: (row) =>
    raw(`(((CRC32(CONCAT_WS('/', ${row}."key", ${row}.value)) * CRC32(CONCAT_WS('/', ${row}.value, ${row}."key"))) >> 16) & 4294967295)`),
  sqlite: hashes.sqlite,
};

const hashOf = ({ dialect }: Reader, row: string): Sql => hashes[dialect.engine](row);

/** Something that is another text whenever somebody has committed since; null where the server does not tell. */
export async function commitState({ db, dialect }: Reader, _input: null): Promise<string | null> {
  if (dialect.engine !== 'postgres') return null;
  // Which transactions are visible. It knows of other databases of the server, too.
  const rows = await db.all(raw('/* mlflow.commitState */ SELECT CAST(pg_current_snapshot() AS text)'));
  return rows[0]![0] as string;
}

/** Digests of the latest points of each run; runs that are gone are absent. */
export async function latestDigests(reader: Reader, runIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await reader.db.all(sql`/* mlflow.latestDigests */
    SELECT r.run_uuid, COALESCE(SUM(${hashOf(reader, 'l')}), 0) FROM runs r LEFT JOIN latest_metrics l ON l.run_uuid = r.run_uuid
    WHERE ${reader.dialect.oneOf(sql`r.run_uuid`, runIds)} GROUP BY r.run_uuid`);
  return new Map(rows.map(([runId, digest]) => [runId as string, toDigest(digest!)]));
}

/** The latest point of a curve. */
export interface LatestPoint {
  readonly runId: string;
  readonly key: string;
  readonly timestamp: bigint;
  readonly hash: number;
}

export async function latestPoints(reader: Reader, runIds: readonly string[]): Promise<LatestPoint[]> {
  const rows = await reader.db.all(sql`/* mlflow.latestPoints */
    SELECT l.run_uuid, l."key", COALESCE(l.timestamp, 0), ${hashOf(reader, 'l')} FROM latest_metrics l WHERE ${reader.dialect.oneOf(sql`l.run_uuid`, runIds)}`);
  return rows.map(([runId, key, timestamp, hash]) => ({
    runId: runId as string,
    key: key as string,
    timestamp: timestamp as bigint,
    hash: toDigest(hash!),
  }));
}

/** Digests of the params and tags of every run that has some. 10,000 runs with thirty each take the server about 150 ms. */
export async function textDigests({ db, dialect }: Reader): Promise<Map<string, number>> {
  const hash = textHashes[dialect.engine]('t');
  const rows = await db.all(sql`/* mlflow.textDigests */
    SELECT d.run_uuid, SUM(d.digest) FROM (
      SELECT t.run_uuid AS run_uuid, SUM(${hash}) AS digest FROM params t GROUP BY t.run_uuid
      UNION ALL SELECT t.run_uuid, SUM(${hash}) FROM tags t GROUP BY t.run_uuid
    ) d GROUP BY d.run_uuid`);
  return new Map(rows.map(([runId, digest]) => [runId as string, toDigest(digest!)]));
}

/** Counts all rows of runs, by run and key. */
export async function rowSums(reader: Reader, runIds: readonly string[]): Promise<Map<string, Map<string, RowSum>>> {
  const rows = await reader.db.all(sql`/* mlflow.rowSums */
    SELECT m.run_uuid, m."key", COUNT(*), SUM(${hashOf(reader, 'm')}) FROM metrics m
    WHERE ${reader.dialect.oneOf(sql`m.run_uuid`, runIds)} GROUP BY m.run_uuid, m."key"`);
  const sums = new Map(runIds.map((runId) => [runId, new Map<string, RowSum>()]));
  for (const [runId, key, count, digest] of rows) {
    sums.get(runId as string)?.set(key as string, { count: Number(count), digest: toDigest(digest!) });
  }
  return sums;
}

const toDigest = (sum: SqlValue): number => Number(BigInt(sum as bigint) & 0xffff_ffffn);

/** A curve, and the timestamp from which on it is read. */
export interface CurveStart {
  readonly runId: string;
  readonly key: string;
  readonly from: bigint;
}

/** A row that another one follows, in the order of a curve. */
type Row = readonly SqlValue[];

const columnsOf = (reader: Reader): Sql =>
  sql`m.run_uuid AS run_uuid, m."key" AS metric, m.step AS step, m.timestamp AS timestamp, m.value AS value, m.is_nan AS is_nan, ${hashOf(reader, 'm')} AS hash`;

/** Rows of curves from a timestamp on, chunk by chunk, each of one run. */
export async function* curvesFrom(reader: Reader, curves: readonly CurveStart[]): AsyncGenerator<{ runId: string; rows: HashedColumns }> {
  let left = curves.map((curve) => ({ curve, after: null as Row | null }));
  while (left.length > 0) {
    const now = left.slice(0, curvesPerRead);
    const selects = now.map(({ curve, after }) => sql`(${curveRows(reader, curve, after)})`);
    const rows = await reader.db.all(sql`/* mlflow.curvesFrom */ ${join(selects, ' UNION ALL ')}`);
    const byRun = groupRows(rows, 0);
    const unfinished: typeof left = [];
    for (const { curve } of now) {
      const ofCurve = (byRun.get(curve.runId) ?? []).filter(([, key]) => key === curve.key);
      if (ofCurve.length === 0) continue;
      yield { runId: curve.runId, rows: hashedColumns(ofCurve)[0]! };
      if (ofCurve.length >= rowsPerCurve) unfinished.push({ curve, after: ofCurve.at(-1)! });
    }
    left = [...unfinished, ...left.slice(curvesPerRead)];
  }
}

function curveRows(reader: Reader, { runId, key, from }: CurveStart, after: Row | null): Sql {
  const conditions = [sql`m.run_uuid = ${runId}`, reader.dialect.equals(sql`m."key"`, key)];
  if (after) conditions.push(sql`m.timestamp >= ${after[3]!}`, isAfter(reader, after));
  else conditions.push(sql`m.timestamp >= ${from}`);
  return sql`SELECT ${columnsOf(reader)} FROM metrics m WHERE ${allOf(conditions)} ORDER BY m.timestamp, m.step, m.value, m.is_nan LIMIT ${rowsPerCurve}`;
}

const isAfter = ({ dialect }: Reader, [, , step, timestamp, value, isNan]: Row): Sql =>
  sql`(m.timestamp > ${timestamp!} OR (m.timestamp = ${timestamp!} AND (m.step > ${step!} OR (m.step = ${step!} AND
    (m.value > ${Number(value)} OR (m.value = ${Number(value)} AND m.is_nan > ${dialect.boolean(Boolean(isNan))}))))))`;

/** All rows of a run, or of some of its keys, in chunks; those of each key in the order of their timestamps and steps. */
export async function* rowsOfRun(reader: Reader, runId: string, keys: readonly string[] | 'all'): AsyncGenerator<HashedColumns[]> {
  const { db, dialect } = reader;
  let after: Row | null = null;
  for (;;) {
    const conditions = [sql`m.run_uuid = ${runId}`, keys === 'all' ? always : dialect.oneOf(sql`m."key"`, keys)];
    if (after) conditions.push(sql`m."key" >= ${after[1]!}`, sql`(m."key" > ${after[1]!} OR ${isAfter(reader, after)})`);
    const rows: SqlValue[][] = await db.all(sql`/* mlflow.rowsOfRun */
      SELECT ${columnsOf(reader)} FROM metrics m WHERE ${allOf(conditions)} ORDER BY m."key", m.timestamp, m.step, m.value, m.is_nan LIMIT ${rowsPerRead}`);
    if (rows.length > 0) yield hashedColumns(rows);
    if (rows.length < rowsPerRead) return;
    after = rows.at(-1)!;
  }
}

/** Rows by key, in the order of their first ones. */
function hashedColumns(rows: readonly SqlValue[][]): HashedColumns[] {
  const hashesOf = groupRows(rows, 1);
  return seriesOfRows(rows, 1).map((columns) => ({
    ...columns,
    hashes: Uint32Array.from(hashesOf.get(columns.key)!, (row) => Number(row[6])),
  }));
}
