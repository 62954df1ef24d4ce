import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { ExpectedRun } from '../kit/mlflow-fixtures.js';

const python = join(homedir(), '.cache/rungraph-interop/bin/python');
const script = fileURLToPath(new URL('mlflow_rest.py', import.meta.url));

/** A run as the client has it; `id` and the experiment's id besides what the fixtures record. */
export type RestRun = Omit<ExpectedRun, 'experiment'> & { readonly id: string; readonly experiment_id: string };

export interface RestRuns {
  readonly sizes: readonly number[];
  readonly ids: readonly string[];
  readonly runs: readonly RestRun[];
}

/** What MLflow's client raised. */
export class MlflowRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** MLflow's client in a process that stays, with nothing but a tracking URI. */
export interface RestClient {
  /** Runs a command of the script. @throws MlflowRefusal when MLflow's client raises */
  ask<T>(command: string, ...input: unknown[]): Promise<T>;
  close(): Promise<void>;
}

/** @param trackingUri `http://host:port`, as people set it */
export async function openRestClient(trackingUri: string): Promise<RestClient> {
  const child = spawn(python, [script, trackingUri], {
    cwd: tmpdir(), // MLflow makes folders where it is started
    env: {
      ...process.env,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
      PYTHONWARNINGS: 'ignore',
      // A refusal that a client repeats for minutes would be a defect: it must show.
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
      GIT_PYTHON_REFRESH: 'quiet',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    for (;;) {
      const line = await lines.next();
      if (line.done) throw new Error(`MLflow's client ended:\n${log}`);
      // The fluent API prints where runs can be seen.
      if (/^[{"]/.test(line.value)) return JSON.parse(line.value);
    }
  };
  let last = read(); // one command after the other
  await last;
  return {
    ask<T>(...command: unknown[]): Promise<T> {
      const answered = last
        .catch(() => undefined)
        .then(async () => {
          child.stdin.write(`${JSON.stringify(command)}\n`);
          return (await read()) as { answer?: T; error?: { code: string; message: string } };
        });
      last = answered;
      return answered.then(({ answer, error }) => {
        if (error) throw new MlflowRefusal(error.code, error.message);
        return answer as T;
      });
    },
    async close() {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
