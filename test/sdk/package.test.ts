import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildSchema } from 'graphql';
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
  expect(Object.keys(inputs).filter((path) => path.includes('node_modules/graphql/') && inputs[path]!.bytesInOutput > 0)).toEqual([]);
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

describe('a page that uses the SDK', () => {
  it('loads at most 12 kB for the client, WebSocket protocol included, and no graphql', async () => {
    expect(await bundled('RunGraph')).toBeLessThanOrEqual(12_288);
  });

  it('loads at most 1 kB for one operation', async () => {
    for (const document of documents) expect(await bundled(functionOf(document)), document).toBeLessThanOrEqual(1_024);
  });
});

describe('the operations', () => {
  it('ask for every field at the root of the schema', () => {
    const schema = buildSchema(readFileSync(new URL('../../schema/rungraph.graphql', import.meta.url), 'utf8'));
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}));
    expect(fields.length).toBeGreaterThan(20);
    expect(fields.filter((field) => !documents.map(functionOf).includes(field))).toEqual([]);
  });
});
