import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { largeFixture, missing } from './optional.js';

/** One commit of a training that writes as DashAI does. Rows are (number of the row, metric, value). */
export interface WriterCommit {
  /** `status` or `metric`. */
  readonly kind: string;
  readonly run: number;
  readonly status?: string;
  readonly split?: string;
  readonly level?: string;
  readonly step?: number;
  readonly rows?: readonly (readonly [number, string, number])[];
}

const python = join(homedir(), '.cache/rungraph-interop/bin/python');
const wheels = join(homedir(), '.cache/rungraph-interop-dashai');

/** Where DashAI's own classes and what writes with them are; null when this machine does not have them. */
export function findDashaiWriter(version: string): { readonly script: string; readonly wheel: string } | null {
  const script = largeFixture('live/live_dashai.py');
  const wheel = join(wheels, version);
  if (script && existsSync(python) && existsSync(wheel)) return { script, wheel };
  if (script) missing(`no ${existsSync(python) ? wheel : python}`);
  return null;
}

/** Lets DashAI's own classes write a training into a database, which is made when it is missing. @returns every commit, in order */
export async function writeTraining(
  { script, wheel }: { readonly script: string; readonly wheel: string },
  database: string,
  ...flags: string[]
): Promise<WriterCommit[]> {
  const child = spawn(python, [script, '--wheel', wheel, '--db', database, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let problems = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problems += text));
  const commits: WriterCommit[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => commits.push(JSON.parse(line) as WriterCommit));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`DashAI's writer ended with ${code}:\n${problems}`);
  return commits.slice(0, -1); // the last line sums up
}
