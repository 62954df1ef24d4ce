import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { orderBySteps } from '../../src/core/metric-columns.js';
import { tries } from '../kit/property.js';

const near = fc.constantFrom(-(2n ** 63n), -(2n ** 32n), -(2n ** 31n), -1n, 0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n - 1n);
const number = fc.oneof(near, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -3n, max: 3n }));
const points = fc.array(fc.tuple(number, number), { maxLength: 30 });

const columnsOf = (rows: readonly (readonly [bigint, bigint])[]) => ({
  steps: BigInt64Array.from(rows, ([step]) => step),
  timestamps: BigInt64Array.from(rows, ([, timestamp]) => timestamp),
  values: Float64Array.from(rows, (_, index) => index),
});
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

describe('points ordered by step and time', () => {
  it('are in that order whatever the 64-bit numbers, and equal ones keep theirs', () => {
    fc.assert(
      fc.property(points, fc.boolean(), (rows, isSorted) => {
        const sort = (some: typeof rows) => some.toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
        const given = columnsOf(isSorted ? sort(rows) : rows);
        const ordered = orderBySteps(given);
        const expected = [...given.values.keys()].toSorted(
          (a, b) => compare(given.steps[a]!, given.steps[b]!) || compare(given.timestamps[a]!, given.timestamps[b]!) || a - b,
        );
        expect([...ordered.values]).toEqual(expected);
        expect([...ordered.steps]).toEqual(expected.map((index) => given.steps[index]));
        if (isSorted) expect(ordered).toBe(given);
      }),
      tries(300),
    );
  });
});
