import type { RowPositions } from './row-positions.js';
import { rowEnds, rowSeries, rowTail } from './row-tail.sql.js';
import { rowidPulse } from './rowid-pulse.sql.js';

/** Follows a SQLite file, which numbers its rows. */
export const rowidPositions: RowPositions = { ends: rowEnds, tail: rowTail, pulse: rowidPulse, series: rowSeries };
