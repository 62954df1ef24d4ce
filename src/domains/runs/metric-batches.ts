import { createBell } from '../../core/bell.js';
import { encodeId } from '../../core/ids.js';
import { concatColumns, type KeyedColumns, type MetricColumns } from '../../core/metric-columns.js';
import { follow, type News } from '../../live/follow.js';
import { requireAnswers } from '../../stores/sources.js';
import type { Context } from './context.js';
import type { MetricBatch, MetricPoints } from './metric-batch.type.js';
import { maxFollowedRuns, type MetricTail } from './metric-tail.js';
import { toRunOrder } from './run-query.js';
import { encodeTailCursor } from './tail-cursor.js';

/** Points one batch may have, about. */
const pointsPerBatch = 10_000;

/** Batches of a subscription: history, then live, both read from the store by position. */
export async function* metricBatches(tail: MetricTail, context: Context, signal: AbortSignal): AsyncGenerator<MetricBatch> {
  const { feed, filter, runIds, minIntervalMs } = tail;
  const reader = createBatchReader(tail, context);
  // A filter listens to both: points of the runs it has, and events that may make a run match.
  const bell = createBell();
  const unhang = [feed.points.hang(runIds && !filter ? runIds : 'all', bell), ...(filter ? [feed.events.hang('all', bell)] : [])];
  try {
    yield* reader.begin();
    yield* follow({ bell, read: reader.next, minIntervalMs, clock: context.clock, signal });
  } finally {
    for (const stop of unhang) stop();
  }
}

/** Reads a tail batch by batch and keeps its position in every run. */
function createBatchReader(tail: MetricTail, context: Context) {
  const { feed, after, source } = tail;
  const isReset = after !== null && after.epoch !== feed.epoch;
  const positions = new Map(isReset ? [] : after?.positions);
  let kind: MetricBatch['kind'] = 'HISTORY';

  const toBatch = (of: MetricBatch['kind'], series: MetricPoints[], caughtUp: boolean): MetricBatch => {
    const cursor = encodeTailCursor(context, { source, epoch: feed.epoch, positions });
    return { kind: of, cursor, series, caughtUp, dropped: 0 };
  };

  return {
    /** What comes before the points themselves: a reset, sampled history; and where each run is read from. */
    async *begin(): AsyncGenerator<MetricBatch> {
      if (isReset) yield toBatch('RESET', [], false);
      if (tail.history === 'ALL') return;
      const fresh = (await followedRuns(tail, context)).filter((runId) => !positions.has(runId));
      if (tail.history === 'NONE') {
        for (const { runId, offset } of await feed.endOf(fresh)) positions.set(runId, offset);
        return;
      }
      for (const runId of fresh) {
        const query = { runId, keys: 'all' as const, sampling: 'MIN_MAX' as const, maxPoints: tail.maxPoints };
        const { series, position } = await context.stores.runs.series(source, query);
        positions.set(runId, position);
        const points = toPoints(tail, runId, series);
        if (points.length > 0) yield toBatch('HISTORY', points, false);
      }
    },

    async next(): Promise<News<MetricBatch>> {
      const runIds = await followedRuns(tail, context);
      const asked = runIds.map((runId) => ({ runId, offset: positions.get(runId) ?? 0n }));
      const tails = await feed.pointsAfter(asked, pointsPerBatch);
      for (const { runId, next } of tails) positions.set(runId, next);
      const more = tails.flatMap(({ series }) => series).reduce((sum, { values }) => sum + values.length, 0) >= pointsPerBatch;
      const series = tails.flatMap(({ runId, series: all }) => toPoints(tail, runId, all));
      // The last of the history is told even when it is empty: the reader then knows that it has everything.
      const isTold = series.length > 0 || (kind === 'HISTORY' && !more);
      const batch = isTold ? toBatch(kind, series, !more) : null;
      if (!more) kind = 'LIVE';
      return { batch, more };
    },
  };
}

/** Native ids of the runs the tail follows now. */
async function followedRuns({ filter, runIds, source }: MetricTail, { stores }: Context): Promise<readonly string[]> {
  if (!filter) return runIds!;
  const chosen = runIds ? { id: { in: runIds.map((nativeId) => ({ source, nativeId })) } } : {};
  const query = { filter: { and: [filter, { source: { eq: source } }], ...chosen }, orderBy: toRunOrder(null) };
  const page = await stores.runs.page(query, { limit: maxFollowedRuns, backward: false, after: null, before: null });
  requireAnswers(page.sources); // no answer is not the same as no runs
  return page.rows.map(({ record }) => record.nativeId);
}

/** Parts of one metric put together, so that a metric comes once in a batch. */
function toPoints(tail: MetricTail, runId: string, series: readonly KeyedColumns[]): MetricPoints[] {
  const parts = new Map<string, MetricColumns[]>();
  for (const columns of series) {
    if (columns.values.length === 0 || !tail.wants(columns.key)) continue;
    if (!parts.has(columns.key)) parts.set(columns.key, []);
    parts.get(columns.key)!.push(columns);
  }
  return [...parts].map(([key, columns]) => ({ runId: encodeId('Run', tail.source, runId), key, ...concatColumns(columns) }));
}
