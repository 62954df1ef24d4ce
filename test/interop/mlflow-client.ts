import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { missing } from '../kit/optional.js';

const python = join(homedir(), '.cache/rungraph-interop/bin/python');
const script = fileURLToPath(new URL('mlflow_client.py', import.meta.url));
const environment = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', PYTHONWARNINGS: 'ignore' };

/** Whether MLflow is there; says so when it is not. */
export function hasMlflow(): boolean {
  const found = spawnSync(python, ['-c', 'from importlib.metadata import version; print(version("mlflow"))'], { encoding: 'utf8' });
  if (found.status === 0) return true;
  missing('no Python with mlflow in ~/.cache/rungraph-interop');
  return false;
}

/** A run as MLflow's client sees it; steps are texts, doubles that JSON cannot write too. */
export interface MlflowRun {
  readonly id: string;
  readonly name: string;
  readonly experiment: string;
  readonly status: string;
  readonly stage: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly user: string;
  readonly artifacts: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly latest: Readonly<Record<string, MlflowPoint>>;
  readonly history: Readonly<Record<string, readonly MlflowPoint[]>>;
}

export type MlflowPoint = readonly [step: string, timestamp: number, value: number | string];

export interface MlflowContent {
  readonly experiments: readonly {
    readonly id: string;
    readonly name: string;
    readonly stage: string;
    readonly tags: Readonly<Record<string, string>>;
  }[];
  /** Ids in the order of `search_runs`. */
  readonly searched: readonly string[];
  readonly runs: readonly MlflowRun[];
}

export interface MlflowWrite {
  readonly run: string;
  readonly experiment: string;
  /** Seconds. */
  readonly slowest: number;
}

/** MLflow's client on a SQLite file or a PostgreSQL database. Opening it migrates it to the client's version. */
export class MlflowClient {
  readonly #uri: string;

  /** @param location path of the file, or URL of the database */
  constructor(location: string) {
    this.#uri = location.startsWith('postgresql:') ? location.replace(':', '+psycopg2:') : `sqlite:///${location}`;
  }

  read = (): Promise<MlflowContent> => this.#ask('read');

  search = (filter: string, ...orderBy: string[]): Promise<string[]> => this.#ask('search', filter, ...orderBy);

  /** Writes points one by one into a new run. */
  write = (experiment: string, run: string, points: number): Promise<MlflowWrite> => this.#ask('write', experiment, run, String(points));

  async #ask<T>(...[command, ...rest]: [string, ...string[]]): Promise<T> {
    const answer = await runPython([script, command, this.#uri, ...rest]);
    return JSON.parse(answer.trimEnd().split('\n').at(-1)!) as T;
  }
}

/** Runs a script that lies beside this one; answers the JSON of its last line. */
export const runMlflow = <T = Record<string, any>>(name: string, ...args: string[]): Promise<T> => runMlflowIn<T>({}, name, ...args);

/** As `runMlflow`, with variables of the environment. */
export const runMlflowIn = async <T>(variables: Readonly<Record<string, string>>, name: string, ...args: string[]): Promise<T> => {
  const path = fileURLToPath(new URL(name, import.meta.url));
  return JSON.parse((await runPython([path, ...args], variables)).trimEnd().split('\n').at(-1)!) as T;
};

/** Migrates a SQLite file to the client's version, as `mlflow db upgrade` does. */
export const upgradeMlflow = async (path: string): Promise<void> =>
  void (await runPython(['-m', 'mlflow', 'db', 'upgrade', `sqlite:///${path}`]));

async function runPython(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<string> {
  // MLflow makes folders where it is started.
  const child = spawn(python, args, { cwd: tmpdir(), env: { ...environment, ...variables }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [answer, log] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`MLflow's client ended with ${String(code)}:\n${log}`);
  return answer;
}
