import { raw, type SqlValue } from '../../engine/sql.js';
import type { MlflowDatabase } from '../layout.js';

/** What is worth knowing of a source at a glance. */
export interface StoreSummary {
  readonly revision: string | null;
  readonly runCount: number;
  readonly pointCount: bigint;
}

/** Counts runs (of every lifecycle stage) and metric points. Proves at the same time that the database can be read. */
export async function readSummary({ db, layout }: MlflowDatabase, _input: null): Promise<StoreSummary> {
  const points = layout.own ? raw('(SELECT COALESCE(SUM(count), 0) FROM rungraph_metric_stats)') : raw('(SELECT COUNT(*) FROM metrics)');
  // Runs of other workspaces are another tenant's.
  const runs = layout.workspaces ? `runs r JOIN experiments e ON e.experiment_id = r.experiment_id AND e.workspace = 'default'` : 'runs';
  const rows = await db.all(raw(`/* mlflow.summary */ SELECT (SELECT COUNT(*) FROM ${runs}), ${points.text}`));
  const [runCount, pointCount] = rows[0] as [SqlValue, SqlValue];
  return { revision: layout.revision, runCount: Number(runCount), pointCount: BigInt(pointCount as bigint) };
}
