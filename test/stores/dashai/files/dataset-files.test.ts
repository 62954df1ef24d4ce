import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import type { Cell } from '../../../../src/stores/dashai/files/arrow-cells.js';
import { readDataset, readDatasetRows } from '../../../../src/stores/dashai/files/dataset-files.js';
import { HomeFileFailure } from '../../../../src/stores/dashai/files/home-file-failure.js';
import { largeFixture } from '../../../kit/optional.js';
import { tries } from '../../../kit/property.js';

const fixtures = fileURLToPath(new URL('../../../fixtures/dashai/', import.meta.url));
const iris = '/home/user/.DashAI/datasets/d0841fc0-8396-46ce-b4da-38b4be7a333a';
const home = join(fixtures, 'home-0.10.0');

interface Expected {
  readonly files: Readonly<Record<string, { readonly types: readonly string[]; readonly rows: readonly unknown[][] }>>;
  readonly homes: Readonly<Record<string, { readonly rows: number; readonly sha256: string }>>;
}
const expected = JSON.parse(readFileSync(join(fixtures, 'arrow-rows.json'), 'utf8')) as Expected;

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A home with one dataset, `datasets/it`. */
function homeWith(arrow: string | Uint8Array, notes?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-dashai-'));
  made.push(folder);
  const dataset = join(folder, 'datasets/it/dataset');
  mkdirSync(dataset, { recursive: true });
  if (typeof arrow === 'string') copyFileSync(join(fixtures, arrow), join(dataset, 'data.arrow'));
  else writeFileSync(join(dataset, 'data.arrow'), arrow);
  if (notes !== undefined) writeFileSync(join(dataset, 'splits.json'), notes);
  return folder;
}

const rowsOf = async (folder: string, offset = 0, limit = 1_000) => (await readDatasetRows(folder, 'datasets/it', { offset, limit }))!.rows;

/** A cell as the script that asked pyarrow writes it. */
function exact(cell: Cell): unknown {
  if (typeof cell === 'bigint') return { int: String(cell) };
  if (typeof cell === 'number') return { number: bits(cell) };
  if (Array.isArray(cell)) return (cell as readonly Cell[]).map(exact);
  if (typeof cell === 'object' && cell !== null) return { struct: Object.entries(cell).map(([name, inner]) => [name, exact(inner)]) };
  return cell;
}

const bits = (value: number): string => {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(value);
  return buffer.toString('hex');
};

describe('rows of a dataset', () => {
  it.each(['types.arrow', 'growing-dictionary.arrow', 'empty.arrow'])(
    'are those that pyarrow reads from %s, exact to the bit',
    async (name) => {
      const rows = await rowsOf(homeWith(name));
      expect(rows.map((row) => row.map(exact))).toEqual(expected.files[name]!.rows);
    },
  );

  it('are the same from every offset on, whichever batches they lie in', async () => {
    const folder = homeWith('types.arrow');
    const { rows } = expected.files['types.arrow']!;
    for (let offset = 0; offset <= rows.length + 1; offset++) {
      for (let limit = 0; limit <= rows.length + 1; limit++) {
        expect((await rowsOf(folder, offset, limit)).map((row) => row.map(exact))).toEqual(rows.slice(offset, offset + limit));
      }
    }
  });

  it('come in at most 1,000, from a whole number on', async () => {
    for (const range of [
      { offset: 0, limit: 1_001 },
      { offset: -1, limit: 1 },
      { offset: 0.5, limit: 1 },
      { offset: 0, limit: NaN },
    ])
      await expect(readDatasetRows(home, iris, range)).rejects.toThrow(RangeError);
  });

  it.each([
    ['compressed.arrow', 'the Arrow file is compressed'],
    ['view.arrow', 'column "x" has the type string_view'],
  ])('are not read from %s, and the answer says why', async (name, reason) => {
    await expect(rowsOf(homeWith(name))).rejects.toThrow(reason);
    expect((await readDataset(homeWith(name), 'datasets/it'))!.columns.map((column) => column.name)).toEqual(['x']);
  });

  it('are those that pyarrow reads from every dataset, copy and prediction of both homes', async () => {
    let seen = 0;
    for (const [path, { rows: count, sha256 }] of Object.entries(expected.homes)) {
      const [version, ...names] = path.split('/');
      const folder = largeFixture(`dashai/${version!}`);
      if (folder === null) continue;
      const stored = ['/home/user/.DashAI', ...names.slice(0, -1)].join('/');
      const read = await readDatasetRows(folder, stored, { offset: 0, limit: 1_000 });
      const text = read!.rows.map((row) => JSON.stringify(row.map(exact))).join('\n');
      expect([path, createHash('sha256').update(text).digest('hex')]).toEqual([path, sha256]);
      expect((await readDataset(folder, stored.replace(/\/dataset$/, '')))!.rowCount).toBe(count);
      seen++;
    }
    if (largeFixture('dashai/0.10.0') !== null) expect(seen).toBe(13);
  });
});

describe('a dataset', () => {
  it('has the columns its file names, with DashAI’s types and Arrow’s', async () => {
    const { columns, rowCount } = (await readDataset(home, iris))!;
    expect(rowCount).toBe(150);
    expect(columns.map(({ name, dashaiType, arrowType }) => [name, dashaiType, arrowType])).toEqual([
      ['sepal_length', 'Float', 'double'],
      ['sepal_width', 'Float', 'double'],
      ['petal_length', 'Float', 'double'],
      ['petal_width', 'Float', 'double'],
      ['species', 'Categorical', 'string'],
    ]);
    expect(columns[4]!.details).toMatchObject({ categories: ['setosa', 'versicolor', 'virginica'] });
  });

  it('has Arrow’s names for its types, and the parts of DashAI’s that Python alone can write', async () => {
    const { columns } = (await readDataset(homeWith('types.arrow'), 'datasets/it'))!;
    const names = expected.files['types.arrow']!.types.map((name) => name.replace(/^dictionary<values=(\w+),.*$/, 'dictionary<$1>'));
    expect(columns.map(({ arrowType }) => arrowType)).toEqual(names);
    expect(columns.find(({ name }) => name === 'category')!.details).toEqual({
      type: 'Categorical',
      categories: ['red', 'blue'],
      weight: 'NaN',
    });
    expect(columns.find(({ name }) => name === 'int8')).toMatchObject({ dashaiType: null, details: null });
  });

  it('is found by the folder that DashAI stores, and by the one in it', async () => {
    const one = await readDataset(home, iris);
    expect(await readDataset(home, `${iris}/dataset`)).toEqual(one);
    expect(await readDataset(home, 'datasets/no-such')).toBeNull();
    expect(await readDataset(home, '')).toBeNull();
  });

  it('has the statistics of its splits.json as they stand there', async () => {
    const { statistics, splitSizes } = (await readDataset(home, iris))!;
    const stored = JSON.parse(readFileSync(join(home, 'datasets/d0841fc0-8396-46ce-b4da-38b4be7a333a/dataset/splits.json'), 'utf8'));
    expect(statistics).toEqual({
      ...{ generalInfo: stored.general_info, numericStats: stored.numeric_stats, categoricalStats: stored.categorical_stats },
      ...{ textStats: stored.text_stats, qualityInfo: stored.quality_info, correlations: stored.correlations, nan: stored.nan },
    });
    expect(splitSizes).toBeNull();
  });

  it('tells the sizes of its splits, and numbers JSON has no word for', async () => {
    const notes =
      '{"split_indices": {"train": [0, 1, 2], "test": [4], "validation": []}, "numeric_stats": {"x": {"std": NaN, "max": Infinity, "min": -Infinity, "sum": 9007199254740993}}}';
    const { splitSizes, statistics } = (await readDataset(homeWith('empty.arrow', notes), 'datasets/it'))!;
    expect(splitSizes).toEqual({ train: 3, validation: 0, test: 1 });
    expect(statistics!.numericStats).toEqual({ x: { std: 'NaN', max: 'Infinity', min: '-Infinity', sum: '9007199254740993' } });
    expect(statistics!.generalInfo).toBeNull();
  });

  it.each([
    ['no JSON', '{"total_rows": '],
    ['no object', '[]'],
    ['too deep', `{"nan": ${'['.repeat(300)}${']'.repeat(300)}}`],
  ])('is there although its splits.json is %s', async (_, notes) => {
    const dataset = (await readDataset(homeWith('types.arrow', notes), 'datasets/it'))!;
    expect(dataset.rowCount).toBe(7);
    expect(dataset.statistics).toBeNull();
    expect(dataset.statisticsFailure).toMatchObject({ code: 'DAMAGED' });
  });

  it('is there without a splits.json', async () => {
    const dataset = (await readDataset(homeWith('types.arrow'), 'datasets/it'))!;
    expect(dataset).toMatchObject({ statistics: null, splitSizes: null, statisticsFailure: null });
  });
});

describe('a damaged Arrow file', () => {
  const whole = new Uint8Array(readFileSync(join(fixtures, 'types.arrow')));

  async function outcome(bytes: Uint8Array): Promise<string> {
    const folder = homeWith(bytes);
    try {
      await readDataset(folder, 'datasets/it');
      await rowsOf(folder);
      return 'read';
    } catch (error) {
      if (error instanceof HomeFileFailure) return error.code;
      throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('is refused wherever it was cut off', async () => {
    for (let length = 0; length < whole.length; length += 301) expect(await outcome(whole.subarray(0, length))).toBe('DAMAGED');
  });

  it('is read or refused with a code, whatever was changed in what describes it', async () => {
    const footer = new DataView(whole.buffer, whole.byteOffset).getInt32(whole.length - 10, true) + 10;
    const position = fc.oneof(
      fc.nat(footer - 1).map((back) => whole.length - 1 - back),
      fc.nat(whole.length - 1),
    );
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = whole.slice();
        changed[at]! ^= mask;
        expect(await outcome(changed)).toMatch(/^[A-Z_]+$|^read$/);
      }),
      tries(400),
    );
  });
});
