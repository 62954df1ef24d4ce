import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { toStoredValue } from '../../src/core/metric-value.js';
import { raw, sql } from '../../src/stores/engine/sql.js';
import { readHistory, readSpread } from '../../src/stores/mlflow/metrics/history.js';
import type { HistoryPosition } from '../../src/stores/run-store.js';
import { bareRun, distinctPoints, layouts, openTestDatabase, whileHolding, type Point, type TestDatabase } from '../kit/mlflow-database.js';
import { tries } from '../kit/property.js';

const point: fc.Arbitrary<Point> = fc.record({
  step: fc.oneof(fc.bigInt(-2n, 3n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  timestamp: fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(0n, 2n ** 53n)),
  value: fc.oneof(fc.constantFrom(0, 1, NaN, Infinity, -Infinity, -1), fc.double()),
});

describe.each(layouts)('a history in %s tables', (layout) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(layout, 'here');
  });
  afterAll(() => database.close());

  const holding = <T>(points: readonly Point[], look: () => Promise<T>) =>
    whileHolding(database, [{ ...bareRun('r'), metrics: new Map([['m', points]]) }], look);
  const stored = ({ values, steps, timestamps }: { values: Float64Array; steps: BigInt64Array; timestamps: BigInt64Array }) =>
    Array.from(values, (value, index) => [timestamps[index]!, steps[index]!, toStoredValue(value).value, Number(Number.isNaN(value))]);

  /** What SQL makes of MLflow's own table, as MLflow asks it. */
  const rowsOf = async (query: ReturnType<typeof sql>) =>
    (await database.db.all(query)).map(([timestamp, step, value, isNan]) => [timestamp, step, Number(value), Number(isNan)]);

  it('is in pages the points by time, step and stored value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 1, maxLength: 25 }), fc.integer({ min: 1, max: 7 }), (points, limit) =>
        holding(points, async () => {
          const found: unknown[][] = [];
          for (let after: HistoryPosition | null = null; ;) {
            const page = await readHistory(database, { runId: 'r', key: 'm', after, limit });
            found.push(...stored(page.points));
            if (!page.hasMore) break;
            expect(page.points.values.length).toBe(limit);
            after = { timestamp: page.points.timestamps.at(-1)!, step: page.points.steps.at(-1)!, value: page.points.values.at(-1)! };
          }
          expect(found.length).toBe(distinctPoints(points).length);
          expect(found).toEqual(
            await rowsOf(
              sql`SELECT timestamp, step, value, is_nan FROM metrics WHERE run_uuid = 'r' ORDER BY timestamp, step, value, is_nan`,
            ),
          );
        }),
      ),
      tries(60),
    );
  });

  it('is thinned out as MLflow does it in SQL', async () => {
    const range = fc.option(fc.tuple(fc.bigInt(-3n, 4n), fc.bigInt(-3n, 4n)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(point, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 30 }),
        range,
        (points, maxPoints, bounds) =>
          holding(points, async () => {
            const [fromStep, toStep] = bounds ?? [];
            const found = stored(await readSpread(database, { runId: 'r', key: 'm', maxPoints, fromStep, toStep }));
            const within = bounds ? sql`AND step >= ${bounds[0]} AND step <= ${bounds[1]}` : raw('');
            const order = raw('step, timestamp, value, is_nan');
            const all = await rowsOf(
              sql`SELECT timestamp, step, value, is_nan FROM metrics WHERE run_uuid = 'r' ${within} ORDER BY ${order}`,
            );
            const firsts = await rowsOf(sql`SELECT timestamp, step, value, is_nan FROM (
              SELECT *, ROW_NUMBER() OVER (PARTITION BY bucket ORDER BY ${order}) AS place FROM (
                SELECT *, NTILE(${BigInt(maxPoints)}) OVER (ORDER BY ${order}) AS bucket FROM metrics WHERE run_uuid = 'r' ${within}))
            WHERE place = 1 ORDER BY ${order}`);
            const last = all.at(-1);
            const hasLast = !last || firsts.at(-1)!.join() === last.join();
            const expected = hasLast ? firsts : [...firsts.slice(0, maxPoints - 1), last];
            expect(found).toEqual(expected);
          }),
      ),
      tries(60),
    );
  });
});
