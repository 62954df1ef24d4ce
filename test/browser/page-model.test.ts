import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepLabels, timeLabels, toPlace, toZoomBound } from '../../web/page/src/model/axis.js';
import { bestOf } from '../../web/page/src/model/best.js';
import { colourCount, colourSlot } from '../../web/page/src/model/colours.js';
import { conditionProblem, conditionText, toRunFilter, type Condition } from '../../web/page/src/model/condition.js';
import { nearest, stepOrigin, toCurve } from '../../web/page/src/model/curve.js';
import { compare } from '../../web/page/src/model/diff.js';
import { smooth } from '../../web/page/src/model/ema.js';
import { extentOf, padded } from '../../web/page/src/model/extent.js';
import { fineRequest } from '../../web/page/src/model/fine-series.js';
import { curlText, literal, variablesText } from '../../web/page/src/model/graphql-text.js';
import { groupKeys, matchesSearch } from '../../web/page/src/model/metric-groups.js';
import { minMaxPositions } from '../../web/page/src/model/min-max.js';
import { durationText, integerText, numberText } from '../../web/page/src/model/number-text.js';
import { SeriesBuffer } from '../../web/page/src/model/series-buffer.js';
import { linearTicks, logTicks, valueLabels } from '../../web/page/src/model/ticks.js';
import { fromQuery, toQuery } from '../../web/page/src/model/view-url.js';
import { axes, emptyView, tabs, type View } from '../../web/page/src/model/view.js';
import { applyEvents } from '../../web/page/src/state/run-events.js';

const columns = (points: readonly (readonly [bigint, number, number])[]) => ({
  steps: BigInt64Array.from(points, ([step]) => step),
  timestamps: BigInt64Array.from(points, ([, time]) => BigInt(time)),
  values: Float64Array.from(points, ([, , value]) => value),
});

describe('the moving average', () => {
  it('answers the first value as it is: the bias towards zero is corrected', () => {
    expect([...smooth(Float64Array.of(5, 5, 5), 0.9)].map((value) => value.toFixed(9))).toEqual(Array(3).fill('5.000000000'));
  });

  it('weighs what came before as it is told', () => {
    const [, second] = smooth(Float64Array.of(1, 2), 0.5);
    expect(second).toBeCloseTo((1 * 0.25 + 2 * 0.5) / 0.75, 12);
  });

  it('leaves NaN and infinities where they are, and the average alone', () => {
    const smoothed = smooth(Float64Array.of(1, NaN, Infinity, 1), 0.9);
    expect([...smoothed.slice(1, 3)]).toEqual([NaN, Infinity]);
    expect(smoothed[3]).toBeCloseTo(1, 12);
  });
});

describe('a buffer of points', () => {
  it('orders by step, then time, whatever came first', () => {
    const buffer = new SeriesBuffer(100);
    buffer.append(columns([[2n, 5, 20], [1n, 9, 11], [1n, 3, 10]])); // prettier-ignore
    buffer.append(columns([[0n, 1, 0]]));
    expect([...buffer.values]).toEqual([0, 10, 11, 20]);
  });

  it('keeps steps beyond 2^53 exactly, and draws their differences', () => {
    const buffer = new SeriesBuffer(100);
    const far = 2n ** 62n;
    buffer.append(columns([[far, 0, 1], [far + 1n, 0, 2]])); // prettier-ignore
    const origin = stepOrigin([buffer]);
    expect([...toCurve(buffer, { axis: 'step', origin, zero: 0 }).x]).toEqual([0, 1]);
    expect(stepLabels([0, 1], origin)[1]).toBe(integerText(far + 1n));
    expect(toZoomBound(1, 'step', origin, 'up')).toBe(far + 1n);
  });

  it('never holds more than it may, and keeps both ends, both extremes and a NaN', () => {
    const buffer = new SeriesBuffer(1_000);
    for (let start = 0; start < 20_000; start += 500) {
      buffer.append(
        columns(
          Array.from({ length: 500 }, (_each, n) => {
            const step = start + n;
            return [BigInt(step), step, step === 7_777 ? 99 : step === 7_000 ? -99 : step === 7_300 ? NaN : Math.sin(step)] as const;
          }),
        ),
      );
      expect(buffer.length).toBeLessThanOrEqual(1_000);
    }
    expect(buffer.received).toBe(20_000);
    expect([buffer.steps[0], buffer.steps.at(-1)]).toEqual([0n, 19_999n]);
    expect(buffer.values).toContain(99);
    expect(buffer.values).toContain(-99);
    expect([...buffer.values].some(Number.isNaN)).toBe(true);
  });

  it('thins out to ascending positions with the first, the last and the extremes', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 2, maxLength: 500 }), fc.integer({ min: 5, max: 100 }), (list, keep) => {
        const values = Float64Array.from(list);
        const positions = [...minMaxPositions(values, keep)];
        expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));
        expect([positions[0], positions.at(-1)]).toEqual([0, values.length - 1]);
        const finite = list.filter(Number.isFinite);
        const kept = positions.map((position) => values[position]!);
        if (finite.length > 0)
          for (const extreme of [Math.min(...finite), Math.max(...finite)]) expect(kept.map(Math.abs)).toContain(Math.abs(extreme));
        expect(kept.length).toBeLessThanOrEqual(Math.max(keep, 6));
      }),
    );
  });

  it('finds the nearest point', () => {
    const x = Float64Array.of(0, 10, 20);
    expect([-5, 4, 6, 14, 99].map((wanted) => nearest(x, wanted))).toEqual([0, 0, 1, 1, 2]);
    expect(nearest(new Float64Array(), 1)).toBe(-1);
  });

  it('sorts by time on an axis of time, for a resumed run repeats early steps later', () => {
    const buffer = new SeriesBuffer(10);
    buffer.append(columns([[0n, 9_000, 3], [1n, 2_000, 1], [2n, 3_000, 2]])); // prettier-ignore
    const curve = toCurve(buffer, { axis: 'relative', origin: 0n, zero: 1_000 });
    expect([[...curve.x], [...curve.y]]).toEqual([[1, 2, 8], [1, 2, 3]]); // prettier-ignore
  });
});

describe('scales', () => {
  const curve = { x: Float64Array.of(0, 1, 2, 3, 4), y: Float64Array.of(1, NaN, -2, Infinity, 100) };

  it('count what they cannot show instead of hiding it', () => {
    expect(extentOf([curve], null, true)).toEqual({ x: [0, 4], y: [1, 100], nan: 1, infinite: 1, nonPositive: 1 });
    expect(extentOf([curve], [0, 2], false)).toMatchObject({ y: [-2, 1], nan: 1, infinite: 0 });
  });

  it('give flat, tiny and huge values room', () => {
    for (const [low, high] of [
      [3, 3],
      [0, 0],
      [5e-324, 5e-324],
      [-1e308, 1e308],
    ] as const) {
      const [bottom, top] = padded([low, high], false);
      expect(bottom).toBeLessThan(top);
      expect(Number.isFinite(bottom) && Number.isFinite(top)).toBe(true);
    }
    expect(padded([1e-300, 1e300], true).every((value) => value > 0 && Number.isFinite(value))).toBe(true);
  });

  it('mark round places with labels that tell them apart', () => {
    expect(valueLabels(linearTicks(0, 1, 4))).toEqual(['0', '0.25', '0.50', '0.75', '1.00']);
    expect(valueLabels(logTicks(0.001, 10, 5))).toEqual(['0.001', '0.01', '0.1', '1', '10']);
    expect(linearTicks(0, 3, 8, true).places).toEqual([0, 1, 2, 3]);
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e200, max: 1e200 }),
        fc.double({ noNaN: true, min: 1e-200, max: 1e200 }),
        (low, width) => {
          const { places } = linearTicks(low, low + width, 5);
          expect(places.length).toBeLessThanOrEqual(50);
        },
      ),
    );
  });

  it('label times with the date where a day begins', () => {
    const midnight = new Date(2026, 0, 31).getTime() / 1000;
    expect(timeLabels([midnight - 3_600, midnight - 1_800, midnight], 1_800)).toEqual(['23:00\n2026-01-30', '23:30', '00:00\n2026-01-31']);
    expect(timeLabels([midnight], 1)).toEqual(['00:00:00\n2026-01-31']);
  });

  it('turn a zoom into the place it was made of', () => {
    expect(toPlace(toZoomBound(12.4, 'time', 0n, 'down'), 'time', 0n)).toBeCloseTo(12.4, 3);
    expect(toZoomBound(12.4, 'step', 0n, 'down')).toBe(12n);
  });
});

describe('texts', () => {
  it('show numbers as they are', () => {
    expect([NaN, Infinity, -Infinity, -0, 0.1, 1e-9, 1234567, null].map((value) => numberText(value))).toEqual([
      'NaN', '∞', '−∞', '−0', '0.1', '1e−9', '1234567', '–',
    ]); // prettier-ignore
    expect(integerText(2n ** 63n - 1n).replaceAll('\u2009', '')).toBe('9223372036854775807');
    expect([340, 12_500, 200_000, 7_500_000n].map(durationText)).toEqual(['340 ms', '12.5 s', '3 min 20 s', '2 h 05 min']);
  });

  it('write filters as GraphQL does: enums bare, texts quoted, numbers that JSON lacks as texts', () => {
    const filter = {
      status: { in: ['RUNNING'] },
      metric: { key: 'MIN', aggregate: 'MIN', value: { lt: Infinity } },
      name: { eq: 'say "NaN"' },
    };
    expect(literal(filter)).toBe(
      '{ status: { in: [RUNNING] }, metric: { key: "MIN", aggregate: MIN, value: { lt: "Infinity" } }, name: { eq: "say \\"NaN\\"" } }',
    );
  });

  it('write variables and command lines that can be pasted', () => {
    expect(JSON.parse(variablesText({ big: 2n ** 60n, small: 5n, odd: -0 }))).toEqual({ big: String(2n ** 60n), small: 5, odd: '-0' });
    expect(curlText('http://x/graphql', '{ a }', { name: "it's" })).toContain(String.raw`it'\''s`);
  });
});

const conditions: readonly Condition[] = [
  { on: 'status', any: ['RUNNING', 'FAILED'] },
  { on: 'source', name: 'lab' },
  { on: 'experiment', name: 'wine' },
  { on: 'metric', key: 'val/loss', aggregate: 'MIN', test: 'lt', value: '0.2' },
  { on: 'metric', key: 'val/loss', aggregate: 'LAST', test: 'isNaN', value: '' },
  { on: 'param', key: 'lr', test: 'gte', value: '1e-3' },
  { on: 'param', key: 'model', test: 'contains', value: 'net' },
  { on: 'tag', key: 'team', test: 'missing', value: '' },
];

describe('the filter', () => {
  it('is the one that the chips say', () => {
    expect(toRunFilter(' lr=1 ', conditions)).toEqual({
      and: [
        { name: { ilike: '%lr=1%' } },
        { status: { in: ['RUNNING', 'FAILED'] } },
        { source: { eq: 'lab' } },
        { experiment: { eq: 'wine' } },
        { metric: { key: 'val/loss', aggregate: 'MIN', value: { lt: 0.2 } } },
        { metric: { key: 'val/loss', aggregate: 'LAST', value: { isNaN: true } } },
        { param: { key: 'lr', number: { gte: 0.001 } } },
        { param: { key: 'model', string: { contains: 'net' } } },
        { tag: { key: 'team', exists: false } },
      ],
    });
    expect(toRunFilter('', [])).toBeUndefined();
    expect(conditionText(conditions[3]!)).toBe('min val/loss < 0.2');
  });

  it('says what is wrong with a condition instead of asking it', () => {
    const wrong: Condition = { on: 'metric', key: 'loss', aggregate: 'LAST', test: 'lt', value: 'small' };
    expect(conditionProblem(wrong)).toMatch(/number/);
    expect(toRunFilter('', [wrong])).toBeUndefined();
  });
});

describe('the address', () => {
  const view: fc.Arbitrary<View> = fc.record({
    search: fc.string(),
    conditions: fc.subarray([...conditions]),
    order: fc.constantFrom<View['order']>(
      emptyView.order,
      { by: 'metric', key: 'a&b=c', aggregate: 'MIN', direction: 'ASC' },
      { by: 'param', key: 'lr', as: 'NUMBER', direction: 'DESC' },
    ),
    columns: fc.option(
      fc.array(fc.record({ key: fc.string({ minLength: 1 }), aggregate: fc.constantFrom('LAST' as const, 'MIN' as const) })),
    ),
    selected: fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1 }), slot: fc.nat(19) }), {
      selector: ({ id }) => id,
      maxLength: 100,
    }),
    keySearch: fc.string(),
    axis: fc.constantFrom(...axes),
    isLog: fc.boolean(),
    otherScale: fc.array(fc.string()),
    folded: fc.array(fc.string()),
    smoothing: fc.constantFrom(0, 0.1, 0.99),
    zoom: fc.option(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((from) => ({ from, to: from + 5n }))),
    tab: fc.constantFrom(...tabs),
    pane: fc.constantFrom('runs' as const, 'curves' as const),
  });

  it('holds the whole view', () => {
    fc.assert(
      fc.property(view, (each) => {
        // A lone surrogate is no text that an address can hold.
        fc.pre(JSON.stringify(each, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).isWellFormed());
        expect(fromQuery(toQuery(each))).toEqual(each);
      }),
    );
  });

  it('of nothing chosen is empty, and nonsense in it is passed over', () => {
    expect(toQuery(emptyView)).toBe('');
    expect(fromQuery('?where={&where=[1]&order=5&run=,1&x=up&zoom=9..1&smooth=7&column=SUM:a')).toEqual({ ...emptyView, columns: [] });
  });
});

describe('colours', () => {
  it('stay with a run, and are shared only when all are taken', () => {
    const taken = new Set<number>();
    for (let run = 0; run < colourCount; run++) taken.add(colourSlot(`run ${run}`, taken));
    expect(taken.size).toBe(colourCount);
    expect(colourSlot('run 3', new Set())).toBe(colourSlot('run 3', new Set()));
    expect(colourSlot('one more', taken)).toBeLessThan(colourCount);
  });
});

describe('tables', () => {
  it('compare keys that some runs lack', () => {
    expect(compare([[{ key: 'lr', value: '1' }, { key: 'b', value: '2' }], [{ key: 'b', value: '2' }]])).toEqual([
      { key: 'b', values: ['2', '2'], differs: false },
      { key: 'lr', values: ['1', null], differs: true },
    ]); // prettier-ignore
  });

  it('know the best, of which NaN is never one', () => {
    expect([...bestOf([NaN, 2, 1, null, 1], 'MIN')]).toEqual([2, 4]);
    expect([...bestOf([NaN, -Infinity], 'MAX')]).toEqual([1]);
    expect(bestOf([NaN, NaN], 'MAX').size).toBe(0);
  });

  it('group metrics by their first part', () => {
    expect(groupKeys(['val/b', 'lr', 'val/a', 'train/layer10', 'train/layer9'])).toEqual([
      { prefix: '', keys: ['lr'] },
      { prefix: 'train', keys: ['train/layer9', 'train/layer10'] },
      { prefix: 'val', keys: ['val/a', 'val/b'] },
    ]);
    expect(matchesSearch('train/Loss', 'loss tr')).toBe(true);
  });
});

describe('a zoom', () => {
  it('asks for the range of each run: on relative time each has its own', () => {
    const { document, variables } = fineRequest('a', [{ id: 'A', zero: 1_000 }, { id: 'B', zero: 5_000 }], 'relative', { from: 0n, to: 2_000n }, 100); // prettier-ignore
    expect(document.text).toContain('run1: run(by: { id: $id1 })');
    expect(variables).toMatchObject({
      from0: '1970-01-01T00:00:01.000Z',
      to0: '1970-01-01T00:00:03.001Z',
      from1: '1970-01-01T00:00:05.000Z',
    });
  });
});

describe('events of runs', () => {
  const run = (id: string, second: number, status = 'RUNNING') =>
    ({ id, name: id, sourceName: 'local', status, startedAt: new Date(second * 1000), durationMs: null, experiment: null, metrics: [], params: [], lifecycleStage: 'ACTIVE' }) as never; // prettier-ignore
  const rows = [run('c', 3), run('a', 1)];

  it('put a new run where its start time belongs, and change rows in place', () => {
    const events = [
      { kind: 'CREATED' as const, run: run('b', 2) },
      { kind: 'STATUS_CHANGED' as const, run: run('a', 1, 'FINISHED') },
    ];
    const changed = applyEvents(rows, events, { isNewestFirst: true, hasNext: false });
    expect(changed.rows.map(({ id, status }) => [id, status])).toEqual([['c', 'RUNNING'], ['b', 'RUNNING'], ['a', 'FINISHED']]); // prettier-ignore
    expect(changed).toMatchObject({ added: 1, mustRead: false });
  });

  it('take away what left, and ask for the list where the place is not known', () => {
    expect(applyEvents(rows, [{ kind: 'LEFT', run: run('c', 3) }], { isNewestFirst: true, hasNext: false })).toMatchObject({
      added: -1,
      rows: [{ id: 'a' }],
    });
    expect(applyEvents(rows, [{ kind: 'CREATED', run: run('b', 2) }], { isNewestFirst: false, hasNext: false })).toMatchObject({
      mustRead: true,
    });
  });

  it('leave a run of a page that was not read to that page', () => {
    const changed = applyEvents(rows, [{ kind: 'ENTERED', run: run('old', 0) }], { isNewestFirst: true, hasNext: true });
    expect(changed.rows.map(({ id }) => id)).toEqual(['c', 'a']);
  });
});
