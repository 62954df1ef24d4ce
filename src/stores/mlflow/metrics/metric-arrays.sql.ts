import { pickPoints, type KeyedColumns } from '../../../core/metric-columns.js';
import { toStoredValue } from '../../../core/metric-value.js';
import { sendable } from '../../engine/postgres/statement.js';
import { raw, sql, type Database, type Sql } from '../../engine/sql.js';

/**
 * PostgreSQL's way to insert the points of a run that are not there yet: one statement for all series, their columns bound as
 * arrays. The caller has the run's lock, so what is there does not change meanwhile.
 * @returns per series which points were new; null where all of them were
 */
export async function insertMetricArrays(db: Database, runId: string, series: readonly KeyedColumns[]): Promise<(Uint32Array | null)[]> {
  const count = series.reduce((sum, { values }) => sum + values.length, 0);
  await db.run(raw('SAVEPOINT points'));
  let kept: (Uint32Array | null)[] = series.map(() => null);
  if ((await insertRows(db, runId, series)) !== count) {
    // The engine only counts what it left out, so it is asked which points those are.
    await db.run(raw('ROLLBACK TO points'));
    kept = perSeries(series, await newPositions(db, runId, series));
    const news = series.map((columns, index) => (kept[index] ? { key: columns.key, ...pickPoints(columns, kept[index]) } : columns));
    await insertRows(db, runId, news);
  }
  await db.run(raw('RELEASE points'));
  return kept;
}

async function insertRows(db: Database, runId: string, series: readonly KeyedColumns[]): Promise<number> {
  return db.run(sql`/* mlflow.insertMetricArrays */
    INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
    SELECT p.key, p.value, p.timestamp, ${runId}, p.step, p.is_nan FROM (${points(series)}) p ON CONFLICT DO NOTHING`);
}

/** Positions among all points of those that have no row yet; of those that are alike the first. */
async function newPositions(db: Database, runId: string, series: readonly KeyedColumns[]): Promise<number[]> {
  const rows = await db.all(sql`/* mlflow.newMetricPositions */
    SELECT MIN(p.position) - 1 FROM (${points(series)}) p
    WHERE NOT EXISTS (SELECT 1 FROM metrics m WHERE m.run_uuid = ${runId} AND m.key = p.key
      AND m.timestamp = p.timestamp AND m.step = p.step AND m.value = p.value AND m.is_nan = p.is_nan)
    GROUP BY p.key, p.value, p.timestamp, p.step, p.is_nan ORDER BY 1`);
  return rows.map(([position]) => Number(position));
}

/** Ascending positions among all points as positions within each series; null where they are all of it. */
function perSeries(series: readonly KeyedColumns[], positions: readonly number[]): (Uint32Array | null)[] {
  let first = 0;
  let at = 0;
  return series.map(({ values: { length } }) => {
    const own: number[] = [];
    for (; at < positions.length && positions[at]! < first + length; at++) own.push(positions[at]! - first);
    first += length;
    return own.length === length ? null : Uint32Array.from(own);
  });
}

/** The points as a row source, numbered from 1. JavaScript's text of a double is read back to the last bit. */
function points(series: readonly KeyedColumns[]): Sql {
  const stored = series.flatMap(({ values }) => Array.from(values, toStoredValue));
  const list = (texts: readonly string[]) => `{${texts.join()}}`;
  const texts = (column: (columns: KeyedColumns) => ArrayLike<unknown>) =>
    series.map((columns) => Array.prototype.join.call(column(columns)));
  const places = series.flatMap(({ values }, place) => new Array<string>(values.length).fill(String(place)));
  // A series' key goes over the wire once: its points name it by its place.
  return sql`SELECT CAST(${JSON.stringify(series.map(({ key }) => sendable(key)))} AS jsonb) ->> u.place AS key,
      u.value, u.timestamp, u.step, u.is_nan, u.position
    FROM unnest(${list(places)}::int4[], ${list(stored.map(({ value }) => String(value)))}::float8[],
      ${list(filled(texts(({ timestamps }) => timestamps)))}::int8[], ${list(filled(texts(({ steps }) => steps)))}::int8[],
      ${list(stored.map(({ isNan }) => (isNan ? 't' : 'f')))}::bool[])
      WITH ORDINALITY AS u (place, value, timestamp, step, is_nan, position)`;
}

/** A series without points has no text between commas. */
const filled = (texts: readonly string[]): string[] => texts.filter((text) => text !== '');
