import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { openLiveClient, type Followed, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';

interface RunEvent {
  readonly kind: string;
  readonly at: string;
  readonly cursor: string;
  readonly run: { readonly id: string; readonly name: string; readonly status: string; readonly lifecycleStage: string };
}

let server: TestServer;
let api: Api;
let client: LiveClient;

beforeAll(async () => {
  server = await startTestServer();
  api = createApi(server);
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  client = openLiveClient(server);
});
afterEach(() => client.close());

const document =
  'subscription ($filter: RunFilter, $after: String) { runEvents(filter: $filter, after: $after) { kind at cursor run { id name status lifecycleStage } } }';
const followEvents = (variables: object = {}, live: LiveClient = client): Followed<RunEvent> =>
  live.follow(document, variables, 'runEvents');
const kindsOf = (events: readonly RunEvent[], run?: string): string[] =>
  events.filter((event) => run === undefined || event.run.id === run).map(({ kind }) => kind);

/** Follows from now on: a subscription without a cursor begins with what comes after it was heard. */
async function followFromNow(filter?: object): Promise<Followed<RunEvent>> {
  const followed = followEvents({ filter: { or: [{ name: { startsWith: 'witness' } }, filter ?? {}] } });
  while (followed.items.length === 0) {
    await api.createRun({ name: 'witness' });
    await Promise.race([followed.until((events) => events.length > 0), new Promise((resolve) => setTimeout(resolve, 50))]);
  }
  return followed;
}

describe('runEvents', () => {
  it('tells of creation, status, changes, deletion and restoration, in the order of their commits, with the run as it is', async () => {
    const followed = await followFromNow();
    const run = await api.createRun({ name: 'told' });
    await api.mutate('updateRun', { run, status: 'FAILED' });
    await api.mutate('setTags', { run, tags: [{ key: 'a', value: '1' }] });
    await api.mutate('logParams', { run, params: [{ key: 'a', value: '1' }] });
    await api.mutate('deleteTags', { run, keys: ['a'] });
    await api.mutate('finishRun', { run });
    await api.mutate('deleteRun', { run });
    await api.mutate('restoreRun', { run });
    const expected = ['CREATED', 'STATUS_CHANGED', 'UPDATED', 'UPDATED', 'UPDATED', 'STATUS_CHANGED', 'DELETED', 'UPDATED'];
    const events = await followed.until((all) => kindsOf(all, run).length >= expected.length);
    expect(kindsOf(events, run)).toEqual(expected);
    expect(events.at(-1)!.run).toEqual({ id: run, name: 'told', status: 'FINISHED', lifecycleStage: 'ACTIVE' });
    for (const { at } of events) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
  });

  it('is silent about points, about what was refused and about what changed nothing', async () => {
    const followed = await followFromNow();
    const run = await api.createRun();
    await api.log(run, [{ key: 'loss', values: [1] }]);
    await api.mutate('restoreRun', { run });
    await api.mutate('deleteTags', { run, keys: ['missing'] });
    const last = await api.createRun();
    const events = await followed.until((all) => kindsOf(all, last).length > 0);
    expect(kindsOf(events, run)).toEqual(['CREATED']);
  });

  it('tells of every run of an experiment that is deleted and restored', async () => {
    const experiment = await api.createExperiment({ name: 'with runs' });
    const runs = [await api.createRun({ experiment }), await api.createRun({ experiment })];
    const followed = await followFromNow();
    await api.mutate('deleteExperiment', { experiment });
    await api.mutate('restoreExperiment', { experiment });
    const events = await followed.until((all) => runs.every((run) => kindsOf(all, run).length >= 2));
    for (const run of runs) expect(kindsOf(events, run)).toEqual(['DELETED', 'UPDATED']);
  });

  it('sends only what matches the filter when it is sent; a run that begins to match enters', async () => {
    const followed = await followFromNow({ tag: { key: 'team', string: { eq: 'vision' } } });
    const run = await api.createRun();
    const other = await api.createRun({ tags: [{ key: 'team', value: 'audio' }] });
    await api.mutate('setTags', { run, tags: [{ key: 'team', value: 'vision' }] });
    await followed.until((all) => kindsOf(all, run).length > 0);
    await api.mutate('finishRun', { run });
    await api.mutate('deleteRun', { run });
    const events = await followed.until((all) => kindsOf(all, run).includes('DELETED'));
    expect(kindsOf(events, run).slice(-3)).toEqual(['ENTERED', 'STATUS_CHANGED', 'DELETED']);
    expect(kindsOf(events, other)).toEqual([]);
  });

  it('tells that a run entered and left when a metric crosses the bound of the filter, each once', async () => {
    const followed = await followFromNow({ metric: { key: 'loss', value: { lt: 0.5 } } });
    const run = await api.createRun();
    const witness = await api.createRun({ name: 'witness that the creation was read' });
    await followed.until((all) => kindsOf(all, witness).length > 0);
    for (const value of [0.9, 0.4, 0.3, 0.8, 0.2]) {
      await api.log(run, [{ key: 'loss', values: [value] }]);
      // Each crossing is seen before the next: what happens at once is told as one change, or none.
      const expected = { 0.4: 1, 0.3: 1, 0.8: 2, 0.2: 3 }[value] ?? 0;
      await followed.until((all) => kindsOf(all, run).length >= expected);
    }
    expect(kindsOf(followed.items, run)).toEqual(['ENTERED', 'LEFT', 'ENTERED']);
  });

  it('tells that a run left when its status no longer matches, with the run as it is now', async () => {
    const followed = await followFromNow({ status: { eq: 'RUNNING' } });
    const run = await api.createRun();
    await followed.until((all) => kindsOf(all, run).length > 0);
    await api.mutate('finishRun', { run });
    const events = await followed.until((all) => kindsOf(all, run).includes('LEFT'));
    expect(kindsOf(events, run)).toEqual(['CREATED', 'LEFT']);
    expect(events.at(-1)!.run).toMatchObject({ id: run, status: 'FINISHED' });
  });

  it('knows which runs matched before the subscription began', async () => {
    const run = await api.createRun({ tags: [{ key: 'team', value: 'sonar' }] });
    const followed = await followFromNow({ tag: { key: 'team', string: { eq: 'sonar' } } });
    await api.mutate('setTags', { run, tags: [{ key: 'team', value: 'radar' }] });
    await followed.until((all) => kindsOf(all, run).length > 0);
    expect(kindsOf(followed.items, run)).toEqual(['LEFT']);
  });

  it('with a filter on the lifecycle stage tells of deletions alone', async () => {
    const followed = await followFromNow({ lifecycleStage: 'DELETED' });
    const run = await api.createRun();
    await api.mutate('setTags', { run, tags: [{ key: 'a', value: '1' }] });
    const witness = await api.createRun({ name: 'witness of creation' });
    await followed.until((all) => kindsOf(all, witness).length > 0);
    expect(kindsOf(followed.items, run)).toEqual([]);
    await api.mutate('deleteRun', { run });
    await followed.until((all) => kindsOf(all, run).includes('DELETED'));
  });

  it('resumes after a cursor without a gap or a repeated event, however many came meanwhile', async () => {
    const followed = await followFromNow();
    const first = await api.createRun({ name: 'before the cut' });
    const heard = await followed.until((all) => kindsOf(all, first).length > 0);
    client.cut();
    await followed.ended;
    // More than one read of the store takes.
    const missed: string[] = [];
    for (let index = 0; index < 250; index++) missed.push(await api.createRun({ name: `missed ${index}` }));

    const again = openLiveClient(server);
    const resumed = followEvents({ after: heard.at(-1)!.cursor }, again);
    await resumed.until((all) => all.length >= missed.length);
    const later = await api.createRun();
    const events = await resumed.until((all) => kindsOf(all, later).length > 0);
    expect(events.map(({ run }) => run.id)).toEqual([...missed, later]);
    // From the middle as well.
    const middle = followEvents({ after: events[99]!.cursor }, again);
    const rest = await middle.until((all) => all.length >= events.length - 100);
    expect(rest.map(({ cursor }) => cursor)).toEqual(events.slice(100).map(({ cursor }) => cursor));
    await again.close();
  });

  it('refuses a cursor that is none or of something else', async () => {
    const run = await api.createRun();
    const { cursor } = await api.log(run, [{ key: 'loss', values: [1] }]);
    for (const after of ['', 'x', cursor]) {
      const refused = followEvents({ after });
      await refused.ended;
      expect(refused.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', argument: 'after' } }]);
    }
  });

  it('refuses a filter that cannot be', async () => {
    const refused = followEvents({ filter: { id: { eq: 'Experiment:local:0' } } });
    await refused.ended;
    expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'filter.id.eq' } }]);
  });
});
