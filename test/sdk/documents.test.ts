import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { root } from '../kit/optional.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { graphql, RunDocument, RunGraph, type RunQuery } from '../../sdk/src/index.js';

let server: TestServer;
let client: RunGraph;
let folder: string;
beforeAll(async () => {
  server = await startTestServer();
  client = new RunGraph({ url: server.url });
  // Within the project, so that imports of packages are found.
  folder = mkdtempSync(join(root, 'node_modules/.documents-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.[Symbol.asyncDispose]();
});

const sdk = pathToFileURL(join(root, 'sdk/src/index.ts')).href;

// What a user of GraphQL Code Generator writes, with the preset's own `graphql` function.
const script = `
import { RunGraph } from '${sdk}';
import { graphql } from './generated/gql.js';

const Best = graphql(\`query Best($experiment: String!, $first: Int) {
  runs(filter: { experiment: { eq: $experiment } }, first: $first) { nodes { id status metrics { key value count } } }
}\`);
const Events = graphql(\`subscription Events($experiment: String!) {
  runEvents(filter: { experiment: { eq: $experiment } }) { kind run { name } }
}\`);

const client = new RunGraph({ url: process.argv[2]! });
const status: 'live' | 'none' = 'none';
const events = client.subscribe(Events, { experiment: 'documents' });
const first = events.next();
await new Promise((resolve) => setTimeout(resolve, 300));
const run = await client.createRun({ experiment: { name: 'documents' }, name: 'typed' });
const kind: 'CREATED' | 'STATUS_CHANGED' | undefined | (string & {}) = (await first).value?.runEvents.kind;
await events.return();
await run.log({ loss: NaN });
await run.finish();
const { runs } = await client.query(Best, { experiment: 'documents', first: 1 });
const name: string = runs.nodes[0]!.id;
const value: number | string = runs.nodes[0]!.metrics[0]!.value;
console.log(kind, name === run.id, value, runs.nodes[0]!.status, status);
`;
const wrong = `
import { RunGraph } from '${sdk}';
import { graphql } from './generated/gql.js';
const Best = graphql(\`query Best($experiment: String!, $first: Int) {
  runs(filter: { experiment: { eq: $experiment } }, first: $first) { nodes { id status metrics { key value count } } }
}\`);
const client = new RunGraph();
export const missing = client.query(Best);
export const badType = client.query(Best, { experiment: 1 });
export const badField = client.query(Best, { experiment: '' }).then(({ runs }) => runs.nodes[0]!.nothing);
`;

/** What the compiler says of a file under strict settings: the line each message is about. */
function problemsOf(file: string): string[] {
  const program = ts.createProgram([file], {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    noEmit: true,
    skipLibCheck: true,
  });
  return ts.getPreEmitDiagnostics(program).map(({ file: where, start, messageText }) => {
    const line = where?.text.slice(0, start).split('\n').length ?? 0;
    return `${where?.text.split('\n')[line - 1]?.trim() ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

describe("documents of GraphQL Code Generator's client preset", () => {
  beforeAll(async () => {
    // The sources are named by path: tsc does not read file URLs.
    const local = (text: string) => text.replace(sdk, join(root, 'sdk/src/index.ts'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'script.ts'), local(script));
    writeFileSync(join(folder, 'wrong.ts'), local(wrong));
    await generate(
      {
        schema: join(root, 'schema/rungraph.graphql'),
        documents: [join(folder, 'script.ts')],
        generates: {
          [join(folder, 'generated/')]: {
            preset: 'client',
            config: {
              documentMode: 'string',
              useTypeImports: true,
              scalars: { ID: 'string', Long: 'number | string', Double: 'number | string', DateTime: 'string' },
            },
            presetConfig: { fragmentMasking: false },
          },
        },
        importExtension: '.js',
        silent: true,
      } as never,
      true,
    );
  }, 60_000);

  it('have their types', () => {
    expect(problemsOf(join(folder, 'script.ts'))).toEqual([]);
    const problems = problemsOf(join(folder, 'wrong.ts'));
    expect(problems.map((problem) => /^export const (\w+)/.exec(problem)?.[1])).toEqual(['missing', 'badType', 'badField']);
  }, 60_000);

  it('are queried and subscribed to', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(folder, 'script.ts'), server.url], { cwd: root });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    await once(child, 'close');
    expect(output.trim()).toBe('CREATED true NaN FINISHED none');
  });
});

describe('documents written by hand', () => {
  const Version = graphql<{ server: { version: string } }>('{ server { version } }');
  const Source = graphql<{ source: { pointCount: bigint; connectedAt: Date | null } | null }, { name: string }>(
    'query ($name: String!) { source(name: $name) { pointCount connectedAt } }',
    { source: { pointCount: 'L', connectedAt: 'T' } },
  );

  it('have the types they say, and need the variables they need', async () => {
    const { server: info } = await client.query(Version);
    expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
    expectTypeOf(info.version).toEqualTypeOf<string>();
    expectTypeOf(() => client.query(RunDocument, { by: { id: 'x' } })).returns.resolves.toEqualTypeOf<RunQuery>();
    // @ts-expect-error the name is missing
    const missing = () => client.query(Source);
    // @ts-expect-error so is `by`
    const missingToo = () => client.query(RunDocument);
    expect([missing, missingToo]).toHaveLength(2);
  });

  it('are decoded where they say', async () => {
    const { source } = await client.query(Source, { name: 'local' });
    expect(typeof source!.pointCount).toBe('bigint');
    expect(source!.connectedAt).toBeInstanceOf(Date);
  });

  it('are known as queries, mutations and subscriptions by their text', () => {
    expect([Version.kind, Source.kind]).toEqual(['query', 'query']);
    expect(graphql('fragment F on Run { id } subscription { runEvents { run { ...F } } }').kind).toBe('subscription');
    expect(graphql('# comment\n subscription S { runEvents { kind } }').kind).toBe('subscription');
    expect(graphql('mutation { deleteRun(input: { run: "x" }) { run { id } } }').kind).toBe('mutation');
  });

  it('may be plain text', async () => {
    expect(await client.query('{ sources { name } }')).toEqual({ sources: [{ name: 'local' }] });
  });
});
