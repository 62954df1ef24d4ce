import type { MlflowDatabase } from './layout.js';
import { entryCounts } from './metric-log/log-compaction.sql.js';
import { experimentCount, experimentKeys, experimentPage, experimentsByIds, experimentTags } from './runs/experiment.sql.js';
import { runGroups } from './runs/group.sql.js';
import { commitState } from './following/arrival.sql.js';
import { curvesOfOthers, miscountedCurves } from './following/curves-of-others.sql.js';
import type { PulseQuestion } from './following/pulse.js';
import { positionsOf } from './following/row-positions.js';
import { readHistory, readSpread } from './metrics/history.js';
import { readModelMarks } from './registry/model-marks.sql.js';
import { foreignEnd, foreignKeyStats, foreignRunStats, foreignTail } from './statistics/foreign-rows.sql.js';
import { askForeign } from './statistics/foreign-question.sql.js';
import { readBestOfKey, readStatsOfRuns } from './statistics/foreign-stats.sql.js';
import * as imports from './imports/import.sql.js';
import { readImportMarks } from './imports/import-marks.sql.js';
import * as registryImports from './imports/import-registry.sql.js';
import { eventsEnd, readEvents } from './following/run-events.sql.js';
import { readRunMarks, runsOfMarks } from './following/run-marks.sql.js';
import { readTail, tailEnd } from './following/tail.sql.js';
import { readLogLines } from './log-lines/log-lines.sql.js';
import { loggedModelPage, loggedModelsByIds, modelsOfRuns } from './traces/logged-model.sql.js';
import * as registry from './registry/registry.sql.js';
import { runParts } from './runs/run-parts.sql.js';
import { firstRunPages, runCount, runPage, runsByIds } from './runs/run.sql.js';
import { readSeries } from './metrics/series.sql.js';
import { traceSpans } from './traces/span.sql.js';
import { readSummary } from './runs/summary.sql.js';
import { traceParts } from './traces/trace-parts.sql.js';
import { traceCount, tracePage, tracesByIds } from './traces/trace.sql.js';

/** Everything that can be asked of an MLflow-shaped database, by name, so that a question can be sent to a thread. */
export const reads = {
  summary: readSummary,
  runPage,
  firstRunPages,
  runCount,
  runsByIds,
  runParts,
  runGroups,
  readSeries,
  readHistory,
  readSpread,
  experimentPage,
  experimentCount,
  experimentsByIds,
  experimentTags,
  experimentKeys,
  readLogLines,
  readTail,
  tailEnd,
  readEvents,
  eventsEnd,
  pulse: (database: MlflowDatabase, question: PulseQuestion) => positionsOf(database).pulse(database, question),
  commitState,
  curvesOfOthers,
  miscountedCurves,
  runMarks: readRunMarks,
  runsOfMarks,
  entryCounts,
  foreignEnd,
  foreignTail,
  foreignKeyStats,
  foreignRunStats,
  askForeign,
  readBestOfKey,
  readStatsOfRuns,
  experimentRows: imports.experimentRows,
  runRows: imports.runRows,
  runRowCount: imports.runRowCount,
  inputRows: imports.inputRows,
  datasetRow: imports.datasetRow,
  modelNames: registryImports.modelNames,
  modelRows: registryImports.modelRows,
  versionRows: registryImports.versionRows,
  importMarks: readImportMarks,
  modelPage: registry.modelPage,
  modelCount: registry.modelCount,
  modelsByNames: registry.modelsByNames,
  modelTags: registry.modelTags,
  aliases: registry.aliases,
  versionPage: registry.versionPage,
  versionCount: registry.versionCount,
  versionsByKeys: registry.versionsByKeys,
  versionTags: registry.versionTags,
  versionsOfRuns: registry.versionsOfRuns,
  versionsWithTag: registry.versionsWithTag,
  latestVersions: registry.latestVersions,
  modelMarks: readModelMarks,
  tracePage,
  traceCount,
  tracesByIds,
  traceParts,
  traceSpans,
  loggedModelPage,
  loggedModelsByIds,
  modelsOfRuns,
} satisfies Record<string, (database: MlflowDatabase, input: never) => Promise<unknown>>;

export type Reads = typeof reads;
export type ReadName = keyof Reads;
export type ReadInput<Name extends ReadName> = Parameters<Reads[Name]>[1];
export type ReadOutput<Name extends ReadName> = Awaited<ReturnType<Reads[Name]>>;

/** Asks one MLflow-shaped database; where it runs and on which engine is the implementation's business. */
export interface MlflowReader {
  read<Name extends ReadName>(name: Name, input: ReadInput<Name>): Promise<ReadOutput<Name>>;
}
