import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Statement } from '../../src/stores/engine/sql.js';
import { runParts } from '../../src/stores/mlflow/runs/run-parts.sql.js';
import { firstRunPages, runPage } from '../../src/stores/mlflow/runs/run.sql.js';
import type { RunQuery } from '../../src/stores/run-store.js';
import { bareRun, insertRuns, openTestDatabase, type TestDatabase } from '../kit/mlflow-database.js';

const byBestMetric: RunQuery = {
  filter: { metric: { key: 'acc', aggregate: 'MAX', value: { gt: 0.5 } } },
  orderBy: [
    { by: 'metric', key: 'acc', aggregate: 'MAX', direction: 'DESC' },
    { by: 'field', field: 'STARTED_AT', direction: 'DESC' },
  ],
};

const byEverything: RunQuery = {
  filter: {
    or: [
      { metric: { key: 'loss', aggregate: 'MIN', value: { lt: 9 } } },
      { param: { key: 'epochs', number: { gt: 1 } } },
      { tag: { key: 'size', number: { gt: 1 } } },
      { dataset: { name: { eq: 'wine' } } },
    ],
  },
  orderBy: [{ by: 'param', key: 'lr', as: 'NUMBER', direction: 'DESC' }, ...byBestMetric.orderBy],
};

/** The database, and how many statements it was sent. */
function counted(database: TestDatabase) {
  let count = 0;
  const all = (statement: Statement) => {
    count++;
    return database.db.all(statement);
  };
  return { counting: { ...database, db: { all, run: database.db.run.bind(database.db) } }, count: () => count };
}

/** Statements of a page with every part. */
async function statementsOf(database: TestDatabase, query: RunQuery): Promise<number> {
  const { counting, count } = counted(database);
  const page = await runPage(counting, { query, request: { limit: 100, backward: false, after: null, before: null } });
  const ids = page.rows.map(({ record }) => record.nativeId);
  await runParts(counting, { ids, selection: { params: 'all', tags: 'all', metrics: 'all', extremes: true, inputs: true } });
  return count();
}

describe.each(['own', 'foreign'] as const)('a page of runs of a store of layout %s', (layout) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(layout, 'a');
  });
  afterAll(() => database.close());

  it('costs at most six statements when it is filtered and ordered by the best value of a metric', async () => {
    expect(await statementsOf(database, byBestMetric)).toBeLessThanOrEqual(6);
  });

  it('costs as many statements for 200 runs as for none, whatever it is filtered and ordered by', async () => {
    const before = await statementsOf(database, byEverything);
    const points = [{ step: 1n, timestamp: 1n, value: 0.7 }];
    const metrics = new Map([
      ['acc', points],
      ['loss', points],
    ]);
    const runs = Array.from({ length: 200 }, (_, index) => ({
      ...bareRun(`run-${index}`),
      params: new Map([['lr', `0.${index}`]]),
      metrics,
    }));
    database.db.exec('BEGIN'); // one fsync for all of them
    await insertRuns(database, runs);
    database.db.exec('COMMIT');
    expect(await statementsOf(database, byEverything)).toBe(before);
    expect(before).toBeLessThanOrEqual(7);
  });

  it('costs as many statements for the first runs of a hundred experiments as for those of one', async () => {
    const pagesOf = async (experimentIds: readonly string[]) => {
      const { counting, count } = counted(database);
      const pages = await firstRunPages(counting, { query: byEverything, experimentIds, limit: 5 });
      return { runs: pages.map(({ rows }) => rows.length), count: count() };
    };
    const one = await pagesOf(['1']);
    const many = await pagesOf(['1', ...Array.from({ length: 99 }, (_, index) => String(index + 1_000))]);
    expect(many.count).toBe(one.count);
    expect([one.runs[0], many.runs.slice(0, 2)]).toEqual([5, [5, 0]]);
  });
});
