// `npm run check`: everything about the code that can be said without running it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { licenceProblems } from './licences.mjs';
import { lockFileProblems } from './lock-file.mjs';
import { program, root, runNode, secondsSince } from './tool.mjs';

const tool = (packageName, name, ...args) => runNode([program(packageName, name), ...args]);

// The longest come first: two run at a time.
const checks = {
  lint: () => tool('eslint', 'eslint', '.'),
  types: () => tool('typescript', 'tsc', '--noEmit'),
  format: () => tool('prettier', 'prettier', '--check', '--log-level', 'warn', '.'),
  'generated files': () => runNode(['scripts/generate.mjs', '--check']),
  'import walls': () => tool('dependency-cruiser', 'depcruise', '--config', '.dependency-cruiser.cjs', ...folders()),
  'types of the SDK': existsSync(join(root, 'sdk/tsconfig.json')) && (() => tool('typescript', 'tsc', '--noEmit', '-p', 'sdk')),
  'types of the page': () => tool('typescript', 'tsc', '--noEmit', '-p', 'web/page'),
  'lock files': () => report(lockFileProblems()),
  licences: () => report(licenceProblems()),
};

let failed = false;
// The compiler and the linter read what this makes.
await run('build', () => runNode(['scripts/build.mjs', 'prisma', 'sdk']));
const waiting = Object.entries(checks);
await Promise.all([runNext(), runNext()]);
if (failed) process.exitCode = 1;

async function runNext() {
  for (let next = waiting.shift(); next; next = waiting.shift()) await run(...next);
}

async function run(name, check) {
  if (!check) return;
  const start = performance.now();
  const { code, output } = await check();
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${secondsSince(start)})\n`);
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n\n`);
  failed ||= code !== 0;
}

function folders() {
  return ['src', 'sdk/src', 'web', 'examples', 'test', 'bench'].filter((folder) => existsSync(join(root, folder)));
}

function report(problems) {
  return { code: problems.length === 0 ? 0 : 1, output: problems.join('\n') };
}
