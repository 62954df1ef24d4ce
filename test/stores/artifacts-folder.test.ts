import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { createFolderArtifacts } from '../../src/stores/artifacts/folder-artifacts.js';
import { artifactStoreContract } from '../contracts/artifact-store.js';

const top = mkdtempSync(join(tmpdir(), 'rungraph-artifacts-'));
let count = 0;
const folder = () => join(top, `${count++}`);
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe('a folder', () => artifactStoreContract(async () => createFolderArtifacts(folder(), { flush: false })));
describe('a folder that is flushed', () => artifactStoreContract(async () => createFolderArtifacts(folder(), { flush: true })));

async function* content(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe('a folder of artifacts', () => {
  it('does not show what is still written, and clears away what was left behind a day ago', async () => {
    const root = folder();
    const uploads = join(root, '.rungraph-uploads');
    mkdirSync(uploads, { recursive: true });
    for (const name of ['old', 'new']) writeFileSync(join(uploads, name), '');
    const yesterday = Date.now() / 1000 - 25 * 60 * 60;
    utimesSync(join(uploads, 'old'), yesterday, yesterday);
    const store = createFolderArtifacts(root, { flush: false });
    await store.put(['file'], content('x'));
    expect(readdirSync(uploads)).toEqual(['new']);
    expect((await store.list([], { limit: 10, after: null }))?.entries.map(({ name }) => name)).toEqual(['file']);
    for (const path of [['.rungraph-uploads'], ['.rungraph-uploads', 'new']]) {
      expect(await store.open(path)).toBeNull();
      expect(await store.stat(path)).toBeNull();
      expect(await store.list(path, { limit: 10, after: null })).toBeNull();
      expect(await store.remove(path)).toBe(false);
      await expect(store.put(path, content('x'))).rejects.toMatchObject({ code: 'CONFLICT' });
    }
  });

  it('does not show what is still written by way of a link either', async () => {
    const root = folder();
    mkdirSync(join(root, '.rungraph-uploads'), { recursive: true });
    writeFileSync(join(root, '.rungraph-uploads', 'half'), '');
    symlinkSync(root, join(root, 'again'));
    const store = createFolderArtifacts(root, { flush: false });
    expect((await store.list(['again'], { limit: 10, after: null }))?.entries.map(({ name }) => name)).toEqual(['again']);
    for (const path of [
      ['again', '.rungraph-uploads'],
      ['again', '.rungraph-uploads', 'half'],
    ]) {
      expect(await store.open(path)).toBeNull();
      expect(await store.stat(path)).toBeNull();
      expect(await store.remove(path)).toBe(false);
      await expect(store.put(path, content('x'))).rejects.toMatchObject({ code: 'CONFLICT' });
    }
    expect(readdirSync(join(root, '.rungraph-uploads'))).toEqual(['half']);
  });

  it('of many files is listed from anywhere in their order', async () => {
    const root = folder();
    mkdirSync(root);
    for (let index = 0; index < 1_200; index++) writeFileSync(join(root, `${index}`), '');
    const store = createFolderArtifacts(root, { flush: false });
    const page = await store.list([], { limit: 3, after: '4' });
    expect([page?.entries.map(({ name }) => name), page?.hasMore]).toEqual([['40', '400', '401'], true]);
    expect(await store.list([], { limit: 3, after: '999' })).toEqual({ entries: [], hasMore: false });
  });
});
