import { concatColumns, emptyColumns, orderBySteps, ownBuffers, pickPoints, type MetricColumns } from '../../../core/metric-columns.js';
import { samplePoints } from '../../../core/sampling.js';
import { fail } from '../../../core/errors.js';
import { isGiven } from '../../conditions.js';
import { sql } from '../../engine/sql.js';
import type { SeriesAnswer, SeriesQuery, SeriesRange, SeriesRecord } from '../../run-store.js';
import { allOf, always, stringCondition } from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { entriesFrom, nextOffset } from '../metric-log/metric-log.sql.js';
import { positionsOf, type PointsOfRun, type SeriesOfRun } from '../following/row-positions.js';

/** Points that one series may have when they are all wanted (`NONE`); more must be asked for in step ranges. */
export const maxExactPoints = 250_000;

/** Series of one run, each ordered by (step, timestamp), sampled after the range was cut. Keys without a point are absent. */
export async function readSeries(database: MlflowDatabase, query: SeriesQuery): Promise<SeriesAnswer> {
  const { parts, position } = await pointsOf(database, query, () => matchingKeys(database, query));
  const series = [...parts].flatMap(([key, known]) => (known.length > 0 ? [toSeries(key, concatColumns(known), query)] : []));
  return { series, position };
}

/** All points of one metric, in the order they came. */
export async function readPoints(database: MlflowDatabase, runId: string, key: string): Promise<MetricColumns> {
  const { parts } = await pointsOf(database, { runId }, () => Promise.resolve([key]));
  return concatColumns([emptyColumns(), ...parts.get(key)!]);
}

async function pointsOf(database: MlflowDatabase, query: RunSlice, keys: SeriesOfRun['keys']): Promise<PointsOfRun> {
  const { runId, isContinued = false } = query;
  const upTo = query.upTo ?? null;
  if (!database.layout.own) return positionsOf(database).series(database, { runId, keys, upTo, isContinued });
  // Where the answer ends is fixed first: what is appended while it is read, new keys too, belongs to whoever continues from there.
  const position = upTo ?? (await nextOffset(database.db, runId));
  return { parts: await fromLog(database, query, await keys(), position), position };
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
    dialect.equals(sql`t.run_uuid`, query.runId),
    query.keys === 'all' ? always : dialect.oneOf(sql`t.key`, query.keys),
    isGiven(query.match) ? stringCondition(dialect, sql`t.key`, query.match) : always,
  ]);
  const rows = await db.all(
    sql`/* mlflow.seriesKeys */ SELECT t.key FROM ${table} t WHERE ${condition} ORDER BY ${dialect.byCodePoint(sql`t.key`)}`,
  );
  return rows.map(([key]) => key as string);
}

type Parts = PointsOfRun['parts'];
type RunSlice = Pick<SeriesQuery, 'runId' | 'upTo' | 'isContinued'>;

async function fromLog({ db }: MlflowDatabase, query: RunSlice, keys: readonly string[], end: bigint): Promise<Parts> {
  const parts: Parts = new Map(keys.map((key) => [key, []]));
  if (keys.length === 0) return parts;
  for await (const { series } of entriesFrom(db, query.runId, 0n, end, new Set(keys))) {
    for (const columns of series) parts.get(columns.key)?.push(isMostOfItsEntry(columns) ? columns : ownBuffers(columns));
  }
  return parts;
}

/** Whether a view keeps little more in memory than its own points; otherwise it would keep all the other keys of its entry. */
const isMostOfItsEntry = ({ values }: MetricColumns): boolean => 6 * values.byteLength > values.buffer.byteLength;

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
