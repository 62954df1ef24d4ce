import type { Found, Step, Tail } from '../../live/tail.js';
import type { TailRange } from '../../stores/feed.js';
import type { MetricBatch, MetricPoints } from './metric-batch.type.js';
import type { FollowedRuns, PointReader, SourceRanges } from './point-reader.js';
import type { SourcePositions, TailPositions } from './tail-cursor.js';

/** How a subscriber came in, which stays the same for as long as it is there. */
interface Entry {
  readonly history: 'ALL' | 'SAMPLED' | 'NONE';
  readonly maxPoints: number;
  readonly key: string;
}

/** Where a subscriber is on its way to the others. */
export type PointState = Entry &
  (
    | { readonly phase: 'start'; readonly after: TailPositions | null }
    | { readonly phase: 'reset' }
    /** Thinned-out series of runs it knows nothing of, one after the other. */
    | { readonly phase: 'samples'; readonly at: TailPositions; readonly left: readonly RunToSample[] }
    | { readonly phase: 'points'; readonly at: TailPositions; readonly kind: 'HISTORY' | 'LIVE' }
  );

interface RunToSample {
  readonly source: string;
  readonly runId: string;
  readonly upTo: bigint;
}

type PointStep = Step<PointState, MetricBatch>;
type CursorOf = (positions: TailPositions) => string;

/** The points of chosen runs as a tail: every committed point once, in the order of each run's commits. */
export function createPointTail(
  reader: PointReader,
  { key, minIntervalMs, cursorOf }: { key: string; minIntervalMs: number; cursorOf: CursorOf },
): Tail<TailPositions, PointState, MetricBatch> {
  const toBatch = (kind: MetricBatch['kind'], at: TailPositions, series: readonly MetricPoints[], caughtUp: boolean): MetricBatch => ({
    kind,
    cursor: cursorOf(at),
    series: [...series],
    caughtUp,
    dropped: 0,
  });

  async function next(after: TailPositions): Promise<Found<TailPositions, MetricBatch> | 'rewritten'> {
    const found = await reader.readWhatAnswers(rangesAfter(after, await reader.followed()));
    if (found === 'rewritten') return found;
    const position = advance(after, found.reached);
    const batches = found.series.length > 0 ? [toBatch('LIVE', position, found.series, !found.more)] : [];
    return { batches, position, more: found.more };
  }

  /** The points between where a subscriber is and the goal. */
  async function readOn(state: PointState & { phase: 'points' }, goal: TailPositions): Promise<PointStep | 'rewritten'> {
    const found = await reader.read(rangesBetween(state.at, goal));
    if (found === 'rewritten') return found;
    const { series, more } = found;
    const at = more ? advance(state.at, found.reached) : goal;
    // The last of the history is told even when it is empty: the reader then knows that it has everything.
    const isTold = series.length > 0 || (state.kind === 'HISTORY' && !more);
    return { batches: isTold ? [toBatch(state.kind, at, series, !more)] : [], next: more ? { ...state, at } : null };
  }

  async function sampleOne(state: PointState & { phase: 'samples' }): Promise<PointStep> {
    const [{ source, runId, upTo }, ...left] = state.left as [RunToSample, ...RunToSample[]];
    const series = await reader.sample(source, { runId, upTo, maxPoints: state.maxPoints });
    const at = place(state.at, source, [[runId, upTo]]);
    const rest: PointState = left.length > 0 ? { ...state, at, left } : { ...state, phase: 'points', at, kind: 'HISTORY' };
    return { batches: series.length > 0 ? [toBatch('HISTORY', at, series, false)] : [], next: rest };
  }

  /** What the subscriber knows is read on from there; what it does not know it gets as its history says. */
  async function begin(state: PointState & { phase: 'start' }, goal: TailPositions): Promise<PointStep | 'ahead' | 'rewritten'> {
    const after = state.after ?? new Map<string, SourcePositions>();
    const standing = await compare(reader, after, goal);
    if (standing !== 'reachable') return standing;
    const fresh = [...goal].flatMap(([source, { runs }]) =>
      [...runs].filter(([runId]) => !after.get(source)?.runs.has(runId)).map(([runId, upTo]) => ({ source, runId, upTo })),
    );
    if (state.history === 'SAMPLED' && fresh.length > 0)
      return { batches: [], next: { ...state, phase: 'samples', at: withEpochs(after, goal), left: fresh } };
    const at =
      state.history === 'NONE'
        ? fresh.reduce((known, { source, runId, upTo }) => place(known, source, [[runId, upTo]]), withEpochs(after, goal))
        : withEpochs(after, goal);
    return readOn({ ...state, phase: 'points', at, kind: 'HISTORY' }, goal);
  }

  return {
    key,
    minIntervalMs,
    hang: reader.hang,
    end: async () => reader.ends(await reader.followed()),
    next,
    async step(state, goal) {
      if (state.phase === 'start') return begin(state, goal);
      if (state.phase === 'samples') return sampleOne(state);
      if (state.phase === 'points') return readOn(state, goal);
      return { batches: [toBatch('RESET', new Map(), [], false)], next: { ...state, phase: 'start', after: null } };
    },
    behind: (start, at) => ({ ...start, phase: 'points', at, kind: 'LIVE', key: `behind ${cursorOf(at)}` }),
    rewritten: (start) => ({ ...start, phase: 'reset', key: `reset ${start.key}` }),
    keyOf: ({ key: ofState }) => ofState,
  };
}

/** Everything after the positions, of the runs that are followed now; a run that came to match is read from its start. */
function rangesAfter(after: TailPositions, followed: FollowedRuns): Map<string, SourceRanges> {
  return new Map(
    [...followed].map(([source, runIds]) => {
      const known = after.get(source);
      const ranges = runIds.map((runId): TailRange => ({ runId, after: known?.runs.get(runId) ?? 0n, upTo: null }));
      return [source, { epoch: known?.epoch ?? null, ranges }];
    }),
  );
}

function rangesBetween(at: TailPositions, goal: TailPositions): Map<string, SourceRanges> {
  const wanted = new Map<string, SourceRanges>();
  for (const [source, { epoch, runs }] of goal) {
    const known = at.get(source);
    const ranges = [...runs]
      .map(([runId, upTo]): TailRange => ({ runId, after: known?.runs.get(runId) ?? 0n, upTo }))
      .filter(({ after, upTo }) => after < upTo!);
    if (ranges.length > 0) wanted.set(source, { epoch, ranges });
  }
  return wanted;
}

/** Whether the goal can be reached from the positions of a cursor. */
async function compare(reader: PointReader, after: TailPositions, goal: TailPositions): Promise<'reachable' | 'ahead' | 'rewritten'> {
  const beyond = new Map<string, SourceRanges>();
  for (const [source, { epoch, runs }] of after) {
    const known = goal.get(source);
    if (!known) continue;
    if (known.epoch !== epoch) return 'rewritten';
    const ranges = [...runs]
      .filter(([runId, position]) => position > (known.runs.get(runId) ?? position))
      .map(([runId, position]): TailRange => ({ runId, after: position, upTo: position }));
    if (ranges.length > 0) beyond.set(source, { epoch, ranges });
  }
  if (beyond.size === 0) return 'reachable';
  // Nothing is read of these ranges, but whether their positions exist is told.
  return (await reader.read(beyond)) === 'rewritten' ? 'rewritten' : 'ahead';
}

/** The positions with those of some runs replaced. */
function place(at: TailPositions, source: string, runs: Iterable<readonly [string, bigint]>): TailPositions {
  const known = at.get(source)!;
  return new Map(at).set(source, { ...known, runs: new Map([...known.runs, ...runs]) });
}

function advance(at: TailPositions, reached: TailPositions): TailPositions {
  const known = [...reached].reduce(
    (all, [source, { epoch }]) => (all.has(source) ? all : new Map(all).set(source, { epoch, runs: new Map() })),
    at,
  );
  return [...reached].reduce((all, [source, { runs }]) => (runs.size > 0 ? place(all, source, runs) : all), known);
}

/** Every source of the goal with its epoch, so that positions can be put there. */
const withEpochs = (at: TailPositions, goal: TailPositions): TailPositions =>
  new Map([...[...goal].map(([source, { epoch }]) => [source, { epoch, runs: new Map<string, bigint>() }] as const), ...at]);
