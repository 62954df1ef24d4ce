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

/** MLflow's client on a SQLite file. Opening the file migrates it to the client's version. */
export class MlflowClient {
  readonly #uri: string;

  constructor(path: string) {
    this.#uri = `sqlite:///${path}`;
  }

  read = (): Promise<MlflowContent> => this.#ask('read');

  search = (filter: string, ...orderBy: string[]): Promise<string[]> => this.#ask('search', filter, ...orderBy);

  /** Writes points one by one into a new run. */
  write = (experiment: string, run: string, points: number): Promise<MlflowWrite> => this.#ask('write', experiment, run, String(points));

  async #ask<T>(...[command, ...rest]: [string, ...string[]]): Promise<T> {
    // MLflow makes folders where it is started.
    const child = spawn(python, [script, command, this.#uri, ...rest], {
      cwd: tmpdir(),
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [answer, log] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`MLflow's client ended with ${String(code)}:\n${log}`);
    return JSON.parse(answer.trimEnd().split('\n').at(-1)!) as T;
  }
}
