import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { orderBySteps, type MetricColumns } from '../../src/core/metric-columns.js';
import { samplePoints } from '../../src/core/sampling.js';
import { tries } from '../kit/property.js';

/** Points of one metric; the timestamp says which of them it is. */
const columnsOf = (values: readonly number[], steps: readonly bigint[] = values.map((_, index) => BigInt(index))): MetricColumns => ({
  steps: BigInt64Array.from(steps),
  timestamps: BigInt64Array.from(values, (_, index) => BigInt(index)),
  values: Float64Array.from(values),
});

/** Which points of the series a sample took. */
const taken = (sample: MetricColumns): number[] => Array.from(sample.timestamps, Number);

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double() },
  { weight: 2, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 1) },
);
const step = fc.oneof(fc.bigInt({ min: -5n, max: 50n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
const series = fc.array(fc.tuple(value, step), { maxLength: 120 }).map((points) => {
  const columns = columnsOf(
    points.map(([one]) => one),
    points.map(([, one]) => one).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  return orderBySteps(columns);
});
const methods = ['MIN_MAX', 'LTTB', 'NEAREST'] as const;

describe.each(methods)('a %s sample', (method) => {
  it('has at most the points allowed, each of them logged, in their order, the first and the last among them', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 130 }), (columns, maxPoints) => {
        const sample = samplePoints(columns, method, maxPoints);
        const positions = taken(sample);
        expect(positions.length).toBeLessThanOrEqual(maxPoints);
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
        positions.forEach((position, index) => {
          expect([sample.steps[index], sample.values[index]]).toEqual([columns.steps[position], columns.values[position]]);
        });
        if (columns.values.length === 0) return;
        expect(positions.at(-1)).toBe(columns.values.length - 1);
        if (maxPoints > 1) expect(positions[0]).toBe(0);
      }),
      tries(400),
    );
  });

  it('is the series itself when there are no more points than allowed', () => {
    const columns = columnsOf([1, NaN, 3]);
    expect(samplePoints(columns, method, 3)).toBe(columns);
    expect(samplePoints(columnsOf([]), method, 1).values).toHaveLength(0);
  });

  it('of one point is the last, of two the first and the last, of three one of the middle too', () => {
    const columns = columnsOf([0, 1, 2, 3, 4, 5, 6]);
    expect([1, 2, 3].map((maxPoints) => taken(samplePoints(columns, method, maxPoints)))).toEqual([[6], [0, 6], [0, 3, 6]]);
  });

  it('of a series whose points share one step still begins and ends with its ends', () => {
    const columns = columnsOf([3, 1, 2, 5, 4, 0], [7n, 7n, 7n, 7n, 7n, 7n]);
    const positions = taken(samplePoints(columns, method, 4));
    expect([positions[0], positions.at(-1)]).toEqual([0, 5]);
  });
});

describe('a MIN_MAX sample', () => {
  it('of four points or more keeps the least and the greatest value of the series', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 4, max: 130 }), (columns, maxPoints) => {
        const numbers = columns.values.filter((one) => !Number.isNaN(one));
        fc.pre(numbers.length > 0);
        const kept = samplePoints(columns, 'MIN_MAX', maxPoints).values.filter((one) => !Number.isNaN(one));
        const ends = (all: Float64Array) =>
          all
            .slice()
            .sort()
            .filter((_, index, sorted) => index === 0 || index === sorted.length - 1);
        expect([ends(kept)[0]! + 0, ends(kept).at(-1)! + 0]).toEqual([ends(numbers)[0]! + 0, ends(numbers).at(-1)! + 0]);
      }),
      tries(400),
    );
  });

  it('shows a gap of NaN that is as wide as a bucket', () => {
    const columns = columnsOf(Array.from({ length: 1_000 }, (_, index) => (index >= 400 && index < 600 ? NaN : Math.sin(index))));
    const sample = samplePoints(columns, 'MIN_MAX', 40);
    const gap = taken(sample).filter((position) => position >= 400 && position < 600);
    expect(gap).toHaveLength(3);
    expect(gap.every((position) => Number.isNaN(columns.values[position]))).toBe(true);
  });

  it('keeps one spike among a million points', () => {
    const columns = columnsOf([...new Float64Array(1_000_000).fill(0.5)].map((one, index) => (index === 654_321 ? 1e9 : one)));
    expect(taken(samplePoints(columns, 'MIN_MAX', 500))).toContain(654_321);
  });
});

describe('an LTTB sample', () => {
  it('of four points or more has exactly the points allowed', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 4, max: 120 }), (columns, maxPoints) => {
        expect(samplePoints(columns, 'LTTB', maxPoints).values).toHaveLength(Math.min(maxPoints, columns.values.length));
      }),
      tries(200),
    );
  });

  it('takes a value that is not finite only where there is no other', () => {
    const columns = columnsOf(
      Array.from({ length: 100 }, (_, index) => (index % 2 === 1 ? [NaN, Infinity, -Infinity][index % 3]! : index)),
    );
    const inner = Array.from(samplePoints(columns, 'LTTB', 20).values).slice(1, -1);
    expect(inner.every(Number.isFinite)).toBe(true);
  });

  it('keeps a spike', () => {
    const columns = columnsOf(Array.from({ length: 1_000 }, (_, index) => (index === 321 ? 100 : 0)));
    expect(taken(samplePoints(columns, 'LTTB', 50))).toContain(321);
  });
});

describe('a NEAREST sample', () => {
  it('takes points at equal distances in steps, also where they were logged unevenly', () => {
    const steps = [0n, 1n, 2n, 3n, 10n, 19n, 21n, 30n];
    const sample = samplePoints(columnsOf(steps.map(Number), steps), 'NEAREST', 4);
    expect(Array.from(sample.steps)).toEqual([0n, 10n, 21n, 30n]);
  });

  it('takes a point once even if several places are nearest to it', () => {
    const steps = [0n, 1n, 2n, 3n, 4n, 1_000n];
    expect(Array.from(samplePoints(columnsOf(steps.map(Number), steps), 'NEAREST', 5).steps)).toEqual([0n, 4n, 1_000n]);
  });
});
