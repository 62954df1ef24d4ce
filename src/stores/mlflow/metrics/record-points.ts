import type { KeyedColumns } from '../../../core/metric-columns.js';
import { encodeEntry } from '../metric-log/metric-log.js';
import { appendEntry, nextOffset } from '../metric-log/metric-log.sql.js';
import { combineStats, statsOf } from './metric-stats.js';
import { readStats, writeLatest, writeStats, type KeyedStats } from './metric.sql.js';
import type { WriteContext } from '../writes.js';

/**
 * Takes points that are in `metrics` into the statistics, MLflow's latest points and the log.
 * @returns the offset that follows them
 */
export async function recordPoints({ db, dialect }: WriteContext, runId: string, series: readonly KeyedColumns[]): Promise<bigint> {
  const keys = [...new Set(series.map(({ key }) => key))];
  const known = await readStats(db, dialect, runId, keys);
  const changed = new Map<string, KeyedStats>();
  for (const columns of series) {
    const before = changed.get(columns.key) ?? known.get(columns.key);
    const stats = statsOf(columns);
    changed.set(columns.key, { key: columns.key, ...(before ? combineStats(before, stats) : stats) });
  }
  await writeStats(db, runId, [...changed.values()]);
  await writeLatest(db, dialect, runId, [...changed.values()]);
  const count = series.reduce((sum, { values }) => sum + values.length, 0);
  const firstOffset = await nextOffset(db, runId);
  await appendEntry(db, runId, firstOffset, count, encodeEntry(series));
  return firstOffset + BigInt(count);
}
