import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportFlags } from './cli/import.js';
import { paint, print, printJson, printTable, progress, remark } from './cli/output.js';
import { ConfigError, environment, readServeConfig, type ServeConfig } from './config.js';
import { systemClock } from './core/clock.js';
import { RuleError } from './core/errors.js';
import type { Logger } from './core/logger.js';
import type { DatabaseLocation } from './stores/engine/location.js';
import { importMlflow, type ImportConflict, type ImportProgress, type ImportSummary } from './stores/mlflow/imports/import.js';
import { openImportStores, type ImportStores } from './stores/open-stores.js';
import { StoreFailure } from './stores/store-failure.js';

/**
 * Copies an MLflow database into the embedded store of a data folder and prints what came of it. The process exits with 1 when
 * something is here already that came from somewhere else; the rest is imported.
 * @throws ConfigError when there is nothing to import, or names are taken: nothing was written then
 */
export async function importDatabase(source: string, flags: ImportFlags): Promise<void> {
  const { experiment, ...serveFlags } = flags;
  const config = readServeConfig({ ...serveFlags, attach: [source] }, environment, false);
  const attachment = { kind: 'mlflow' as const, name: 'import', location: realLocation(config) };
  const report = createReport(flags.json ?? false);
  const stores = await openImportStores({
    ...config,
    attachments: [attachment],
    clock: systemClock,
    log: warnings,
  });
  try {
    const summary = await copy(stores, flags, report);
    report.end(summary);
    if (summary.conflicts > 0) process.exitCode = 1;
  } catch (error) {
    progress('');
    throw asMistake(error, stores.origin);
  } finally {
    await stores.close();
  }
}

function copy(stores: ImportStores, { experiment, prefix, origin }: ImportFlags, report: Report): Promise<ImportSummary> {
  if (prefix === '') throw new ConfigError('--prefix is empty; give the text that keeps the names apart.');
  return importMlflow({
    ...stores,
    origin: origin ?? stores.origin,
    experiments: experiment ?? null,
    prefix: prefix ?? null,
    clock: systemClock,
    onProgress: report.progress,
    onConflict: report.conflict,
  });
}

/**
 * Where the database is: the same file is the same origin, by whatever link it is reached.
 * @throws ConfigError when it is the store that would be imported into
 */
function realLocation({ attachments, dataFolder, database }: ServeConfig): DatabaseLocation {
  const { kind, location } = attachments.at(-1)!;
  if (kind !== 'mlflow')
    throw new ConfigError('Only MLflow databases can be imported: mlflow=PATH, mlflow=postgresql://… or mlflow=mysql://….');
  if (location.engine !== 'sqlite') {
    if (location.url === database)
      throw new ConfigError('The database is the store that would be imported into; choose another --database.');
    return location;
  }
  const path = realPath(location.path);
  if (database === null && path === realPath(join(dataFolder, 'mlflow.db'))) {
    throw new ConfigError(`${path} is the store that would be imported into; choose another folder with --data.`);
  }
  return { ...location, path };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // who reads it says what is wrong with it
  }
}

/** What a user can mend is told in one sentence; the rest is a defect. */
function asMistake(error: unknown, location: string): unknown {
  if (error instanceof RuleError) return new ConfigError(`${error.code}: ${error.message}`);
  if (!(error instanceof StoreFailure)) return error;
  return new ConfigError(`The import stopped (${location}): ${error.message} What was written stays; made again, it goes on from there.`);
}

const warnings: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_fields, message) => remark(message),
  error: (_fields, message) => remark(message),
};

/** Tells of an import while it goes on and at its end. */
interface Report {
  progress(done: ImportProgress): void;
  conflict(conflict: ImportConflict): void;
  end(summary: ImportSummary): void;
}

/** How often progress is told. */
const reportEveryMs = 500;
const conflictsShown = 20;

function createReport(json: boolean): Report {
  const began = performance.now();
  const conflicts: ImportConflict[] = [];
  let told = began;
  const seconds = () => (performance.now() - began) / 1000;
  return {
    progress({ runs, runsTotal, points }) {
      if (performance.now() - told < reportEveryMs) return;
      told = performance.now();
      const pointsPerSecond = Math.round(points / seconds());
      if (json) printJson({ event: 'progress', runs, runsTotal, points, pointsPerSecond });
      else progress(`importing: ${runs} of ${runsTotal} runs, ${points} points (${pointsPerSecond}/s) …`);
    },
    conflict(conflict) {
      if (json) printJson({ event: 'conflict', ...conflict });
      else if (conflicts.length < conflictsShown) conflicts.push(conflict);
    },
    end(summary) {
      progress('');
      if (json) printJson({ event: 'summary', ok: summary.conflicts === 0, ...summary, seconds: Number(seconds().toFixed(3)) });
      else printSummary(summary, conflicts);
    },
  };
}

function printSummary(
  { origin, experiments, runs, points, models, versions, conflicts }: ImportSummary,
  shown: readonly ImportConflict[],
): void {
  print(`${origin}:`);
  printTable(
    ['', 'READ', 'WRITTEN'],
    [
      ['experiments', String(experiments.read), String(experiments.written)],
      ['runs', String(runs.read), `${runs.created + runs.updated} (${runs.created} new)`],
      ['points', '', String(points)],
      ['models', String(models.read), String(models.written)],
      ['versions', String(versions.read), String(versions.written)],
    ],
  );
  if (conflicts === 0) return;
  print('');
  printTable(
    ['LEFT AS IT IS', 'ID', ''],
    shown.map(({ kind, code, id, message }) => [paint.red(`${code} ${kind}`), id, message]),
  );
  if (conflicts > shown.length) remark(`… and ${conflicts - shown.length} more; --json lists all of them.`);
  remark('If the database was moved since it was imported, name its old place with --origin.');
}
