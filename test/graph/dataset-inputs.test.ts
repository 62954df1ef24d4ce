import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi, type Api } from '../kit/api.js';
import { attachFlags, copyFixtures, readExpected, removeFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let fixtures: MlflowFixture[];
let server: TestServer;
let api: Api;

beforeAll(async () => {
  fixtures = copyFixtures(['3.17.2']);
  server = await startTestServer(attachFlags(fixtures));
  api = createApi(server);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  removeFixtures(fixtures);
});

const wine = { name: 'вино 🍷/“test”', digest: 'd1', sourceType: 'local', source: '{"uri": "файл"}' };
const log = async (run: string, inputs: object[]) => expect((await api.mutate('logDatasetInputs', { run, inputs })).userErrors).toEqual([]);

async function inputsOf(run: string): Promise<Record<string, unknown>[]> {
  const { data } = await server.query(
    `query ($id: ID!) { run(by: { id: $id }) { datasetInputs { name digest context sourceType source schema profile tags { key value } } } }`,
    { id: run },
  );
  return data.run.datasetInputs;
}

async function runsWith(dataset: object, more: object = {}): Promise<string[]> {
  const { data, errors } = await server.query(`query ($filter: RunFilter) { runs(first: 1000, filter: $filter) { nodes { id } } }`, {
    filter: { dataset, ...more },
  });
  expect(errors).toBeUndefined();
  return data.runs.nodes.map(({ id }: { id: string }) => id).toSorted();
}

describe('dataset inputs', () => {
  it('keep any text, and the first schema and profile of a dataset', async () => {
    const [first, second] = [await api.createRun(), await api.createRun()];
    await log(first, [{ ...wine, context: 'обучение', schema: '{"ü": 1}', profile: '{}', tags: [{ key: 'k 🍷', value: '' }] }]);
    await log(second, [{ ...wine, source: 'another', schema: null, context: 'eval' }]);
    const kept = { ...wine, schema: '{"ü": 1}', profile: '{}' };
    expect(await inputsOf(first)).toEqual([
      {
        ...kept,
        context: 'обучение',
        tags: [
          { key: 'k 🍷', value: '' },
          { key: 'mlflow.data.context', value: 'обучение' },
        ],
      },
    ]);
    expect(await inputsOf(second)).toEqual([{ ...kept, context: 'eval', tags: [{ key: 'mlflow.data.context', value: 'eval' }] }]);
    expect(await runsWith({ name: { eq: wine.name } })).toEqual([first, second].toSorted());
    expect(await runsWith({ name: { eq: wine.name }, context: { eq: 'обучение' } })).toEqual([first]);
  });

  it('are one per run and dataset: the second context of the same dataset changes nothing, another digest is another input', async () => {
    const run = await api.createRun();
    const input = { ...wine, name: 'two contexts' };
    await log(run, [
      { ...input, context: 'training' },
      { ...input, context: 'validation' },
      { ...input, digest: 'd2', context: 'validation' },
    ]);
    expect((await inputsOf(run)).map(({ digest, context }) => [digest, context])).toEqual([
      ['d1', 'training'],
      ['d2', 'validation'],
    ]);
    // All conditions must hold for one and the same input.
    expect(await runsWith({ name: { eq: 'two contexts' }, digest: { eq: 'd1' }, context: { eq: 'validation' } })).toEqual([]);
    expect(await runsWith({ digest: { eq: 'd2' }, context: { eq: 'validation' } })).toEqual([run]);
  });

  it('are found over several sources by name, digest and context', async () => {
    const { runs } = readExpected('3.17.2');
    const active = Object.entries(runs).filter(([, { lifecycle_stage: stage }]) => stage === 'active');
    const input = active.flatMap(([, one]) => one.inputs)[0]!;
    const theirs = active
      .filter(([, { inputs }]) => inputs.some(({ name, digest }) => name === input.name && digest === input.digest))
      .map(([id]) => `Run:3.17.2:${id}`);
    const run = await api.createRun();
    await log(run, [{ ...wine, name: input.name, digest: input.digest, context: 'only ours' }]);
    const same = { name: { eq: input.name }, digest: { eq: input.digest } };
    expect(await runsWith(same)).toEqual([...theirs, run].toSorted());
    expect(await runsWith(same, { source: { eq: 'local' } })).toEqual([run]);
    expect(await runsWith({ ...same, context: { startsWith: 'only' } })).toEqual([run]);
    expect((await runsWith(same, { not: { source: { eq: 'local' } } })).every((id) => theirs.includes(id))).toBe(true);
  });
});
