import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { resolveHomePath } from '../../../../src/stores/dashai/files/home-path.js';
import { tries } from '../../../kit/property.js';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'rungraph-dashai-')));
const home = join(top, 'home');
const put = (path: string) => {
  mkdirSync(join(top, path, '..'), { recursive: true });
  writeFileSync(join(top, path), path);
};

beforeAll(() => {
  for (const path of [
    ...['home/runs/1', 'home/notebook/1/2.json', 'home/datasets/a/dataset/data.arrow', 'home/db.sqlite', 'home/.credentials_key'],
    ...['home/runs/.hidden/x', 'home/datasets/runs/datasets/b', 'outside/runs/9', 'outside/secret', 'home/images/a b é.png'],
  ])
    put(path);
  symlinkSync(join(top, 'outside/secret'), join(home, 'runs/link'));
  symlinkSync(join(top, 'outside'), join(home, 'runs/folder'));
  symlinkSync(join(home, '.credentials_key'), join(home, 'runs/key'));
  symlinkSync(join(home, 'runs/1'), join(home, 'runs/inside'));
  symlinkSync('loop', join(home, 'runs/loop'));
  symlinkSync(home, join(top, 'link-to-home'));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe('a path that DashAI stored', () => {
  it.each([
    ['of this home', join(home, 'runs/1'), 'runs/1'],
    ['of this home, as a link names it', join(top, 'link-to-home/runs/1'), 'runs/1'],
    ['of another host', '/home/user/.DashAI/runs/1', 'runs/1'],
    ['of Windows', 'C:\\Users\\user\\.DashAI\\notebook\\1\\2.json', 'notebook/1/2.json'],
    ['of a host whose folders have the names of ours', '/datasets/runs/.DashAI/notebook/1/2.json', 'notebook/1/2.json'],
    ['without a root', 'images/a b é.png', 'images/a b é.png'],
    ['with more slashes than needed', '//x//datasets//a/dataset/', 'datasets/a/dataset'],
    ['whose names come twice: the longest tail', '/x/datasets/runs/datasets/b', 'datasets/runs/datasets/b'],
    ['of a link that stays in the home', '/x/runs/inside', 'runs/1'],
  ])('leads to what it means: %s', async (_, stored, found) => {
    expect(await resolveHomePath(home, stored)).toBe(join(home, found));
    expect(await resolveHomePath(join(top, 'link-to-home'), stored)).toBe(join(home, found));
  });

  it.each([
    ['what is not there', '/home/user/.DashAI/runs/2'],
    ['a file outside', join(top, 'outside/secret')],
    ['a file outside in a folder of a known name', join(top, 'outside/runs/9')],
    ['a link to a file outside', '/x/runs/link'],
    ['a link to a folder outside', '/x/runs/folder/secret'],
    ['a way up', '/x/runs/../db.sqlite'],
    ['a way out', '/x/runs/../../outside/secret'],
    ['a way up within this home', `${home}/runs/../../outside/secret`],
    ['a way up with backslashes', 'runs\\..\\..\\outside\\secret'],
    ['the key of the credentials', join(home, '.credentials_key')],
    ['a link to the key', '/x/runs/key'],
    ['a hidden folder', '/x/runs/.hidden/x'],
    ['a link to itself', '/x/runs/loop'],
    ['the home', home],
    ['a folder below a file', '/x/runs/1/1'],
    ['nothing', ''],
    ['a slash', '/'],
    ['NUL', '/x/runs/1\0'],
    ['a huge text', `/x/runs/${'a'.repeat(1_000_000)}`],
    ['a huge name', `/x/runs/${'a'.repeat(3_000)}`],
    ['known folders over and over', 'runs/'.repeat(800)],
  ])('leads to nothing when it names %s', async (_, stored) => {
    expect(await resolveHomePath(home, stored)).toBeNull();
  });

  it('leads to nothing when there is no home', async () => {
    expect(await resolveHomePath(join(top, 'no-such-home'), '/x/runs/1')).toBeNull();
  });

  it('leads into the home or nowhere, whatever it is', async () => {
    const name = fc.oneof(
      fc.constantFrom('runs', 'datasets', '..', '.', '', 'link', 'folder', 'outside', 'secret', '1', '~', home, top),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 8 }), fc.constantFrom('/', '\\'), async (names, slash) => {
        const path = await resolveHomePath(home, names.join(slash));
        expect(path === null || path.startsWith(`${home}/`)).toBe(true);
        expect(path ?? '').not.toMatch(/\.credentials_key|outside/);
      }),
      tries(500),
    );
  });
});
