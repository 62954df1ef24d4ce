import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorFlags } from './cli/doctor.js';
import { paint, print, printJson, printTable, progress, remark } from './cli/output.js';
import { ConfigError, environment, readServeConfig } from './config.js';
import { examineHome } from './stores/dashai/home-doctor.js';
import { checkStore, rebuildStore, type OnProgress, type StoreCheck, type StoreRebuilt } from './stores/mlflow/store-doctor.js';
import { StoreFailure } from './stores/store-failure.js';

/**
 * Checks the embedded store of a data folder, after its log was written anew if that is asked for, and prints what is found.
 * The process exits with 1 when something is wrong.
 * @throws ConfigError when there is no store that could be looked at
 */
export async function doctor(home: string | undefined, flags: DoctorFlags): Promise<void> {
  if (home !== undefined) return doctorOfHome(home, flags);
  const { dataFolder } = readServeConfig(flags, environment, false);
  const path = join(dataFolder, 'mlflow.db');
  requireFile(path);
  const rebuilt = flags.rebuildLog ? await asked(path, rebuildStore(path, progressOf('rebuilding'))) : null;
  const check = await asked(path, checkStore(path, progressOf('checking')));
  progress('');
  if (flags.json) printJson({ store: path, ok: check.findings.length === 0, rebuilt, ...check });
  else printReport(path, rebuilt, check);
  if (check.findings.length > 0) process.exitCode = 1;
}

/** Lists how a DashAI home differs from what is known here; a difference is nothing wrong. */
async function doctorOfHome(attach: string, flags: DoctorFlags): Promise<void> {
  if (flags.rebuildLog) throw new ConfigError('--rebuild-log is for the embedded store; a DashAI home is only looked at.');
  const { attachments } = readServeConfig({ ...flags, attach: [attach] }, environment, false);
  const { kind, location } = attachments.at(-1)!;
  if (kind !== 'dashai' || location.engine !== 'sqlite') throw new ConfigError(`${attach}: doctor takes dashai=FOLDER, or nothing.`);
  const { release, revisions, journalMode, rows, missing, unknown } = await asked(location.path, examineHome(location.path));
  if (flags.json) return printJson({ home: location.path, release, revisions, journalMode, rows, missing, unknown });
  print(`${location.path}: looks like DashAI ${release}, revision ${revisions.join(', ') || 'unknown'}, journal mode ${journalMode}.`);
  print(`${rows.model_session ?? 0} model sessions, ${rows.run ?? 0} runs, ${rows.metric ?? 0} metric values.`);
  for (const name of missing) print(`${paint.yellow('not there')}  ${name}`);
  for (const name of unknown) print(`${paint.yellow('not known')}  ${name}`);
  if (missing.length + unknown.length === 0) print(paint.green('Everything in it is known here.'));
}

function requireFile(path: string): void {
  try {
    if (statSync(path).isFile()) return;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EACCES' || code === 'EPERM') throw new ConfigError(`${path} may not be read by this user.`);
  }
  throw new ConfigError(`There is no store ${path}; choose its folder with --data.`);
}

/** What comes of it; a failure of the store is told as the user's mistake, in one sentence. */
async function asked<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    progress('');
    throw error instanceof StoreFailure ? new ConfigError(`${path}: ${error.message}`) : error;
  }
}

const progressOf =
  (doing: string): OnProgress =>
  ({ runs, points }) =>
    progress(`${doing}: ${runs} runs, ${points} points …`);

function printReport(path: string, rebuilt: StoreRebuilt | null, { runs, points, findings }: StoreCheck): void {
  if (rebuilt) print(`The log of ${rebuilt.runs} runs (${rebuilt.points} points) was written anew from MLflow's rows.`);
  print(`${path}: ${runs} runs, ${points} points in the log.`);
  if (findings.length === 0) return print(paint.green('Everything is as it should be.'));
  printTable(
    ['FINDING', 'RUN', ''],
    findings.map(({ code, run, message }) => [paint.red(code), run ?? '', message]),
  );
  if (!rebuilt) remark("The log and the statistics can be written anew from MLflow's rows: rungraph doctor --rebuild-log");
}
