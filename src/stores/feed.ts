import type { BellBoard } from '../core/bell.js';
import type { KeyedColumns } from '../core/metric-columns.js';

/** A run and how many of its points a reader has. */
export interface TailPosition {
  readonly runId: string;
  readonly offset: bigint;
}

/** A run's points since an offset, and the offset that follows the last of them. */
export interface RunTail {
  readonly runId: string;
  readonly series: readonly KeyedColumns[];
  readonly next: bigint;
}

export type RunEventKind = 'CREATED' | 'STATUS_CHANGED' | 'UPDATED' | 'DELETED';

/** Something that happened to a run. */
export interface StoredRunEvent {
  readonly sequence: bigint;
  readonly runId: string;
  readonly kind: RunEventKind;
  readonly at: number;
}

/** What is new in a source. Everything is read from the store by position; the bells only say when to look. */
export interface RunFeed {
  /** Changes when the store is replaced or rewritten: positions of another epoch mean nothing. */
  readonly epoch: string;
  /** Rings with a run's native id when the run got points. */
  readonly points: BellBoard;
  /** Rings with a run's native id when something else happened to the run. */
  readonly events: BellBoard;
  /** Points after each position, at most about `limit` in all; runs without news are absent. */
  pointsAfter(positions: readonly TailPosition[], limit: number): Promise<readonly RunTail[]>;
  /** Where each run ends now. */
  endOf(runIds: readonly string[]): Promise<readonly TailPosition[]>;
  /** Events after a sequence number, oldest first. */
  eventsAfter(after: bigint, limit: number): Promise<readonly StoredRunEvent[]>;
  /** The sequence number of the newest event. */
  endOfEvents(): Promise<bigint>;
}
