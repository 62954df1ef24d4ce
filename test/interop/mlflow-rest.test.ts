import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { countOf, followPoints, openLiveClient, valuesOf, type LiveClient } from '../kit/live.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { hasMlflow } from './mlflow-client.js';
import { openRestClient, type RestClient, type RestRun, type RestRuns } from './mlflow-rest-client.js';

const present = hasMlflow();
const start = 1_700_000_000_000;
const runQuery = `query ($id: String!) { run(by: { nativeId: $id, source: "local" }) {
  name status lifecycleStage user endedAt note parent { nativeId } children { nodes { nativeId } } experiment { name }
  params { key value } tags { key value } metrics { key value step } datasetInputs { name digest context sourceType } } }`;

describe.skipIf(!present)('MLflow’s client with our address as its tracking URI', { timeout: 120_000 }, () => {
  let server: TestServer;
  let mlflow: RestClient;
  let live: LiveClient;
  beforeAll(async () => {
    server = await startTestServer();
    [mlflow, live] = [await openRestClient(server.origin), openLiveClient(server)];
  }, 120_000);
  afterAll(async () => {
    await live?.close();
    await mlflow?.close();
    await server?.[Symbol.asyncDispose]();
  });
  const graphRun = async (id: string) => (await server.query(runQuery, { id })).data.run;
  const valueOf = (pairs: readonly { key: string; value: unknown }[], key: string) => pairs.find((pair) => pair.key === key)?.value;

  it('runs training code unchanged, and GraphQL shows all it logged', async () => {
    const [parent, child, unnamed] = await mlflow.ask<string[]>('train', 'wine');
    const run = await graphRun(parent!);
    expect(run).toMatchObject({ name: 'parent', status: 'FINISHED', experiment: { name: 'wine' }, note: '# a note' });
    expect(valueOf(run.params, 'lr')).toBe('0.1');
    expect(valueOf(run.params, 'layers')).toBe('[1, 2]');
    expect(valueOf(run.params, 'long')).toBe('x'.repeat(6_000));
    expect(valueOf(run.tags, 'größe')).toBe('🙂');
    expect(valueOf(run.tags, 'stage')).toBeUndefined();
    expect(valueOf(run.metrics, 'acc')).toBe(0.75);
    expect(run.datasetInputs).toMatchObject([{ name: 'arange', context: 'training' }]);
    expect((await graphRun(child!)).parent.nativeId).toBe(parent);
    expect((await graphRun(unnamed!)).name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    const seen = await mlflow.ask<RestRun>('run', parent);
    expect(seen).toMatchObject({ name: 'parent', status: 'FINISHED', user_id: run.user, params: { lr: '0.1' } });
    expect(seen.inputs[0]).toMatchObject({ name: 'arange', tags: { 'mlflow.data.context': 'training' } });
    const { runs } = await mlflow.ask<RestRuns>('runs', [seen.experiment_id], "attributes.status = 'FAILED'", 'ACTIVE_ONLY', 10, []);
    expect(runs.map(({ name }) => name)).toEqual(['broken']);
  });

  it('sees values that are no numbers as its own server gives them; GraphQL sees what was logged', async () => {
    const id = await mlflow.ask<string>('create', 'odd');
    await mlflow.ask('log_odd', id);
    const seen = await mlflow.ask<RestRun>('run', id);
    const values = Object.fromEntries(Object.entries(seen.metrics).map(([key, { value }]) => [key, value]));
    const largest = Number.MAX_VALUE;
    expect(values).toEqual({ nan: 'NaN', inf: largest, '-inf': -largest, denormal: 5e-324, third: 1 / 3, '-0': 0, steps: 1 });
    expect(seen.metrics.steps!.step).toBe('9223372036854775807');
    expect(seen).toMatchObject({ name: 'renamed', params: { p: 'v' } });
    const steps = await mlflow.ask<[string, number, number][]>('history', id, 'steps');
    expect(steps.map(([step]) => step)).toEqual([
      '-9223372036854775808',
      '-9007199254740993',
      '-5',
      '9007199254740993',
      '9223372036854775807',
    ]);
    const { metrics } = await graphRun(id);
    expect(Object.fromEntries(metrics.map(({ key, value }: { key: string; value: unknown }) => [key, value]))).toMatchObject({
      nan: 'NaN',
      inf: 'Infinity',
      '-inf': '-Infinity',
    });
  });

  it('is followed live: a subscription opened before gets every point once and in order', async () => {
    const id = await mlflow.ask<string>('create', 'live');
    const followed = followPoints(live, { runIds: [`Run:local:${id}`] });
    await followed.until((batches) => batches.some(({ caughtUp }) => caughtUp));
    const single = Array.from({ length: 50 }, (_, index) => index / 8);
    await mlflow.ask('log_one_by_one', id, 'single', single);
    await mlflow.ask('log_batches', id, 'many', 20_000);
    const batches = await followed.until((all) => countOf(all) >= 20_050, 60);
    expect(countOf(batches)).toBe(20_050);
    expect(valuesOf(batches, `Run:local:${id}`, 'single')).toEqual(single);
    expect(valuesOf(batches, `Run:local:${id}`, 'many')).toEqual(Array.from({ length: 20_000 }, (_, index) => 1 / (index + 1)));
    const history = await mlflow.ask<[string, number, number][]>('history', id, 'many');
    expect(history).toEqual(Array.from({ length: 20_000 }, (_, index) => [String(index), start + index, 1 / (index + 1)]));
    followed.stop();
  });

  it('takes an experiment from its beginning to its end', async () => {
    const seen = await mlflow.ask<Record<string, unknown>>('experiment', 'whole life');
    expect(seen).toMatchObject({ same: true, tags: { k: 'v' }, deleted: 'deleted', location: `mlflow-artifacts:/${String(seen.id)}` });
    expect(await graphRun(seen.run as string)).toMatchObject({ name: 'killed', status: 'KILLED', lifecycleStage: 'ACTIVE' });
    const found = await mlflow.ask<{ name: string }[]>('experiments', "name LIKE 'whole%'", 'ALL', []);
    expect(found.map(({ name }) => name)).toEqual(['whole life renamed']);
  });

  it('is refused with MLflow’s codes, at once and not after minutes of repeating', async () => {
    const id = await mlflow.ask<string>('create', 'refusals');
    await mlflow.ask('refused', 'log_param', id, 'p', '1');
    const refused = (...call: unknown[]) => mlflow.ask<[string, string] | null>('refused', ...call);
    expect((await refused('log_param', id, 'p', '2'))?.[1]).toContain("Param with key='p' was already logged with value='1'");
    expect((await refused('log_metric', id, 'a//b', 1))?.[0]).toBe('INVALID_PARAMETER_VALUE');
    expect((await refused('get_run', '0'.repeat(32)))?.[0]).toBe('RESOURCE_DOES_NOT_EXIST');
    expect((await refused('create_experiment', 'Default'))?.[0]).toBe('RESOURCE_ALREADY_EXISTS');
    expect((await refused('delete_tag', id, 'none'))?.[0]).toBe('RESOURCE_DOES_NOT_EXIST');
    expect((await refused('search_runs', ['0'], 'nope'))?.[0]).toBe('INVALID_PARAMETER_VALUE');
    await mlflow.ask('refused', 'delete_run', id);
    expect((await refused('log_metric', id, 'm', 1))?.[1]).toContain("must be in the 'active' state");
  });
});
