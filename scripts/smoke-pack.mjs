// Installs the SDK as its users do, from the packed file, and looks at what they get: types that compile under strict
// settings, a clean package, something that runs in Node, and browser bundles without graphql-js: at most 12 kB (gzip) for
// the client, 1 kB for one operation.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { build as buildWithVite } from 'vite';
import { program, root, runNode, runNpm, secondsSince } from './tool.mjs';

const maxClientBytes = 12 * 1024;
const maxOperationBytes = 1024;

/** What people write; that it compiles says that the types are there, and are strict. */
const use = `
import { graphql, pointsOf, RequestFailed, RunGraph, runs, RunDocument, type Run, type WatchedBatch } from '@rungraph/sdk';
import { openSpool, type SpoolLeft } from '@rungraph/sdk/spool';

const client = new RunGraph({ transport: 'sse' });
const Version = graphql<{ server: { version: string } }>('{ server { version } }');
export async function all(): Promise<[Run[], string, bigint | undefined, SpoolLeft]> {
  const { nodes } = (await runs(client, { first: 1, filter: { status: { eq: 'FINISHED' } } })).runs;
  // @ts-expect-error what a document needs must be given
  await client.query(RunDocument);
  const { run } = await client.query(RunDocument, { by: { id: nodes[0]!.id } });
  const watched = client.watch({ runIds: ['x'] }, { signal: AbortSignal.timeout(1_000) });
  for await (const { series } of watched) for (const columns of series) for (const { value } of pointsOf(columns)) value.toFixed();
  const batches: AsyncGenerator<WatchedBatch, void, undefined> = watched;
  const spool = openSpool(client, { folder: 'spool' });
  await spool.createRun({ experiment: { name: 'x' } }).log({ loss: NaN }, { step: 1n });
  await batches.return();
  return [nodes.slice(), (await client.query(Version)).server.version, run?.durationMs ?? undefined, await spool.close()];
}
export const isRefused = (error: unknown): boolean => error instanceof RequestFailed && error.code === 'NOT_FOUND';
`;

// A server that is not there is asked, and one run goes into a spool: both entries work, and throw the same classes.
const loaded = `
import { NetworkError, RunGraph } from '@rungraph/sdk';
import { openSpool } from '@rungraph/sdk/spool';
import { deepEqual, equal } from 'node:assert/strict';

const client = new RunGraph({ url: 'http://127.0.0.1:1/graphql' });
equal(await client.sources().catch((error) => error instanceof NetworkError), true);
const errors = [];
const spool = openSpool(client, { folder: 'spool', onError: (error) => errors.push(error) });
await spool.createRun({ experiment: { name: 'x' } }).log({ loss: NaN });
await spool.flush({ waitMs: 3_000 }).catch(() => undefined);
equal(errors[0] instanceof NetworkError, true);
deepEqual(await spool.close({ waitMs: 0 }), { runs: 1, points: 1 });
console.log(process.version);
`;

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
    await step('browser bundle of the client', () => bundle(consumer, 'RunGraph', maxClientBytes));
    await step('browser bundle of one operation', () => bundle(consumer, 'runs', maxOperationBytes));
    await step('browser bundle of Vite', () => bundleWithVite(consumer));
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
  write(consumer, 'use.ts', use);
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
  write(consumer, 'load.mjs', loaded);
  return (await succeed(runNode(['load.mjs'], { cwd: consumer }))).trim();
}

async function bundle(consumer, name, maxBytes) {
  write(consumer, 'browser.js', `export { ${name} } from '@rungraph/sdk';\n`);
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
  // What is left after tree shaking.
  const [{ inputs }] = Object.values(metafile.outputs);
  const graphql = Object.keys(inputs).filter((path) => path.includes('node_modules/graphql/') && inputs[path].bytesInOutput > 0);
  if (graphql.length > 0) throw new Error(`graphql-js is in the bundle: ${graphql.join('\n')}`);
  const bytes = gzipSync(outputFiles[0].contents).length;
  if (bytes > maxBytes) throw new Error(`${kB(bytes)} gzip, more than ${kB(maxBytes)}`);
  return `${kB(bytes)} gzip`;
}

/** The first chunk of a page, and those it loads when it needs them. */
async function bundleWithVite(consumer) {
  write(consumer, 'index.html', '<script type="module" src="page.js"></script>');
  write(consumer, 'page.js', `import { RunGraph } from '@rungraph/sdk';\nglobalThis.client = new RunGraph();\n`);
  const { output } = await buildWithVite({ root: consumer, configFile: false, logLevel: 'silent', build: { write: false } });
  const chunks = output.filter(({ type }) => type === 'chunk');
  const lazy = chunks.filter(({ isEntry }) => !isEntry);
  if (!lazy.some(({ code }) => code.includes('text/event-stream'))) throw new Error('What SSE takes is loaded by every page.');
  const sizes = chunks.map(({ code, isEntry }) => ({ isEntry, bytes: gzipSync(code).length }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > maxClientBytes) throw new Error(`${kB(total)} gzip, more than ${kB(maxClientBytes)}`);
  return sizes.map(({ isEntry, bytes }) => `${kB(bytes)} gzip${isEntry ? '' : ' when needed'}`).join(', ');
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
