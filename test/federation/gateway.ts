import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { missing, root } from '../kit/optional.js';
import type { TestServer } from '../kit/server.js';

const folder = join(root, 'deploy/gateway');

/** Whether the gateway's packages are installed; says so when they are not. */
export function hasGateway(): boolean {
  if (existsSync(join(folder, 'node_modules/@graphql-hive/gateway-runtime'))) return true;
  missing('no packages in deploy/gateway; npm ci --prefix deploy/gateway');
  return false;
}

/** A real gateway in a process of its own. */
export interface Gateway {
  readonly url: string;
  readonly query: TestServer['query'];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Composes what the subgraphs say of themselves and starts a gateway over them. */
export async function startGateway(subgraphs: Readonly<Record<string, TestServer>>): Promise<Gateway> {
  const temporary = mkdtempSync(join(tmpdir(), 'rungraph-gateway-'));
  const supergraph = join(temporary, 'supergraph.graphql');
  const services = Object.entries(subgraphs).map(([name, { url }]) => `${name}=${url}`);
  await promisify(execFile)(process.execPath, [join(folder, 'compose.mjs'), ...services, '--out', supergraph]);
  const child = spawn(process.execPath, [join(folder, 'gateway.mjs')], {
    cwd: folder,
    env: { ...process.env, PORT: '0', SUPERGRAPH: supergraph, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await readyUrl(child);
  return {
    url,
    async query(query, variables) {
      const body = JSON.stringify({ query, variables });
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return (await response.json()) as never;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (text: string) => {
      output += text;
      const url = /^Gateway ready at (\S+)$/m.exec(output)?.[1];
      if (url) resolve(url);
    };
    child.stdout!.setEncoding('utf8').on('data', read);
    child.stderr!.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => reject(new Error(`The gateway ended with ${String(code)} before it was ready:\n${output}`)));
  });
}
