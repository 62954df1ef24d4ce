import { describe, expect, it } from 'vitest';

import { byTime, exchanged } from '../../src/stores/mlflow/following/arrival-order.js';
import { countOf, createRunArrivals, digestOf, type HashedColumns } from '../../src/stores/mlflow/following/arrivals.js';

type Point = readonly [step: number, timestamp: number, value: number];

/** Hashes that a database might make. */
const hashOf = (key: string, [step, timestamp, value]: Point): number =>
  Math.imul(
    Math.imul(step + 17, 0x9e3779b1) ^ (timestamp + 3) ^ Math.imul(Math.round(value * 8) + key.charCodeAt(0), 0x85ebca6b),
    0xc2b2ae35,
  ) >>> 0;

const rows = (key: string, points: readonly Point[]): HashedColumns => ({
  key,
  steps: BigInt64Array.from(points, ([step]) => BigInt(step)),
  timestamps: BigInt64Array.from(points, ([, timestamp]) => BigInt(timestamp)),
  values: Float64Array.from(points, ([, , value]) => value),
  hashes: Uint32Array.from(points, (point) => hashOf(key, point)),
});

const curve = (from: number, to: number): Point[] =>
  Array.from({ length: to - from }, (_, index) => [from + index, 1_000 + from + index, from + index]);

describe('points in the order of their arrival', () => {
  it('are answered between two positions, by key, however many parts they came in', () => {
    const arrivals = createRunArrivals();
    arrivals.append([rows('loss', curve(0, 100)), rows('accuracy', curve(50, 60))]);
    const middle = arrivals.end;
    arrivals.append([rows('loss', curve(100, 130))]);
    arrivals.append([rows('accuracy', curve(0, 5))]); // late
    const { series, next } = arrivals.between(countOf(middle), arrivals.count);
    expect(series.map(({ key, values }) => [key, [...values]])).toEqual([
      ['loss', curve(100, 130).map(([, , value]) => value)],
      ['accuracy', [0, 1, 2, 3, 4]],
    ]);
    expect(next).toBe(arrivals.end);
    expect(arrivals.holds(middle)).toBe(true);
    expect(arrivals.holds(middle + 1n)).toBe(false);
    expect(arrivals.holds(arrivals.end + (1n << 32n))).toBe(false);
  });

  it('are told from rows that are not known by all that the primary key tells apart', () => {
    const arrivals = createRunArrivals();
    arrivals.append([
      rows('loss', [
        [1, 5, 2],
        [1, 5, NaN],
        [-1, -5, Infinity],
      ]),
    ]);
    const again = rows('loss', [
      [1, 5, 2],
      [1, 5, 3],
      [2, 5, 2],
      [1, 5, NaN],
      [1, 6, 2],
      [-1, -5, Infinity],
      [1, 5, 0],
    ]);
    expect([...arrivals.unknown(again).values]).toEqual([3, 2, 2, 0]);
    expect(arrivals.unknown(rows('other', [[1, 5, 2]])).values).toHaveLength(1);
  });

  it('have the same position whatever the order in which they came', () => {
    const [one, other] = [createRunArrivals(), createRunArrivals()];
    one.append([rows('loss', curve(0, 10))]);
    one.append([rows('loss', curve(10, 30))]);
    other.append([rows('loss', curve(12, 30))]);
    other.append([rows('loss', curve(0, 12))]);
    expect(one.end).toBe(other.end);
  });

  it.each([1, 2])('are found again after a restart when %i of them had changed places with later ones', (moved) => {
    const all = curve(0, 200);
    const late = [95, 98].slice(0, moved);
    const early = [101, 106].slice(0, moved);
    const delivered = [...all.slice(0, 100).filter((_, index) => !late.includes(index)), ...early.map((index) => all[index]!)];
    const before = createRunArrivals();
    before.append([rows('loss', delivered)]);
    const parts = [rows('loss', all)];
    const order = exchanged(parts, byTime(parts), { count: countOf(before.end), digest: digestOf(before.end) });
    const after = createRunArrivals();
    after.append(parts, order!);
    expect(after.holds(before.end)).toBe(true);
    const { series } = after.between(countOf(before.end), after.count);
    const rest = all.filter((point) => !delivered.includes(point)).map(([step]) => step);
    expect([...series[0]!.values].sort((a, b) => a - b)).toEqual(rest);
  });

  it('are not found when one of them is gone', () => {
    const before = createRunArrivals();
    before.append([rows('loss', curve(0, 100))]);
    const parts = [rows('loss', [...curve(0, 50), ...curve(51, 140)])];
    expect(exchanged(parts, byTime(parts), { count: 100, digest: digestOf(before.end) })).toBeNull();
  });
});
