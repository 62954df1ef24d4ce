import { concatColumns, orderBySteps, ownBuffers, pickPoints, type MetricColumns } from '../../core/metric-columns.js';
import { samplePoints } from '../../core/sampling.js';
import { fail } from '../../core/errors.js';
import { isGiven } from '../conditions.js';
import { sql } from '../engine/sql.js';
import type { SeriesAnswer, SeriesQuery, SeriesRange, SeriesRecord } from '../run-store.js';
import { allOf, always, stringCondition } from './condition.sql.js';
import type { MlflowDatabase } from './layout.js';
import { entriesFrom, nextOffset } from './metric-log.sql.js';
import { seriesOfRows } from './metric-rows.js';
import { rowEnds, rowOf } from './row-tail.sql.js';

/** Points that one series may have when they are all wanted (`NONE`); more must be asked for in step ranges. */
export const maxExactPoints = 250_000;

/** Series of one run, each ordered by (step, timestamp), sampled after the range was cut. Keys without a point are absent. */
export async function readSeries(database: MlflowDatabase, query: SeriesQuery): Promise<SeriesAnswer> {
  // Where the answer ends is fixed first: what is appended while it is read belongs to whoever continues from there.
  const end = await endOfSeries(database, query);
  const keys = await matchingKeys(database, query);
  const parts = database.layout.own ? await fromLog(database, query, keys, end) : await fromRows(database, query, keys, end);
  const series = keys.flatMap((key) => {
    const known = parts.get(key)!;
    return known.length > 0 ? [toSeries(key, concatColumns(known), query)] : [];
  });
  return { series, position: end };
}

async function endOfSeries(database: MlflowDatabase, { runId, upTo }: SeriesQuery): Promise<bigint> {
  if (isGiven(upTo)) return upTo;
  return database.layout.own ? nextOffset(database.db, runId) : ((await rowEnds(database, [runId])).get(runId) ?? 0n);
}

function toSeries(key: string, points: MetricColumns, query: SeriesQuery): SeriesRecord {
  const all = orderBySteps(inRange(points, query));
  const totalPoints = all.values.length;
  if (query.sampling === 'NONE' && totalPoints > maxExactPoints) {
    const message = `Metric ${JSON.stringify(key)} has ${totalPoints} points; without sampling at most ${maxExactPoints} are answered. Narrow it with fromStep and toStep.`;
    throw fail('QUERY_TOO_COMPLEX', message, { argument: 'sampling' });
  }
  const sampled = samplePoints(all, query.sampling, query.maxPoints);
  return { key, ...ownBuffers(sampled), totalPoints, sampled: sampled.values.length < totalPoints };
}

async function matchingKeys({ db, dialect, layout }: MlflowDatabase, query: SeriesQuery): Promise<string[]> {
  const table = layout.own ? sql`rungraph_metric_stats` : sql`latest_metrics`;
  const condition = allOf([
    sql`run_uuid = ${query.runId}`,
    query.keys === 'all' ? always : sql`key IN ${dialect.texts(query.keys)}`,
    isGiven(query.match) ? stringCondition(dialect, sql`key`, query.match) : always,
  ]);
  const rows = await db.all(sql`/* mlflow.seriesKeys */ SELECT key FROM ${table} WHERE ${condition} ORDER BY key`);
  return rows.map(([key]) => key as string);
}

type Parts = Map<string, MetricColumns[]>;

async function fromLog({ db }: MlflowDatabase, query: SeriesQuery, keys: readonly string[], end: bigint): Promise<Parts> {
  const parts: Parts = new Map(keys.map((key) => [key, []]));
  if (keys.length === 0) return parts;
  for await (const { series } of entriesFrom(db, query.runId, 0n, end, new Set(keys))) {
    for (const columns of series) parts.get(columns.key)?.push(isMostOfItsEntry(columns) ? columns : ownBuffers(columns));
  }
  return parts;
}

/** Whether a view keeps little more in memory than its own points; otherwise it would keep all the other keys of its entry. */
const isMostOfItsEntry = ({ values }: MetricColumns): boolean => 6 * values.byteLength > values.buffer.byteLength;

// One short statement per chunk: an open cursor would hold up the writer of a file in journal mode `delete`.
// `+m.key` keeps the planner from an index on the key, whose rows would have to be sorted again for every chunk.
const rowsPerRead = 20_000;

async function fromRows({ db, dialect }: MlflowDatabase, query: SeriesQuery, keys: readonly string[], end: bigint): Promise<Parts> {
  const parts: Parts = new Map(keys.map((key) => [key, []]));
  let position = 0n;
  for (;;) {
    const rows = await db.all(sql`/* mlflow.metricRows */
      SELECT m.rowid, m.key, CAST(m.step AS INTEGER), CAST(m.timestamp AS INTEGER), m.value, m.is_nan FROM metrics m
      WHERE m.run_uuid = ${query.runId} AND m.rowid > ${position} AND m.rowid <= ${rowOf(end)} AND +m.key IN ${dialect.texts(keys)} ORDER BY m.rowid LIMIT ${rowsPerRead}`);
    for (const columns of seriesOfRows(rows, 1)) parts.get(columns.key)!.push(columns);
    if (rows.length > 0) position = rows.at(-1)![0] as bigint;
    if (rows.length < rowsPerRead) return parts;
  }
}

/** Cuts to the range; step bounds are inclusive, `from` inclusive and `to` exclusive. */
function inRange(columns: MetricColumns, range: SeriesRange): MetricColumns {
  const { fromStep, toStep, from, to } = range;
  if (![fromStep, toStep, from, to].some(isGiven)) return columns;
  const positions: number[] = [];
  for (let index = 0; index < columns.values.length; index++) {
    const step = columns.steps[index]!;
    const timestamp = columns.timestamps[index]!;
    if (isGiven(fromStep) && step < fromStep) continue;
    if (isGiven(toStep) && step > toStep) continue;
    if (isGiven(from) && timestamp < from) continue;
    if (isGiven(to) && timestamp >= to) continue;
    positions.push(index);
  }
  return pickPoints(columns, positions);
}
