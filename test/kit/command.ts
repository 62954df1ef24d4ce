import { spawn, type ChildProcess } from 'node:child_process';

import { root } from './optional.js';
import { rungraph } from './program.js';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `rungraph` with these arguments. */
export const startCommand = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess =>
  spawn(process.execPath, [...rungraph, ...args], { cwd: root, env: { ...process.env, ...env }, stdio: 'pipe' });

/** Runs `rungraph` with these arguments to its end. */
export async function runCommand(...args: string[]): Promise<Ended> {
  const child = startCommand(args);
  let [out, err] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

/** What a command with `--json` printed, line by line. */
export const jsonLines = ({ out }: Ended): Record<string, any>[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, any>);
