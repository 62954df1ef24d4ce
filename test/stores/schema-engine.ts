import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';

/** A file of models and its text. */
export interface ModelFile {
  readonly path: string;
  readonly content: string;
}

/** What would have to change in the database for it to be what the models say; empty when nothing. */
export async function changesToModels(adapter: SqlDriverAdapterFactory, files: readonly ModelFile[]): Promise<string> {
  const { SchemaEngine } = await loadSchemaEngine();
  const factory = bindMigrationAwareSqlAdapterFactory({ ...adapter, connectToShadowDb: () => adapter.connect() });
  const models = { files: [...files] };
  const engine = await SchemaEngine.new({ datamodels: files.map(({ path, content }) => [path, content]) }, () => undefined, factory);
  try {
    // Never from the migrations folder: the engine would replay them on a shadow database, and does so wrongly.
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', configDir: '.', ...models },
      to: { tag: 'schemaDatamodel', ...models },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? '' : (stdout ?? `exit code ${exitCode}`);
  } finally {
    engine.free();
  }
}

type Engine = typeof import('@prisma/schema-engine-wasm');
type Bindings = Engine & { __wbg_set_wasm(exports: unknown): void };

// What is used of WebAssembly: its types come with those of a browser.
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, unknown>) => { readonly exports: { __wbindgen_start(): void } };
}

// The package imports its .wasm as a module, which Node does not do without a flag.
async function loadSchemaEngine(): Promise<Engine> {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bindings = (await import(/* @vite-ignore */ pathToFileURL(entry).href)) as Bindings;
  const module = new Module(readFileSync(entry.replace(/\.js$/, '.wasm')));
  const { exports } = new Instance(module, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return bindings;
}
