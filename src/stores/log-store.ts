import type { BellBoard } from '../core/bell.js';
import type { Repeatable } from './run-writer.js';

/** One line as a run wrote it; `level` and `stream` are whatever its logger calls them. */
export interface LogLineRecord {
  /** Milliseconds since the epoch, UTC. */
  readonly at: number;
  readonly level: string | null;
  readonly message: string;
  readonly stream: string | null;
}

/** A line to keep; `at` defaults to the time of the request. */
export interface NewLogLine {
  readonly message: string;
  readonly level?: string | null;
  readonly stream?: string | null;
  readonly at?: number | null;
}

export interface LogLines extends Repeatable {
  readonly runId: string;
  readonly lines: readonly NewLogLine[];
}

export interface LoggedLines {
  /** Lines taken. */
  readonly accepted: number;
  /** Number of the line that will follow the last of these. */
  readonly position: bigint;
}

/** Which lines to read: those of a run from a number on, at most `limit`. */
export interface LogLineRange {
  readonly runId: string;
  readonly from: bigint;
  readonly limit: number;
}

/** Lines in the order they were committed; line `i` has the number `from + i`. */
export interface LogLinePage {
  /** Fewer than were asked for also where lines are long; at least one where there is one. */
  readonly lines: readonly LogLineRecord[];
  /** How many lines the run had when the page was read: the number of its next one. */
  readonly end: bigint;
}

/**
 * The lines that the runs of one source wrote. The lines of a run are numbered from 0 in the order of their commits, so
 * history and what comes later are read in one way, by number; the bells only say when to look.
 */
export interface LogStore {
  /** Changes when the store is written anew: numbers of another epoch mean nothing. */
  readonly epoch: string;
  /** Whether `lines` ring once a store can be read again that could not be: then its followers may wait. */
  readonly ringsWhenBack: boolean;
  /** Rings with a run's native id when the run got lines. */
  readonly lines: BellBoard;
  /**
   * Puts lines at the end of a run's: all of them, or none when one breaks a rule.
   * @throws RuleError also for a run that is deleted or does not exist
   */
  append(input: LogLines): Promise<LoggedLines>;
  /** @throws SOURCE_UNAVAILABLE or SOURCE_TIMEOUT when the store cannot be read */
  read(range: LogLineRange): Promise<LogLinePage>;
}
