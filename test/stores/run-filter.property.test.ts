import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compareCodePoints } from '../../src/core/text.js';
import { comparePositions } from '../../src/stores/page.js';
import { runCount, runPage } from '../../src/stores/mlflow/runs/run.sql.js';
import type { RunFilter, RunOrder } from '../../src/stores/run-store.js';
import {
  bareRun,
  openAnyTestDatabase,
  storesOfEveryEngine,
  whileHolding,
  type RunRow,
  type AnyTestDatabase,
} from '../kit/mlflow-database.js';
import { tries } from '../kit/property.js';
import { experimentNames, filterOf, orders, runsOf } from '../kit/run-arbitraries.js';
import { inOrder, matches, nameOf, newestFirst, type ModelRun } from '../kit/run-model.js';

describe.each(storesOfEveryEngine)(
  'a filter and an order over the $layout layout on $engine',
  { timeout: 120_000 },
  ({ layout, engine }) => {
    const few = (count: number) => tries(engine === 'sqlite' ? count : Math.ceil(count / 6)); // a statement costs more over there
    const source = 'läden';
    let database: AnyTestDatabase;
    beforeAll(async () => {
      database = await openAnyTestDatabase({ layout, engine }, source, experimentNames);
    });
    afterAll(() => database.close());

    const model = (rows: readonly RunRow[]): ModelRun[] =>
      rows.map((row) => ({ row, source, layout, experiment: row.experimentId === null ? null : experimentNames[row.experimentId - 1]! }));

    /** Ids in order, as the store answers. */
    const ids = async (rows: readonly RunRow[], filter: RunFilter, orderBy: readonly RunOrder[] = []): Promise<string[]> =>
      whileHolding(database, rows, async () => {
        const page = await runPage(database, {
          query: { filter, orderBy: [...orderBy, newestFirst] },
          request: { limit: 100, backward: false, after: null, before: null },
        });
        return page.rows.map(({ record }) => record.nativeId);
      });

    it('answers exactly the runs the contract means, in the order it means, and counts them', async () => {
      await fc.assert(
        fc.asyncProperty(runsOf(30), filterOf(source, 3), orders, async (rows, filter, orderBy) => {
          const expected = inOrder(
            model(rows).filter((run) => matches(filter, run)),
            orderBy,
          );
          await whileHolding(database, rows, async () => {
            const query = { filter, orderBy: [...orderBy, newestFirst] };
            const page = await runPage(database, { query, request: { limit: 100, backward: false, after: null, before: null } });
            expect(page.rows.map(({ record }) => record.nativeId)).toEqual(expected.map(({ row }) => row.id));
            expect(page.hasMore).toBe(false);
            expect(await runCount(database, filter)).toBe(expected.length);
            const directions = query.orderBy.map(({ direction }) => direction);
            for (const [index, { position }] of page.rows.entries()) {
              if (index > 0) expect(comparePositions(directions, page.rows[index - 1]!.position, position)).toBeLessThan(0);
            }
          });
        }),
        few(200),
      );
    });

    it('matches single conditions as the contract means them', async () => {
      await fc.assert(
        fc.asyncProperty(runsOf(12), fc.array(filterOf(source, 0), { minLength: 10, maxLength: 10 }), async (rows, filters) => {
          await whileHolding(database, rows, async () => {
            for (const filter of filters) {
              const expected = model(rows).filter((run) => matches(filter, run)).length;
              expect([filter, await runCount(database, filter)]).toEqual([filter, expected]);
            }
          });
        }),
        few(100),
      );
    });

    it('takes a tag without a text for the empty text, as it is shown', async () => {
      const rows = [{ ...bareRun('empty'), tags: new Map([['note', null]]) }, bareRun('none')];
      expect(await ids(rows, { tag: { key: 'note', string: { eq: '' } } })).toEqual(['empty']);
      expect(await ids(rows, { tag: { key: 'note', number: { isNull: true } } })).toEqual(['empty']);
      expect(await ids(rows, { tag: { key: 'note', number: { eq: NaN } } })).toEqual([]);
      expect(await ids(rows, {}, [{ by: 'tag', key: 'note', direction: 'DESC' }])).toEqual(['empty', 'none']);
    });

    it('takes a param that says "constructor" for a text', async () => {
      const rows = [
        { ...bareRun('text'), params: new Map([['kind', 'constructor']]) },
        { ...bareRun('zero'), params: new Map([['kind', '0']]) },
      ];
      expect(await ids(rows, { param: { key: 'kind', number: { isNull: true } } })).toEqual(['text']);
      expect(await ids(rows, {}, [{ by: 'param', key: 'kind', as: 'NUMBER', direction: 'ASC' }])).toEqual(['zero', 'text']);
    });

    it('counts a param that is no number neither as NaN nor as not NaN', async () => {
      const rows = ['abc', 'nan', '1'].map((value) => ({ ...bareRun(value), params: new Map([['lr', value]]) }));
      expect(await ids(rows, { param: { key: 'lr', number: { isNaN: true } } })).toEqual(['nan']);
      expect(await ids(rows, { param: { key: 'lr', number: { isNaN: false } } })).toEqual(['1']);
    });

    it('folds every form of a letter into one for ilike, as the flags iu of a regular expression do', async () => {
      const forms = [...'σςΣßẞkK\u212aſsSǆǅǄıiIäÄθϑϴ𐐀𐐨]^'];
      await whileHolding(
        database,
        forms.map((form, index) => ({ ...bareRun(String(index)), name: `x${form}x` })),
        async () => {
          for (const form of forms) {
            const letter = new RegExp(`^\\u{${form.codePointAt(0)!.toString(16)}}$`, 'iu');
            const same = forms.filter((other) => letter.test(other));
            expect([form, await runCount(database, { name: { ilike: `X${form}x` } })]).toEqual([form, same.length]);
          }
        },
      );
    });

    it('shows each run as it was stored', async () => {
      await fc.assert(
        fc.asyncProperty(runsOf(10), async (rows) => {
          await whileHolding(database, rows, async () => {
            const query = { filter: {}, orderBy: [newestFirst] };
            const page = await runPage(database, { query, request: { limit: 100, backward: false, after: null, before: null } });
            const expected = model(rows).map((run) => ({
              source,
              nativeId: run.row.id,
              name: nameOf(run),
              experimentId: run.row.experimentId === null ? null : String(run.row.experimentId),
              status: run.row.status ?? 'UNKNOWN',
              lifecycleStage: run.row.deleted ? 'DELETED' : 'ACTIVE',
              artifactLocation: run.row.artifactUri,
              startedAt: run.row.startTime,
              endedAt: run.row.endTime,
              user: run.row.user || null,
            }));
            const byId = (a: { nativeId: string }, b: { nativeId: string }) => compareCodePoints(a.nativeId, b.nativeId);
            expect(page.rows.map(({ record }) => record).sort(byId)).toEqual(expected.sort(byId));
          });
        }),
        few(40),
      );
    });
  },
);
