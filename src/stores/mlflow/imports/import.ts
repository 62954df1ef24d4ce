import type { Clock } from '../../../core/clock.js';
import { refuse } from '../../../core/errors.js';
import type { BegunImport } from './import-begin.js';
import { copyModels } from './import-models.js';
import { copyRuns } from './import-runs.js';
import type { ExperimentRow } from './import.sql.js';
import type { MlflowReader } from '../reads.js';
import type { MlflowWriter } from '../writes.js';

/** What to import, from where and into what. */
export interface ImportOptions {
  /** The database to import; nothing is written to it. */
  readonly from: MlflowReader;
  /** Our own database. */
  readonly into: MlflowReader & MlflowWriter;
  /** What the database is known by: what is imported of the same origin again goes on where it was. */
  readonly origin: string;
  /** Names of experiments whose runs are imported; null: everything, the model registry included. */
  readonly experiments: readonly string[] | null;
  /** Put before names that are taken here by something else; null: such names are refused. */
  readonly prefix: string | null;
  readonly clock: Clock;
  /** Told after every write. */
  readonly onProgress: (done: ImportProgress) => void;
  /** Told of everything that could not be imported, when it is found. */
  readonly onConflict: (conflict: ImportConflict) => void;
}

/** How far an import has come. */
export interface ImportProgress {
  /** Runs that were looked at, and how many there are. */
  readonly runs: number;
  readonly runsTotal: number;
  /** New points. */
  readonly points: number;
}

/** Something that was left as it is here, while the rest was imported. */
export interface ImportConflict {
  readonly kind: 'run' | 'model' | 'version';
  readonly id: string;
  /** `CONFLICT`: it is here already and came from somewhere else. `INVALID`: the store refuses it. */
  readonly code: 'CONFLICT' | 'INVALID';
  readonly message: string;
}

/** What an import came to. `written`: what was new or had changed. */
export interface ImportSummary {
  readonly origin: string;
  readonly experiments: { readonly read: number; readonly written: number };
  readonly runs: { readonly read: number; readonly created: number; readonly updated: number };
  /** Points that were new. */
  readonly points: number;
  readonly models: { readonly read: number; readonly written: number };
  readonly versions: { readonly read: number; readonly written: number };
  readonly conflicts: number;
}

/**
 * Copies an MLflow database into our own, in pieces of bounded size, each in a transaction of its own that also remembers it.
 * An import that is made again, after it was interrupted or to get what is new, writes nothing twice.
 * @throws NOT_FOUND when an experiment does not exist; ALREADY_EXISTS when names are taken; nothing was written then
 * @throws StoreFailure when one of the databases fails; what was written stays, and the next import goes on from there
 */
export async function importMlflow(options: ImportOptions): Promise<ImportSummary> {
  let conflicts = 0;
  const onConflict = (conflict: ImportConflict) => {
    conflicts++;
    options.onConflict(conflict);
  };
  const { from, into, origin, prefix } = options;
  const experiments = await chosenExperiments(options);
  const modelNames = options.experiments === null ? await from.read('modelNames', null) : [];
  const begun: BegunImport = await into.write('beginImport', { origin, experiments, modelNames, prefix });
  const needs = { ...options, onConflict, begun };
  const { points, ...runs } = await copyRuns(needs);
  const { models, versions } = await copyModels(needs, modelNames);
  return {
    origin,
    experiments: { read: experiments.length, written: begun.experimentsWritten },
    runs,
    points,
    models,
    versions,
    conflicts,
  };
}

const experimentsPerRead = 500;

async function chosenExperiments({ from, experiments }: ImportOptions): Promise<ExperimentRow[]> {
  const all: ExperimentRow[] = [];
  for (let after = -1n; ; after = all.at(-1)!.id) {
    const rows = await from.read('experimentRows', { after, limit: experimentsPerRead });
    all.push(...rows);
    if (rows.length < experimentsPerRead) break;
  }
  if (experiments === null) return all;
  const missing = experiments.find((name) => !all.some((row) => row.name === name));
  if (missing === undefined) return all.filter(({ name }) => experiments.includes(name));
  const known = all.slice(0, 10).map(({ name }) => JSON.stringify(name));
  throw refuse(
    'NOT_FOUND',
    `There is no experiment ${JSON.stringify(missing)}; there are ${known.join(', ')}${all.length > 10 ? ', …' : '.'}`,
    ['experiment'],
  );
}
