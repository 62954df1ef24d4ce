import { raw, sql } from '../../engine/sql.js';
import type { KeySelection } from '../../run-store.js';
import { always } from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { createSeriesTotals, type SeriesStats } from '../metrics/series-stats.js';

/** What our database says of an attached one is true as of a position there. Who expects another position gets null. */
export interface StatsRef {
  readonly sourceId: bigint;
  readonly position: bigint;
}

/** The best value of one metric in every run that has one. */
export interface BestOfKey {
  readonly key: string;
  readonly aggregate: 'MIN' | 'MAX';
  /** JSON array: one text crosses threads faster than thousands. */
  readonly runIds: string;
  /** In ascending order, beside the runs. */
  readonly values: Float64Array;
  /** Points the metric has in all runs together. */
  readonly points: number;
}

/** Reads the best values of a metric. Null when its statistics are not complete, or not as of the position. */
export async function readBestOfKey(
  { db }: MlflowDatabase,
  { sourceId, position, key, aggregate }: StatsRef & { key: string; aggregate: 'MIN' | 'MAX' },
): Promise<BestOfKey | null> {
  const value = raw(aggregate === 'MIN' ? 's.min' : 's.max');
  // One statement, so that what it reads is as of one commit.
  const rows = await db.all(sql`/* mlflow.bestOfKey */
    SELECT s.run_uuid, ${value}, s.count
    FROM rungraph_foreign_sources f JOIN rungraph_foreign_scopes c ON c.source_id = f.id AND c.kind = 'key' AND c.name = ${key}
      LEFT JOIN rungraph_foreign_stats s ON s.source_id = f.id AND s.key = c.name
    WHERE f.id = ${sourceId} AND f.position = ${position.toString()} ORDER BY ${value}`);
  if (rows.length === 0) return null;
  const valued = rows.filter(([, best]) => best !== null);
  return {
    key,
    aggregate,
    runIds: JSON.stringify(valued.map(([runId]) => runId)),
    values: Float64Array.from(valued, ([, best]) => Number(best)),
    points: rows.reduce((sum, [, , count]) => sum + Number(count ?? 0), 0),
  };
}

/** Statistics of runs, with the number of all points of each run they are complete for. */
export interface StatsOfRuns {
  readonly points: ReadonlyMap<string, number>;
  /** Of the metrics asked for. */
  readonly stats: SeriesStats;
}

/** Reads the statistics of runs; those that are not complete, or not as of the position, are not among the points. */
export async function readStatsOfRuns(
  { db, dialect }: MlflowDatabase,
  { sourceId, position, runIds, keys }: StatsRef & { runIds: readonly string[]; keys: KeySelection },
): Promise<StatsOfRuns> {
  const wanted = keys === 'all' ? always : sql`s.key IN ${dialect.texts(keys)}`;
  const rows = await db.all(sql`/* mlflow.statsOfRuns */
    SELECT c.name, s.key, s.count, s.min, s.max, s.min_step, s.max_step, CASE WHEN ${wanted} THEN 1 ELSE 0 END
    FROM rungraph_foreign_sources f JOIN rungraph_foreign_scopes c ON c.source_id = f.id AND c.kind = 'run' AND c.name IN ${dialect.texts(runIds)}
      LEFT JOIN rungraph_foreign_stats s ON s.source_id = f.id AND s.run_uuid = c.name
    WHERE f.id = ${sourceId} AND f.position = ${position.toString()}`);
  const points = new Map<string, number>();
  const totals = createSeriesTotals();
  for (const [runId, key, count, min, max, minStep, maxStep, isWanted] of rows) {
    points.set(runId as string, (points.get(runId as string) ?? 0) + Number(count ?? 0));
    if (key === null || !Number(isWanted)) continue;
    totals.add(runId as string, key as string, {
      count: Number(count),
      min: min as number | null,
      max: max as number | null,
      minStep: minStep as bigint | null,
      maxStep: maxStep as bigint | null,
    });
  }
  return { points, stats: totals.columns() };
}
