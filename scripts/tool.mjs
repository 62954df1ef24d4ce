// Runs the tools of this repository, from its root and without a shell.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

/**
 * The arguments for Node that start a program of an installed package.
 * @param name of the program; only needed when the package has several
 */
export function program(packageName, name = packageName) {
  const manifest = join(root, 'node_modules', packageName, 'package.json');
  const { bin } = require(manifest);
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[name]);
}

/** Runs Node and collects what it prints. */
export const runNode = (args, options) => run(process.execPath, args, options);

/** Runs npm and collects what it prints: the npm that runs this script, or the one on the path. */
export function runNpm(args, options) {
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js') ? runNode([npm, ...args], options) : run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/**
 * Runs a command to its end.
 * @returns its exit code, what it printed (standard output and error as they came), and standard output alone
 */
export async function run(command, args, { cwd = root, env = {}, shell = false } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
  const [code, signal] = await once(child, 'close');
  return { code: code ?? 1, output: signal ? `${output}\nended by ${signal}\n` : output, stdout };
}

/** Seconds since `start` (of `performance.now()`), for people: `3.4 s`. */
export const secondsSince = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
