import type { Bell } from '../core/bell.js';

/** What was found after a position. */
export interface Found<Position, Batch> {
  /** Each becomes one message; none: nothing that would be told. */
  readonly batches: readonly Batch[];
  readonly position: Position;
  /** Whether more is there already, so that it is read at once. */
  readonly more: boolean;
}

/** One step of a subscriber on its way to where the others are. */
export interface Step<State, Batch> {
  readonly batches: readonly Batch[];
  /** Where it goes on; null: it has arrived. */
  readonly next: State | null;
}

/**
 * Something that grows and is read by position, for ever. Subscribers of the same tail share its reading: one leader reads
 * what is new, and who comes in or falls behind goes by steps from where it is to where the leader is.
 * @typeParam Position where the leader is
 * @typeParam State where a subscriber on its way is, and how it came in
 */
export interface Tail<Position, State, Batch> {
  /** Tails with the same key give the same batches. */
  readonly key: string;
  /** Reads of the leader are at least this far apart; what arrives in between comes together. */
  readonly minIntervalMs: number;
  /** Lets a bell ring when there may be something new; answers how to take it down. */
  hang(bell: Bell): () => void;
  /** Where everything ends now. */
  end(): Promise<Position>;
  /** What came after a position; `rewritten`: the position is of no use any more. */
  next(after: Position): Promise<Found<Position, Batch> | 'rewritten'>;
  /**
   * One step towards `goal`; `ahead`: the subscriber has something already that the leader has not read yet (told at the first
   * step of a way, if at all); `rewritten`: its position, or the goal, is of no use any more.
   */
  step(state: State, goal: Position): Promise<Step<State, Batch> | 'ahead' | 'rewritten'>;
  /** A subscriber that could not keep up, to go on from a position. */
  behind(start: State, position: Position): State;
  /** A subscriber whose store was rewritten under it. */
  rewritten(start: State): State;
  /** Tells states apart at which subscribers come in. */
  keyOf(start: State): string;
}

/**
 * What a subscription field answers: a tail, and where this subscriber comes in. It is an async iterable only because
 * GraphQL asks for one; it is read through a group.
 */
export class LiveStream<Position = unknown, State = unknown, Batch = unknown> implements AsyncIterable<Batch> {
  constructor(
    readonly tail: Tail<Position, State, Batch>,
    readonly start: State,
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<Batch> {
    throw new Error('A live stream is followed through the fan-out.');
  }
}
