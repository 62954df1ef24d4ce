import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

import type { PlotArtifact, PlotGroup } from '../../../../src/stores/dashai/files/plot-artifacts.js';
import { readExplorerPlots, readPlots } from '../../../../src/stores/dashai/files/plot-files.js';
import { decodeTypedArrays } from '../../../../src/stores/dashai/files/typed-arrays.js';
import { largeFixture } from '../../../kit/optional.js';

const fixtures = fileURLToPath(new URL('../../../fixtures/dashai/', import.meta.url));
const seed = join(fixtures, 'home-0.9.3');
const newest = join(fixtures, 'home-0.10.0');
const versions = ['0.9.3', '0.10.0'].filter((version) => largeFixture(`dashai/${version}`) !== null);

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A home with one file, `runs/it`. */
function homeWith(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-dashai-'));
  made.push(folder);
  mkdirSync(join(folder, 'runs'));
  writeFileSync(join(folder, 'runs/it'), content);
  return folder;
}

const shown = async (home: string, path: string) => {
  const plots = await readPlots(home, `/home/user/.DashAI/${path}`);
  expect(plots?.failure).toBeNull();
  return plots!.artifacts;
};
const shownBy = (content: string | Uint8Array) => shown(homeWith(content), 'runs/it');

/** Figures are many lines: what is compared is what tells one from another. */
const outline = ({ kind, title, role, content }: PlotArtifact): unknown =>
  kind === 'grouped'
    ? (content as readonly PlotGroup[]).map((group) => [group.title, group.artifacts.map(outline)])
    : [kind, title, role, kind === 'plotly' ? (content as { data: { type: string }[] }).data.map(({ type }) => type) : typeof content];

describe('a stored plot', () => {
  it('is a figure when the release stored the text of one', async () => {
    expect((await shown(seed, 'runs/slice_plot_6.pickle')).map(outline)).toEqual([['plotly', null, null, ['scatter', 'scatter']]]);
  });

  it('is an artifact with its title when the release stored one', async () => {
    expect((await shown(newest, 'runs/slice_plot_6.pickle')).map(outline)).toEqual([
      ['plotly', 'Slice plot for C', 'explanation', ['scatter', 'scatter']],
    ]);
  });

  it('is a group of artifacts by title', async () => {
    expect((await shown(newest, 'explanations/global_explanation_plot_1.pickle')).map(outline)).toEqual([
      ['Top 4 features', 'Top 3 features', 'Top 2 features', 'Top 1 features'].map((title) => [
        title,
        [['plotly', null, 'explanation', ['bar']]],
      ]),
    ]);
  });

  it('is read by what it is, not by what it is called', async () => {
    expect((await shown(newest, 'notebook/1/4.pickle')).map(outline)).toEqual([['plotly', null, null, ['scatter']]]);
    const [explanation] = await shown(seed, 'explanations/local_explanation_1.json');
    expect(explanation).toMatchObject({ kind: 'json', content: { metadata: { feature_names: expect.arrayContaining(['sepal_length']) } } });
    expect((await shown(newest, 'explanations/local_explanation_1.pickle'))[0]!.content).toHaveProperty('metadata');
  });

  it('is a value when it has no form that is known', async () => {
    const [described] = await shown(seed, 'notebook/1/1.json');
    expect(described).toMatchObject({ kind: 'json', content: { petal_width: { count: 150, mean: 1.1993333333, '25%': 0.3 } } });
  });

  it('is a list of what every element shows, or one value', async () => {
    const artifacts = await shownBy(
      '[{"type": "text", "payload": "hello", "title": "T", "role": null}, "{\\"data\\": []}", "plain", {"data": [], "layout": {}}, {"type": "image", "payload": "iVBOR"}]',
    );
    expect(artifacts).toEqual([
      { kind: 'text', title: 'T', role: null, content: 'hello' },
      { kind: 'plotly', title: null, role: null, content: { data: [] } },
      { kind: 'text', title: null, role: null, content: 'plain' },
      { kind: 'plotly', title: null, role: null, content: { data: [], layout: {} } },
      { kind: 'image', title: null, role: null, content: 'iVBOR' },
    ]);
    expect(await shownBy('[1, 2]')).toEqual([{ kind: 'json', title: null, role: null, content: [1, 2] }]);
    expect(await shownBy('[]')).toEqual([]);
  });

  it('keeps what Python writes beyond JSON', async () => {
    const [artifact] = await shownBy(
      '{"a": NaN, "b": -Infinity, "c": 12345678901234567890, "d": "NaN, Infinity", "e": 0.12345678901234567, "f": -0.0}',
    );
    expect(artifact!.content).toEqual({
      a: 'NaN',
      b: '-Infinity',
      c: '12345678901234567890',
      d: 'NaN, Infinity',
      e: 0.12345678901234567,
      f: -0,
    });
  });

  it('is null when there is no file, and none is stored', async () => {
    expect(await readPlots(newest, '/home/user/.DashAI/runs/no_plot.pickle')).toBeNull();
    expect(await readPlots(newest, '')).toBeNull();
    expect(await readPlots(newest, null)).toBeNull();
    expect(await readPlots(newest, '/home/user/.DashAI/runs')).toBeNull();
  });
});

describe('a file that shows nothing', () => {
  it.each([
    ['a model', Buffer.from('\x80\x04cnumpy\nndarray\n.', 'latin1'), 'NEEDS_PYTHON'],
    ['half a pickle', Buffer.from('\x80\x04X\xff\0\0\0ab', 'latin1'), 'DAMAGED'],
    ['half a text of JSON', '{"data": [', 'DAMAGED'],
    ['JSON with a word that is none', '{"data": [nan, NaN]}', 'DAMAGED'],
    ['no text', Buffer.from('{"a": "\xff"}', 'latin1'), 'DAMAGED'],
    ['a figure that is no JSON', '{"type": "plotly", "payload": "{"}', 'DAMAGED'],
    ['quotes without end', `NaN${'"\\\\'.repeat(1_000_000)}`, 'DAMAGED'],
    ['brackets without end', '['.repeat(1_000_000), 'DAMAGED'],
    ['groups in groups', `${'{"type": "grouped", "groups": [{"artifacts": ['.repeat(20)}${']}]}'.repeat(20)}`, 'DAMAGED'],
    ['groups that are none', '{"type": "grouped", "payload": 1}', 'DAMAGED'],
    ['nothing at all', '', 'DAMAGED'],
    ['more than 32 MB', new Uint8Array(32 * 1024 * 1024 + 1), 'TOO_LARGE'],
  ])('says why: %s', async (_, content, code) => {
    expect(await readPlots(homeWith(content), 'runs/it')).toEqual({ artifacts: [], failure: { code, message: expect.any(String) } });
  });

  it('is a model, which needs Python', async () => {
    expect((await readPlots(newest, '/home/user/.DashAI/runs/7'))!.failure).toMatchObject({ code: 'NEEDS_PYTHON' });
  });
});

describe('the result of an explorer', () => {
  it('is its artifacts, which say what is a table', async () => {
    const paths = { explorationPath: '/home/user/.DashAI/notebook/1/1.json', artifactsPath: null };
    const { artifacts } = (await readExplorerPlots(newest, paths))!;
    expect(artifacts[0]).toMatchObject({ kind: 'table', role: 'explanation' });
    expect((artifacts[0]!.content as { columns: string[] }).columns.slice(0, 3)).toEqual(['index', 'count', 'mean']);
  });

  it('is the value itself in a release that stores no artifacts', async () => {
    const paths = { explorationPath: '/home/user/.DashAI/notebook/1/3.json', artifactsPath: null };
    expect((await readExplorerPlots(seed, paths))!.artifacts.map(outline)).toEqual([['plotly', null, null, ['heatmap']]]);
  });

  it('is null before there is one', async () => {
    expect(await readExplorerPlots(seed, { explorationPath: null, artifactsPath: null })).toBeNull();
  });
});

describe('typed arrays of a figure', () => {
  const array = (dtype: string, hex: string, shape?: unknown) => ({ dtype, bdata: Buffer.from(hex, 'hex').toString('base64'), shape });

  it.each([
    ['i1', '80ff007f', [-128, -1, 0, 127]],
    ['u1', '80ff', [128, 255]],
    ['i2', '0080ff7f', [-32768, 32767]],
    ['u2', '0080ffff', [32768, 65535]],
    ['i4', '00000080ffffff7f', [-2147483648, 2147483647]],
    ['u4', 'ffffffff', [4294967295]],
    ['i8', '0000000000000080', [-9223372036854775808n]],
    ['u8', 'ffffffffffffffff', [18446744073709551615n]],
    ['f4', '0000c03f0000807f0000c07f00000080', [1.5, Infinity, NaN, -0]],
    ['f8', '9a9999999999b93f000000000000f0ff0100000000000000', [0.1, -Infinity, 5e-324]],
    ['f8', '', []],
  ])('are numbers, exactly: %s %s', (dtype, hex, numbers) => {
    expect(decodeTypedArrays({ data: [{ x: array(dtype, hex) }] })).toEqual({ data: [{ x: numbers }] });
  });

  it('have the shape that is said', () => {
    expect(decodeTypedArrays(array('u1', '010203040506', '2, 3'))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(decodeTypedArrays(array('u1', '010203040506', [3, 1, 2]))).toEqual([[[1, 2]], [[3, 4]], [[5, 6]]]);
    expect(decodeTypedArrays(array('u1', '010203', '3'))).toEqual([1, 2, 3]);
  });

  it.each([
    ['another length', array('f8', '00')],
    ['another shape', array('u1', '0102', '2, 2')],
    ['a shape that is none', array('u1', '0102', 'two')],
    ['a dtype that is none', array('c16', '00')],
    ['a dtype of JavaScript', array('constructor', '00')],
    ['no base64', { dtype: 'u1', bdata: '***' }],
  ])('stay as they are with %s', (_, stored) => {
    expect(decodeTypedArrays(stored)).toEqual(stored);
  });

  it('of a stored figure are what DashAI computed', async () => {
    const [heatmap] = await shown(seed, 'notebook/1/3.json');
    const { data } = decodeTypedArrays(heatmap!.content) as { data: { z: number[][] }[] };
    const { z } = data[0]!;
    expect(z.map((row) => row.length)).toEqual([4, 4, 4, 4]);
    z.forEach((row, index) => expect([row[index], z.map((other) => other[index])]).toEqual([1, row]));
  });
});

describe.each(versions)('every file of a home of %s', (version) => {
  const home = largeFixture(`dashai/${version}`)!;
  const { files } = JSON.parse(readFileSync(join(home, 'expected.json'), 'utf8')) as { files: Record<string, number> };
  const paths = Object.keys(files).filter((path) => /^(runs|notebook|explanations)\//.test(path) && !path.includes('/dataset/'));

  it('is there with the size that was written', () => {
    expect(readdirSync(home, { recursive: true, encoding: 'utf8' })).toEqual(expect.arrayContaining(Object.keys(files)));
    expect(Object.fromEntries(Object.keys(files).map((path) => [path, statSync(join(home, path)).size]))).toEqual(files);
  });

  it.each(paths)('is shown, or is a model and needs Python: %s', async (path) => {
    const plots = (await readPlots(home, `/home/user/.DashAI/${path}`))!;
    if (/^runs\/\d+$/.test(path)) expect(plots.failure).toMatchObject({ code: 'NEEDS_PYTHON' });
    else {
      expect(plots.failure).toBeNull();
      expect(plots.artifacts.length).toBeGreaterThan(0);
      const plain = /(global|local)_explanation_\d/.test(path) || path === 'notebook/1/1.json';
      for (const { kind } of plots.artifacts) expect(['plotly', 'table', 'grouped'].includes(kind)).toBe(!plain);
    }
  });
});
