import { sql, type Sql } from '../../engine/sql.js';
import { allOf, always } from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';
import type { WriteContext } from '../writes.js';

/** A curve of our own database in which others have written. */
export interface OthersCurve {
  readonly runId: string;
  readonly key: string;
  /** Rows before this timestamp were not written by them, as far as can be told; null: it cannot be told. */
  readonly from: bigint | null;
}

type Reader = Pick<WriteContext, 'db' | 'dialect'>;

/** How long after its end a run is still looked at often. */
const lateMs = 10 * 60_000;
const activeRuns = (): Sql =>
  sql`l.run_uuid IN (SELECT r.run_uuid FROM runs r WHERE r.status IN ('RUNNING', 'SCHEDULED') OR r.end_time > ${BigInt(Date.now() - lateMs)})`;

/**
 * Curves whose latest point is not the one of our statistics. We write both in one transaction, MLflow knows of its own table
 * only: so others have written there.
 * @param scope looks at runs that are being written or ended lately, or at all
 */
export function curvesOfOthers(database: Pick<MlflowDatabase, 'db' | 'dialect'>, scope: 'active' | 'all'): Promise<OthersCurve[]> {
  return curvesWhere(database, scope === 'all' ? always : activeRuns());
}

/** As `curvesOfOthers`, of one run and some of its keys. */
export function curvesOfOthersIn(reader: Reader, runId: string, keys: readonly string[]): Promise<OthersCurve[]> {
  return curvesWhere(reader, allOf([sql`l.run_uuid = ${runId}`, reader.dialect.oneOf(sql`l.key`, keys)]));
}

async function curvesWhere({ db }: Pick<Reader, 'db'>, condition: Sql): Promise<OthersCurve[]> {
  const limit = Number.MAX_VALUE; // how MLflow's tables hold infinities
  const stored = sql`CASE WHEN s.last IS NULL THEN 0 WHEN s.last > ${limit} THEN ${limit} WHEN s.last < ${-limit} THEN ${-limit} ELSE s.last END`;
  const rows = await db.all(sql`/* mlflow.curvesOfOthers */
    SELECT l.run_uuid, l.key, CASE WHEN s.last_timestamp < l.timestamp THEN s.last_timestamp ELSE l.timestamp END, s.count
    FROM latest_metrics l LEFT JOIN rungraph_metric_stats s ON s.run_uuid = l.run_uuid AND s.key = l.key
    WHERE ${condition} AND (s.count IS NULL OR s.last_step <> l.step OR s.last_timestamp <> l.timestamp OR ${stored} <> l.value)
    ORDER BY l.run_uuid, l.key`);
  return rows.map(([runId, key, from, count]) => ({
    runId: runId as string,
    key: key as string,
    from: count === null ? null : (from as bigint | null),
  }));
}

/** Curves of active runs that have another number of rows than we know of: what is logged late changes no latest point. */
export async function miscountedCurves({ db }: MlflowDatabase, _input: null): Promise<OthersCurve[]> {
  const rows = await db.all(sql`/* mlflow.miscountedCurves */
    SELECT c.run_uuid, c.key FROM (
      SELECT l.run_uuid AS run_uuid, l.key AS key, COUNT(*) AS points FROM metrics l WHERE ${activeRuns()} GROUP BY l.run_uuid, l.key
    ) c LEFT JOIN rungraph_metric_stats s ON s.run_uuid = c.run_uuid AND s.key = c.key
    WHERE COALESCE(s.count, 0) <> c.points ORDER BY c.run_uuid, c.key`);
  return rows.map(([runId, key]) => ({ runId: runId as string, key: key as string, from: null }));
}
