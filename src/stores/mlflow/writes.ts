import type { Dialect } from '../engine/dialect.js';
import type { Database } from '../engine/sql.js';
import { takeInOthers } from './catch-up.js';
import { logDatasetInputs } from './input-writes.js';
import { initialise } from './initialise.js';
import { compactLog } from './log-compaction.js';
import { logLines } from './log-lines-writes.js';
import { logMetrics } from './metric-writes.js';
import { recordRunChanges } from './run-events.sql.js';
import { createRun, deleteRun, deleteTags, logParams, restoreRun, setTags, updateRun } from './run-writes.js';

/** What a write works with: a database inside a transaction, and the time of the request (ms since the epoch). */
export interface WriteContext {
  readonly db: Database;
  readonly dialect: Dialect;
  readonly now: number;
}

/** The writes of runs, by name, so that they can be sent to the thread that owns the writing connection. */
export const writes = {
  takeInOthers,
  initialise,
  createRun,
  updateRun,
  deleteRun,
  restoreRun,
  logMetrics,
  logLines,
  logParams,
  logDatasetInputs,
  setTags,
  deleteTags,
  recordRunChanges,
  compactLog,
} satisfies Record<string, (context: WriteContext, input: never) => Promise<unknown>>;

export type Writes = typeof writes;
export type WriteName = keyof Writes;

/** Sends writes to wherever the writing connection is. An answer means committed. */
export interface MlflowWriter {
  write<Name extends WriteName>(name: Name, input: Parameters<Writes[Name]>[1]): Promise<Awaited<ReturnType<Writes[Name]>>>;
}
