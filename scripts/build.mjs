// Builds what `npm start` needs into dist/ and sdk/dist/. A step whose inputs have not changed since it last
// succeeded is skipped; --force runs all. Arguments name the steps to run, none means all of them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { program, root, runNode, runNpm } from './tool.mjs';

const force = process.argv.includes('--force');
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

// In this order: the server imports the Prisma clients and the SDK.
const steps = [
  {
    name: 'prisma',
    title: 'the Prisma clients',
    inputs: ['prisma', 'scripts/generate-prisma.mjs'],
    output: 'src/generated/prisma-mlflow/client.ts',
    run() {
      // Where the generator remembers what it did.
      if (force) rmSync(join(root, 'src/generated/models'), { recursive: true, force: true });
      return runNode(['scripts/generate-prisma.mjs']);
    },
  },
  {
    name: 'sdk',
    title: 'the SDK',
    needs: 'sdk/tsdown.config.ts',
    inputs: ['sdk/src', 'sdk/package.json', 'sdk/tsconfig.json', 'sdk/tsdown.config.ts'],
    output: 'sdk/dist/index.js',
    run: () => runNpm(['run', 'build', '--workspace', 'sdk', '--silent']),
  },
  {
    name: 'server',
    title: 'the server',
    inputs: ['src', 'sdk/dist', 'tsconfig.json', 'tsconfig.build.json'],
    output: 'dist/main.js',
    async run() {
      removeOutdated(join(root, 'dist'), join(root, 'src'));
      return runNode([program('typescript', 'tsc'), '-p', 'tsconfig.build.json']);
    },
  },
  {
    name: 'graphiql',
    title: 'the GraphiQL page',
    inputs: ['web/graphiql'],
    output: 'dist/graphiql/index.html',
    run: () => runNode([program('vite'), 'build', '--config', 'web/graphiql/vite.config.ts', '--logLevel', 'warn']),
  },
  {
    name: 'page',
    title: 'the page',
    inputs: ['web/page', 'sdk/dist'],
    output: 'dist/page/index.html',
    run: () => runNode([program('vite'), 'build', '--config', 'web/page/vite.config.ts', '--logLevel', 'warn']),
  },
];

for (const step of steps) {
  if (chosen.length > 0 && !chosen.includes(step.name)) continue;
  if (step.needs && !existsSync(join(root, step.needs))) continue;
  if (!(await build(step))) process.exit(1);
}

async function build({ name, title, inputs, output, run }) {
  const stampFile = join(root, 'dist/.build', name);
  // Taken before the work: what is edited meanwhile is built the next time.
  const stamp = fingerprint([...inputs, 'package-lock.json']);
  if (!force && existsSync(join(root, output)) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return true;

  if (process.stdout.isTTY) process.stdout.write(`Building ${title} …\n`);
  rmSync(stampFile, { force: true });
  const result = await run();
  if (result.code !== 0) {
    process.stderr.write(`Building ${title} failed.\n${result.output}`);
    return false;
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

/** Names, sizes and times instead of contents: `npm start` does this every time. */
function fingerprint(inputs) {
  const hash = createHash('sha256').update(process.version);
  for (const path of inputs.flatMap((input) => filesOf(join(root, input)))) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

/** The compiler leaves the output of sources that are gone. */
function removeOutdated(outputs, sources) {
  if (!existsSync(outputs)) return;
  for (const name of readdirSync(outputs, { recursive: true })) {
    if (!/\.js(\.map)?$/.test(name) || /^(graphiql|page)\b/.test(name)) continue;
    if (!existsSync(join(sources, name.replace(/\.js(\.map)?$/, '.ts')))) rmSync(join(outputs, name), { force: true });
  }
}
