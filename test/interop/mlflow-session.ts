import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const python = join(homedir(), '.cache/rungraph-interop/bin/python');
const script = fileURLToPath(new URL('mlflow_live.py', import.meta.url));

/** MLflow's client in a process that stays, at one database. */
export interface MlflowSession {
  /** A new run in the default experiment. @returns its id */
  create(name: string): Promise<string>;
  /** One point a call. */
  log(run: string, key: string, values: readonly (number | string)[], fromStep: number): Promise<void>;
  logBatch(run: string, key: string, values: readonly number[], fromStep: number): Promise<void>;
  history(run: string, key: string): Promise<number[]>;
  /** Removes a run from the database, as `mlflow gc` does. */
  erase(run: string): Promise<void>;
  close(): Promise<void>;
}

/** @param uri as MLflow takes it: `sqlite:///…`, `postgresql+psycopg2://…`, `mysql+pymysql://…` */
export async function openMlflow(uri: string): Promise<MlflowSession> {
  const child = spawn(python, [script, uri], {
    cwd: tmpdir(), // MLflow makes folders where it is started
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', PYTHONWARNINGS: 'ignore' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done) throw new Error(`MLflow's client ended:\n${log}`);
    return JSON.parse(line.value);
  };
  let last = answer(); // one command after the other
  const ask = <T>(...command: unknown[]): Promise<T> => {
    last = last.then(() => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      return answer();
    });
    return last as Promise<T>;
  };
  await last;
  return {
    create: (name) => ask('create', name),
    log: (run, key, values, fromStep) => ask('log', run, key, values, fromStep),
    logBatch: (run, key, values, fromStep) => ask('log_batch', run, key, values, fromStep),
    history: (run, key) => ask('history', run, key),
    erase: (run) => ask('erase', run),
    async close() {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
