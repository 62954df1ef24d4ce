import type { RunGraph, Series } from '@rungraph/sdk';

/** Points that are asked for at once, and held; a piece of a long history may have twice as many. */
export const pointsPerRequest = 50_000;

/** A part of a history: steps inclusive, `from` inclusive, `to` exclusive; what is absent bounds nothing. */
export interface HistoryRange {
  readonly fromStep?: bigint;
  readonly toStep?: bigint;
  readonly from?: Date;
  readonly to?: Date;
}

/**
 * Ranges that divide a long history, in its order. They are cut at points of a sample, which has one of every so many; a step that
 * has very many points, as in runs that count none, is divided by time.
 * @param points how many the history has at least
 */
export async function* pieces(
  client: RunGraph,
  id: string,
  key: string,
  points: number,
  range: HistoryRange = {},
): AsyncGenerator<HistoryRange> {
  const maxPoints = Math.ceil(points / pointsPerRequest) + 2;
  const [sampled] = await client.series(id, { ...range, keys: [key], sampling: 'LTTB', maxPoints });
  if (!sampled) return;
  if (sampled.totalPoints <= 2 * pointsPerRequest) yield range;
  else if (sampled.steps[0] === sampled.steps.at(-1)) yield* byTime(sampled, range);
  else {
    for (const piece of bySteps(sampled)) {
      if (piece.isCrowded) yield* pieces(client, id, key, points, { fromStep: piece.fromStep, toStep: piece.toStep });
      else yield { fromStep: piece.fromStep, toStep: piece.toStep };
    }
  }
}

/** Between two points of the sample there are at most two buckets of it; a step that it has twice fills one alone. */
function bySteps({ steps }: Series): { fromStep: bigint; toStep: bigint; isCrowded: boolean }[] {
  const crowded = new Set(steps.filter((step, index) => index > 0 && steps[index - 1] === step));
  const starts = new Set<bigint>();
  for (const step of new Set(steps)) {
    starts.add(step);
    if (crowded.has(step) && step < steps.at(-1)!) starts.add(step + 1n);
  }
  const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((fromStep, index) => ({
    fromStep,
    toStep: index + 1 < sorted.length ? sorted[index + 1]! - 1n : steps.at(-1)!,
    isCrowded: crowded.has(fromStep),
  }));
}

const latestInstant = 8_640_000_000_000_000n;

function byTime({ timestamps }: Series, range: HistoryRange): HistoryRange[] {
  const isInstant = (time: bigint) => time >= -latestInstant && time <= latestInstant;
  const cuts = [...new Set(timestamps)].slice(1).filter(isInstant);
  return [null, ...cuts].map((from, index) => ({
    ...range,
    ...(from === null ? {} : { from: new Date(Number(from)) }),
    ...(index < cuts.length ? { to: new Date(Number(cuts[index])) } : {}),
  }));
}
