import type { MlflowDatabase } from './layout.js';
import { entryCounts } from './log-compaction.sql.js';
import { experimentCount, experimentKeys, experimentPage, experimentsByIds, experimentTags } from './experiment.sql.js';
import { runGroups } from './group.sql.js';
import { readPulse } from './pulse.sql.js';
import { eventsEnd, readEvents } from './run-events.sql.js';
import { readRunMarks, runsInRows } from './run-marks.sql.js';
import { readTail, tailEnd } from './tail.sql.js';
import { readLogLines } from './log-lines.sql.js';
import * as registry from './registry.sql.js';
import { runParts } from './run-parts.sql.js';
import { runCount, runPage, runsByIds } from './run.sql.js';
import { readSeries } from './series.sql.js';
import { readSummary } from './summary.sql.js';

/** Everything that can be asked of an MLflow-shaped database, by name, so that a question can be sent to a thread. */
export const reads = {
  summary: readSummary,
  runPage,
  runCount,
  runsByIds,
  runParts,
  runGroups,
  readSeries,
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
  pulse: readPulse,
  runMarks: readRunMarks,
  runsInRows,
  entryCounts,
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
} satisfies Record<string, (database: MlflowDatabase, input: never) => Promise<unknown>>;

export type Reads = typeof reads;
export type ReadName = keyof Reads;
export type ReadInput<Name extends ReadName> = Parameters<Reads[Name]>[1];
export type ReadOutput<Name extends ReadName> = Awaited<ReturnType<Reads[Name]>>;

/** Asks one MLflow-shaped database; where it runs and on which engine is the implementation's business. */
export interface MlflowReader {
  read<Name extends ReadName>(name: Name, input: ReadInput<Name>): Promise<ReadOutput<Name>>;
}
