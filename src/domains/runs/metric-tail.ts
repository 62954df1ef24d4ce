import { fail } from '../../core/errors.js';
import { decodeId } from '../../core/ids.js';
import { matchesString } from '../../core/string-match.js';
import { LiveStream } from '../../live/tail.js';
import { isGiven } from '../../stores/conditions.js';
import type { Context } from './context.js';
import type { MetricBatch } from './metric-batch.type.js';
import type { MetricPointsInput } from './metric-points.input.js';
import { maxFollowedRuns, type PointChoice } from './point-choice.js';
import { createPointReader } from './point-reader.js';
import { PointTail, type PointState } from './point-tail.js';
import { toRunFilter } from './run-query.js';
import { streamKey } from './stream-key.js';
import { decodeTailCursor, encodeTailCursor, type TailPositions } from './tail-cursor.js';

/** Timers cannot wait longer; who asks for less than a batch in 24 days gets one in 24 days. */
const maxIntervalMs = 2 ** 31 - 1;

/** Points one sampled series may have. */
export const maxSampledPoints = 100_000;

/** Checks the arguments of a subscription, so that what is wrong is an error of the request and not of its stream. */
export function readMetricTail(input: MetricPointsInput, context: Context): LiveStream<TailPositions, PointState, MetricBatch> {
  const { runIds, filter, keys, match, after } = input;
  if (!isGiven(runIds) && !isGiven(filter)) throw fail('BAD_USER_INPUT', 'Give runIds or filter.', { argument: 'input' });
  const maxRateHz = input.maxRateHz ?? 2;
  if (!(maxRateHz > 0 && maxRateHz <= 100))
    throw fail('BAD_USER_INPUT', 'maxRateHz must be above 0 and at most 100.', { argument: 'input.maxRateHz' });
  const maxPoints = input.maxPoints ?? 500;
  if (maxPoints < 1 || maxPoints > maxSampledPoints)
    throw fail('BAD_USER_INPUT', `maxPoints must be 1 to ${maxSampledPoints}.`, { argument: 'input.maxPoints' });
  const wanted = isGiven(keys) ? new Set(keys) : null;
  const choice: PointChoice = {
    runIds: isGiven(runIds) ? readRunIds(runIds, context) : null,
    filter: isGiven(filter) ? toRunFilter(filter) : null,
    wants: (key) => (wanted?.has(key) ?? true) && (!match || matchesString(match, key)),
  };
  const start: PointState & { phase: 'start' } = {
    phase: 'start',
    after: isGiven(after) ? decodeTailCursor(context, after, 'input.after') : null,
    history: input.history ?? 'ALL',
    maxPoints,
    key: JSON.stringify([after, input.history, maxPoints]),
  };
  // Runs of a cursor may not match just now, or not be readable: who carries the same of them has a leader of its own.
  const carried = isGiven(filter) ? start.after : null;
  const key = streamKey(['points', runIds, filter, keys, match, maxRateHz, carried && after]);
  const cursorOf = (positions: TailPositions) => encodeTailCursor(context, positions);
  return new LiveStream(
    new PointTail(createPointReader(choice, context), { key, minIntervalMs: Math.min(1000 / maxRateHz, maxIntervalMs), cursorOf, carried }),
    start,
  );
}

function readRunIds(ids: readonly string[], { stores }: Context): ReadonlyMap<string, readonly string[]> {
  if (ids.length === 0 || ids.length > maxFollowedRuns) {
    throw fail('BAD_USER_INPUT', `runIds must have 1 to ${maxFollowedRuns} ids.`, { argument: 'input.runIds' });
  }
  const bySource = new Map<string, Set<string>>();
  ids.forEach((id, index) => {
    const argument = `input.runIds.${index}`;
    const { source, nativeId } = decodeId('Run', id, argument);
    if (!stores.sources.get(source, argument).feed)
      throw fail('FILTER_UNSUPPORTED', `Source ${source} cannot be followed live; read its series instead.`, { argument, source });
    bySource.set(source, (bySource.get(source) ?? new Set()).add(nativeId));
  });
  return new Map([...bySource].map(([source, runIds]) => [source, [...runIds]]));
}
