import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that answers HTTP. */
export interface Peer {
  readonly url: string;
  readonly process: ChildProcess;
  /** Milliseconds from its start until it answered. */
  readonly startedInMs: number;
  stop(): Promise<void>;
}

/** The built server, as `rungraph serve` starts it. @param database the store's address where it is not in the data folder */
export function startRunGraph(dataFolder: string, database?: string): Promise<Peer> {
  const store = database ? ['--database', database] : [];
  return start(process.execPath, ['dist/main.js', 'serve', '--port', '0', '--data', dataFolder, ...store], /ready at (\S+)/);
}

/** A plain HTTP server that answers every request with the same SQL and JSON.stringify. */
export function startPlainServer(dataFolder: string): Promise<Peer> {
  return start(process.execPath, ['--import', 'tsx', 'bench/plain-server.ts', join(dataFolder, 'mlflow.db')], /ready at (\S+)/);
}

/** A server that fans out what is logged with graphql-ws and a publish-subscribe in memory. */
export function startPlainFanOutServer(): Promise<Peer> {
  return start(process.execPath, ['--import', 'tsx', 'bench/plain-fan-out-server.ts'], /ready at (\S+)/);
}

/** Seconds of one core that the process has used so far. */
export function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid!}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100; // utime and stime, in the 1/100 s in which Linux tells them
}

/** Resident memory of the process in MB. */
export function residentMb({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid!}/status`, 'utf8'))![1]) / 1024;
}

const python = join(homedir(), '.cache/rungraph-interop/bin/python');

// A worker that a busy machine keeps from answering for five seconds would be killed, and requests with it.
const patience = ['--uvicorn-opts', '--timeout-worker-healthcheck 60'];

/** MLflow's own server on a SQLite file, where the Python package is installed. */
export const startMlflow = (databasePath: string): Promise<Peer | null> => startMlflowOn(`sqlite:///${databasePath}`);

/** MLflow's own server on a database it names by an address of SQLAlchemy. */
export async function startMlflowOn(address: string): Promise<Peer | null> {
  if (!existsSync(python)) return null;
  const port = 20_000 + (process.pid % 10_000);
  const args = ['-m', 'mlflow', 'server', '--backend-store-uri', address, '--port', String(port), '--workers', '2', ...patience];
  const peer = await start(python, args, null, `http://127.0.0.1:${port}`);
  await sleep(10_000); // its first seconds are up to six times slower
  return peer;
}

async function start(command: string, args: string[], ready: RegExp | null, url = ''): Promise<Peer> {
  const began = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    env: { ...process.env, NODE_ENV: 'production', RUNGRAPH_LOG_LEVEL: 'error' },
  });
  const found = await (ready ? lineOf(child, ready) : answering(url)).catch((error: unknown) => {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGTERM');
    throw error;
  });
  return {
    url: found,
    process: child,
    startedInMs: performance.now() - began,
    async stop() {
      const exited = once(child, 'exit');
      process.kill(-child.pid!, 'SIGTERM'); // with its workers
      await exited;
    },
  };
}

function lineOf(child: ChildProcess, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout!.on('data', (data: Buffer) => {
      out += data.toString();
      const url = ready.exec(out)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${String(code)}: ${out}`)));
  });
}

async function answering(url: string): Promise<string> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const response = await fetch(`${url}/health`).catch(() => null);
    if (response?.ok) return url;
    await sleep(200);
  }
  throw new Error(`${url} never answered`);
}
