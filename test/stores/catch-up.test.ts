import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../src/stores/engine/sql.js';
import { catchUp } from '../../src/stores/mlflow/following/catch-up.js';
import { logMetrics } from '../../src/stores/mlflow/metrics/metric-writes.js';
import { runParts } from '../../src/stores/mlflow/runs/run-parts.sql.js';
import { readSeries } from '../../src/stores/mlflow/metrics/series.sql.js';
import { bareRun, insertRuns, openTestDatabase, type TestDatabase } from '../kit/mlflow-database.js';

const runId = '0123456789abcdef0123456789abcdef';

describe('metric rows that another process wrote into our database', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase('own', 'local');
    await insertRuns(database, [bareRun(runId)]);
  });
  afterEach(() => database.close());

  const context = () => ({ db: database.db, dialect: database.dialect, now: 1 });
  const insert = (step: number, timestamp: number, value: number) =>
    database.db.run(
      sql`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', ${value}, ${timestamp}, ${runId}, ${step}, 0)`,
    );
  const log = (...values: number[]) =>
    logMetrics(context(), { runId, series: [{ key: 'loss', values: Float64Array.from(values), steps: null, timestamps: null }] });
  const valuesOf = async () => {
    const { series } = await readSeries(database, { runId, keys: 'all', sampling: 'NONE', maxPoints: 1 });
    return [...(series[0]?.values ?? [])];
  };

  it('are in the series and the statistics once they were caught up with', async () => {
    await insert(0, 1000, 3);
    await insert(1, 1001, Number.MAX_VALUE);
    await catchUp(context());
    expect(await valuesOf()).toEqual([3, Infinity]);
    const [parts] = await runParts(database, { ids: [runId], selection: { metrics: 'all', extremes: true } });
    expect(parts!.metrics).toMatchObject([{ key: 'loss', value: Infinity, min: 3, max: Infinity, count: 2n }]);
  });

  it('come before our own next points, and each row once', async () => {
    await log(1);
    await insert(5, 1000, 2);
    await log(3);
    await catchUp(context());
    await catchUp(context());
    expect((await valuesOf()).sort()).toEqual([1, 2, 3]);
  });

  it('may hold fractions where MLflow has integers, which SQLite lets in', async () => {
    await insert(1.7, 1000.25, 2);
    await catchUp(context());
    await log(3);
    expect((await valuesOf()).sort()).toEqual([2, 3]);
  });

  it('are seen also when the newest rows were deleted before and their numbers are given again', async () => {
    await log(1, 2);
    await database.db.run(sql`DELETE FROM metrics WHERE step = 1`);
    await catchUp(context());
    await insert(9, 1000, 5);
    await catchUp(context());
    expect(await valuesOf()).toContain(5);
  });
});

describe('an attached database', () => {
  it('may hold fractions where MLflow has integers', async () => {
    const database = await openTestDatabase('foreign', 'prod');
    await insertRuns(database, [{ ...bareRun(runId), metrics: new Map([['loss', [{ step: 1n, timestamp: 5n, value: 2 }]]]) }]);
    await database.db.run(sql`UPDATE metrics SET step = 1.7, timestamp = 1000.25`);
    await database.db.run(sql`UPDATE latest_metrics SET step = 1.7, timestamp = 1000.25`);
    const { series } = await readSeries(database, { runId, keys: 'all', sampling: 'NONE', maxPoints: 1 });
    expect(series).toMatchObject([{ key: 'loss', steps: BigInt64Array.of(1n), timestamps: BigInt64Array.of(1000n) }]);
    const [parts] = await runParts(database, { ids: [runId], selection: { metrics: 'all', extremes: true } });
    expect(parts!.metrics).toMatchObject([{ step: 1n, timestamp: 1000 }]);
    database.close();
  });
});
