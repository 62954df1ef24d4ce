import type { Dialect } from '../engine/dialect.js';
import type { Database } from '../engine/sql.js';
import { logBatch } from './batch-writes.js';
import { takeInOthers } from './catch-up.js';
import { takeInCurves } from './points-of-others.js';
import { advanceForeignStats, dropForeignStats, fillForeignStats, openForeignStats } from './foreign-stats-writes.js';
import { beginImport } from './import-begin.js';
import { importModels, importVersions } from './import-registry-writes.js';
import { importDataset, importPoints, importRuns } from './import-writes.js';
import { logDatasetInputs } from './input-writes.js';
import { initialise } from './initialise.js';
import { compactLog } from './log-compaction.js';
import * as models from './logged-model-writes.js';
import { logLines } from './log-lines-writes.js';
import { logMetrics } from './metric-writes.js';
import { recordRunChanges } from './run-events.sql.js';
import * as registry from './registry-writes.js';
import { logSpans } from './span-writes.js';
import { createTrace, deleteTraces, deleteTraceTag, finishTrace, linkTraces, recordTrace, setTraceTags } from './trace-writes.js';
import { createRun, deleteRun, deleteTags, logParams, restoreRun, setTags, updateRun } from './run-writes.js';
import * as versions from './version-writes.js';

/** What a write works with: a database inside a transaction, and the time of the request (ms since the epoch). */
export interface WriteContext {
  readonly db: Database;
  readonly dialect: Dialect;
  readonly now: number;
  /** A database of somebody else: it has none of our tables. */
  readonly isForeign?: boolean;
}

/** The writes of runs and of the model registry, by name, so that they can be sent to the thread that owns the writing connection. */
export const writes = {
  takeInOthers,
  takeInCurves,
  initialise,
  createRun,
  updateRun,
  deleteRun,
  restoreRun,
  logMetrics,
  logBatch,
  logLines,
  logParams,
  logDatasetInputs,
  setTags,
  deleteTags,
  recordRunChanges,
  compactLog,
  createModel: registry.createModel,
  renameModel: registry.renameModel,
  updateModel: registry.updateModel,
  deleteModel: registry.deleteModel,
  setModelTags: registry.setModelTags,
  deleteModelTags: registry.deleteModelTags,
  createVersion: versions.createVersion,
  updateVersion: versions.updateVersion,
  transitionStage: versions.transitionStage,
  deleteVersion: versions.deleteVersion,
  setVersionTags: versions.setVersionTags,
  deleteVersionTags: versions.deleteVersionTags,
  setAlias: versions.setAlias,
  deleteAlias: versions.deleteAlias,
  createTrace,
  finishTrace,
  recordTrace,
  logSpans,
  setTraceTags,
  deleteTraceTag,
  deleteTraces,
  linkTraces,
  createLoggedModel: models.createLoggedModel,
  setLoggedModelStatus: models.setLoggedModelStatus,
  deleteLoggedModel: models.deleteLoggedModel,
  logLoggedModelParams: models.logLoggedModelParams,
  setLoggedModelTags: models.setLoggedModelTags,
  deleteLoggedModelTag: models.deleteLoggedModelTag,
  logLoggedModelMetrics: models.logLoggedModelMetrics,
  logRunModels: models.logRunModels,
  openForeignStats,
  fillForeignStats,
  advanceForeignStats,
  dropForeignStats,
  beginImport,
  importRuns,
  importDataset,
  importPoints,
  importModels,
  importVersions,
} satisfies Record<string, (context: WriteContext, input: never) => Promise<unknown>>;

export type Writes = typeof writes;
export type WriteName = keyof Writes;

/** Sends writes to wherever the writing connection is. An answer means committed. */
export interface MlflowWriter {
  write<Name extends WriteName>(name: Name, input: Parameters<Writes[Name]>[1]): Promise<Awaited<ReturnType<Writes[Name]>>>;
}
