import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { changeDatabase } from '../kit/database-digest.js';
import { countOf, followPoints, gauge, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import { tries } from '../kit/property.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
let client: LiveClient;
let run: string;

beforeAll(async () => {
  server = await startTestServer();
  api = createApi(server);
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  client = openLiveClient(server);
  run = await api.createRun();
});
afterEach(() => client.close());

const log = (id: string, values: readonly (number | string)[], key = 'loss') => api.log(id, [{ key, values }]);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const isCaughtUp = (batches: readonly Batch[]): boolean => batches.at(-1)?.caughtUp === true;
const kinds = (batches: readonly Batch[]): string[] => batches.map(({ kind }) => kind);

describe('metricPoints', () => {
  it('sends what is there, says when that was all, and goes on with what comes', async () => {
    await log(run, [1, 'NaN', '-Infinity', '-0']);
    await log(run, [5], 'acc');
    const followed = followPoints(client, { runIds: [run], maxRateHz: 100 });
    const [first] = await followed.until(isCaughtUp);
    expect(first).toMatchObject({ kind: 'HISTORY', caughtUp: true, dropped: 0 });
    expect(first!.series.map(({ runId, key, steps, values }) => ({ runId, key, steps, values }))).toEqual([
      { runId: run, key: 'loss', steps: [0, 1, 2, 3], values: [1, 'NaN', '-Infinity', '-0'] },
      { runId: run, key: 'acc', steps: [0], values: [5] },
    ]);
    await log(run, [6, 7]);
    const batches = await followed.until((all) => countOf(all) === 7);
    expect(kinds(batches)).toEqual(['HISTORY', 'LIVE']);
    expect(batches[1]!.series).toMatchObject([{ key: 'loss', steps: [4, 5], values: [6, 7] }]);
  });

  it('begins with one empty batch that is caught up when there is nothing', async () => {
    const followed = followPoints(client, { runIds: [run] });
    expect(await followed.until((all) => all.length > 0)).toMatchObject([{ kind: 'HISTORY', caughtUp: true, series: [] }]);
  });

  it('misses nothing that is written while history is read, in several batches', async () => {
    await log(run, range(0, 25_000));
    const followed = followPoints(client, { runIds: [run], maxRateHz: 100 });
    for (let next = 25_000; next < 25_200; next += 20) await log(run, range(next, next + 20));
    const batches = await followed.until((all) => countOf(all) >= 25_200);
    expect(valuesOf(batches, run, 'loss')).toEqual(range(0, 25_200));
    expect(batches.filter(({ kind }) => kind === 'HISTORY').length).toBeGreaterThan(0);
  });

  it('says that it has caught up also when there was exactly as much as one batch holds', async () => {
    const followed = followPoints(client, { runIds: [run], maxRateHz: 100 });
    await followed.until(isCaughtUp);
    await log(run, range(0, 10_000));
    const batches = await followed.until((all) => countOf(all) === 10_000 && isCaughtUp(all));
    expect(valuesOf(batches, run, 'loss')).toEqual(range(0, 10_000));
  });

  it('sends a repeated point once', async () => {
    const point = { key: 'loss', values: [1], steps: [0], timestamps: [0] };
    await api.log(run, [point]);
    const followed = followPoints(client, { runIds: [run], maxRateHz: 100 });
    await followed.until(isCaughtUp);
    await api.log(run, [point]);
    await api.log(run, [{ ...point, steps: [1] }]);
    expect(valuesOf(await followed.until((all) => countOf(all) >= 2), run, 'loss')).toEqual([1, 1]);
    expect(countOf(followed.items)).toBe(2);
  });

  it('gives two subscribers everything, whatever the other does', async () => {
    const other = openLiveClient(server);
    const [a, b] = [followPoints(client, { runIds: [run], maxRateHz: 100 }), followPoints(other, { runIds: [run], maxRateHz: 5 })];
    await Promise.all([a.until(isCaughtUp), b.until(isCaughtUp)]);
    await log(run, [1, 2]);
    await a.until((all) => countOf(all) === 2);
    a.stop();
    await log(run, [3]);
    expect(valuesOf(await b.until((all) => countOf(all) === 3), run, 'loss')).toEqual([1, 2, 3]);
    expect(countOf(a.items)).toBe(2);
    await other.close();
  });
});

describe('a subscription that is cut and resumed', () => {
  it('continues after the cursor of the last batch, without a gap or a repeated point', async () => {
    await log(run, range(0, 10));
    const before = followPoints(client, { runIds: [run], maxRateHz: 100 });
    await before.until((all) => countOf(all) === 10);
    client.cut();
    await before.ended;
    await log(run, range(10, 20));
    const again = openLiveClient(server);
    const after = followPoints(again, { runIds: [run], maxRateHz: 100, after: before.items.at(-1)!.cursor });
    const [missed] = await after.until(isCaughtUp);
    expect(missed!.kind).toBe('HISTORY');
    await log(run, range(20, 25));
    expect(valuesOf(await after.until((all) => countOf(all) >= 15), run, 'loss')).toEqual(range(10, 25));
    await again.close();
  });

  it('continues after a series, and after an answer of logMetrics', async () => {
    await log(run, [0, 1, 2]);
    const { data } = await server.query('query ($id: ID!) { run(by: { id: $id }) { series(keys: ["loss"], maxPoints: 1) { cursor } } }', {
      id: run,
    });
    const { cursor: logged } = await log(run, [3, 4]);
    await log(run, [5]);
    const afterSeries = followPoints(client, { runIds: [run], after: data.run.series[0].cursor });
    const afterLog = followPoints(client, { runIds: [run], after: logged });
    expect(valuesOf(await afterSeries.until(isCaughtUp), run, 'loss')).toEqual([3, 4, 5]);
    expect(valuesOf(await afterLog.until(isCaughtUp), run, 'loss')).toEqual([5]);
  });

  it('begins runs the cursor does not know as `history` says', async () => {
    const { cursor } = await log(run, [1]);
    const other = await api.createRun();
    await log(other, [7, 8]);
    const input = { runIds: [run, other], after: cursor };
    expect(valuesOf(await followPoints(client, input).until(isCaughtUp), other, 'loss')).toEqual([7, 8]);
    expect(countOf(await followPoints(client, { ...input, history: 'NONE' }).until(isCaughtUp))).toBe(0);
  });

  it('is refused with a cursor that is none, or of something else', async () => {
    const { data } = await server.query('{ runs(first: 1) { pageInfo { endCursor } } }');
    for (const after of ['', 'x', `${(await log(run, [1])).cursor}x`, data.runs.pageInfo.endCursor]) {
      const refused = followPoints(client, { runIds: [run], after });
      await refused.ended;
      expect(refused.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', argument: 'input.after' } }]);
    }
  });
});

describe('what of the past is sent', () => {
  beforeEach(() => log(run, range(0, 5_000)));

  it('is everything with ALL', async () => {
    expect(valuesOf(await followPoints(client, { runIds: [run], history: 'ALL' }).until(isCaughtUp), run, 'loss')).toEqual(range(0, 5_000));
  });

  it('is a sample of every series with SAMPLED, extremes and ends included, and then every point', async () => {
    const followed = followPoints(client, { runIds: [run], history: 'SAMPLED', maxPoints: 50, maxRateHz: 100 });
    const sample = valuesOf(await followed.until(isCaughtUp), run, 'loss');
    expect(sample.length).toBeLessThanOrEqual(50);
    expect([sample[0], sample.at(-1)]).toEqual([0, 4_999]);
    await log(run, range(5_000, 5_200));
    const batches = await followed.until((all) => countOf(all) >= sample.length + 200);
    expect(valuesOf(batches, run, 'loss').slice(sample.length)).toEqual(range(5_000, 5_200));
    expect(batches.at(-1)!.kind).toBe('LIVE');
  });

  it('goes over into live without a gap, also when metrics are logged for the first time while the sample is read', async () => {
    for (let round = 0; round < 60; round++) {
      const id = await api.createRun();
      const keys = range(0, 8).map((index) => `key ${index}`);
      const writing = (async () => {
        for (const key of keys) await log(id, [1], key);
      })();
      await sleep(round % 10);
      const followed = followPoints(client, { runIds: [id], history: 'SAMPLED', maxRateHz: 100 });
      await writing;
      const batches = await followed.until((all) => countOf(all) >= keys.length);
      expect(keys.map((key) => valuesOf(batches, id, key))).toEqual(keys.map(() => [1]));
      followed.stop();
    }
  });

  it('is nothing with NONE', async () => {
    const followed = followPoints(client, { runIds: [run], history: 'NONE', maxRateHz: 100 });
    await followed.until(isCaughtUp);
    await log(run, [-1]);
    expect(valuesOf(await followed.until((all) => countOf(all) > 0), run, 'loss')).toEqual([-1]);
  });
});

describe('keys and match', () => {
  it('choose metrics, in history and live; the cursor moves on over the others', async () => {
    const all = (values: readonly number[]) =>
      api.log(
        run,
        ['train/loss', 'train/acc', 'val/loss'].map((key) => ({ key, values })),
      );
    await all([1]);
    const byKey = followPoints(client, { runIds: [run], keys: ['val/loss', 'none'], maxRateHz: 100 });
    const byMatch = followPoints(client, { runIds: [run], match: { startsWith: 'train/' }, maxRateHz: 100 });
    const byBoth = followPoints(client, { runIds: [run], keys: ['train/loss', 'val/loss'], match: { like: 'train/%' }, maxRateHz: 100 });
    await Promise.all([byKey, byMatch, byBoth].map((followed) => followed.until(isCaughtUp)));
    await all([2]);
    await byKey.until((batches) => countOf(batches) === 2);
    expect(valuesOf(byKey.items, run, 'val/loss')).toEqual([1, 2]);
    await byMatch.until((batches) => countOf(batches) === 4);
    expect(valuesOf(byMatch.items, run, 'val/loss')).toEqual([]);
    await byBoth.until((batches) => countOf(batches) === 2);
    expect(valuesOf(byBoth.items, run, 'train/loss')).toEqual([1, 2]);
    const resumed = followPoints(client, { runIds: [run], after: byBoth.items.at(-1)!.cursor });
    expect(countOf(await resumed.until(isCaughtUp))).toBe(0);
  });
});

describe('a filter', () => {
  const teamed = (team: string) => ({ filter: { tag: { key: 'team', string: { eq: team } } }, maxRateHz: 100 });
  let teams = 0;
  let team: string;
  beforeEach(() => {
    team = `team ${++teams}`;
  });

  it('follows the runs that match, and those that are created later', async () => {
    const first = await api.createRun({ tags: [{ key: 'team', value: team }] });
    await log(first, [1]);
    await log(run, [100]);
    const followed = followPoints(client, teamed(team));
    await followed.until(isCaughtUp);
    const second = await api.createRun({ tags: [{ key: 'team', value: team }] });
    await log(second, [2, 3]);
    await log(run, [101]);
    await followed.until((all) => countOf(all) >= 3);
    expect([
      valuesOf(followed.items, first, 'loss'),
      valuesOf(followed.items, second, 'loss'),
      valuesOf(followed.items, run, 'loss'),
    ]).toEqual([[1], [2, 3], []]);
  });

  it('picks up a run that starts to match by a tag, with all its points', async () => {
    await log(run, [1, 2]);
    const followed = followPoints(client, teamed(team));
    await followed.until(isCaughtUp);
    await api.mutate('setTags', { run, tags: [{ key: 'team', value: team }] });
    await followed.until((all) => countOf(all) === 2);
    await log(run, [3]);
    expect(valuesOf(await followed.until((all) => countOf(all) === 3), run, 'loss')).toEqual([1, 2, 3]);
  });

  it('lets go of a run that matches no more or is deleted, and goes on where it was when it matches again', async () => {
    await api.mutate('setTags', { run, tags: [{ key: 'team', value: team }] });
    const followed = followPoints(client, teamed(team));
    await followed.until(isCaughtUp);
    await log(run, [1]);
    await followed.until((all) => countOf(all) === 1);
    await api.mutate('deleteTags', { run, keys: ['team'] });
    const witness = await api.createRun({ tags: [{ key: 'team', value: team }] });
    await log(witness, [9]);
    // What a run gets before it is seen to match no more is still sent.
    await followed.until((all) => valuesOf(all, witness, 'loss').length === 1);
    await log(run, [2]);
    await log(witness, [10]);
    await followed.until((all) => valuesOf(all, witness, 'loss').length === 2);
    expect(valuesOf(followed.items, run, 'loss')).toEqual([1]);
    await api.mutate('setTags', { run, tags: [{ key: 'team', value: team }] });
    await followed.until((all) => valuesOf(all, run, 'loss').length >= 2);
    await api.mutate('deleteRun', { run });
    await api.mutate('restoreRun', { run });
    await log(run, [3]);
    await followed.until((all) => valuesOf(all, run, 'loss').length >= 3);
    expect(valuesOf(followed.items, run, 'loss')).toEqual([1, 2, 3]);
  });

  it('together with runIds follows those of them that match', async () => {
    const other = await api.createRun({ tags: [{ key: 'team', value: team }] });
    await log(run, [1]);
    await log(other, [2]);
    const followed = followPoints(client, { ...teamed(team), runIds: [run] });
    expect(countOf(await followed.until(isCaughtUp))).toBe(0);
    await api.mutate('setTags', { run, tags: [{ key: 'team', value: team }] });
    expect(valuesOf(await followed.until((all) => countOf(all) > 0), run, 'loss')).toEqual([1]);
  });
});

describe('maxRateHz', () => {
  it('merges what comes in between: no more batches per second, and nothing is lost', async () => {
    const followed = followPoints(client, { runIds: [run], maxRateHz: 5 });
    await followed.until(isCaughtUp);
    const started = performance.now();
    let next = 0;
    while (performance.now() - started < 1_200) {
      await log(run, range(next, next + 3));
      next += 3;
    }
    const batches = await followed.until((all) => countOf(all) === next);
    const seconds = (performance.now() - started) / 1_000;
    expect(valuesOf(batches, run, 'loss')).toEqual(range(0, next));
    expect(batches.length - 1).toBeLessThanOrEqual(seconds * 5 + 1);
    expect(next / 3).toBeGreaterThan(batches.length);
    for (const { series } of batches) expect(new Set(series.map(({ key }) => key)).size).toBe(series.length);
  });

  it.each([0, -1, 101, 1e9])('of %d is refused', async (maxRateHz) => {
    const refused = followPoints(client, { runIds: [run], maxRateHz });
    await refused.ended;
    expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'input.maxRateHz' } }]);
  });
});

describe('runs that are not there', () => {
  it('of an unknown id are followed without a word until they have points', async () => {
    const unknown = 'Run:local:00000000000000000000000000000000';
    const followed = followPoints(client, { runIds: [unknown, run], maxRateHz: 100 });
    expect(await followed.until(isCaughtUp)).toMatchObject([{ kind: 'HISTORY', series: [] }]);
    await log(run, [1]);
    await followed.until((all) => countOf(all) === 1);
    expect(followed.errors).toEqual([]);
  });

  it.each([
    ['no id', ['x'], 'BAD_USER_INPUT', 'input.runIds.0'],
    ['an id of another type', ['Experiment:local:0'], 'BAD_USER_INPUT', 'input.runIds.0'],
    ['an unknown source', ['Run:local:1', 'Run:nowhere:1'], 'NOT_FOUND', 'input.runIds.1'],
    ['no ids at all', [], 'BAD_USER_INPUT', 'input.runIds'],
    ['1,001 ids', range(0, 1_001).map((index) => `Run:local:${index}`), 'BAD_USER_INPUT', 'input.runIds'],
  ])('are refused when they are %s', async (_what, runIds, code, argument) => {
    const refused = followPoints(client, { runIds });
    await refused.ended;
    expect(refused.errors).toMatchObject([{ extensions: { code, argument } }]);
  });

  it('are asked for: runIds or a filter must be given', async () => {
    const refused = followPoints(client, {});
    await refused.ended;
    expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'input' } }]);
  });

  it('because they were deleted are followed by their id, as long as they can be written', async () => {
    await log(run, [1]);
    await api.mutate('deleteRun', { run });
    const followed = followPoints(client, { runIds: [run], maxRateHz: 100 });
    expect(valuesOf(await followed.until(isCaughtUp), run, 'loss')).toEqual([1]);
    await api.mutate('restoreRun', { run });
    await log(run, [2]);
    expect(valuesOf(await followed.until((all) => countOf(all) === 2), run, 'loss')).toEqual([1, 2]);
  });
});

describe('a store that was rewritten', () => {
  it('answers a cursor of the time before with RESET and then the whole history', async () => {
    const old = await startTestServer();
    const oldApi = createApi(old);
    const id = await oldApi.createRun();
    const { cursor } = await oldApi.log(id, [{ key: 'loss', values: [1, 2, 3] }]);
    await old.stop();

    await changeDatabase(old, `UPDATE rungraph_meta SET value = 'another' WHERE key = 'epoch'`);

    await using rewritten = await startTestServer([], { dataFolder: old.dataFolder });
    const again = openLiveClient(rewritten);
    const followed = followPoints(again, { runIds: [id], after: cursor });
    const batches = await followed.until(isCaughtUp);
    expect(kinds(batches)).toEqual(['RESET', 'HISTORY']);
    expect(batches[0]).toMatchObject({ series: [], caughtUp: false });
    expect(valuesOf(batches, id, 'loss')).toEqual([1, 2, 3]);
    const resumed = followPoints(again, { runIds: [id], after: batches[0]!.cursor });
    expect(kinds(await resumed.until(isCaughtUp))).toEqual(['HISTORY']);
    expect(valuesOf(resumed.items, id, 'loss')).toEqual([1, 2, 3]);
    await again.close();
  });

  it('continues after a restart as if nothing had been when it was not rewritten', async () => {
    const first = await startTestServer();
    const firstApi = createApi(first);
    const id = await firstApi.createRun();
    const { cursor } = await firstApi.log(id, [{ key: 'loss', values: [1, 2] }]);
    await firstApi.log(id, [{ key: 'loss', values: [3] }]);
    await first.stop('SIGKILL');
    await using second = await startTestServer([], { dataFolder: first.dataFolder });
    const again = openLiveClient(second);
    const batches = await followPoints(again, { runIds: [id], after: cursor }).until(isCaughtUp);
    expect([kinds(batches), valuesOf(batches, id, 'loss')]).toEqual([['HISTORY'], [3]]);
    await again.close();
  });
});

describe('subscribers that come, are cut in mid-stream and come again', () => {
  // Each subscriber: how long it listens before each cut, in ms. Each writer: how many points per call.
  const plan = fc.record({
    writers: fc.array(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 4, maxLength: 20 }), { minLength: 2, maxLength: 3 }),
    subscribers: fc.array(
      fc.record({
        cuts: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }),
        maxRateHz: fc.constantFrom(2, 20, 100),
        byFilter: fc.boolean(),
      }),
      { minLength: 2, maxLength: 4 },
    ),
  });

  it('each end with exactly the committed points of every run in the order of their commits', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(plan, async ({ writers, subscribers }) => {
        const tags = [{ key: 'round', value: `round ${++round}` }];
        const runs = await Promise.all(writers.map(() => api.createRun({ tags })));
        const totals = writers.map((calls) => calls.reduce((sum, count) => sum + count, 0));
        const total = totals.reduce((sum, count) => sum + count, 0);

        const write = async (calls: readonly number[], index: number) => {
          let next = 0;
          for (const count of calls) {
            await api.log(runs[index]!, [{ key: 'loss', values: range(next, next + count) }]);
            next += count;
            await sleep(count % 7);
          }
        };
        const listen = async ({ cuts, maxRateHz, byFilter }: (typeof subscribers)[number]) => {
          const whose = byFilter ? { filter: { tag: { key: 'round', string: { eq: tags[0]!.value } } } } : { runIds: runs };
          const batches: Batch[] = [];
          const connect = () => {
            const live = openLiveClient(server);
            return { live, followed: followPoints(live, { ...whose, maxRateHz, after: batches.at(-1)?.cursor }) };
          };
          for (const listenMs of cuts) {
            const { live, followed } = connect();
            await sleep(listenMs);
            live.cut();
            await followed.ended;
            batches.push(...followed.items);
          }
          const { live, followed } = connect();
          await followed.until((items) => countOf([...batches, ...items]) >= total);
          followed.stop();
          batches.push(...followed.items);
          await live.close();
          return batches;
        };
        const [heard] = await Promise.all([Promise.all(subscribers.map(listen)), Promise.all(writers.map(write))]);
        for (const batches of heard) {
          for (const [index, id] of runs.entries()) expect(valuesOf(batches, id, 'loss')).toEqual(range(0, totals[index]!));
        }
      }),
      { ...tries(8), endOnFailure: true },
    );
    await expect.poll(() => gauge(server, 'rungraph_websocket_operations'), { timeout: 5_000 }).toBe(0);
  });
});
