import type { Dialect } from '../engine/dialect.js';
import type { Database } from '../engine/sql.js';
import { logBatch } from './runs/batch-writes.js';
import { takeInOthers } from './following/catch-up.js';
import { takeInCurves } from './following/points-of-others.js';
import { advanceForeignStats, dropForeignStats, fillForeignStats, openForeignStats } from './statistics/foreign-stats-writes.js';
import { beginImport } from './imports/import-begin.js';
import { importModels, importVersions } from './imports/import-registry-writes.js';
import { importDataset, importPoints, importRuns } from './imports/import-writes.js';
import { logDatasetInputs } from './runs/input-writes.js';
import { initialise } from './initialise.js';
import { compactLog } from './metric-log/log-compaction.js';
import * as models from './traces/logged-model-writes.js';
import { logLines } from './log-lines/log-lines-writes.js';
import { logMetrics } from './metrics/metric-writes.js';
import { recordRunChanges } from './following/run-events.sql.js';
import * as registry from './registry/registry-writes.js';
import { logSpans } from './traces/span-writes.js';
import { createTrace, deleteTraces, deleteTraceTag, finishTrace, linkTraces, recordTrace, setTraceTags } from './traces/trace-writes.js';
import { createRun, deleteRun, deleteTags, logParams, restoreRun, setTags, updateRun } from './runs/run-writes.js';
import * as versions from './registry/version-writes.js';

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
