import type { Dialect } from '../../engine/dialect.js';
import type { Database } from '../../engine/sql.js';
import { createSessionRun, finishSessionRun, updateSessionRun } from './run-writes.js';
import { createModelSession, renameModelSession } from './session-writes.js';
import { logSplitMetrics } from './split-metric-writes.js';

/** What a write to a DashAI database works with: a database inside a transaction, and the time of the request. */
export interface DashaiWriteContext {
  readonly db: Database;
  readonly dialect: Dialect;
  /** As DashAI writes it, in the zone of the home. */
  readonly now: string;
  /** The same in milliseconds since the epoch. */
  readonly nowMs: number;
  /** A home of DashAI itself: it has none of our tables, and its datasets are its own. */
  readonly isForeign: boolean;
}

/** The writes to a DashAI database by name, so that they can be sent to the thread that owns the writing connection. */
export const dashaiWrites = {
  createModelSession,
  renameModelSession,
  createSessionRun,
  updateSessionRun,
  logSplitMetrics,
  finishSessionRun,
} satisfies Record<string, (context: DashaiWriteContext, input: never) => Promise<unknown>>;

/** What a write is called, takes and answers. */
export type DashaiWriteName = keyof typeof dashaiWrites;
export type WriteInput<Name extends DashaiWriteName> = Parameters<(typeof dashaiWrites)[Name]>[1];
export type WriteOutput<Name extends DashaiWriteName> = Awaited<ReturnType<(typeof dashaiWrites)[Name]>>;

/** Sends writes to wherever the writing connection is. An answer means committed. */
export interface HomeConnection {
  write<Name extends DashaiWriteName>(name: Name, input: WriteInput<Name>): Promise<WriteOutput<Name>>;
  close(): Promise<void>;
}
