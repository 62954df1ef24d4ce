import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';

import { RuleError } from '../../src/core/errors.js';
import type { ArtifactEntry, ArtifactStore } from '../../src/stores/artifacts/artifact-store.js';
import { putChecked } from '../../src/stores/artifacts/run-artifacts.js';

/** Content in pieces. */
async function* pieces(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part as string);
}

async function* breaking(bytes: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < bytes; sent += 1_000_000) yield new Uint8Array(1_000_000);
  throw new Error('the sender went away');
}

const namesOf = (path: string): string[] => path.split('/').filter(Boolean);

/** What every store of artifacts does. `open` gives one that is empty. */
export function artifactStoreContract(open: () => Promise<ArtifactStore>): void {
  const filled = async (files: Readonly<Record<string, string>>) => {
    const store = await open();
    for (const [path, content] of Object.entries(files)) await store.put(namesOf(path), pieces(content));
    return store;
  };
  const read = async (store: ArtifactStore, path: string, range?: { start: number; end: number }) => {
    const file = await store.open(namesOf(path));
    if (!file) return null;
    const chunks: Uint8Array[] = [];
    for await (const chunk of await file.read(range)) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks).toString('latin1');
  };
  const listed = async (store: ArtifactStore, path: string, limit = 1_000, after: string | null = null) =>
    (await store.list(namesOf(path), { limit, after }))?.entries.map(({ name, isDirectory }) => (isDirectory ? `${name}/` : name)) ?? null;

  it('gives back what was put, whole and in part', async () => {
    const store = await filled({ 'a/b/file.bin': '0123456789', empty: '' });
    expect(await read(store, 'a/b/file.bin')).toBe('0123456789');
    expect(await read(store, 'a/b/file.bin', { start: 2, end: 4 })).toBe('234');
    expect(await read(store, 'empty')).toBe('');
    expect(await store.stat(['a', 'b', 'file.bin'])).toMatchObject({ name: 'file.bin', isDirectory: false, bytes: 10 });
    expect(await store.stat(['a', 'b'])).toMatchObject({ name: 'b', isDirectory: true, bytes: null, version: null });
    expect((await store.stat(['empty']))?.bytes).toBe(0);
    expect(await store.stat(['nope'])).toBeNull();
    for (const path of ['nope', 'a', 'a/b', 'a/b/file.bin/below']) expect(await store.open(namesOf(path))).toBeNull();
  });

  it('writes a file anew, with another version', async () => {
    const store = await filled({ file: 'one' });
    const before = await store.stat(['file']);
    await store.put(['file'], pieces('two'));
    const after = await store.stat(['file']);
    expect(await read(store, 'file')).toBe('two');
    expect(after?.version).not.toBe(before?.version);
    const file = await store.open(['file']);
    expect(file?.version).toBe(after?.version);
    await file?.close();
  });

  it('keeps names as they are', async () => {
    const names = ['a b', '%2e%2e', 'ä 模型 🏁', '#?&=+;', 'quote\'"', '...', '-', 'CaSe', '__proto__'];
    const store = await filled(Object.fromEntries(names.map((name) => [`names/${name}`, name])));
    expect((await listed(store, 'names'))?.sort()).toEqual([...names].sort());
    for (const name of names) expect(await read(store, `names/${name}`)).toBe(Buffer.from(name).toString('latin1'));
  });

  it('lists in one order, page by page, once each', async () => {
    const files = [
      'a.txt',
      'a/x',
      'a/y',
      'a0',
      'B',
      'b/x',
      'c/d/e',
      'ä',
      '🏁',
      '\uffee',
      ...Array.from({ length: 12 }, (_, index) => `n${index}`),
    ];
    const store = await filled(Object.fromEntries(files.map((path) => [`top/${path}`, ''])));
    const expected = [...new Set(files.map((path) => path.replace(/\/.*/, '/')))].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    expect(await listed(store, 'top')).toEqual(expected);
    for (const limit of [1, 3, 7]) {
      const seen: string[] = [];
      for (let after: string | null = null; ; after = seen.at(-1)!) {
        const page = await store.list(['top'], { limit, after });
        seen.push(...page!.entries.map(({ name, isDirectory }) => (isDirectory ? `${name}/` : name)));
        expect(page!.hasMore).toBe(seen.length < expected.length);
        if (!page!.hasMore) break;
      }
      expect(seen).toEqual(expected);
    }
    const all: ArtifactEntry[] = [];
    for await (const batch of store.batches(['top'])) all.push(...batch);
    expect(new Set(all.map(({ name }) => name)).size).toBe(expected.length);
    expect(await listed(store, 'nope')).toBeNull();
    expect(await listed(store, 'top/a.txt')).toBeNull();
    expect((await store.list(['top'], { limit: 0, after: null }))?.hasMore).toBe(true);
  });

  it('removes files, and folders with what is in them, and nothing beside', async () => {
    const store = await filled({ 'a/x': '1', 'a/y/z': '2', 'ab/x': '3', a2: '4' });
    expect(await store.remove(['a', 'x'])).toBe(true);
    expect(await store.remove(['a', 'x'])).toBe(false);
    expect(await store.remove(['a'])).toBe(true);
    expect(await store.stat(['a'])).toBeNull();
    expect(await listed(store, '')).toEqual(['a2', 'ab/']);
    expect(await store.remove(['nope', 'nope'])).toBe(false);
  });

  it.each([10, 30_000_000])('keeps nothing of content that breaks off after %i bytes', async (bytes) => {
    const store = await filled({ file: 'before' });
    await expect(store.put(['file'], breaking(bytes))).rejects.toThrow('the sender went away');
    await expect(store.put(['new', 'file'], breaking(bytes))).rejects.toThrow('the sender went away');
    expect(await read(store, 'file')).toBe('before');
    expect(await listed(store, '')).toEqual(['file']);
  });

  it('keeps nothing of content that breaks a rule', async () => {
    const store = await filled({ file: 'before' });
    const put = (rules: { maxBytes: number; sha256?: string }) => putChecked(store, ['file'], pieces('con', 'tent'), rules);
    const sha256 = createHash('sha256').update('content').digest('hex');
    await expect(put({ maxBytes: 6 })).rejects.toBeInstanceOf(RuleError);
    await expect(put({ maxBytes: 7, sha256: '0'.repeat(64) })).rejects.toBeInstanceOf(RuleError);
    expect(await read(store, 'file')).toBe('before');
    expect(await put({ maxBytes: 7, sha256 })).toEqual({ bytes: 7, sha256 });
    expect(await read(store, 'file')).toBe('content');
  });

  it('gives the file that was opened, also when it is written anew meanwhile, or says that it is gone', async () => {
    const store = await filled({ file: 'one' });
    const file = await store.open(['file']);
    await store.put(['file'], pieces('two!'));
    const chunks: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of await file!.read()) chunks.push(chunk as Uint8Array);
    })();
    await reading.then(
      () => expect(Buffer.concat(chunks).toString()).toBe('one'),
      (error: Error) => expect(error).toMatchObject({ name: 'StoreFailure', reason: 'BUSY' }),
    );
  });

  it('takes large files', async () => {
    const store = await open();
    const part = randomBytes(1_000_000);
    const hash = createHash('sha256');
    for (let index = 0; index < 20; index++) hash.update(part);
    const { bytes, sha256 } = await putChecked(store, ['large'], pieces(...Array.from({ length: 20 }, () => part)), { maxBytes: 1e9 });
    expect([bytes, sha256]).toEqual([20_000_000, hash.digest('hex')]);
    const read = createHash('sha256');
    for await (const chunk of await (await store.open(['large']))!.read()) read.update(chunk as Uint8Array);
    expect(read.digest('hex')).toBe(sha256);
  });
}
