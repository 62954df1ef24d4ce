import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, unknown>>;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const manifest = (folder: string): Manifest => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
const manifests = ['.', 'sdk', 'deploy/gateway'];

describe('the repository', () => {
  it.each(['package.json', 'prisma', 'src', 'sdk', 'codegen.yml', 'docker-compose.yml', 'test', 'README.md', 'LICENSE'])(
    'has %s at the top',
    (entry) => {
      expect(existsSync(join(root, entry))).toBe(true);
    },
  );

  it.each(manifests)('has every file that the commands of %s/package.json run', (folder) => {
    const { bin = {}, scripts = {} } = manifest(folder);
    const run = Object.values(scripts).flatMap((command) => command.match(/[\w./-]+\.(mjs|js|ts)\b/g) ?? []);
    expect([...run, ...Object.values(bin)].filter((file) => !existsSync(join(root, folder, file)))).toEqual([]);
  });

  it('has commands that can be executed', () => {
    const commands = [...Object.values(manifest('.').bin ?? {}), '.ci/run'];
    expect(commands.filter((file) => (statSync(join(root, file)).mode & 0o111) === 0)).toEqual([]);
  });

  it.each(manifests)('pins every package in %s/package.json to one version', (folder) => {
    const { dependencies, devDependencies, overrides } = manifest(folder);
    const pinned = { ...dependencies, ...devDependencies, ...flat(overrides) };
    expect(Object.entries(pinned).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))).toEqual([]);
  });

  it('gives the server and the SDK one version', () => {
    const [server, sdk] = [manifest('.'), manifest('sdk')];
    expect(sdk.version).toBe(server.version);
    expect(server.dependencies?.['@rungraph/sdk']).toBe(server.version);
  });

  it('names no path of a developer’s machine', () => {
    // Fixtures are what other programs wrote, wherever they ran.
    const files = textFiles(root).filter((file) => !file.startsWith('test/fixtures/'));
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => /(?<![\w.])\/(work|root|Users)\/[\w.]/.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });
});

function flat(overrides: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(overrides).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : Object.entries(flat(value as Record<string, unknown>)),
    ),
  );
}

const madeByTools = new Set(['node_modules', 'dist', 'coverage', '.git', '.rungraph', '.vite']);
const text = /(\.(c?js|mjs|tsx?|json|md|ya?ml|sql|prisma|graphql|html|css|csv|toml|sh)|^[A-Z]\w+|^\.\w+|\/run)$/;

/** Paths below the folder, as they are written in documents: with slashes. */
function textFiles(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) return madeByTools.has(entry.name) || path === 'src/generated' ? [] : textFiles(folder, `${path}/`);
    return entry.isFile() && text.test(path) ? [path] : [];
  });
}
