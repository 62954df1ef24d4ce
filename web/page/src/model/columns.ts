import { likelyBest } from './metric-groups.js';
import type { MetricColumn, View } from './view.js';

/** Whether less or more is better: as the list is sorted, or by what the column shows. */
export function likelyDirection({ order }: View, { key, aggregate }: MetricColumn): 'ASC' | 'DESC' {
  if (order.by === 'metric' && order.key === key) return order.direction;
  const best = aggregate === 'LAST' ? likelyBest(key) : aggregate;
  return best === 'MIN' ? 'ASC' : 'DESC';
}

/** Up to two metrics of the newest runs, those of validation first. */
export function chooseColumns(keys: readonly string[]): MetricColumn[] {
  const rank = (key: string) => (/val|test|eval/i.test(key) ? 0 : 2) + (/loss|acc|f1|auc|score|reward/i.test(key) ? 0 : 1);
  const ranked = [...new Set(keys)].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  return ranked.slice(0, 2).map((key) => ({ key, aggregate: likelyBest(key) }));
}
