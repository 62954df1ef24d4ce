import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { once } from 'node:events';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunGraph } from '../../sdk/src/index.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const source = (path: string) => readFileSync(join(root, path), 'utf8');
const readmeScript = () => [...source('sdk/README.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!).join('\n');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Runs a script as its users do. @returns what it printed */
const run = (script: string, ...args: string[]): Promise<string> => runOn(server, script, ...args);

async function runOn({ url }: TestServer, script: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    env: { ...process.env, RUNGRAPH_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

describe('the examples', () => {
  it('train, query and watch', async () => {
    expect(await run('examples/train.ts')).toMatch(/^Run:local:\w{32}: accuracy 0\.9\d+ after 100 epochs$/m);
    expect(await run('examples/query.ts', 'mistakes')).toMatch(
      /wine \(local\): 1 runs with mistakes\n {2}\d.* at step \d+ {2}perceptron {2}FINISHED {2}learning_rate=0\.1 model=perceptron/,
    );
    const watched = await run('examples/watch.ts');
    expect(watched).toContain('perceptron (FINISHED)');
    expect(watched.match(/^step \d+ {2}mistakes/gm)).toHaveLength(100);
  });

  it('report the best run of each experiment, also of one that was never a number', async () => {
    const client = new RunGraph({ url: server.url });
    for (const [name, losses] of [
      ['good|run', [3, 1, NaN]],
      ['worse', [2]],
    ] as const)
      await client.withRun({ experiment: { name: 'report' }, name, params: { lr: 0.1 } }, (run) => {
        for (const loss of losses) void run.log({ loss });
      });
    await client.withRun({ experiment: { name: 'report NaN' }, name: 'diverged' }, (run) => run.log({ loss: NaN }));
    const lines = (await run('examples/report.ts', 'loss')).split('\n');
    expect(lines[0]).toBe('# Best runs by least loss');
    expect(lines).toContain('| report | local | 2 | good run | 1 | 1 | lr=0.1 |');
    expect(lines).toContain('| report NaN | local | 1 | diverged | NaN | – |  |');
    expect(await run('examples/report.ts', 'loss', 'MAX')).toContain('| report | local | 2 | good run | 3 | 0 | lr=0.1 |');
  });

  it('train in a DashAI session of their own', async () => {
    await using home = await startTestServer(['--dashai']);
    const id = /^(Run:dashai:1): accuracy (0\.9\d+|1\.000) after 20 epochs$/m.exec(await runOn(home, 'examples/session.ts'))?.[1];
    const { data } = await home.query(
      'query ($id: ID!) { run(by: { id: $id }) { status modelSession { name } metric(key: "validation/Accuracy") { count step } } }',
      { id },
    );
    expect(data.run).toMatchObject({ status: 'FINISHED', metric: { count: 20, step: 20 } });
  });

  it('fit on a page', () => {
    const scripts = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.ts'));
    expect(scripts.sort()).toEqual(['query.ts', 'report.ts', 'session.ts', 'train.ts', 'watch.ts']);
    for (const file of [...scripts, 'live-page/serve.mjs'])
      expect(source(`examples/${file}`).trimEnd().split('\n').length, file).toBeLessThanOrEqual(40);
    expect(source('examples/live-page/page.js').trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });
});

describe('the README of the SDK', () => {
  it('runs from its first snippet to its last', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rungraph-readme-'));
    const script = join(folder, 'readme.mts');
    const sdk = pathToFileURL(join(root, 'sdk/src/index.ts')).href;
    const code = readmeScript()
      .replaceAll("'@rungraph/sdk'", `'${sdk}'`)
      .replaceAll("'@rungraph/sdk/spool'", `'${sdk.replace('index.ts', 'spool/index.ts')}'`)
      .replaceAll("'.rungraph-spool'", JSON.stringify(join(folder, 'spool')))
      .replace('http://127.0.0.1:4000/graphql', server.url);
    writeFileSync(script, code);
    const output = await run(script);
    rmSync(folder, { recursive: true });
    expect(output).toMatch(/^99n 0\.0070/m);
    expect(output).toMatch(/^loss 99n 0\.0070/m);
    expect(output).toContain('ALREADY_EXISTS');
    expect(output).toContain('DELETED');
    expect(output).toMatch(/^fold 1$/m);
    expect(output).toContain('{ runs: 0, points: 0 }');
    expect(output).toMatch(/^\[ .*'wine'.* \]$/m);
    const { nodes } = await new RunGraph({ url: server.url }).runs({ filter: { lifecycleStage: 'DELETED' } });
    expect(nodes).toHaveLength(1);
  });
});

describe('every @example', () => {
  // What an example may take for granted.
  const given = `
    import * as sdk from './index.js';
    import { openSpool, resumeSpool, type Spool, type SpooledRun } from './spool/index.js';
    const { NetworkError, RequestFailed, RuleBroken, RunGraph, RunGraphError, pointsOf, graphql } = sdk;
    const { DeleteRunDocument, RunChildrenDocument, RunEventsDocument } = sdk;
    declare const spool: Spool; declare const spooled: SpooledRun; declare const experimentId: string;
    declare const client: sdk.RunGraph; declare const run: sdk.RunWriter; declare const runId: string;
    declare const id: string; declare const ids: string[]; declare const name: string; declare const uri: string;
    declare const by: never; declare const input: never;`;
  const files = readdirSync(join(root, 'sdk/src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const examples = files.flatMap((file) =>
    [...source(`sdk/src/${file}`).matchAll(/@example\n((?: *\* .*\n)+?) *(?:\*\/|\* @)/g)].map(([, code], index) => ({
      name: `${file} ${index + 1}`,
      code: code!.replaceAll(/^ *\* ?/gm, ''),
    })),
  );

  it('compiles', () => {
    expect(examples.length).toBeGreaterThan(50);
    const functions = [...source('sdk/src/generated/operations.ts').matchAll(/^export const (\w+) = \(/gm)].map(([, name]) => name!);
    const texts = new Map(
      examples.map(({ name, code }, index) => {
        const called = functions
          .filter((each) => new RegExp(`(?<!\\.)\\b${each}\\(client`).test(code))
          .map((each) => `const ${each} = sdk.${each};`);
        const path = join(root, `sdk/src/example-${index}.ts`);
        return [path, `// ${name}\n${given}\nexport const example = async () => {\n${called.join('\n')}\n${code}\n};\n`];
      }),
    );
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(join(root, 'sdk/tsconfig.json'), (path) => ts.sys.readFile(path)).config,
      ts.sys,
      join(root, 'sdk'),
    );
    const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (path) => texts.has(path) || fileExists(path);
    host.readFile = (path) => texts.get(path) ?? readFile(path);
    host.getSourceFile = (path, version) =>
      texts.has(path) ? ts.createSourceFile(path, texts.get(path)!, version) : getSourceFile(path, version);
    const program = ts.createProgram([...texts.keys()], { ...options, noUnusedLocals: false, types: ['node'] }, host);
    const problems = ts.getPreEmitDiagnostics(program).map((each) => {
      const text = ts.flattenDiagnosticMessageText(each.messageText, '\n');
      return `${each.file?.text.split('\n')[0] ?? ''}: ${text}`;
    });
    expect(problems).toEqual([]);
  }, 60_000);
});
