import type { Aggregate } from '../../run-store.js';
import type { BestOfKey } from './foreign-stats.sql.js';
import { toPlaces, type Scale } from '../runs/places.js';
import { createSeriesTotals, type SeriesExtremes, type SeriesStats } from '../metrics/series-stats.js';

/** Runs with the place of their best value among all of them. */
export interface PlacedRuns {
  readonly runIds: readonly string[];
  readonly places: readonly number[];
  readonly scale: Scale;
}

/** What is known of an attached database's metrics while a question to it is answered, so that no history is read for it. */
export interface KnownStatistics {
  /** Null: not known; the history says it. */
  best(key: string, aggregate: Aggregate): PlacedRuns | null;
  /** Null: nothing is known of single series. */
  readonly series: { get(runId: string, key: string): SeriesExtremes | undefined } | null;
}

/** Puts what was kept and the points that came since together. */
export function knownWith(kept: { best: readonly BestOfKey[]; series: SeriesStats | null }, since: SeriesStats): KnownStatistics {
  const placed = new Map(kept.best.map((best) => [`${best.aggregate} ${best.key}`, placeRuns(best, since)]));
  return {
    best: (key, aggregate) => placed.get(`${aggregate} ${key}`) ?? null,
    series: kept.series && seriesOf(kept.series, since),
  };
}

function seriesOf(kept: SeriesStats, since: SeriesStats) {
  const totals = createSeriesTotals();
  totals.addAll(kept);
  totals.addAll(since);
  return totals;
}

function placeRuns({ key, aggregate, runIds: text, values }: BestOfKey, { keys, runIds, mins, maxs }: SeriesStats): PlacedRuns {
  const kept = JSON.parse(text) as string[];
  const newer = aggregate === 'MIN' ? mins : maxs;
  const better = aggregate === 'MIN' ? Math.min : Math.max;
  const changed = new Map<string, number>();
  keys.forEach((name, index) => {
    if (name === key && !Number.isNaN(newer[index]!)) changed.set(runIds[index]!, newer[index]!);
  });
  if (changed.size === 0) return { runIds: kept, ...toPlaces(values) };
  const best = new Map(kept.map((runId, index) => [runId, values[index]!]));
  for (const [runId, value] of changed) best.set(runId, better(value, best.get(runId) ?? value));
  return { runIds: [...best.keys()], ...toPlaces([...best.values()]) };
}
