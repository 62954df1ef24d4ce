// Installs the SDK as its users do, from the packed file, and looks at what they get: types that compile under strict
// settings, a clean package, and a browser bundle without graphql-js of at most 12 kB (gzip).
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { program, root, runNode, runNpm, secondsSince } from './tool.mjs';

const maxBundleBytes = 12 * 1024;

if (existsSync(join(root, 'sdk/dist/index.js'))) {
  await smoke();
} else {
  process.stdout.write('The SDK is not built (npm run build); nothing was packed.\n');
  if (process.env.CI === 'true' || process.env.RUNGRAPH_REQUIRE_ALL) process.exitCode = 1;
}

async function smoke() {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-pack-'));
  const consumer = join(folder, 'consumer');
  mkdirSync(consumer);
  try {
    let tarball;
    await step('packed', async () => {
      const stdout = await succeed(
        runNpm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: join(root, 'sdk') }),
      );
      const packed = JSON.parse(stdout);
      // npm 10 and 11 print a list, npm 12 an object by package name.
      const [{ filename, size }] = Object.values(packed);
      tarball = join(folder, filename);
      return `${filename}, ${kB(size)}`;
    });
    await step('publint', () => succeed(runNode([program('publint'), 'run', tarball, '--strict'])).then(() => 'clean'));
    await step('are the types wrong', () =>
      succeed(runNode([program('@arethetypeswrong/cli', 'attw'), tarball, '--profile', 'esm-only', '--no-emoji'])).then(() => 'no'),
    );
    await step('installed', () => install(consumer, tarball));
    await step('strict TypeScript', () => compile(consumer));
    await step('Node', () => load(consumer));
    await step('browser bundle', () => bundle(consumer));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function step(name, work) {
  if (process.exitCode) return;
  const start = performance.now();
  try {
    process.stdout.write(`ok     ${name}: ${await work()} (${secondsSince(start)})\n`);
  } catch (error) {
    process.stdout.write(`FAILED ${name}\n${error.message.trimEnd()}\n`);
    process.exitCode = 1;
  }
}

async function install(consumer, tarball) {
  write(consumer, 'package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  await succeed(runNpm(['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball], { cwd: consumer }));
  return 'from the packed file';
}

// Without skipLibCheck: our declarations are checked with the rest. `types: []`: they must not need those of Node.
async function compile(consumer) {
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: [],
    noEmit: true,
  };
  write(consumer, 'use.ts', `import * as sdk from '@rungraph/sdk';\nexport const names: readonly (keyof typeof sdk)[] = [];\n`);
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    write(
      consumer,
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...compilerOptions, module, moduleResolution }, files: ['use.ts'] }),
    );
    await succeed(runNode([program('typescript', 'tsc'), '-p', consumer], { cwd: consumer }));
  }
  return 'nodenext and bundler';
}

async function load(consumer) {
  write(consumer, 'load.mjs', `import * as sdk from '@rungraph/sdk';\nconsole.log(Object.keys(sdk).length);\n`);
  return `${(await succeed(runNode(['load.mjs'], { cwd: consumer }))).trim()} exports`;
}

async function bundle(consumer) {
  write(consumer, 'browser.js', `export * from '@rungraph/sdk';\n`);
  const { outputFiles, metafile } = await build({
    absWorkingDir: consumer,
    entryPoints: ['browser.js'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  // What is left after tree shaking; graphql-ws has other entries that do import graphql-js.
  const [{ inputs }] = Object.values(metafile.outputs);
  const graphql = Object.keys(inputs).filter((path) => path.includes('node_modules/graphql/') && inputs[path].bytesInOutput > 0);
  if (graphql.length > 0) throw new Error(`graphql-js is in the bundle: ${graphql.join('\n')}`);
  const bytes = gzipSync(outputFiles[0].contents).length;
  if (bytes > maxBundleBytes) throw new Error(`${kB(bytes)} gzip, more than ${kB(maxBundleBytes)}`);
  return `${kB(bytes)} gzip`;
}

/** @returns what the command printed on standard output */
async function succeed(running) {
  const { code, output, stdout } = await running;
  if (code !== 0) throw new Error(output);
  return stdout;
}

function write(folder, name, text) {
  writeFileSync(join(folder, name), text);
}

function kB(bytes) {
  return `${(bytes / 1024).toFixed(1)} kB`;
}
