import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { dropDatabase, openDatabaseOf } from './postgres.js';
import { rungraph } from './program.js';

/** A real server in a process of its own, on a free port, with a data folder of its own. */
export interface TestServer {
  /** URL of the API. */
  readonly url: string;
  /** `http://host:port` without a path. */
  readonly origin: string;
  readonly dataFolder: string;
  /** URL of the database that holds `local`; null: it is a file in the folder. */
  readonly database: string | null;
  readonly process: ChildProcess;
  /** What it wrote to stderr so far. */
  readonly log: () => string;
  /** Sends a query or mutation; answers the parsed body. */
  query<T = Record<string, any>>(query: string, variables?: object): Promise<{ data: T; errors?: readonly TestError[] }>;
  /** Ends the process (SIGTERM unless said otherwise) and waits until it is gone; the folder stays. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the process and removes its folder. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly argument?: string };
}

/** Whether `local` is a PostgreSQL database in this run of the suites, see `scripts/test.mjs`. */
export const onPostgres = process.env.RUNGRAPH_TEST_ENGINE === 'postgres';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Starts a server and waits for its ready line. `dataFolder` continues with the data of an earlier one. */
export async function startTestServer(
  flags: readonly string[] = [],
  options: { dataFolder?: string; env?: Record<string, string> } = {},
): Promise<TestServer> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'rungraph-test-'));
  const database = onPostgres ? await openDatabaseOf(dataFolder) : null;
  const where = database ? ['--data', dataFolder, '--database', database] : ['--data', dataFolder];
  const child = spawn(process.execPath, [...rungraph, 'serve', '--port', '0', ...where, ...flags], {
    cwd: root,
    env: { ...process.env, RUNGRAPH_LOG_LEVEL: 'warn', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const url = await readyUrl(child, () => log).catch((error: unknown) => {
    if (!options.dataFolder) rmSync(dataFolder, { recursive: true, force: true });
    throw error;
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    url,
    origin: new URL(url).origin,
    dataFolder,
    database,
    process: child,
    log: () => log,
    async query(query, variables) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as never;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(dataFolder, { recursive: true, force: true });
      if (database) await dropDatabase(database);
    },
  };
}

function readyUrl(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const url = /^RunGraph ready at (\S+)$/m.exec(out)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it was ready:\n${log()}`)));
  });
}
