import type { MlflowDatabase } from './layout.js';
import { entryCounts } from './log-compaction.sql.js';
import { experimentCount, experimentKeys, experimentPage, experimentsByIds, experimentTags } from './experiment.sql.js';
import { runGroups } from './group.sql.js';
import { commitState } from './arrival.sql.js';
import { curvesOfOthers, miscountedCurves } from './curves-of-others.sql.js';
import type { PulseQuestion } from './pulse.js';
import { positionsOf } from './row-positions.js';
import { readHistory, readSpread } from './history.js';
import { readModelMarks } from './model-marks.sql.js';
import { foreignEnd, foreignKeyStats, foreignRunStats, foreignTail } from './foreign-rows.sql.js';
import { askForeign } from './foreign-question.sql.js';
import { readBestOfKey, readStatsOfRuns } from './foreign-stats.sql.js';
import * as imports from './import.sql.js';
import { readImportMarks } from './import-marks.sql.js';
import * as registryImports from './import-registry.sql.js';
import { eventsEnd, readEvents } from './run-events.sql.js';
import { readRunMarks, runsOfMarks } from './run-marks.sql.js';
import { readTail, tailEnd } from './tail.sql.js';
import { readLogLines } from './log-lines.sql.js';
import { loggedModelPage, loggedModelsByIds, modelsOfRuns } from './logged-model.sql.js';
import * as registry from './registry.sql.js';
import { runParts } from './run-parts.sql.js';
import { runCount, runPage, runsByIds } from './run.sql.js';
import { readSeries } from './series.sql.js';
import { traceSpans } from './span.sql.js';
import { readSummary } from './summary.sql.js';
import { traceParts } from './trace-parts.sql.js';
import { traceCount, tracePage, tracesByIds } from './trace.sql.js';

/** Everything that can be asked of an MLflow-shaped database, by name, so that a question can be sent to a thread. */
export const reads = {
  summary: readSummary,
  runPage,
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
