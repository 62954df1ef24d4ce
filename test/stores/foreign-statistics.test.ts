import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sql } from '../../src/stores/engine/sql.js';
import { dropForeignStats, maxSeries } from '../../src/stores/mlflow/statistics/foreign-stats-writes.js';
import type { GroupQuery, RunQuery, RunStore } from '../../src/stores/run-store.js';
import { addPoints, openTestAttachment, removeRun, type TestAttachment } from '../kit/foreign-statistics.js';
import { bareRun, insertRuns, type Point, type RunRow } from '../kit/mlflow-database.js';
import { tries } from '../kit/property.js';
import { newestFirst } from '../kit/run-model.js';

const request = { limit: 100, backward: false, after: null, before: null };
const point = (value: number, step = 0n, timestamp = step): Point => ({ step, timestamp, value });
const runOf = (id: string, loss: readonly Point[], acc: readonly Point[] = []): RunRow => ({
  ...bareRun(id),
  metrics: new Map([['loss', loss] as const, ['acc', acc] as const].filter(([, points]) => points.length > 0)),
});

const byBest = (aggregate: 'MIN' | 'MAX', bound = -Infinity): RunQuery => ({
  filter: { metric: { key: 'loss', aggregate, value: { gte: bound } } },
  orderBy: [{ by: 'metric', key: 'loss', aggregate, direction: 'ASC' }],
});
const groupsByBest: GroupQuery = {
  filter: {},
  by: [{ by: 'field', field: 'STATUS' }],
  metrics: [
    { key: 'loss', aggregate: 'MIN' },
    { key: 'acc', aggregate: 'MAX' },
  ],
  best: { key: 'loss', aggregate: 'MIN' },
  bestDirection: 'ASC',
};

let attached: TestAttachment;
beforeEach(async () => {
  attached = await openTestAttachment();
});
afterEach(() => attached.close());

const idsOf = async (store: RunStore, query: RunQuery): Promise<string[]> =>
  (await store.page(query, request)).rows.map(({ record }) => record.nativeId);

/** Everything that looks at best values, asked of one store. */
const everything = async (store: RunStore) => {
  const all = await store.page({ filter: {}, orderBy: [newestFirst] }, request);
  const ids = all.rows.map(({ record }) => record.nativeId);
  return {
    least: await store.page(byBest('MIN'), request),
    greatest: await store.page(byBest('MAX', 1), request),
    missing: await store.count({ metric: { key: 'loss', aggregate: 'MAX', value: { isNull: true } } }),
    different: await store.count({ not: { metric: { key: 'acc', aggregate: 'MIN', value: { neq: 1 } } } }),
    groups: await store.groups(groupsByBest),
    parts: await store.parts(ids, { metrics: 'all', extremes: true }),
    some: await store.parts(ids.slice(0, 2), { metrics: ['acc'], extremes: true }),
  };
};

describe('statistics of an attached database', () => {
  it('read the history of a metric once, and afterwards only what is new', async () => {
    await insertRuns(attached.foreign, [runOf('a', [point(3), point(1, 1n)]), runOf('b', [point(2)])]);
    expect(await idsOf(attached.store(), byBest('MIN'))).toEqual(['a', 'b']);
    attached.statements();
    expect(await idsOf(attached.store(), byBest('MIN'))).toEqual(['a', 'b']);
    await addPoints(attached.foreign, 'b', 'loss', [point(0, 1n)]);
    expect(await idsOf(attached.store(), byBest('MIN'))).toEqual(['b', 'a']);
    expect(attached.statements()).not.toContain('mlflow.foreignStats');
  });

  it('are still known after a restart', async () => {
    await insertRuns(attached.foreign, [runOf('a', [point(3)]), runOf('b', [point(2)])]);
    await attached.store().page(byBest('MAX'), request);
    await attached.restart();
    attached.statements();
    expect(await idsOf(attached.store(), byBest('MAX'))).toEqual(['b', 'a']);
    expect(attached.statements()).not.toContain('mlflow.foreignStats');
  });

  it('cost as many statements for 200 runs as for none once they are known', async () => {
    const cost = async () => {
      await attached.store().page(byBest('MAX'), request);
      attached.statements();
      await attached.store().page(byBest('MAX'), request);
      return attached.statements();
    };
    const before = await cost();
    await insertRuns(
      attached.foreign,
      Array.from({ length: 200 }, (_, index) => runOf(`run-${index}`, [point(index)])),
    );
    expect(await cost()).toEqual(expect.arrayContaining(before));
    expect((await cost()).length).toBeLessThanOrEqual(6);
  });

  it('see a point that is older than the latest one', async () => {
    await insertRuns(attached.foreign, [runOf('a', [point(3, 9n)]), runOf('b', [point(2)])]);
    await attached.store().page(byBest('MIN'), request);
    await addPoints(attached.foreign, 'a', 'loss', [point(-Infinity, 1n)]);
    expect(await idsOf(attached.store(), byBest('MIN'))).toEqual(['a', 'b']);
    const [parts] = await attached.store().parts(['a'], { metrics: 'all', extremes: true });
    expect(parts!.metrics).toMatchObject([{ value: 3, min: -Infinity, minStep: 1n, max: 3, maxStep: 9n, count: 2n }]);
  });

  it('forget a run that was removed, whose row numbers the next points take', async () => {
    await insertRuns(attached.foreign, [runOf('a', [point(3)]), runOf('b', [point(1), point(9, 1n)])]);
    await attached.store().page(byBest('MAX'), request);
    await removeRun(attached.foreign, 'b');
    await insertRuns(attached.foreign, [runOf('c', [point(2), point(4, 1n), point(5, 2n)])]);
    expect(await idsOf(attached.store(), byBest('MAX'))).toEqual(['a', 'c']);
    expect(await everything(attached.store())).toEqual(await everything(attached.plain()));
  });

  it('begin anew when points were taken away by hand, once these have been counted', async () => {
    await insertRuns(attached.foreign, [runOf('a', [point(3), point(1, 1n)]), runOf('b', [point(2)])]);
    await attached.store().page(byBest('MIN'), request);
    await attached.foreign.db.run(sql`DELETE FROM metrics WHERE value = 1`);
    attached.wait(10_000);
    expect(await idsOf(attached.store(), byBest('MIN'))).toEqual(['b', 'a']);
  });

  it('begin anew when another database lies there', async () => {
    await insertRuns(attached.foreign, [runOf('a', [point(3)])]);
    await attached.store().page(byBest('MIN'), request);
    await removeRun(attached.foreign, 'a');
    await insertRuns(attached.foreign, [runOf('other', [point(7)])]);
    await attached.restart();
    expect(await everything(attached.store())).toEqual(await everything(attached.plain()));
  });

  it('begin anew when a source has too many series, and leave it alone the second time', async () => {
    await insertRuns(attached.foreign, [runOf('a', [point(3)], [point(4)])]);
    const { db } = attached.own;
    const fill = () => db.run(sql`UPDATE rungraph_foreign_sources SET series = ${maxSeries}`);
    const scopes = () =>
      db.all(
        sql`SELECT c.name FROM rungraph_foreign_sources f JOIN rungraph_foreign_scopes c ON c.source_id = f.id WHERE f.series < ${maxSeries}`,
      );
    const byAcc = { metric: { key: 'acc', aggregate: 'MAX', value: { gt: 3 } } } as const;
    expect(await attached.store().count(byAcc)).toBe(1);
    await fill();
    expect(await idsOf(attached.store(), byBest('MIN'))).toEqual(['a']);
    expect(await scopes()).toEqual([['loss']]);
    await fill();
    expect(await attached.store().count(byAcc)).toBe(1);
    expect(await scopes()).toEqual([]);
  });

  it('are dropped when the source is gone', async () => {
    await insertRuns(attached.foreign, [runOf('a', [point(3)], [point(4)])]);
    await everything(attached.store());
    const { db, dialect } = attached.own;
    while (await dropForeignStats({ db, dialect, now: 0 }, { attached: ['a'] }));
    expect(await db.all(sql`SELECT COUNT(*) FROM rungraph_foreign_stats`)).toEqual([[2n]]);
    while (await dropForeignStats({ db, dialect, now: 0 }, { attached: ['b'] }));
    for (const table of ['sources', 'scopes', 'stats'])
      expect(await db.all({ text: `SELECT COUNT(*) FROM rungraph_foreign_${table}`, values: [] })).toEqual([[0n]]);
    expect(await everything(attached.store())).toEqual(await everything(attached.plain()));
  });

  it('answer what the histories answer, whatever happens to them between two questions', async () => {
    const value = fc.oneof(fc.constantFrom(NaN, Infinity, -Infinity, 0, 1, -1, 0.1, Number.MIN_VALUE), fc.double());
    const runId = fc.constantFrom('a', 'b', 'c', 'd');
    const key = fc.constantFrom('loss', 'acc');
    const points = fc.array(fc.record({ step: fc.bigInt({ min: -2n, max: 3n }), timestamp: fc.bigInt({ min: 0n, max: 2n }), value }), {
      minLength: 1,
      maxLength: 4,
    });
    const change = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('points' as const), runId, key, points }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), runId }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), runId }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('by hand' as const), runId, key }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ change, asks: fc.boolean() }), { maxLength: 10 }), async (history) => {
        const tried = await openTestAttachment();
        const { db } = tried.foreign;
        try {
          for (const { change, asks } of history) {
            if (change.kind === 'points') {
              const known = await db.all(sql`SELECT 1 FROM runs WHERE run_uuid = ${change.runId}`);
              if (known.length === 0) await insertRuns(tried.foreign, [bareRun(change.runId)]);
              await addPoints(tried.foreign, change.runId, change.key, change.points);
            } else if (change.kind === 'remove') await removeRun(tried.foreign, change.runId);
            else if (change.kind === 'delete')
              await db.run(sql`UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = ${change.runId}`);
            else if (change.kind === 'restart') await tried.restart();
            else {
              await db.run(sql`DELETE FROM metrics WHERE run_uuid = ${change.runId} AND key = ${change.key}
                AND step = (SELECT MIN(step) FROM metrics WHERE run_uuid = ${change.runId} AND key = ${change.key})`);
              tried.wait(10_000);
            }
            if (asks) expect(await everything(tried.store())).toEqual(await everything(tried.plain()));
          }
          expect(await everything(tried.store())).toEqual(await everything(tried.plain()));
        } finally {
          await tried.close();
        }
      }),
      tries(30),
    );
  }, 120_000);
});
