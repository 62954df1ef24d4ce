import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildSchema, parse, visit, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import * as sdk from '../../sdk/src/index.js';

const entry = fileURLToPath(new URL('../../sdk/src/index.ts', import.meta.url));
const documents = Object.keys(sdk).filter((name) => name.endsWith('Document'));
const functionOf = (document: string) => document[0]!.toLowerCase() + document.slice(1, -'Document'.length);

/** Bytes that a page loads which imports these names, all in one file. */
async function bundled(...names: string[]): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export { ${names.join(', ')} } from ${JSON.stringify(entry)}`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const [{ inputs }] = Object.values(metafile.outputs) as [(typeof metafile.outputs)[string]];
  expect(Object.keys(inputs).filter((path) => path.includes('node_modules/') && inputs[path]!.bytesInOutput > 0)).toEqual([]);
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

describe('a page that uses the SDK', () => {
  it('loads at most 12 kB for the client, WebSocket and SSE included, and no other package', async () => {
    expect(await bundled('RunGraph')).toBeLessThanOrEqual(12_288);
  });

  it('loads at most 1 kB for one operation', async () => {
    for (const document of documents) expect(await bundled(functionOf(document)), document).toBeLessThanOrEqual(1_024);
  });

  it('loads what SSE takes only when it is used', async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export { RunGraph } from ${JSON.stringify(entry)}`, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'browser',
      outdir: 'out',
      write: false,
    });
    const holding = outputFiles.filter(({ text }) => text.includes('text/event-stream')).map(({ path }) => path);
    expect(holding).toHaveLength(1);
    expect(holding[0]).toMatch(/sse-\w+\.js$/);
  });
});

describe('the operations', () => {
  it('ask for every field at the root of the schema', () => {
    const schema = buildSchema(readFileSync(new URL('../../schema/rungraph.graphql', import.meta.url), 'utf8'));
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((field) => `${type!.name}.${field}`));
    expect(fields.length).toBeGreaterThan(20);
    const asked = new Set(documents.flatMap((name) => rootFields(String((sdk as unknown as Record<string, unknown>)[name]))));
    expect(fields.filter((field) => !asked.has(field) && !field.startsWith('Query._'))).toEqual([]);
  });

  it('each have a function of their name', () => {
    const exported = new Set(Object.keys(sdk));
    expect(documents.filter((document) => !exported.has(functionOf(document)))).toEqual([]);
  });
});

/** `Query.runs`, `Mutation.createRun`, … of a document. */
function rootFields(text: string): string[] {
  const found: string[] = [];
  visit(parse(text), {
    OperationDefinition({ operation, selectionSet }: OperationDefinitionNode) {
      const type = `${operation[0]!.toUpperCase()}${operation.slice(1)}`;
      for (const selection of selectionSet.selections) if (selection.kind === 'Field') found.push(`${type}.${selection.name.value}`);
    },
    FragmentDefinition: () => false as const,
  });
  return found;
}
