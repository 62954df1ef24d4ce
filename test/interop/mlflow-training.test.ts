import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { countOf, followPoints, openLiveClient, valuesOf, type Batch, type LiveClient } from '../kit/live.js';
import { missing } from '../kit/optional.js';
import { postgresIsThere, temporaryDatabase } from '../kit/postgres.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { hasMlflow, runMlflowIn } from './mlflow-client.js';

const mlflowIsThere = hasMlflow();
const engines = [
  { engine: 'SQLite', isThere: true, database: () => null },
  { engine: 'PostgreSQL', isThere: await postgresIsThere(), database: temporaryDatabase },
];
for (const { engine, isThere } of engines) if (!isThere) missing(`no ${engine} server on 127.0.0.1`);

/** What the training code says it saw. */
interface Seen {
  readonly experiment: string;
  readonly runs: Readonly<Record<'by hand' | 'child' | 'grandchild' | 'autologged' | 'model' | 'traced', string>>;
  readonly files: readonly string[];
  readonly same: readonly boolean[];
  readonly listed: readonly (readonly [path: string, isDirectory: boolean, bytes: number | null])[];
  readonly 'listed below': readonly string[];
  readonly config: unknown;
  readonly autologged: { readonly params: Record<string, string>; readonly metrics: Record<string, number>; readonly files: string[] };
  readonly model: Readonly<Record<'predicted' | 'version' | 'logged', unknown>> & { readonly id: string };
  readonly traces: readonly (readonly [id: string, state: string, spans: readonly [name: string, type: string][]])[];
  readonly found: readonly string[];
}

const experiment = 'training größe 🙂';
const model = `${experiment} model`;
const points = 20_000;
const oddName = '50% größe 🙂 &+;=@.txt';
const runFields = `nativeId name status note parent { nativeId } children { nodes { nativeId } } params { key value } tags { key value }
  metrics { key value step } datasetInputs { name context sourceType schema } traces { nodes { requestId } } modelVersions { uri }`;
const traceFields =
  'requestId name status request response tags { key value } run { nativeId } spans { id parentId name type status attributes }';
const byKey = (pairs: readonly { key: string; value: unknown }[]) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

describe.each(engines)('training code that knows nothing of RunGraph, on $engine', { timeout: 300_000 }, ({ isThere, database }) => {
  const skipped = !isThere || !mlflowIsThere;
  let dropDatabase = async () => {};
  let server: TestServer;
  let live: LiveClient;
  let batches: readonly Batch[];
  let seen: Seen;
  let runs: Record<string, any>;
  const ask = async (query: string, variables: object = {}) => {
    const { data, errors } = await server.query(query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  const delivered = (run: keyof Seen['runs'], key: string) => valuesOf(batches, `Run:local:${seen.runs[run]}`, key);

  beforeAll(async () => {
    if (skipped) return;
    const own = await database();
    if (own) dropDatabase = async () => own[Symbol.asyncDispose]();
    server = await startTestServer(own ? ['--database', own.url] : []);
    live = openLiveClient(server);
    // The experiment is not there yet.
    const followed = followPoints(live, { filter: { experiment: { eq: experiment } }, maxRateHz: 100 });
    await followed.until((all) => all.some(({ caughtUp }) => caughtUp));
    // A refusal that a client repeats for minutes would be a defect: it must show.
    const variables = { MLFLOW_TRACKING_URI: server.origin, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0', GIT_PYTHON_REFRESH: 'quiet' };
    seen = await runMlflowIn<Seen>(variables, 'mlflow_training.py', experiment, String(points));
    batches = await followed.until((all) => valuesOf(all, `Run:local:${seen.runs.model}`, 'rmse').length > 0, 30);
    const { nodes } = (
      await ask(`query ($filter: RunFilter) { runs(first: 50, filter: $filter) { nodes { ${runFields} } } }`, {
        filter: { experiment: { eq: experiment } },
      })
    ).runs;
    runs = Object.fromEntries(nodes.map((run: { nativeId: string }) => [run.nativeId, run]));
  }, 300_000);
  afterAll(async () => {
    await live?.close();
    await server?.[Symbol.asyncDispose]();
    await dropDatabase();
  });

  it.skipIf(skipped)('has its runs, params, tags and datasets seen by GraphQL', () => {
    expect(Object.keys(runs).sort()).toEqual(Object.values(seen.runs).sort());
    const [parent, child, grandchild] = [runs[seen.runs['by hand']], runs[seen.runs.child], runs[seen.runs.grandchild]];
    expect(parent).toMatchObject({ name: 'by hand', status: 'FINISHED', note: '# a note', parent: null });
    expect(parent.children.nodes).toEqual([{ nativeId: seen.runs.child }]);
    expect(child.parent.nativeId).toBe(seen.runs['by hand']);
    expect(grandchild.parent.nativeId).toBe(seen.runs.child);
    expect(byKey(parent.params)).toEqual({ lr: '0.1', layers: '[1, 2]' });
    expect(byKey(parent.tags)).toMatchObject({ team: 'red', größe: '🙂' });
    expect(child.params).toHaveLength(points / 1_000);
    expect(byKey(child.tags).at).toBe(String(points - 1_000));
    expect(grandchild.metrics).toEqual([
      { key: 'acc', value: 0.75, step: 3 },
      { key: 'loss', value: 0.5, step: 3 },
    ]);
    const datasets = [...parent.datasetInputs].sort((a, b) => a.name.localeCompare(b.name));
    expect(datasets).toMatchObject([
      { name: 'array', context: 'eval', sourceType: 'code' },
      { name: 'frame', context: 'training', schema: expect.stringContaining('mlflow_colspec') },
    ]);
  });

  it.skipIf(skipped)('is followed by experiment before there is one: every point once and in order', () => {
    expect(delivered('by hand', 'odd')).toEqual([1.5, 'NaN', 'Infinity', '-Infinity', 0.1 + 0.2]);
    expect(delivered('child', 'many')).toEqual(Array.from({ length: points }, (_, step) => 1 / (step + 1)));
    expect(delivered('grandchild', 'loss')).toEqual([0.5]);
    expect(delivered('autologged', 'training_score')).toEqual([1]);
    expect(countOf(batches)).toBe(points + 5 + 2 + 1 + Object.keys(seen.autologged.metrics).length);
  });

  it.skipIf(skipped)('is understood where scikit-learn logs by itself', () => {
    const run = runs[seen.runs.autologged];
    expect(seen.autologged.params).toMatchObject({ C: '0.5', solver: 'lbfgs' });
    expect(byKey(run.params)).toEqual(seen.autologged.params);
    expect(byKey(run.metrics)).toEqual(seen.autologged.metrics);
    expect(byKey(run.tags)).toMatchObject({ estimator_name: 'LogisticRegression' });
    expect(run.datasetInputs).toMatchObject([{ context: 'train' }]);
    expect(seen.autologged.files).toEqual(expect.arrayContaining(['estimator.html', 'training_confusion_matrix.png']));
  });

  it.skipIf(skipped)('has its files back as they were, and GraphQL lists them', async () => {
    expect(seen.same).toEqual([true, true, true]);
    expect(seen.files).toEqual(
      [oddName, 'deep/er/config.json', `folder/a b/${oddName}`, 'folder/blob.bin', 'page.html'].sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(seen.config).toEqual({ a: [1, null] });
    expect(seen['listed below']).toEqual([`folder/a b/${oddName}`]);
    const nodes = await artifactsOf(seen.runs['by hand'], '');
    expect(nodes.map(({ path, isDirectory, bytes }) => [path, isDirectory, bytes]).sort()).toEqual([...seen.listed].sort());
    const [odd] = await artifactsOf(seen.runs['by hand'], 'folder/a b');
    expect(await (await fetch(new URL(odd!.url!, server.origin))).text()).toBe('odd');
  });

  it.skipIf(skipped)('uploads a page that no browser runs when it is opened', async () => {
    const page = (await artifactsOf(seen.runs['by hand'], '')).find(({ path }) => path === 'page.html')!;
    for (const address of [
      page.url!,
      `/api/2.0/mlflow-artifacts/artifacts/${seen.experiment}/${seen.runs['by hand']}/artifacts/page.html`,
    ]) {
      const { status, headers } = await fetch(new URL(address, server.origin));
      expect([address, status]).toEqual([address, 200]);
      expect(headers.get('content-type')).not.toMatch(/html|xml|script/);
      expect(headers.get('content-security-policy')).toContain('sandbox');
      expect(headers.get('content-security-policy')).not.toContain('allow-scripts');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it.skipIf(skipped)('has names that need escaping in an address kept, both ways', async () => {
    const name = 'a b#c?d%20e% ü🙂.txt';
    const proxied = `${server.origin}/api/2.0/mlflow-artifacts/artifacts/${seen.experiment}/${seen.runs.traced}/artifacts`;
    const { status } = await fetch(`${proxied}/${encodeURIComponent(name)}`, { method: 'PUT', body: 'escaped' });
    expect(status).toBe(200);
    const nodes = await artifactsOf(seen.runs.traced, '');
    expect(nodes.map(({ path }) => path)).toEqual([name]);
    for (const address of [nodes[0]!.url!, `${proxied}/${encodeURIComponent(name)}`])
      expect(await (await fetch(new URL(address, server.origin))).text()).toBe('escaped');
  });

  it.skipIf(skipped)('registers a model, promotes it and loads it by alias, version, stage and id; GraphQL sees the same', async () => {
    expect(seen.model.predicted).toEqual(Array.from({ length: 4 }, () => [2, 5]));
    expect(seen.model.version).toEqual(['1', 'Production', seen.runs.model, 'READY', { checked: 'yes' }]);
    expect(seen.model.logged).toEqual([[seen.model.id, 'doubling', 'READY', { factor: '2' }, [['rmse', 0.25]]]]);
    const { registeredModels } = await ask(
      `query ($name: String) { registeredModels(filter: { name: { eq: $name } }) { nodes { name description aliases { alias version { version } }
        version(alias: "champion") { version stage status sourceUri tags { key value } run { nativeId } } } } }`,
      { name: model },
    );
    expect(registeredModels.nodes).toEqual([
      {
        name: model,
        description: 'Doubles.',
        aliases: [{ alias: 'champion', version: { version: 1 } }],
        version: {
          version: 1,
          stage: 'PRODUCTION',
          status: 'READY',
          sourceUri: `models:/${seen.model.id}`,
          tags: [{ key: 'checked', value: 'yes' }],
          run: { nativeId: seen.runs.model },
        },
      },
    ]);
    expect(runs[seen.runs.model].modelVersions).toEqual([{ uri: `models:/${model}/1` }]);
  });

  it.skipIf(skipped)('traces its functions, finds the traces again, and GraphQL sees every span', async () => {
    const [ok, failed] = seen.traces;
    expect(seen.found).toEqual([ok![0]]);
    expect([ok![1], failed![1]]).toEqual(['OK', 'ERROR']);
    const { traces } = await ask(
      `query ($run: ID) { traces(filter: { runId: { eq: $run } }, orderBy: [{ field: STARTED_AT, direction: ASC }]) {
      nodes { ${traceFields} } } }`,
      { run: `Run:local:${seen.runs.traced}` },
    );
    expect(traces.nodes.map(({ requestId, status }: Record<string, string>) => [requestId, status])).toEqual([
      [ok![0], 'OK'],
      [failed![0], 'ERROR'],
    ]);
    const [trace] = traces.nodes;
    expect(trace).toMatchObject({ name: 'answer', response: '"WHY GRÖSSE"', run: { nativeId: seen.runs.traced } });
    expect(JSON.parse(trace.request)).toEqual({ question: 'why größe' });
    expect(byKey(trace.tags).kind).toBe('test');
    const names = Object.fromEntries(trace.spans.map(({ id, name }: Record<string, string>) => [id, name]));
    expect(trace.spans.map(({ name, type, parentId }: Record<string, string>) => [name, type, names[parentId!]])).toEqual([
      ['answer', 'CHAIN', undefined],
      ['think', 'UNKNOWN', 'answer'],
      ['look_up', 'TOOL', 'think'],
      ['look_up', 'TOOL', 'think'],
    ]);
    expect(trace.spans[0].attributes).toMatchObject({ temperature: 0.5 });
    expect(runs[seen.runs.traced].traces.nodes).toHaveLength(2);
  });

  async function artifactsOf(
    nativeId: string,
    path: string,
  ): Promise<{ path: string; isDirectory: boolean; bytes: number | null; url: string | null }[]> {
    const { run } = await ask(
      `query ($id: String!, $path: String) { run(by: { nativeId: $id, source: "local" }) { artifacts(path: $path) { nodes { path isDirectory bytes url } } } }`,
      { id: nativeId, path },
    );
    return run.artifacts.nodes;
  }
});
