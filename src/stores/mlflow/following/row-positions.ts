import type { NewPoints, TailRange } from '../../feed.js';
import type { MetricColumns } from '../../../core/metric-columns.js';
import { arrivalPositions } from './arrival-tail.js';
import type { MlflowDatabase } from '../layout.js';
import type { Pulse, PulseQuestion } from './pulse.js';
import { rowidPositions } from './rowid-positions.js';

/** Which points of a run to answer. */
export interface SeriesOfRun {
  readonly runId: string;
  /** Asks for the keys; after the end is fixed, or the points of a new key would be passed over. */
  readonly keys: () => Promise<readonly string[]>;
  /** Leaves out what came after this position; null: everything there is now. */
  readonly upTo: bigint | null;
  /** Whether the answer's position is wanted: it may cost as much as following the run. */
  readonly isContinued: boolean;
}

/** Points by key in the order of the keys, in parts, and where the run ended when they were read; 0 when it was not asked for. */
export interface PointsOfRun {
  readonly parts: Map<string, MetricColumns[]>;
  readonly position: bigint;
}

/** How a database that is not ours is followed: what a position in a run's points means there, and how news are found. */
export interface RowPositions {
  /** Position of each run's last point; runs that are gone are absent. */
  ends(database: MlflowDatabase, runIds: readonly string[]): Promise<Map<string, bigint>>;
  /** Points of each range. A run that is gone has nothing new to tell; one that lacks a position was rewritten. */
  tail(database: MlflowDatabase, ranges: readonly TailRange[], limit: number): Promise<NewPoints>;
  /** What was written since the last look. */
  pulse(database: MlflowDatabase, question: PulseQuestion): Promise<Pulse>;
  /** Points of one run, those of each key in any order. */
  series(database: MlflowDatabase, wanted: SeriesOfRun): Promise<PointsOfRun>;
}

/** SQLite numbers its rows; where nothing does, the order in which rows were seen is remembered. */
export const positionsOf = ({ dialect, layout }: MlflowDatabase): RowPositions =>
  layout.positions ?? (dialect.engine === 'sqlite' ? rowidPositions : arrivalPositions);
