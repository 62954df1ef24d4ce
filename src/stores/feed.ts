import type { BellBoard } from '../core/bell.js';
import type { KeyedColumns } from '../core/metric-columns.js';

/**
 * Where a reader is in one run. Positions of one run are ordered, 0 is before its first point; what the number counts is
 * the feed's business (points of the run in our own log, rows of the table in an MLflow database).
 */
export interface TailPosition {
  readonly runId: string;
  readonly position: bigint;
}

/** Points of one run to read: those after a position, up to another one, or all there are. */
export interface TailRange {
  readonly runId: string;
  readonly after: bigint;
  readonly upTo: bigint | null;
}

/** A run's points in a range, in the order they were committed, and the position of the last of them. */
export interface RunTail {
  readonly runId: string;
  readonly series: readonly KeyedColumns[];
  readonly next: bigint;
}

export interface NewPoints {
  /** Of the store when the points were read. */
  readonly epoch: string;
  /** Runs without news are absent. */
  readonly tails: readonly RunTail[];
  /** Whether there is more in the ranges than the limit allowed. */
  readonly more: boolean;
  /** A position is of no use any more: what it follows is not in the store. Nothing was read then. */
  readonly isRewritten: boolean;
}

/** Ends of runs, read together with the epoch they belong to. */
export interface TailEnds {
  readonly epoch: string;
  readonly positions: readonly TailPosition[];
}

export type RunEventKind = 'CREATED' | 'STATUS_CHANGED' | 'UPDATED' | 'DELETED';

/** Something that happened to a run. */
export interface StoredRunEvent {
  readonly sequence: bigint;
  readonly runId: string;
  readonly kind: RunEventKind;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * What is new in a source. Everything is read from the store by position; the bells only say when to look, and a source
 * that has to be polled for them is polled while somebody listens.
 */
export interface RunFeed {
  /** Whether all bells ring once a source can be read again that could not be: then its followers may wait. */
  readonly ringsWhenBack: boolean;
  /** Changes when the log is written anew: positions of another epoch mean nothing. */
  readonly epoch: string;
  /** As `epoch`, for the sequence numbers of events. */
  readonly eventEpoch: string;
  /** Rings with a run's native id when the run got points. */
  readonly points: BellBoard;
  /** Rings with a run's native id when something else happened to the run. */
  readonly events: BellBoard;
  /** Points of each range, at most about `limit` in all. */
  pointsAfter(ranges: readonly TailRange[], limit: number): Promise<NewPoints>;
  /** Where each run ends now, in the order of `runIds`. */
  endOf(runIds: readonly string[]): Promise<TailEnds>;
  /** Events after a sequence number, oldest first. */
  eventsAfter(after: bigint, limit: number): Promise<readonly StoredRunEvent[]>;
  /** The sequence number of the newest event; 0 when there is none. */
  endOfEvents(): Promise<bigint>;
}
