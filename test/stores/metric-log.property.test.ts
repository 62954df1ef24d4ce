import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { KeyedColumns } from '../../src/core/metric-columns.js';
import { entryExtents } from '../../src/stores/mlflow/metric-log/log-compaction.sql.js';
import { mergeRange } from '../../src/stores/mlflow/metric-log/log-compaction.js';
import { chooseMerge, type EntryExtent } from '../../src/stores/mlflow/metric-log/log-merge.js';
import { encodeEntry } from '../../src/stores/mlflow/metric-log/metric-log.js';
import { appendEntry, entriesFrom, nextOffset } from '../../src/stores/mlflow/metric-log/metric-log.sql.js';
import { bareRun, openTestDatabase, whileHolding, type TestDatabase } from '../kit/mlflow-database.js';
import { tries } from '../kit/property.js';

const runId = 'run';
const allKeys = ['loss', 'Verlust/β', '損失 🍷', ''];

const bytes = new DataView(new ArrayBuffer(8));
const doubleOf = (bits: bigint): number => (bytes.setBigUint64(0, bits), bytes.getFloat64(0));
const bitsOf = (value: number): string => (bytes.setFloat64(0, value), Number.isNaN(value) ? 'NaN' : bytes.getBigUint64(0).toString(16));

const int64 = fc.oneof(
  fc.constantFrom(0n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const double = fc.oneof(
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(doubleOf),
);
const series: fc.Arbitrary<KeyedColumns> = fc
  .tuple(fc.constantFrom(...allKeys), fc.array(fc.tuple(int64, int64, double), { minLength: 1, maxLength: 4 }))
  .map(([key, points]) => ({
    key,
    steps: BigInt64Array.from(points, ([step]) => step),
    timestamps: BigInt64Array.from(points, ([, timestamp]) => timestamp),
    values: Float64Array.from(points, ([, , value]) => value),
  }));
/** What one request appends; a key may come twice. */
const batch = fc.array(series, { minLength: 1, maxLength: 3 }).map((entry) => ({ append: entry }));
/** Entries that become one: so many, counted from this one. */
const merge = fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 8 })).map(([from, length]) => ({ merge: { from, length } }));
const history = fc.array(fc.oneof({ weight: 3, arbitrary: batch }, { weight: 2, arbitrary: merge }), { minLength: 1, maxLength: 14 });

interface LoggedPoint {
  readonly key: string;
  readonly told: string;
}

const pointsOf = ({ key, steps, timestamps, values }: KeyedColumns): LoggedPoint[] =>
  Array.from(values, (value, index) => ({ key, told: `${steps[index]!} ${timestamps[index]!} ${bitsOf(value)}` }));

describe('the append log', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase('own', 'local');
  });
  afterAll(() => database.close());

  async function apply(event: { append: KeyedColumns[] } | { merge: { from: number; length: number } }, log: LoggedPoint[]): Promise<void> {
    if ('append' in event) {
      const points = event.append.flatMap(pointsOf);
      await appendEntry(database.db, runId, await nextOffset(database.db, runId), points.length, encodeEntry(event.append));
      log.push(...points);
      return;
    }
    const extents = await entryExtents(database.db, runId, 0n, 1_000);
    const group = extents.slice(event.merge.from, event.merge.from + event.merge.length);
    if (group.length > 0) await mergeRange(database.db, runId, group[0]!.firstOffset, group.at(-1)!.firstOffset);
  }

  /** The points of a window by their keys; also that its pieces follow each other. */
  async function readWindow(from: number, end: number | null, keys: ReadonlySet<string> | null): Promise<Record<string, string[]>> {
    const points: Record<string, string[]> = {};
    let next = BigInt(from);
    for await (const piece of entriesFrom(database.db, runId, BigInt(from), end === null ? null : BigInt(end), keys)) {
      expect(piece.firstOffset).toBe(next);
      expect(piece.count).toBeGreaterThan(0);
      next += BigInt(piece.count);
      for (const columns of piece.series) (points[columns.key] ??= []).push(...pointsOf(columns).map(({ told }) => told));
    }
    if (end !== null) expect(next).toBe(BigInt(end));
    return points;
  }

  const expectedOf = (log: readonly LoggedPoint[], keys: ReadonlySet<string> | null): Record<string, string[]> => {
    const points: Record<string, string[]> = {};
    for (const { key, told } of log) if (!keys || keys.has(key)) (points[key] ??= []).push(told);
    return points;
  };

  it('gives every window of every choice of keys as it was appended, whatever was merged and whenever', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.subarray(allKeys), async (events, chosen) => {
        await whileHolding(database, [bareRun(runId)], async () => {
          const log: LoggedPoint[] = [];
          for (const event of events) await apply(event, log);
          const keys = new Set(chosen);
          for (let from = 0; from <= log.length; from++) {
            expect(await readWindow(from, null, keys)).toEqual(expectedOf(log.slice(from), keys));
            for (let end = from; end <= log.length; end++)
              expect(await readWindow(from, end, null)).toEqual(expectedOf(log.slice(from, end), null));
          }
        });
      }),
      tries(120),
    );
  });
});

describe('the choice of entries to merge', () => {
  /** Appends entries of these sizes and merges whatever is chosen, as the store does. */
  function simulate(sizes: readonly number[]) {
    let entries: EntryExtent[] = [];
    let [points, written, crowd] = [0, 0, 0];
    for (const size of sizes) {
      entries.push({ firstOffset: BigInt(points), count: size });
      points += size;
      written += size;
      for (let group = chooseMerge(entries); group; group = chooseMerge(entries)) {
        const count = entries.slice(group.from, group.end).reduce((sum, entry) => sum + entry.count, 0);
        expect(group.end - group.from).toBeGreaterThan(1);
        expect(count).toBeLessThanOrEqual(32_768);
        written += count;
        entries = [...entries.slice(0, group.from), { firstOffset: entries[group.from]!.firstOffset, count }, ...entries.slice(group.end)];
      }
      crowd = Math.max(crowd, entries.filter(({ count }) => count < 16_384).length);
    }
    return { entries: entries.length, crowd, writtenPerPoint: written / points };
  }

  it('makes entries of 64, about 4,000 and 32,768 points of single ones, and writes a point four times', () => {
    const { entries, crowd, writtenPerPoint } = simulate(new Array<number>(140_000).fill(1));
    expect(entries).toBeLessThan(150);
    expect(crowd).toBeLessThan(210);
    expect(writtenPerPoint).toBeLessThan(4);
  });

  it('merges batches of 1,000 points once', () => {
    expect(simulate(new Array<number>(321).fill(1_000))).toEqual({ entries: 11, crowd: 32, writtenPerPoint: expect.closeTo(2, 1) });
  });

  it('never lets small entries pile up nor writes a point more than some times, whatever the sizes', () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 6_000 }));
    const pattern = fc.array(size, { minLength: 1, maxLength: 70 });
    fc.assert(
      fc.property(pattern, (sizes) => {
        const { crowd, writtenPerPoint } = simulate(Array.from({ length: 1_500 }, (_, index) => sizes[index % sizes.length]!));
        expect(crowd).toBeLessThan(300);
        expect(writtenPerPoint).toBeLessThan(8);
      }),
      tries(40),
    );
  });
});
