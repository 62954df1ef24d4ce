import { openSync, readFileSync, writeSync, closeSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { MetricColumns } from '../../src/core/metric-columns.js';
import { systemClock } from '../../src/core/clock.js';
import { sql, type Sql } from '../../src/stores/engine/sql.js';
import { startReaders, type Readers } from '../../src/stores/engine/readers.js';
import { checkStore, rebuildStore } from '../../src/stores/mlflow/store-doctor.js';
import type { SeriesAnswer } from '../../src/stores/run-store.js';
import type { NewSeries } from '../../src/stores/run-writer.js';
import { tries } from '../kit/property.js';
import { openTestWriter, type TestWriter } from '../kit/test-writer.js';

const silent = () => undefined;

let store: TestWriter;
let readers: Readers;
beforeEach(async () => {
  store = await openTestWriter();
  readers = startReaders(new URL('../../src/stores/mlflow/read.thread.ts', import.meta.url), {
    count: 1,
    timeoutMs: 5_000,
    clock: systemClock,
  });
  await store.writer.execute(sql`INSERT INTO rungraph_meta (key, value) VALUES ('epoch', 'first')`);
});
afterEach(async () => {
  await readers.close();
  await store.close();
});

const change = (statement: Sql) => store.writer.execute(statement);
const codes = async () => (await checkStore(store.path, silent)).findings.map(({ code, run }) => [code, run]);
const epoch = () => store.rows(sql`SELECT value FROM rungraph_meta WHERE key = 'epoch'`)[0]![0];

const read = (runId: string): Promise<SeriesAnswer> =>
  readers.read({
    database: { engine: 'sqlite', path: store.path, foreign: false },
    ...{ source: 'local', name: 'readSeries', input: { runId, keys: 'all', sampling: 'NONE', maxPoints: 1 } },
  });

const told = ({ steps, timestamps, values }: MetricColumns): string[] =>
  Array.from(values, (value, index) => `${steps[index]!} ${timestamps[index]!} ${Object.is(value, -0) ? '-0' : value}`);
const toldSeries = async (runId: string) => (await read(runId)).series.map((one) => [one.key, told(one)]);

/** Flips a bit of an entry. */
async function damage(run: string, firstOffset: bigint): Promise<void> {
  const [row] = store.rows(sql`SELECT payload FROM rungraph_metric_log WHERE run_uuid = ${run} AND first_offset = ${firstOffset}`);
  const payload = Buffer.from(row![0] as Uint8Array);
  payload[payload.length - 3]! ^= 4;
  await change(sql`UPDATE rungraph_metric_log SET payload = ${payload} WHERE run_uuid = ${run} AND first_offset = ${firstOffset}`);
}

describe('a store in which nothing is wrong', () => {
  it('has no finding, and its points are counted', async () => {
    const [run, other] = [await store.createRun(), await store.createRun()];
    await store.log(run, [1, NaN, -Infinity, -0, 0.1]);
    await store.log(run, [2, 3], { series: [{ key: 'acc', values: Float64Array.of(2, NaN), steps: null, timestamps: null }] });
    await store.log(other, [1, 2, 3]);
    expect(await checkStore(store.path, silent)).toEqual({ runs: 2, points: 10, findings: [] });
  });

  it('may have rows that another process wrote a moment ago', async () => {
    const run = await store.createRun();
    await store.log(run, [1, 2]);
    await change(sql`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('theirs', 1, 2, ${run}, 3, 0)`);
    expect(await codes()).toEqual([]);
  });

  it('says so of every history of appends and merges', { timeout: 60_000 }, async () => {
    const double = fc.oneof(fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, Number.MAX_VALUE, 1), fc.double());
    const series = fc
      .tuple(
        fc.constantFrom('a', 'b', '損失'),
        fc.array(fc.tuple(fc.bigInt({ min: -2n, max: 2n }), double), { minLength: 1, maxLength: 5 }),
      )
      .map(([key, points]): NewSeries => ({
        key,
        values: Float64Array.from(points, ([, value]) => value),
        steps: BigInt64Array.from(points, ([step]) => step),
        timestamps: new BigInt64Array(points.length),
      }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(series, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }), async (batches) => {
        const run = await store.createRun();
        for (const batch of batches) await store.writer.operation('logMetrics', { runId: run, series: batch });
        for (let index = 0; index < 70; index++)
          await store.log(run, [index], {
            series: [{ key: 'c', values: Float64Array.of(index), steps: null, timestamps: null }],
          });
        const before = await toldSeries(run);
        await store.writer.operation('compactLog', { runId: run, from: null });
        expect(await toldSeries(run)).toEqual(before);
        expect(await codes()).toEqual([]);
        await rebuildStore(store.path, silent);
        expect(await toldSeries(run)).toEqual(before);
        expect(await codes()).toEqual([]);
      }),
      tries(12),
    );
  });
});

describe('a damaged entry', () => {
  it('is a coded failure for every read, which names the way out; never a wrong answer', async () => {
    const run = await store.createRun();
    for (const value of [1, 2, 3]) await store.log(run, [value], { series: [series('loss', [value])] });
    await damage(run, 1n);
    const failure = { name: 'StoreFailure', reason: 'CORRUPT', message: expect.stringContaining('rungraph doctor --rebuild-log') };
    await expect(read(run)).rejects.toMatchObject(failure);
    await expect(read(run)).rejects.toThrow(`The metric log of run ${run} is damaged at offset 1.`);
  });

  it.each([0, 1, 5, 9, 40])('is found when byte %i of it changed', async (place) => {
    const run = await store.createRun();
    await store.log(run, [1, 2, 3]);
    const payload = Buffer.from(store.rows(sql`SELECT payload FROM rungraph_metric_log`)[0]![0] as Uint8Array);
    payload[place]! ^= 1;
    await change(sql`UPDATE rungraph_metric_log SET payload = ${payload}`);
    expect(await codes()).toEqual([['ENTRY_DAMAGED', run]]);
  });

  it('is found when it was cut off, or is not of the length its row says', async () => {
    const [cut, empty, longer] = [await store.createRun(), await store.createRun(), await store.createRun()];
    for (const run of [cut, empty, longer]) await store.log(run, [1, 2, 3]);
    await change(sql`UPDATE rungraph_metric_log SET payload = substr(payload, 1, 60) WHERE run_uuid = ${cut}`);
    await change(sql`UPDATE rungraph_metric_log SET payload = x'' WHERE run_uuid = ${empty}`);
    await change(sql`UPDATE rungraph_metric_log SET count = 4 WHERE run_uuid = ${longer}`);
    expect((await codes()).sort()).toEqual([cut, empty, longer].map((run) => ['ENTRY_DAMAGED', run]).sort());
    for (const run of [cut, empty, longer]) await expect(read(run)).rejects.toMatchObject({ reason: 'CORRUPT' });
  });

  it("is written anew from MLflow's rows; intact entries give the doubles the rows cannot tell", async () => {
    const run = await store.createRun();
    const exact = [-0, Number.MAX_VALUE, -Number.MAX_VALUE, Infinity, -Infinity, NaN, 0.1, 5e-324];
    await store.log(run, exact);
    await store.log(run, [], { series: [series('acc', [-0, 0.5, Infinity])] });
    const before = await toldSeries(run);
    await damage(run, BigInt(exact.length));
    expect(await codes()).toEqual([['ENTRY_DAMAGED', run]]);

    expect(await rebuildStore(store.path, silent)).toEqual({ runs: 1, points: 11, exactKept: 3 });
    expect(await codes()).toEqual([]);
    expect(epoch()).not.toBe('first');
    const after = await toldSeries(run);
    expect(after[1]).toEqual(before[1]); // loss
    expect(after[0]).toEqual(['acc', ['0 0 0', '1 0 0.5', '2 0 Infinity']]); // its -0 was in the damaged entry only
  });
});

describe('a log that is not what the rows and the statistics say', () => {
  it('is found by run and kind, and is right again after a rebuild', async () => {
    const [gap, lacks, extra, statistics, intact] = await Promise.all(Array.from({ length: 5 }, () => store.createRun()));
    for (const run of [gap, lacks, extra, statistics, intact]) {
      for (let step = 0; step < 4; step++) await store.log(run!, [], { series: [series('loss', [step / 3], step)] });
    }
    await change(sql`DELETE FROM rungraph_metric_log WHERE run_uuid = ${gap!} AND first_offset = 1`);
    await change(sql`DELETE FROM rungraph_metric_log WHERE run_uuid = ${lacks!} AND first_offset = 3`);
    await change(sql`DELETE FROM metrics WHERE run_uuid = ${extra!} AND step = 2`);
    await change(sql`UPDATE rungraph_metric_stats SET max = 7 WHERE run_uuid = ${statistics!}`);
    await change(sql`INSERT INTO rungraph_metric_stats SELECT ${statistics!}, 'nobody', 1, 1, 1, 1, 1, 1, 1, 1, 0, 0`);
    const { findings } = await checkStore(store.path, silent);
    expect(new Map(findings.map(({ run, code, message }) => [run, `${code}: ${message}`]))).toEqual(
      new Map([
        [gap, 'LOG_GAP: An entry begins at offset 2 where 1 was to follow.'],
        [lacks, 'LOG_DIFFERS: Metric "loss" has 3 points in the log and 4 rows.'],
        [extra, 'LOG_DIFFERS: Metric "loss" has 4 points in the log and 3 rows.'],
        [statistics, 'STATISTICS_DIFFER: The statistics of metric "loss" are not those of its points; so it is with 2 metrics of the run.'],
      ]),
    );
    await expect(read(gap!)).rejects.toMatchObject({ reason: 'CORRUPT' });

    await rebuildStore(store.path, silent);
    expect(await codes()).toEqual([]);
    expect(await toldSeries(gap!)).toEqual(await toldSeries(intact!));
    expect((await read(extra!)).series[0]!.values).toEqual(Float64Array.of(0, 1 / 3, 1));
  });

  it('is found when a value differs while all numbers of points are the same', async () => {
    const run = await store.createRun();
    await store.log(run, [1, 2]);
    await change(sql`UPDATE metrics SET value = 2.0000000000000004 WHERE step = 1`);
    expect((await checkStore(store.path, silent)).findings).toMatchObject([
      { code: 'LOG_DIFFERS', message: 'Metric "loss" has as many points in the log as rows, but not the same.' },
    ]);
  });

  it('may belong to a run that is gone; a rebuild takes it away', async () => {
    const run = await store.createRun();
    await store.log(run, [1, 2]);
    await change(sql`PRAGMA foreign_keys = OFF`);
    await change(sql`UPDATE rungraph_metric_log SET run_uuid = 'gone'`);
    expect(await codes()).toEqual([
      ['LOG_DIFFERS', run],
      ['ORPHANED', 'gone'],
    ]);
    await rebuildStore(store.path, silent);
    expect(await codes()).toEqual([]);
  });

  it('stays as it was when a rebuild does not come to its end', async () => {
    const runs = await Promise.all(Array.from({ length: 3 }, () => store.createRun()));
    for (const run of runs) await store.log(run, [1, 2]);
    for (const run of runs) await damage(run, 0n);
    const before = await codes();
    let done = 0;
    const breakOff = () => {
      if (++done === 2) throw new Error('The machine was switched off.');
    };
    await expect(rebuildStore(store.path, breakOff)).rejects.toThrow('switched off');
    expect(await codes()).toEqual(before);
    expect(epoch()).toBe('first');
    expect(await store.log(runs[0]!, [], { series: [series('loss', [3], 2)] })).toMatchObject({ position: 3n });
  });

  it('is taken in with the rows of others, each once, while the server has not looked yet', async () => {
    const run = await store.createRun();
    await store.log(run, [1, 2]);
    await change(sql`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', 9, 0, ${run}, 2, 0)`);
    await rebuildStore(store.path, silent);
    await store.writer.operation('takeInOthers', null);
    expect((await read(run)).series[0]!.values).toEqual(Float64Array.of(1, 2, 9));
    expect(await store.log(run, [], { series: [series('loss', [4], 3)] })).toMatchObject({ position: 4n });
  });
});

describe('a file that SQLite finds damaged', () => {
  it('is a finding and not a crash', async () => {
    const run = await store.createRun();
    await store.log(
      run,
      Array.from({ length: 3_000 }, (_, index) => index),
    );
    await store.writer.query(sql`PRAGMA wal_checkpoint(TRUNCATE)`);
    // The middle of the file: pages of rows and of their index.
    const file = openSync(store.path, 'r+');
    const size = readFileSync(store.path).length;
    writeSync(file, Buffer.alloc(40_960, 0xab), 0, 40_960, Math.floor(size / 2 / 4_096) * 4_096);
    closeSync(file);
    expect((await codes()).map(([code]) => code)).toContain('DATABASE_DAMAGED');
  });
});

/** Steps from `first` on. */
function series(key: string, values: readonly number[], first = 0): NewSeries {
  return {
    key,
    values: Float64Array.from(values),
    steps: BigInt64Array.from(values, (_, index) => BigInt(first + index)),
    timestamps: new BigInt64Array(values.length),
  };
}
