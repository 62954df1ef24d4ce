import type { Run, RunFilter, RunGraph } from '@rungraph/sdk';
import { completePages } from './pages.js';
import type { Column } from './table.js';
import type { ColumnGroup, WideRow } from './wide-table.js';

/** Runs of one request: all of their params and tags are held at a time. */
const runsPerPage = 200;

/** Runs that match, as the API has them, page by page, the newest first. */
export const runPages = (client: RunGraph, filter: RunFilter): AsyncGenerator<readonly Run[]> =>
  completePages(client.runs.pages({ filter, first: runsPerPage }));

/** Values of a metric that get a column of their own: the latest, the smallest, the largest. */
export type MetricValue = 'last' | 'min' | 'max';

export const runColumns: readonly Column[] = [
  { name: 'source', type: 'text' },
  { name: 'run_id', type: 'text' },
  { name: 'name', type: 'text' },
  { name: 'experiment', type: 'text' },
  { name: 'status', type: 'text' },
  { name: 'lifecycle_stage', type: 'text' },
  { name: 'started_at', type: 'time' },
  { name: 'ended_at', type: 'time' },
  { name: 'duration_ms', type: 'integer' },
  { name: 'user', type: 'text' },
];

const metricGroups: Readonly<Record<MetricValue, string>> = { last: 'metrics', min: 'metrics_min', max: 'metrics_max' };

/** `params.KEY`, `metrics.KEY` (the latest values), `metrics_min.KEY`, `metrics_max.KEY`, `tags.KEY`. */
export const runGroups = (values: readonly MetricValue[]): readonly ColumnGroup[] => [
  { name: 'params', type: 'text' },
  ...values.map((value) => ({ name: metricGroups[value], type: 'double' as const })),
  { name: 'tags', type: 'text' },
];

/** A run as a row of these columns. */
export function toRunRow(run: Run, values: readonly MetricValue[]): WideRow {
  const { sourceName, nativeId, name, experiment, status, lifecycleStage, startedAt, endedAt, durationMs, user } = run;
  const texts = (entries: readonly { key: string; value: string }[]) => new Map(entries.map(({ key, value }) => [key, value]));
  const valueOf = { last: 'value', min: 'min', max: 'max' } as const;
  const metrics = values.map((value) => [metricGroups[value], new Map(run.metrics.map((metric) => [metric.key, metric[valueOf[value]]]))]);
  return {
    fixed: [sourceName, nativeId, name, experiment?.name ?? null, status, lifecycleStage, startedAt, endedAt, durationMs, user],
    groups: { params: texts(run.params), tags: texts(run.tags), ...(Object.fromEntries(metrics) as WideRow['groups']) },
  };
}
