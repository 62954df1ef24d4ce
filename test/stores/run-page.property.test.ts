import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createCursorCodec, type CursorValue } from '../../src/core/cursor.js';
import { mergePages, type Page, type PageRequest, type SortPart, type SortPosition } from '../../src/stores/page.js';
import type { RunOrder, RunRecord } from '../../src/stores/run-store.js';
import { runPage } from '../../src/stores/mlflow/runs/run.sql.js';
import {
  bareRun,
  insertRuns,
  openAnyTestDatabase,
  storesOfEveryEngine,
  whileHolding,
  type RunRow,
  type AnyTestDatabase,
} from '../kit/mlflow-database.js';
import { tries } from '../kit/property.js';
import { experimentNames, orders, runsOf } from '../kit/run-arbitraries.js';
import { inOrder, newestFirst, type ModelRun } from '../kit/run-model.js';

const cursors = createCursorCodec('secret');

/** A position as a client hands it back. */
function handedBack(position: SortPosition): SortPosition {
  const cursor = cursors.encode('runs', [position.source, position.nativeId, position.parts]);
  const [source, nativeId, parts] = cursors.decode('runs', cursor, 'after') as [string, string, readonly SortPart[]] & CursorValue;
  return { source, nativeId, parts };
}

const nameOf = ({ record }: Page<RunRecord>['rows'][number]): string => `${record.source} ${record.nativeId}`;

/** Pages of one or several sources under one order. */
async function page(databases: readonly AnyTestDatabase[], orderBy: readonly RunOrder[], request: PageRequest): Promise<Page<RunRecord>> {
  const query = { filter: {}, orderBy: [...orderBy, newestFirst] };
  const pages = await Promise.all(databases.map((database) => runPage(database, { query, request })));
  return mergePages(
    pages,
    query.orderBy.map(({ direction }) => direction),
    request,
  );
}

/** Everything a client sees that asks page after page, with these page sizes again and again, until it is told there is no more. */
async function walk(
  databases: readonly AnyTestDatabase[],
  orderBy: readonly RunOrder[],
  sizes: readonly number[],
  { backward = false, betweenPages = async () => {} }: { backward?: boolean; betweenPages?: () => Promise<void> } = {},
): Promise<string[]> {
  const seen: string[] = [];
  let bound: SortPosition | null = null;
  for (let index = 0; ; index++) {
    const limit = sizes[index % sizes.length]!;
    const read: Page<RunRecord> = await page(databases, orderBy, {
      limit,
      backward,
      after: backward ? null : bound,
      before: backward ? bound : null,
    });
    expect(read.rows.length).toBeLessThanOrEqual(limit);
    const names = read.rows.map(nameOf);
    if (backward) seen.unshift(...names);
    else seen.push(...names);
    if (!read.hasMore) return seen;
    expect(read.rows.length).toBe(limit);
    bound = handedBack(read.rows.at(backward ? 0 : -1)!.position);
    await betweenPages();
  }
}

const pageSizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

describe.each(storesOfEveryEngine)('pages of runs of the $layout layout on $engine', { timeout: 120_000 }, ({ layout, engine }) => {
  const few = (count: number) => tries(engine === 'sqlite' ? count : Math.ceil(count / 6)); // a statement costs more over there
  // Code points order these names the other way round than UTF-16 units do.
  const sources = ['\uffee', '😀'] as const;
  let database: AnyTestDatabase;
  let twice: AnyTestDatabase[];
  beforeAll(async () => {
    database = await openAnyTestDatabase({ layout, engine }, sources[0], experimentNames);
    twice = sources.map((source) => ({ ...database, source }));
  });
  afterAll(() => database.close());

  const expected = (rows: readonly RunRow[], names: readonly string[], orderBy: readonly RunOrder[]): string[] => {
    const model = names.flatMap((source) =>
      rows.map((row): ModelRun => ({
        row,
        source,
        layout,
        experiment: row.experimentId === null ? null : experimentNames[row.experimentId - 1]!,
      })),
    );
    return inOrder(model, orderBy).map(({ row, source }) => `${source} ${row.id}`);
  };

  it('give each run once and in order, whatever the page sizes, forward and backward', async () => {
    await fc.assert(
      fc.asyncProperty(runsOf(20), orders, pageSizes, async (rows, orderBy, sizes) => {
        await whileHolding(database, rows, async () => {
          const all = expected(rows, [database.source], orderBy);
          expect(await walk([database], orderBy, sizes)).toEqual(all);
          expect(await walk([database], orderBy, sizes, { backward: true })).toEqual(all);
        });
      }),
      few(80),
    );
  });

  it('are those of one long list when a database is attached under two names', async () => {
    await fc.assert(
      fc.asyncProperty(runsOf(10), orders, pageSizes, async (rows, orderBy, sizes) => {
        await whileHolding(database, rows, async () => {
          const all = expected(rows, sources, orderBy);
          expect(await walk(twice, orderBy, sizes)).toEqual(all);
          expect(await walk([...twice].reverse(), orderBy, sizes, { backward: true })).toEqual(all);
        });
      }),
      few(60),
    );
  });

  it('hold exactly what lies between two positions', async () => {
    await fc.assert(
      fc.asyncProperty(
        runsOf(8),
        orders,
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        async (rows, orderBy, from, to, backward, limit) => {
          fc.pre(rows.length > 0);
          await whileHolding(database, rows, async () => {
            const { rows: all } = await page(twice, orderBy, { limit: 100, backward: false, after: null, before: null });
            const [start, end] = [from % all.length, to % all.length];
            const read = await page(twice, orderBy, { limit, backward, after: all[start]!.position, before: all[end]!.position });
            const between = all.slice(start + 1, Math.max(start + 1, end)).map(nameOf);
            expect(read.rows.map(nameOf)).toEqual(backward ? between.slice(-limit) : between.slice(0, limit));
            expect(read.hasMore).toBe(between.length > limit);
          });
        },
      ),
      few(80),
    );
  });

  it('give each run that was there from the first page to the last once, while others are added', async () => {
    await fc.assert(
      fc.asyncProperty(runsOf(15), runsOf(15), orders, pageSizes, fc.boolean(), async (rows, later, orderBy, sizes, backward) => {
        await whileHolding(database, rows, async () => {
          const added = later.map((row) => ({ ...row, id: `${row.id} later` }));
          const betweenPages = async () => insertRuns(database, added.splice(0, 2));
          const seen = await walk([database], orderBy, sizes, { backward, betweenPages });
          expect(seen.filter((name) => !name.endsWith(' later'))).toEqual(expected(rows, [database.source], orderBy));
          expect(new Set(seen).size).toBe(seen.length);
        });
      }),
      few(60),
    );
  });

  it.each([
    ['ASC', ['same', 'after', 'c']],
    ['DESC', ['same', 'before', 'a']],
  ] as const)('continue behind a number that has gone and beside numbers that have come, %s', async (direction, next) => {
    const withParam = (id: string, lr: string): RunRow => ({ ...bareRun(id), params: new Map([['lr', lr]]) });
    const orderBy: RunOrder[] = [{ by: 'param', key: 'lr', as: 'NUMBER', direction }];
    const ids = async (after: SortPosition | null, limit: number) => {
      const read = await page([database], orderBy, { limit, backward: false, after, before: null });
      return { names: read.rows.map(({ record }) => record.nativeId), end: handedBack(read.rows.at(-1)!.position) };
    };
    await whileHolding(database, [withParam('a', '1'), withParam('b', '2'), withParam('c', '10')], async () => {
      const { end } = await ids(null, 2);
      await database.exec(`DELETE FROM params WHERE run_uuid = 'b'`);
      expect((await ids(end, 1)).names).toEqual([next[2]]);
      await insertRuns(database, [withParam('before', '1.5'), withParam('after', '2.5')]);
      expect((await ids(end, 2)).names).toEqual(next.slice(1));
      await insertRuns(database, [withParam('same', '2.0')]);
      expect((await ids(end, 3)).names).toEqual(next);
    });
  });
});
