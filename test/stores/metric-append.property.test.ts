import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { MetricColumns } from '../../src/core/metric-columns.js';
import { toStoredValue } from '../../src/core/metric-value.js';
import { sql, type Database } from '../../src/stores/engine/sql.js';
import { logMetrics } from '../../src/stores/mlflow/metrics/metric-writes.js';
import { runParts } from '../../src/stores/mlflow/runs/run-parts.sql.js';
import { readSeries } from '../../src/stores/mlflow/metrics/series.sql.js';
import { readTail } from '../../src/stores/mlflow/following/tail.sql.js';
import type { NewSeries } from '../../src/stores/run-writer.js';
import { bareRun, latestOf, openTestDatabase, whileHolding, type Point, type TestDatabase } from '../kit/mlflow-database.js';
import { tries } from '../kit/property.js';

const bytes = new DataView(new ArrayBuffer(8));
const doubleOf = (bits: bigint): number => (bytes.setBigUint64(0, bits), bytes.getFloat64(0));
/** Tells -0 from 0; all NaN are one to JavaScript. */
const bitsOf = (value: number): string => (bytes.setFloat64(0, value), Number.isNaN(value) ? 'NaN' : bytes.getBigUint64(0).toString(16));

const double = fc.oneof(
  fc.constantFrom(
    NaN,
    doubleOf(0xfff8000000000123n),
    doubleOf(0x7ff0000000000001n),
    Infinity,
    -Infinity,
    0,
    -0,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    1,
    -1,
    5e-324,
    1 / 3,
  ),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(doubleOf),
);
const step = fc.oneof(fc.bigInt({ min: -1n, max: 2n }), fc.constantFrom(2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)));
const timestamp = fc.oneof(fc.bigInt({ min: 0n, max: 2n }), fc.constantFrom(1_767_225_600_000n, 2n ** 53n + 1n));
const key = fc.constantFrom('loss', 'Verlust/β', '損失 🍷', "it's");

const series: fc.Arbitrary<NewSeries> = fc
  .tuple(key, fc.array(fc.record({ step, timestamp, value: double }), { maxLength: 6 }), fc.boolean(), fc.boolean())
  .map(([name, points, hasSteps, hasTimestamps]) => ({
    key: name,
    values: Float64Array.from(points, ({ value }) => value),
    steps: hasSteps ? BigInt64Array.from(points, (point) => point.step) : null,
    timestamps: hasTimestamps ? BigInt64Array.from(points, (point) => point.timestamp) : null,
  }));
const batches = fc.array(fc.array(series, { minLength: 1, maxLength: 4 }), { maxLength: 6 });

interface LoggedPoint extends Point {
  readonly key: string;
}

/** What a run's log holds after batches: points in the order of their offsets. */
function createModel(now: bigint) {
  const log: LoggedPoint[] = [];
  const seen = new Set<string>();
  return {
    log,
    add(batch: readonly NewSeries[]): number {
      const counts = new Map<string, number>();
      for (const { key: name } of batch) counts.set(name, log.filter((point) => point.key === name).length);
      let sent = 0;
      for (const { key: name, values, steps, timestamps } of batch) {
        const first = counts.get(name)!;
        counts.set(name, first + values.length);
        sent += values.length;
        values.forEach((value, index) => {
          const point = { key: name, value, step: steps?.[index] ?? BigInt(first + index), timestamp: timestamps?.[index] ?? now };
          const stored = toStoredValue(value);
          const identity = [name, point.timestamp, point.step, stored.value, stored.isNan].join('\n');
          if (!seen.has(identity)) log.push(point);
          seen.add(identity);
        });
      }
      return sent;
    },
  };
}

const told = ({ step: at, timestamp: time, value }: Point): string => `${at} ${time} ${bitsOf(value)}`;
const toldColumns = ({ steps, timestamps, values }: MetricColumns): string[] =>
  Array.from(values, (value, index) => told({ step: steps[index]!, timestamp: timestamps[index]!, value }));

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

describe('appending metrics', () => {
  const now = 1_767_225_600_000;
  const runId = 'run';
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase('own', 'local');
    await database.db.run(sql`INSERT INTO rungraph_meta (key, value) VALUES ('epoch', 'first')`);
  });
  afterAll(() => database.close());

  const append = (batch: readonly NewSeries[], db: Database = database.db) =>
    logMetrics({ db, dialect: database.dialect, now }, { runId, series: batch });
  const keysOf = (log: readonly LoggedPoint[]): string[] =>
    [...new Set(log.map((point) => point.key))].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

  async function checkSeries(log: readonly LoggedPoint[]): Promise<void> {
    const answer = await readSeries(database, { runId, keys: 'all', sampling: 'NONE', maxPoints: 1 });
    expect(answer.series.map((one) => one.key)).toEqual(keysOf(log));
    expect(answer.position).toBe(BigInt(log.length));
    for (const one of answer.series) {
      const points = log
        .filter((point) => point.key === one.key)
        .sort((a, b) => compare(a.step, b.step) || compare(a.timestamp, b.timestamp));
      expect(toldColumns(one)).toEqual(points.map(told));
      expect([one.totalPoints, one.sampled]).toEqual([points.length, false]);
    }
  }

  async function checkStatistics(log: readonly LoggedPoint[]): Promise<void> {
    const [parts] = await runParts(database, { ids: [runId], selection: { metrics: 'all', extremes: true } });
    const expected = keysOf(log).map((name) => {
      const points = log.filter((point) => point.key === name);
      const numbers = points.filter(({ value }) => !Number.isNaN(value));
      // Equal values: the smaller step has it.
      const extreme = (better: (a: number, b: number) => boolean) =>
        numbers.reduce<Point | null>((best, point) => {
          const wins = best === null || better(point.value, best.value) || (point.value === best.value && point.step < best.step);
          return wins ? point : best;
        }, null);
      const [latest, min, max] = [latestOf(points), extreme((a, b) => a < b), extreme((a, b) => a > b)];
      return {
        ...{ key: name, value: latest.value, step: latest.step, timestamp: Number(latest.timestamp), count: BigInt(points.length) },
        ...{ min: min?.value ?? null, max: max?.value ?? null, minStep: min?.step ?? null, maxStep: max?.step ?? null },
      };
    });
    expect(parts!.metrics).toEqual(expected);
    const nonFinite = await database.db.all(sql`SELECT key, non_finite FROM rungraph_metric_stats WHERE run_uuid = ${runId} ORDER BY key`);
    expect(nonFinite).toEqual(
      keysOf(log).map((name) => [name, BigInt(log.filter((point) => point.key === name && !Number.isFinite(point.value)).length)]),
    );
  }

  async function checkMlflowTables(log: readonly LoggedPoint[]): Promise<void> {
    const latest = await database.db.all(
      sql`SELECT key, step, timestamp, value, is_nan FROM latest_metrics WHERE run_uuid = ${runId} ORDER BY key`,
    );
    expect(latest).toEqual(
      keysOf(log).map((name) => {
        const point = latestOf(log.filter((candidate) => candidate.key === name));
        const stored = toStoredValue(point.value);
        return [name, point.step, point.timestamp, stored.value, BigInt(stored.isNan)];
      }),
    );
    const rows = await database.db.all(sql`SELECT key, step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ${runId}`);
    const stored = log.map((point) => {
      const { value, isNan } = toStoredValue(point.value);
      return [point.key, point.step, point.timestamp, value, BigInt(isNan)].join('\n');
    });
    expect(rows.map((row) => row.join('\n')).sort()).toEqual(stored.sort());
  }

  async function checkTails(log: readonly LoggedPoint[]): Promise<void> {
    const entries = await database.db.all(
      sql`SELECT first_offset, count FROM rungraph_metric_log WHERE run_uuid = ${runId} ORDER BY first_offset`,
    );
    const ends = entries.map(([first, count]) => (first as bigint) + (count as bigint));
    expect(entries.map(([first]) => first)).toEqual([0n, ...ends].slice(0, entries.length));
    expect(ends.at(-1) ?? 0n).toBe(BigInt(log.length));
    for (let offset = 0; offset <= log.length; offset++) {
      const { tails } = await readTail(database, { ranges: [{ runId, after: BigInt(offset), upTo: null }], limit: 10_000 });
      const points = tails.flatMap((tail) => tail.series.flatMap((one) => toldColumns(one).map((point) => `${one.key} ${point}`)));
      expect(points).toEqual(log.slice(offset).map((point) => `${point.key} ${told(point)}`));
      expect(tails.map(({ next }) => next)).toEqual(offset < log.length ? [BigInt(log.length)] : []);
    }
  }

  it('keeps every point once and to the bit, whatever is sent in whatever order, and every table agrees', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (sent) => {
        await whileHolding(database, [bareRun(runId)], async () => {
          const { log, add } = createModel(BigInt(now));
          for (const batch of sent) {
            const accepted = add(batch);
            expect(await append(batch)).toEqual({ accepted, position: BigInt(log.length) });
          }
          await checkSeries(log);
          await checkStatistics(log);
          await checkMlflowTables(log);
          await checkTails(log);
        });
      }),
      tries(150),
    );
  });

  it('gives a tail in pieces of any size without a gap or a repetition', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 9 }), async (sent, limit) => {
        await whileHolding(database, [bareRun(runId), bareRun('other')], async () => {
          const { log, add } = createModel(BigInt(now));
          for (const batch of sent) {
            add(batch);
            await append(batch);
            await logMetrics({ db: database.db, dialect: database.dialect, now }, { runId: 'other', series: batch });
          }
          const seen: Record<string, string[]> = { run: [], other: [] };
          let ranges = Object.keys(seen).map((id) => ({ runId: id, after: 0n, upTo: null }));
          for (;;) {
            const { tails } = await readTail(database, { ranges, limit });
            if (tails.length === 0) break;
            for (const tail of tails) seen[tail.runId]!.push(...tail.series.flatMap(toldColumns));
            ranges = ranges.map((range) => ({ ...range, after: tails.find((tail) => tail.runId === range.runId)?.next ?? range.after }));
          }
          expect(seen).toEqual({ run: log.map(told), other: log.map(told) });
        });
      }),
      tries(60),
    );
  });

  it('leaves nothing of a batch that fails at any of its statements', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.array(series, { minLength: 1, maxLength: 4 }), fc.nat(8), async (before, failing, statements) => {
        await whileHolding(database, [bareRun(runId)], async () => {
          const { log, add } = createModel(BigInt(now));
          for (const batch of before) {
            add(batch);
            await append(batch);
          }
          database.db.exec('SAVEPOINT operation');
          await append(failing, failingAfter(database.db, statements)).catch(() => database.db.exec('ROLLBACK TO operation'));
          database.db.exec('ROLLBACK TO operation; RELEASE operation');
          await checkSeries(log);
          await checkStatistics(log);
          await checkMlflowTables(log);
          await checkTails(log);
        });
      }),
      tries(60),
    );
  });

  it('refuses a run that is deleted or was never there', async () => {
    const batch: NewSeries[] = [{ key: 'loss', values: Float64Array.of(1), steps: null, timestamps: null }];
    await whileHolding(database, [{ ...bareRun(runId), deleted: true }], async () => {
      await expect(append(batch)).rejects.toMatchObject({ name: 'RuleError', code: 'CONFLICT' });
    });
    await expect(append(batch)).rejects.toMatchObject({ name: 'RuleError', code: 'NOT_FOUND' });
  });
});

/** The database until its disk is full: the statement after `count` others fails. */
function failingAfter(db: Database, count: number): Database {
  let left = count;
  const next = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left-- === 0) throw new Error('The disk is full.');
    return work();
  };
  return { all: (statement) => next(() => db.all(statement)), run: (statement) => next(() => db.run(statement)) };
}
