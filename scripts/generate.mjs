// Writes what is generated and committed: SDL, the SDK's documents, the table of errors.
// With --check nothing is written; files that would change are named and the exit code is 1.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorsPage } from './errors-page.mjs';
import { program, root, runNode } from './tool.mjs';

const check = process.argv.includes('--check');
const domains = ['runs', 'registry', 'dashai', 'ops'];
const target = check ? mkdtempSync(join(tmpdir(), 'rungraph-generate-')) : root;
const drifted = [];

try {
  await generate();
} catch (error) {
  process.stderr.write(`${error.message.trimEnd()}\n`);
  process.exitCode = 1;
} finally {
  if (check) rmSync(target, { recursive: true, force: true });
}
if (drifted.length > 0) {
  process.stderr.write(`Not up to date: ${drifted.join(', ')}. Run: npm run generate\n`);
  process.exitCode = 1;
}

async function generate() {
  // The command line, which prints the schema, imports both. The SDK only if it is missing: one that does not
  // compile until its documents are generated must not keep them from being generated.
  const missing = existsSync(join(root, 'sdk/dist/index.js')) ? [] : ['sdk'];
  await succeed(runNode(['scripts/build.mjs', 'prisma', ...missing]));

  await schema('schema/rungraph.graphql');
  for (const domain of domains) await schema(`schema/${domain}.graphql`, '--subgraph', domain);
  await documents();
  const page = await errorsPage();
  await writeTo('docs/errors.md', (path) => writeFileSync(path, page));
}

async function schema(file, ...args) {
  if (!existsSync(join(root, 'src/main.ts'))) return;
  await writeTo(file, (path) => succeed(runNode(['--import', 'tsx', 'src/main.ts', 'schema', ...args, '--out', path])));
}

async function documents() {
  if (!existsSync(join(root, 'codegen.yml'))) return;
  const codegen = [program('@graphql-codegen/cli', 'graphql-codegen'), '--config', 'codegen.yml'];
  if (!check) return void (await succeed(runNode(codegen)));

  const { code, output } = await runNode([...codegen, '--check']);
  if (code === 0) return;
  const [, list] = output.split('The following stale files were detected:');
  if (list === undefined) throw new Error(output);
  drifted.push(...[...list.matchAll(/^[ ,]*- (.+)$/gm)].map(([, file]) => file.trim().replace(`${root}/`, '')));
}

async function writeTo(file, write) {
  const path = join(target, file);
  mkdirSync(dirname(path), { recursive: true });
  await write(path);
  const committed = join(root, file);
  if (check && (!existsSync(committed) || readFileSync(committed, 'utf8') !== readFileSync(path, 'utf8'))) drifted.push(file);
}

async function succeed(running) {
  const { code, output } = await running;
  if (code !== 0) throw new Error(output);
}
