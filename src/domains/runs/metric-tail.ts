import { createBell } from '../../core/bell.js';
import { fail } from '../../core/errors.js';
import { decodeId, encodeId } from '../../core/ids.js';
import { concatColumns, type KeyedColumns, type MetricColumns } from '../../core/metric-columns.js';
import { matchesString } from '../../core/string-match.js';
import { follow, type News } from '../../live/follow.js';
import { isGiven } from '../../stores/conditions.js';
import type { RunFeed, RunTail } from '../../stores/feed.js';
import type { RunFilter } from '../../stores/run-store.js';
import type { Context } from './context.js';
import type { MetricBatch, MetricPoints } from './metric-batch.type.js';
import type { MetricPointsInput } from './metric-points.input.js';
import { toRunFilter, toRunOrder } from './run-query.js';
import { decodeTailCursor, encodeTailCursor, type TailCursor } from './tail-cursor.js';

/** Runs one subscription may follow; each has a position in every cursor. */
const maxFollowedRuns = 1_000;
/** Points one batch may have, about. */
const pointsPerBatch = 10_000;
const maxSampledPoints = 100_000;

/** A subscription whose arguments were checked. */
export interface MetricTail {
  readonly source: string;
  readonly feed: RunFeed;
  readonly runIds: readonly string[] | null;
  readonly filter: RunFilter | null;
  readonly after: TailCursor | null;
  readonly history: 'ALL' | 'SAMPLED' | 'NONE';
  readonly maxPoints: number;
  readonly minIntervalMs: number;
  wants(key: string): boolean;
}

/** Checks the arguments of a subscription, so that what is wrong is an error of the request and not of its stream. */
export function readMetricTail(input: MetricPointsInput, context: Context): MetricTail {
  const { runIds, filter, keys, match, after, history } = input;
  if (!isGiven(runIds) && !isGiven(filter)) throw fail('BAD_USER_INPUT', 'Give runIds or filter.', { argument: 'input' });
  const maxRateHz = input.maxRateHz ?? 2;
  if (!(maxRateHz > 0 && maxRateHz <= 100))
    throw fail('BAD_USER_INPUT', 'maxRateHz must be above 0 and at most 100.', { argument: 'input.maxRateHz' });
  const maxPoints = input.maxPoints ?? 500;
  if (maxPoints < 1 || maxPoints > maxSampledPoints)
    throw fail('BAD_USER_INPUT', `maxPoints must be 1 to ${maxSampledPoints}.`, { argument: 'input.maxPoints' });
  const refs = runIds?.map((id, index) => decodeId('Run', id, `input.runIds.${index}`)) ?? null;
  if (refs && (refs.length === 0 || refs.length > maxFollowedRuns)) {
    throw fail('BAD_USER_INPUT', `runIds must have 1 to ${maxFollowedRuns} ids.`, { argument: 'input.runIds' });
  }
  const source = refs?.[0]?.source ?? 'local';
  if (refs?.some((ref) => ref.source !== source))
    throw fail('BAD_USER_INPUT', 'runIds must be of one source; subscribe once per source.', { argument: 'input.runIds' });
  const { feed } = context.stores.sources.get(source, 'input.runIds');
  if (!feed)
    throw fail('FILTER_UNSUPPORTED', `Source ${source} cannot be followed live; read its series instead.`, {
      argument: 'input.runIds',
      source,
    });
  const cursor = isGiven(after) ? decodeTailCursor(context, after, 'input.after') : null;
  if (cursor && cursor.source !== source) throw fail('CURSOR_INVALID', 'The cursor is of another source.', { argument: 'input.after' });
  const wanted = isGiven(keys) ? new Set(keys) : null;
  return {
    source,
    feed,
    runIds: refs ? [...new Set(refs.map((ref) => ref.nativeId))] : null,
    filter: filter ? toRunFilter(filter) : null,
    after: cursor,
    history: history ?? 'ALL',
    maxPoints,
    minIntervalMs: 1000 / maxRateHz,
    wants: (key) => (wanted?.has(key) ?? true) && (!match || matchesString(match, key)),
  };
}

/** Batches of a subscription: history, then live, both read from the store by position. */
export async function* metricBatches(tail: MetricTail, context: Context, signal: AbortSignal): AsyncGenerator<MetricBatch> {
  const { feed, after, filter } = tail;
  const isReset = after !== null && after.epoch !== feed.epoch;
  const positions = new Map(isReset ? [] : after?.positions);
  let kind: MetricBatch['kind'] = 'HISTORY';

  // A filter listens to both: points of the runs it has, and events that may make a run match.
  const bell = createBell();
  const unhang = [feed.points.hang(tail.runIds && !filter ? tail.runIds : 'all', bell), ...(filter ? [feed.events.hang('all', bell)] : [])];
  try {
    if (isReset) yield toBatch('RESET', [], false);
    for (const batch of await startPositions()) yield batch;
    yield* follow({ bell, read, minIntervalMs: tail.minIntervalMs, clock: context.clock, signal });
  } finally {
    for (const stop of unhang) stop();
  }

  /** Sets where each run that is followed from the beginning starts, and sends sampled history. */
  async function startPositions(): Promise<MetricBatch[]> {
    const fresh = (await followedRuns()).filter((runId) => !positions.has(runId));
    if (tail.history === 'NONE') for (const { runId, offset } of await feed.endOf(fresh)) positions.set(runId, offset);
    if (tail.history !== 'SAMPLED') return [];
    const batches: MetricBatch[] = [];
    for (const runId of fresh) {
      const query = { runId, keys: 'all' as const, sampling: 'MIN_MAX' as const, maxPoints: tail.maxPoints };
      const { series, position } = await context.stores.runs.series(tail.source, query);
      positions.set(runId, position);
      batches.push(toBatch('HISTORY', toPoints(runId, series), false));
    }
    return batches.filter((batch) => batch.series.length > 0);
  }

  async function followedRuns(): Promise<readonly string[]> {
    if (!filter) return tail.runIds!;
    const chosen = tail.runIds ? { id: { in: tail.runIds.map((nativeId) => ({ source: tail.source, nativeId })) } } : {};
    const query = { filter: { and: [filter, { source: { eq: tail.source } }], ...chosen }, orderBy: toRunOrder(null) };
    const page = await context.stores.runs.page(query, { limit: maxFollowedRuns, backward: false, after: null, before: null });
    return page.rows.map(({ record }) => record.nativeId);
  }

  async function read(): Promise<News<MetricBatch>> {
    const runIds = await followedRuns();
    const tails = await feed.pointsAfter(
      runIds.map((runId) => ({ runId, offset: positions.get(runId) ?? 0n })),
      pointsPerBatch,
    );
    for (const { runId, next } of tails) positions.set(runId, next);
    const count = tails.reduce((sum, { series }) => sum + series.reduce((points, { values }) => points + values.length, 0), 0);
    const more = count >= pointsPerBatch;
    const series = tails.flatMap(({ runId, series: all }: RunTail) => toPoints(runId, all));
    const wasHistory = kind === 'HISTORY';
    const batch = series.length > 0 || (wasHistory && !more) ? toBatch(kind, series, !more) : null;
    if (!more) kind = 'LIVE';
    return { batch, more };
  }

  function toBatch(of: MetricBatch['kind'], series: MetricPoints[], caughtUp: boolean): MetricBatch {
    return {
      kind: of,
      cursor: encodeTailCursor(context, { source: tail.source, epoch: feed.epoch, positions }),
      series,
      caughtUp,
      dropped: 0,
    };
  }

  /** Parts of one metric put together, so that a metric comes once in a batch. */
  function toPoints(runId: string, series: readonly KeyedColumns[]): MetricPoints[] {
    const parts = new Map<string, MetricColumns[]>();
    for (const columns of series) {
      if (columns.values.length === 0 || !tail.wants(columns.key)) continue;
      if (!parts.has(columns.key)) parts.set(columns.key, []);
      parts.get(columns.key)!.push(columns);
    }
    return [...parts].map(([key, columns]) => ({ runId: encodeId('Run', tail.source, runId), key, ...concatColumns(columns) }));
  }
}
