import { fail } from '../../core/errors.js';
import { decodeId } from '../../core/ids.js';
import { matchesString } from '../../core/string-match.js';
import { isGiven } from '../../stores/conditions.js';
import type { RunFeed } from '../../stores/feed.js';
import type { RunFilter } from '../../stores/run-store.js';
import type { Context } from './context.js';
import type { MetricPointsInput } from './metric-points.input.js';
import { toRunFilter } from './run-query.js';
import { decodeTailCursor, type TailCursor } from './tail-cursor.js';

/** Runs one subscription may follow; each has a position in every cursor. */
export const maxFollowedRuns = 1_000;
/** Points one sampled series may have. */
export const maxSampledPoints = 100_000;

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
