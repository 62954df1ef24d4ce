import type { Bell } from '../../core/bell.js';
import type { Found, Step, Tail } from '../../live/tail.js';
import type { TailRange } from '../../stores/feed.js';
import type { MetricBatch, MetricPoints } from './metric-batch.type.js';
import { maxFollowedRuns } from './point-choice.js';
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

// Each batch has a cursor with all runs: a batch for every run of a thousand would be mostly cursors.
const runsPerStep = 100;
const sampledPointsPerStep = 5_000;

export interface PointTailOptions {
  readonly key: string;
  readonly minIntervalMs: number;
  readonly cursorOf: (positions: TailPositions) => string;
  /** Positions its subscribers bring along of runs that the filter may choose again; null: they bring none. */
  readonly carried: TailPositions | null;
}

/** The points of chosen runs as a tail: every committed point once, in the order of each run's commits. */
export class PointTail implements Tail<TailPositions, PointState, MetricBatch> {
  readonly key: string;
  readonly minIntervalMs: number;
  #carried: TailPositions;
  /** The runs that were followed before: a run that ceases to match is read to its end once more, or its last points would be lost. */
  #before: FollowedRuns = new Map();
  /** Whether the last batch said that more follows; it is corrected when there was exactly as much as one batch holds. */
  #toldOfMore = false;
  /** Positions that many are told of have one cursor: with a thousand runs it takes half a millisecond to make. */
  readonly #cursors = new WeakMap<TailPositions, string>();

  constructor(
    readonly reader: PointReader,
    readonly options: PointTailOptions,
  ) {
    this.key = options.key;
    this.minIntervalMs = options.minIntervalMs;
    this.#carried = options.carried ?? new Map();
  }

  hang(bell: Bell): () => void {
    return this.reader.hang(bell);
  }

  async end(): Promise<TailPositions> {
    this.#before = await this.reader.followed();
    return andCarried(await this.reader.ends(this.#before), this.#carried);
  }

  async next(after: TailPositions): Promise<Found<TailPositions, MetricBatch> | 'rewritten'> {
    const now = await this.reader.followed();
    const followed = together(now, this.#before);
    const found = await this.reader.readWhatAnswers(rangesAfter(after, followed));
    if (found === 'rewritten') {
      this.#carried = new Map();
      return found;
    }
    this.#before = found.more ? followed : now;
    const position = withoutForgotten(advance(after, found.reached), followed);
    const isTold = found.series.length > 0 || (this.#toldOfMore && !found.more);
    if (isTold) this.#toldOfMore = found.more;
    return { batches: isTold ? [this.#batch('LIVE', position, found.series, !found.more)] : [], position, more: found.more };
  }

  async step(state: PointState, goal: TailPositions): Promise<PointStep | 'ahead' | 'rewritten'> {
    switch (state.phase) {
      case 'reset':
        return { batches: [this.#batch('RESET', new Map(), [], false)], next: { ...state, phase: 'start', after: null } };
      case 'start':
        return this.#begin(state, goal);
      case 'samples':
        return this.#sample(state);
      case 'points':
        return this.#readOn(state, goal);
    }
  }

  behind(start: PointState, at: TailPositions): PointState {
    return { ...start, phase: 'points', at, kind: 'LIVE', key: `behind ${this.#cursorOf(at)}` };
  }

  rewritten(start: PointState): PointState {
    return { ...start, phase: 'reset', key: `reset ${start.key}` };
  }

  keyOf({ key }: PointState): string {
    return key;
  }

  /** What the subscriber knows is read on from there; what it does not know it gets as its history says. */
  async #begin(state: PointState & { phase: 'start' }, goal: TailPositions): Promise<PointStep | 'ahead' | 'rewritten'> {
    const after: TailPositions = state.after ?? new Map<string, SourcePositions>();
    const standing = await compare(this.reader, after, goal);
    if (standing !== 'reachable') return standing;
    const known = withEpochs(after, goal);
    const left = unknownRuns(after, goal);
    if (state.history === 'SAMPLED' && left.length > 0) return { batches: [], next: { ...state, phase: 'samples', at: known, left } };
    const at = state.history === 'NONE' ? orTheEnd(known, goal) : known;
    return this.#readOn({ ...state, phase: 'points', at, kind: 'HISTORY' }, goal);
  }

  async #sample(state: PointState & { phase: 'samples' }): Promise<PointStep> {
    const series: MetricPoints[] = [];
    let [taken, points] = [0, 0];
    while (taken < Math.min(state.left.length, runsPerStep) && points < sampledPointsPerStep) {
      const { source, runId, upTo } = state.left[taken++]!;
      const found = await this.reader.sample(source, { runId, upTo, maxPoints: state.maxPoints });
      points += found.reduce((sum, { values }) => sum + values.length, 0);
      series.push(...found);
    }
    const at = advance(state.at, positionsOf(state.left.slice(0, taken), state.at));
    const left = state.left.slice(taken);
    const next: PointState = left.length > 0 ? { ...state, at, left } : { ...state, phase: 'points', at, kind: 'HISTORY' };
    return { batches: series.length > 0 ? [this.#batch('HISTORY', at, series, false)] : [], next };
  }

  /** The points between where a subscriber is and the goal. */
  async #readOn(state: PointState & { phase: 'points' }, goal: TailPositions): Promise<PointStep | 'rewritten'> {
    if (isOfAnotherEpoch(state.at, goal)) return 'rewritten';
    const found = await this.reader.read(rangesBetween(state.at, goal));
    if (found === 'rewritten') return found;
    const { series, more } = found;
    const at = more ? advance(state.at, found.reached) : goal;
    // The last of the history is told even when it is empty: the reader then knows that it has everything.
    const isTold = series.length > 0 || (state.kind === 'HISTORY' && !more);
    return { batches: isTold ? [this.#batch(state.kind, at, series, !more)] : [], next: more ? { ...state, at } : null };
  }

  #batch(kind: MetricBatch['kind'], at: TailPositions, series: readonly MetricPoints[], caughtUp: boolean): MetricBatch {
    return { kind, cursor: this.#cursorOf(at), series: [...series], caughtUp, dropped: 0 };
  }

  #cursorOf(at: TailPositions): string {
    const known = this.#cursors.get(at);
    if (known !== undefined) return known;
    const cursor = this.options.cursorOf(at);
    this.#cursors.set(at, cursor);
    return cursor;
  }
}

/** The runs of both. */
function together(some: FollowedRuns, others: FollowedRuns): FollowedRuns {
  if (some === others) return some;
  const sources = new Set([...some.keys(), ...others.keys()]);
  return new Map([...sources].map((source) => [source, [...new Set([...(some.get(source) ?? []), ...(others.get(source) ?? [])])]]));
}

/** Ends, and the carried positions of what is not followed now. */
function andCarried(ends: TailPositions, carried: TailPositions): TailPositions {
  const all = new Map(ends);
  for (const [source, positions] of carried) {
    const known = ends.get(source) ?? positions;
    if (known.epoch === positions.epoch) all.set(source, { ...known, runs: new Map([...positions.runs, ...known.runs]) });
  }
  return all;
}

/** Runs of the goal that the subscriber has no position in. */
const unknownRuns = (after: TailPositions, goal: TailPositions): RunToSample[] =>
  [...goal].flatMap(([source, { runs }]) =>
    [...runs].filter(([runId]) => !after.get(source)?.runs.has(runId)).map(([runId, upTo]) => ({ source, runId, upTo })),
  );

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

/** The end of each run that has been sampled. */
function positionsOf(sampled: readonly RunToSample[], at: TailPositions): TailPositions {
  const reached = new Map<string, { readonly epoch: string; readonly runs: Map<string, bigint> }>();
  for (const { source, runId, upTo } of sampled) {
    if (!reached.has(source)) reached.set(source, { epoch: at.get(source)!.epoch, runs: new Map() });
    reached.get(source)!.runs.set(runId, upTo);
  }
  return reached;
}

/** Whether a log was written anew between the two: numbers of one mean nothing in the other. */
const isOfAnotherEpoch = (at: TailPositions, goal: TailPositions): boolean =>
  [...at].some(([source, { epoch }]) => (goal.get(source)?.epoch ?? epoch) !== epoch);

/** Whether the goal can be reached from the positions of a cursor. */
async function compare(reader: PointReader, after: TailPositions, goal: TailPositions): Promise<'reachable' | 'ahead' | 'rewritten'> {
  if (isOfAnotherEpoch(after, goal)) return 'rewritten';
  const beyond = new Map<string, SourceRanges>();
  for (const [source, { epoch, runs }] of after) {
    const known = goal.get(source);
    if (!known) continue;
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

/**
 * A run that matches no more keeps its position for when it matches again; but not for ever, or the cursors of a stream that
 * follows the newest runs would grow with every run there ever was.
 */
function withoutForgotten(at: TailPositions, followed: FollowedRuns): TailPositions {
  return new Map(
    [...at].map(([source, { epoch, runs }]) => {
      if (runs.size <= 2 * maxFollowedRuns) return [source, { epoch, runs }];
      const kept = new Set(followed.get(source));
      return [source, { epoch, runs: new Map([...runs].filter(([runId]) => kept.has(runId))) }];
    }),
  );
}

/** The positions, and the end of every run of the goal that has none. */
const orTheEnd = (at: TailPositions, goal: TailPositions): TailPositions =>
  new Map([...at].map(([source, { epoch, runs }]) => [source, { epoch, runs: new Map([...(goal.get(source)?.runs ?? []), ...runs]) }]));

/** Every source of the goal with its epoch, so that positions can be put there. */
const withEpochs = (at: TailPositions, goal: TailPositions): TailPositions =>
  new Map([...[...goal].map(([source, { epoch }]) => [source, { epoch, runs: new Map<string, bigint>() }] as const), ...at]);
