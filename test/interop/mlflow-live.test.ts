import { closeSync, copyFileSync, mkdtempSync, openSync, readdirSync, readSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { countOf, followPoints, openLiveClient, valuesOf, type Batch, type Followed, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { hasMlflow } from './mlflow-client.js';
import { openMlflow, type MlflowSession } from './mlflow-session.js';

const present = hasMlflow();

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;
const runOf = (id: string) => `Run:theirs:${id}`;

/** What a reader holds who drops everything at a RESET, as it is told to. */
const held = (batches: readonly Batch[]): readonly Batch[] => batches.slice(batches.findLastIndex(({ kind }) => kind === 'RESET') + 1);
const heldOf = (batches: readonly Batch[], run: string, key: string) => valuesOf(held(batches), runOf(run), key);

describe.skipIf(!present)('MLflow’s client at a file that is attached and followed', { timeout: 120_000 }, () => {
  let folder: string;
  let path: string;
  let mlflow: MlflowSession;
  let server: TestServer;
  let client: LiveClient;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rungraph-followed-'));
    path = join(folder, 'theirs.db');
    mlflow = await openMlflow(`sqlite:///${path}`);
    server = await startTestServer(['--attach', `mlflow=${path},name=theirs`, '--poll-interval', '250']);
  }, 120_000);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await mlflow?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    client = openLiveClient(server);
  });
  afterEach(() => client.close());

  const follow = (input: object): Followed<Batch> => followPoints(client, { maxRateHz: 100, ...input });

  it('has every point of its delivered once, in its order per metric, while it writes', async () => {
    const run = await mlflow.create('followed');
    await mlflow.log(run, 'loss', [0.5, 0.25], 0);
    const followed = follow({ runIds: [runOf(run)] });
    await followed.until((all) => isCaughtUp(all) && countOf(all) >= 2);
    const values = range(2, 122).map((step) => 1 / (step + 1));
    await mlflow.log(run, 'loss', values, 2);
    await mlflow.logBatch(run, 'acc', range(0, 2_500), 0);
    const batches = await followed.until((all) => countOf(all) >= 2_622, 30);
    expect(valuesOf(batches, runOf(run), 'loss')).toEqual([0.5, 0.25, ...values]);
    expect(valuesOf(batches, runOf(run), 'loss')).toEqual(await mlflow.history(run, 'loss'));
    expect(valuesOf(batches, runOf(run), 'acc')).toEqual(range(0, 2_500));
    expect(batches.filter(({ kind }) => kind === 'LIVE').length).toBeGreaterThan(1);
  });

  it('gives a subscriber that was cut the points it missed, after its cursor', async () => {
    const run = await mlflow.create('resumed');
    await mlflow.logBatch(run, 'loss', range(0, 10), 0);
    const followed = follow({ runIds: [runOf(run)] });
    const first = await followed.until((all) => isCaughtUp(all) && countOf(all) >= 10);
    client.cut();
    await mlflow.logBatch(run, 'loss', range(10, 30), 10);
    client = openLiveClient(server);
    const resumed = follow({ runIds: [runOf(run)], after: first.at(-1)!.cursor });
    await resumed.until((all) => countOf(all) >= 20);
    await mlflow.log(run, 'loss', [30], 30);
    expect(valuesOf(await resumed.until((all) => countOf(all) >= 21), runOf(run), 'loss')).toEqual(range(10, 31));
  });

  it('has the runs that it makes later picked up by a filter', async () => {
    const followed = follow({ filter: { name: { eq: 'later' }, source: { eq: 'theirs' } } });
    await followed.until(isCaughtUp);
    const runs: string[] = [];
    for (const index of [0, 1, 2]) {
      const run = await mlflow.create('later');
      await mlflow.log(await mlflow.create('another'), 'loss', [99], 0);
      await mlflow.log(run, 'loss', [index, index + 0.5], 0);
      runs.push(run);
    }
    const batches = await followed.until((all) => countOf(all) >= 6, 20);
    expect(runs.map((run) => valuesOf(batches, runOf(run), 'loss'))).toEqual([0, 1, 2].map((index) => [index, index + 0.5]));
    expect(countOf(batches)).toBe(6);
  });

  it('may erase another run, whose place in the file is then used again, and nothing is missed or told twice', async () => {
    const run = await mlflow.create('kept');
    await mlflow.logBatch(run, 'loss', range(0, 5), 0);
    const followed = follow({ runIds: [runOf(run)] });
    await followed.until((all) => isCaughtUp(all) && countOf(all) >= 5);
    // The newest rows of the file go, so that the next ones get their row numbers.
    const erased = await mlflow.create('erased');
    await mlflow.logBatch(erased, 'loss', range(0, 2_000), 0);
    const witness = follow({ runIds: [runOf(erased)] });
    await witness.until((all) => countOf(all) >= 2_000);
    await mlflow.erase(erased);
    for (const step of range(5, 25)) await mlflow.log(run, 'loss', [step], step);
    await followed.until((all) => heldOf(all, run, 'loss').length >= 25, 20);
    expect(heldOf(followed.items, run, 'loss')).toEqual(range(0, 25));
    const fresh = follow({ runIds: [runOf(run)] });
    expect(valuesOf(await fresh.until((all) => isCaughtUp(all) && countOf(all) > 0), runOf(run), 'loss')).toEqual(range(0, 25));
  });

  it('may erase the run itself: it is followed on without a word', async () => {
    const run = await mlflow.create('erased itself');
    const other = await mlflow.create('beside it');
    await mlflow.log(run, 'loss', [1, 2], 0);
    const followed = follow({ runIds: [runOf(run), runOf(other)] });
    await followed.until((all) => isCaughtUp(all) && countOf(all) >= 2);
    await mlflow.erase(run);
    await mlflow.log(other, 'loss', [3], 0);
    await followed.until((all) => heldOf(all, other, 'loss').length > 0, 20);
    expect(heldOf(followed.items, other, 'loss')).toEqual([3]);
    expect(followed.errors).toEqual([]);
  });

  it('leaves a file that nobody else has changed: its journal mode is as before, and nothing lies beside it', () => {
    expect(journalOf(path)).toBe('delete');
    expect(readdirSync(folder)).toEqual(['theirs.db']);
    expect(server.log()).toBe('');
  });

  it('finds its file replaced by another one: followers are told by RESET and get the whole of the new one', async () => {
    const run = await mlflow.create('replaced');
    await mlflow.logBatch(run, 'loss', range(0, 10), 0);
    const followed = follow({ runIds: [runOf(run)] });
    await followed.until((all) => isCaughtUp(all) && countOf(all) >= 10);
    const { cursor: common } = followed.items.at(-1)!;
    // A backup of now, to which something else happened than to the original.
    const backup = join(folder, 'backup.db');
    copyFileSync(path, backup);
    const beside = await openMlflow(`sqlite:///${backup}`);
    await beside.logBatch(run, 'loss', [-1, -2], 10);
    await beside.close();
    await mlflow.logBatch(run, 'loss', range(10, 20), 10);
    await followed.until((all) => countOf(all) >= 20);
    const { cursor: lost } = followed.items.at(-1)!;
    await mlflow.close();
    renameSync(backup, path);
    const expected = [...range(0, 10), -1, -2];
    await followed.until((all) => all.some(({ kind }) => kind === 'RESET') && heldOf(all, run, 'loss').length >= expected.length, 20);
    expect(heldOf(followed.items, run, 'loss')).toEqual(expected);
    mlflow = await openMlflow(`sqlite:///${path}`);
    await mlflow.log(run, 'loss', [-3], 12);
    await followed.until((all) => heldOf(all, run, 'loss').length >= expected.length + 1, 20);
    expect(heldOf(followed.items, run, 'loss')).toEqual([...expected, -3]);
    // A cursor behind points that are gone says so; one that both files have in common goes on from there, or says so as well.
    const resumed = follow({ runIds: [runOf(run)], after: lost });
    await resumed.until((all) => isCaughtUp(all) && countOf(all) >= expected.length + 1);
    expect(resumed.items[0]!.kind).toBe('RESET');
    expect(heldOf(resumed.items, run, 'loss')).toEqual([...expected, -3]);
    const shared = follow({ runIds: [runOf(run)], after: common });
    const batches = await shared.until((all) => isCaughtUp(all) && countOf(all) >= 3);
    const before = batches[0]!.kind === 'RESET' ? [] : range(0, 10);
    expect([...before, ...heldOf(batches, run, 'loss')]).toEqual([...expected, -3]);
    expect(journalOf(path)).toBe('delete');
    expect(readdirSync(folder)).toEqual(['theirs.db']);
  });
});

/** How the file says it is written: SQLite's header, bytes 18 and 19. */
function journalOf(path: string): 'delete' | 'wal' {
  const file = openSync(path, 'r');
  try {
    const versions = Buffer.alloc(2);
    readSync(file, versions, 0, 2, 18);
    return versions.equals(Buffer.from([1, 1])) ? 'delete' : 'wal';
  } finally {
    closeSync(file);
  }
}
