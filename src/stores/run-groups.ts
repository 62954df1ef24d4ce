import { compareCodePoints } from '../core/text.js';
import type { GroupMetric, GroupQuery, RunGroupRecord } from './run-store.js';

/** Groups by their key, while they are being put together. */
export type GroupTotals = Map<string, RunGroupRecord>;

/** Adds a group (of one run, or of a source) to the totals; groups with the same key become one. */
export function addGroup(totals: GroupTotals, query: GroupQuery, group: RunGroupRecord): void {
  const name = JSON.stringify(group.key);
  const known = totals.get(name);
  totals.set(name, known ? combine(known, group, query) : group);
}

/** Groups in the order they are shown: by their best run when one is asked for, else the largest first; ties by key. */
export function sortGroups(groups: readonly RunGroupRecord[], query: GroupQuery): RunGroupRecord[] {
  const byKey = (a: RunGroupRecord, b: RunGroupRecord) => compareCodePoints(JSON.stringify(a.key), JSON.stringify(b.key));
  return [...groups].sort((a, b) => {
    if (!query.best) return b.count - a.count || byKey(a, b);
    if (!a.best || !b.best) return Number(a.best === null) - Number(b.best === null) || byKey(a, b);
    if (a.best.value === b.best.value) return byKey(a, b);
    return a.best.value < b.best.value === (query.bestDirection === 'ASC') ? -1 : 1;
  });
}

function combine(a: RunGroupRecord, b: RunGroupRecord, query: GroupQuery): RunGroupRecord {
  return {
    key: a.key,
    count: a.count + b.count,
    metrics: a.metrics.map((metric, index) => combineMetric(metric, b.metrics[index]!)),
    best: better(a.best, b.best, query.bestDirection === 'ASC'),
  };
}

/**
 * Chan's pairwise update: exact enough for spreads that are tiny beside the mean.
 * Beside an infinity, or across more than the largest double, there is no distance to go by: the mean is then the sum of the
 * shares, whatever the order of the runs, and the spread about an infinite mean is NaN.
 */
function combineMetric(a: GroupMetric, b: GroupMetric): GroupMetric {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const distance = b.mean! - a.mean!;
  const [shareA, shareB] = [a.count / count, b.count / count];
  const mean = Number.isFinite(distance) ? a.mean! + distance * shareB : a.mean! * shareA + b.mean! * shareB;
  return {
    key: a.key,
    count,
    mean,
    min: Math.min(a.min!, b.min!),
    max: Math.max(a.max!, b.max!),
    squares: Number.isFinite(mean) ? a.squares + b.squares + distance * distance * a.count * shareB : NaN,
  };
}

function better(a: RunGroupRecord['best'], b: RunGroupRecord['best'], smallest: boolean): RunGroupRecord['best'] {
  if (!a || !b) return a ?? b;
  if (a.value === b.value) return (compareCodePoints(a.nativeId, b.nativeId) || compareCodePoints(a.source, b.source)) <= 0 ? a : b;
  return a.value < b.value === smallest ? a : b;
}
