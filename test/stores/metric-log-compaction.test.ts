import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import { SqliteConnection } from '../../src/stores/engine/sqlite/connection.js';
import { openReader } from '../../src/stores/engine/sqlite/open.js';
import { sql } from '../../src/stores/engine/sql.js';
import type { LogCompacted } from '../../src/stores/mlflow/metric-log/log-compaction.js';
import { entriesFrom } from '../../src/stores/mlflow/metric-log/metric-log.sql.js';
import { checkStore } from '../../src/stores/mlflow/store-doctor.js';
import { openStores } from '../../src/stores/open-stores.js';
import { openTestWriter, type TestWriter } from '../kit/test-writer.js';

let store: TestWriter;
let reader: SqliteConnection;
beforeEach(async () => {
  store = await openTestWriter();
  reader = new SqliteConnection(openReader(store.path));
});
afterEach(async () => {
  reader.close();
  await store.close();
});

/** Logs single points: point `i` has value and step `i`, and every hundredth point another key. */
async function logPoints(runId: string, from: number, end: number): Promise<void> {
  const logged: Promise<unknown>[] = [];
  for (let index = from; index < end; index++) {
    const series = [
      {
        key: index % 100 === 99 ? 'rare' : 'loss',
        values: Float64Array.of(index),
        steps: BigInt64Array.of(BigInt(index)),
        timestamps: BigInt64Array.of(0n),
      },
    ];
    logged.push(store.writer.operation('logMetrics', { runId, series }));
    if (logged.length === 200) await Promise.all(logged.splice(0));
  }
  await Promise.all(logged);
}

const compactOnce = (runId: string, from: bigint | null): Promise<LogCompacted> => store.writer.operation('compactLog', { runId, from });

async function compactFully(runId: string): Promise<number> {
  let merges = 0;
  for (let from: bigint | null = 0n; from !== null;) {
    const { merged, next } = await compactOnce(runId, from);
    merges += Number(merged);
    from = next;
  }
  return merges;
}

/** Offsets of all points of the run's log from an offset on, as its values tell them. */
async function readOffsets(runId: string, from: number, onPiece: () => Promise<unknown> = async () => null): Promise<number[]> {
  const found: number[] = [];
  for await (const { firstOffset, count, series } of entriesFrom(reader, runId, BigInt(from), null)) {
    const values = series.flatMap((columns) => [...columns.values]).sort((a, b) => a - b);
    expect(values).toEqual(numbers(Number(firstOffset), Number(firstOffset) + count));
    found.push(...values);
    await onPiece();
  }
  return found;
}

const numbers = (from: number, end: number): number[] => Array.from({ length: end - from }, (_, index) => from + index);
const entriesOf = (runId: string) => Number(store.rows(sql`SELECT COUNT(*) FROM rungraph_metric_log WHERE run_uuid = ${runId}`)[0]![0]);

describe('merging the entries of a run', () => {
  it('leaves every point at its offset, and few entries', { timeout: 60_000 }, async () => {
    const run = await store.createRun();
    await logPoints(run, 0, 10_000);
    expect(entriesOf(run)).toBe(10_000);
    expect(await compactFully(run)).toBeGreaterThan(30);
    expect(entriesOf(run)).toBeLessThan(150);
    for (const from of [0, 1, 63, 64, 65, 4_095, 5_000, 9_999, 10_000]) expect(await readOffsets(run, from)).toEqual(numbers(from, 10_000));
    expect((await checkStore(store.path, () => undefined)).findings).toEqual([]);
    expect(await compactOnce(run, null)).toEqual({ merged: false, next: null });
  });

  it('goes on where writes go on, and touches no other run', async () => {
    const [run, other] = [await store.createRun(), await store.createRun()];
    await logPoints(other, 0, 200);
    for (let from = 0; from < 640; from += 64) {
      await logPoints(run, from, from + 64);
      expect(await compactOnce(run, null)).toMatchObject({ merged: true });
    }
    expect([entriesOf(run), entriesOf(other)]).toEqual([10, 200]);
    expect(await readOffsets(run, 0)).toEqual(numbers(0, 640));
    expect(await readOffsets(other, 0)).toEqual(numbers(0, 200));
  });

  it('neither loses nor repeats a point for a reader in whose midst it happens', { timeout: 60_000 }, async () => {
    const run = await store.createRun();
    await logPoints(run, 0, 3_000);
    let pieces = 0;
    // One reading statement sees 500 entries: between them, and while they are handed out, entries are merged.
    const found = await readOffsets(run, 7, async () => (++pieces % 40 === 0 ? compactOnce(run, 0n) : null));
    expect(pieces).toBeGreaterThan(40);
    expect(found).toEqual(numbers(7, 3_000));
    expect(entriesOf(run)).toBeLessThan(3_000);
  });

  it('neither loses nor repeats a point for readers beside it while more is appended', { timeout: 60_000 }, async () => {
    const run = await store.createRun();
    await logPoints(run, 0, 1_000);
    let done = false;
    const writing = logPoints(run, 1_000, 6_000).finally(() => (done = true));
    const merging = (async () => {
      while (!done) await compactOnce(run, 0n);
    })();
    let reads = 0;
    while (!done) {
      const from = (reads++ * 37) % 1_000;
      const found = await readOffsets(run, from, () => sleep(0));
      expect(found.length).toBeGreaterThanOrEqual(1_000 - from);
      expect(found).toEqual(numbers(from, from + found.length));
    }
    await Promise.all([writing, merging]);
    expect(reads).toBeGreaterThan(0);
    expect(await readOffsets(run, 0)).toEqual(numbers(0, 6_000));
  });

  it('refuses a damaged entry and leaves everything as it was', async () => {
    const run = await store.createRun();
    await logPoints(run, 0, 64);
    await store.writer.execute(sql`UPDATE rungraph_metric_log SET payload = zeroblob(40) WHERE first_offset = 30`);
    await expect(compactOnce(run, null)).rejects.toMatchObject({ name: 'StoreFailure', reason: 'CORRUPT' });
    expect(entriesOf(run)).toBe(64);
  });
});

describe('a store that is open', () => {
  // A store makes the experiment 0, whose name the test's experiment has.
  beforeEach(() => store.writer.execute(sql`UPDATE experiments SET name = 'another'`));

  const open = () =>
    openStores({
      dataFolder: dirname(store.path),
      database: null,
      ...{ durability: 'normal', attachments: [], storeTimeoutMs: 5_000, readerThreads: 1, pollIntervalMs: 1_000 },
      ...{ clock: systemClock, log: fastify({ logger: { level: 'silent' } }).log },
    });

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(20);
  }

  it('merges what lies there from before, and what is appended while it is open', { timeout: 60_000 }, async () => {
    const [before, now] = [await store.createRun(), await store.createRun()];
    await logPoints(before, 0, 300);
    const stores = await open();
    try {
      await until(() => entriesOf(before) < 100);
      const { writer } = stores.sources.get('local');
      for (let index = 0; index < 200; index++) {
        const series = [{ key: 'loss', values: Float64Array.of(index), steps: null, timestamps: null }];
        await writer!.logMetrics({ runId: now, series });
      }
      await until(() => entriesOf(now) < 100);
    } finally {
      await stores.close();
    }
    expect(await readOffsets(before, 0)).toEqual(numbers(0, 300));
    expect(await readOffsets(now, 0)).toEqual(numbers(0, 200));
    expect((await checkStore(store.path, () => undefined)).findings).toEqual([]);
  });

  it('closes at once, also while there is much to merge', { timeout: 60_000 }, async () => {
    const run = await store.createRun();
    await logPoints(run, 0, 12_000);
    const stores = await open();
    await until(() => entriesOf(run) < 11_500);
    await stores.close();
    const left = entriesOf(run);
    expect(left).toBeGreaterThan(200);
    expect(await readOffsets(run, 0)).toEqual(numbers(0, 12_000));
    await sleep(50);
    expect(entriesOf(run)).toBe(left);
  });
});

describe('a process that is killed while it appends and merges', () => {
  const script = fileURLToPath(new URL('./metric-log-writer.process.ts', import.meta.url));

  /** Runs the process until it has merged so often, then kills it. @returns how many appends it had been acknowledged */
  async function killAfterMerges(path: string, run: string, begin: number, merges: number): Promise<number> {
    const child = spawn(process.execPath, ['--import', 'tsx', script, path, run, String(begin)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let acknowledged = begin;
    let merged = 0;
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      if (++merged === merges) child.kill('SIGKILL');
    }
    await exited;
    return acknowledged;
  }

  it('leaves a log that is whole and has every acknowledged point', { timeout: 120_000 }, async () => {
    const run = await store.createRun();
    let points = 0;
    for (const merges of [1, 2, 5, 9]) {
      const begin = points / 2;
      const acknowledged = await killAfterMerges(store.path, run, begin, merges);
      const check = await checkStore(store.path, () => undefined);
      expect(check.findings).toEqual([]);
      expect(check.points).toBeGreaterThanOrEqual(2 * acknowledged);
      points = check.points;
      expect(points % 2).toBe(0);
      expect(entriesOf(run)).toBeLessThan(points / 2);
    }
  });
});
