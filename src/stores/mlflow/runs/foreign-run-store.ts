import type { MetricTerm, RunFilter, RunOrder, RunStore } from '../../run-store.js';
import type { ForeignStatistics } from '../statistics/foreign-statistics.js';
import { createMlflowRunStore } from '../mlflow-store.js';
import type { MlflowReader } from '../reads.js';

/** The run store of an attached database, whose questions about best values do not read whole histories. */
export function createForeignRunStore(reader: MlflowReader, statistics: ForeignStatistics): RunStore {
  const plain = createMlflowRunStore(reader);
  const bestIn = (filter: RunFilter, orderBy: readonly RunOrder[], metrics: readonly MetricTerm[] = []): readonly MetricTerm[] =>
    distinct([...termsOfFilter(filter), ...orderBy.flatMap((order) => (order.by === 'metric' ? [order] : [])), ...metrics]);
  return {
    ...plain,
    page(query, request) {
      const best = bestIn(query.filter, query.orderBy);
      return best.length === 0 ? plain.page(query, request) : statistics.ask('runPage', { query, request }, { best, runs: null });
    },
    firstPages(query, experimentIds, limit) {
      const best = bestIn(query.filter, query.orderBy);
      if (best.length === 0) return plain.firstPages(query, experimentIds, limit);
      return statistics.ask('firstRunPages', { query, experimentIds, limit }, { best, runs: null });
    },
    count(filter) {
      const best = bestIn(filter, []);
      return best.length === 0 ? plain.count(filter) : statistics.ask('runCount', filter, { best, runs: null });
    },
    groups(query) {
      const best = bestIn(query.filter, [], query.best ? [...query.metrics, query.best] : query.metrics);
      return best.length === 0 ? plain.groups(query) : statistics.ask('runGroups', query, { best, runs: null });
    },
    parts(ids, selection) {
      if (!selection.metrics || !selection.extremes || ids.length === 0) return plain.parts(ids, selection);
      return statistics.ask('runParts', { ids, selection }, { best: [], runs: { ids, keys: selection.metrics } });
    },
  };
}

function termsOfFilter({ and, or, not, metric }: RunFilter): MetricTerm[] {
  const inner = [...(and ?? []), ...(or ?? []), ...(not ? [not] : [])].flatMap(termsOfFilter);
  return metric?.aggregate && metric.value ? [...inner, { key: metric.key, aggregate: metric.aggregate }] : inner;
}

/** Each term with MIN or MAX once: the latest value is a column of its own. */
function distinct(terms: readonly MetricTerm[]): MetricTerm[] {
  const best = terms.filter(({ aggregate }) => aggregate !== 'LAST');
  return [...new Map(best.map(({ key, aggregate }) => [`${aggregate} ${key}`, { key, aggregate }])).values()];
}
