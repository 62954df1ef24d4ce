import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const python = join(homedir(), '.cache/rungraph-interop/bin/python');
const script = fileURLToPath(new URL('mlflow_registry.py', import.meta.url));

/** What a call of MLflow's client came to. */
export interface MlflowOutcome {
  readonly answer?: any;
  /** MLflow's error code. */
  readonly error?: string;
  readonly message?: string;
}

/** The registry part of MLflow's client in a process that stays. */
export interface MlflowRegistryClient {
  /** Calls a method of `MlflowClient`. */
  attempt(method: string, input?: object): Promise<MlflowOutcome>;
  /** As `attempt`, of a call that must succeed. */
  call(method: string, input?: object): Promise<any>;
  close(): Promise<void>;
}

/** @param uri of a server, or `sqlite:///path`; opening a file migrates it to the client's version */
export async function openMlflowRegistry(uri: string): Promise<MlflowRegistryClient> {
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
  let last = answer(); // one call after the other
  const attempt = (method: string, input: object = {}): Promise<MlflowOutcome> => {
    last = last.then(() => {
      child.stdin.write(`${JSON.stringify([method, input])}\n`);
      return answer();
    });
    return last as Promise<MlflowOutcome>;
  };
  await last;
  return {
    attempt,
    async call(method, input) {
      const { answer: answered, error, message } = await attempt(method, input);
      if (error) throw new Error(`${method}: ${error}: ${message ?? ''}`);
      return answered;
    },
    async close() {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
