import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createApi, defaultExperiment, type Api } from '../kit/api.js';
import { digestOf } from '../kit/database-digest.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
let api: Api;
let run: string;
let foreignRun: string;
let foreignExperiment: string;

beforeAll(async () => {
  server = await startTestServer([
    '--attach',
    `mlflow=${fileURLToPath(new URL('../fixtures/mlflow/3.17.2.db', import.meta.url))},name=prod`,
  ]);
  api = createApi(server);
  const { data } = await server.query('{ runs(filter: { source: { eq: "prod" } }, first: 1) { nodes { id experiment { id } } } }');
  foreignRun = data.runs.nodes[0].id;
  foreignExperiment = data.runs.nodes[0].experiment.id;
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  run = await api.createRun();
});

/** The call is refused with this rule, and the database is what it was, bit by bit. */
async function expectRefused(name: string, input: object, code: string, field: readonly string[] | null): Promise<void> {
  const before = await digestOf(server);
  const { userErrors, ...objects } = await api.mutate(name, input, selections[name]);
  expect(userErrors).toMatchObject([{ code, field }]);
  expect(userErrors[0]!.message).toMatch(/\S/);
  expect(Object.values(objects).every((value) => value === null)).toBe(true);
  expect(await digestOf(server)).toEqual(before);
}

const selections: Readonly<Record<string, string>> = {
  createExperiment: 'experiment { id }',
  updateExperiment: 'experiment { id }',
  deleteExperiment: 'experiment { id }',
  restoreExperiment: 'experiment { id }',
  createRun: 'run { id }',
  updateRun: 'run { id }',
  finishRun: 'run { id }',
  deleteRun: 'run { id }',
  restoreRun: 'run { id }',
  logMetrics: 'run { id } pointsAccepted cursor',
  logParams: 'run { id }',
  setTags: 'run { id }',
  deleteTags: 'run { id }',
};

/** A mutation that must succeed; answers its run with the given selection. */
async function changed(name: string, input: object, selection: string): Promise<any> {
  const { userErrors, ...payload } = await api.mutate(name, input, selection);
  expect(userErrors).toEqual([]);
  return payload;
}

const read = async (id: string, selection: string) =>
  (await server.query(`query ($id: ID!) { node(id: $id) { ... on Run { ${selection} } } }`, { id })).data.node;
const readExperiment = async (id: string, selection: string) =>
  (await server.query(`query ($id: ID!) { node(id: $id) { ... on Experiment { ${selection} } } }`, { id })).data.node;

let names = 0;
const fresh = (what: string): string => `${what} ${++names}`;
const series = (key: string, values: readonly (number | string)[], more: object = {}) => ({ key, values, ...more });

describe('createExperiment', () => {
  it('creates an active experiment with tags and its own artifact root', async () => {
    const name = fresh('experiment');
    const { experiment } = await changed(
      'createExperiment',
      { name, tags: [{ key: 'team', value: 'vision' }] },
      'experiment { name lifecycleStage artifactLocation nativeId sourceName createdAt updatedAt tags { key value } runs { totalCount } }',
    );
    expect(experiment).toMatchObject({
      name,
      lifecycleStage: 'ACTIVE',
      artifactLocation: `mlflow-artifacts:/${experiment.nativeId}`,
      sourceName: 'local',
      tags: [{ key: 'team', value: 'vision' }],
      runs: { totalCount: 0 },
    });
    expect(experiment.createdAt).toBe(experiment.updatedAt);
  });

  it('takes a name of 256 characters of any alphabet and an artifact root of one’s own', async () => {
    const name = `${fresh('🔥')}${'é'.repeat(256)}`.normalize().slice(0, 257);
    const { experiment } = await changed(
      'createExperiment',
      { name, artifactLocation: 's3://bucket/x' },
      'experiment { name artifactLocation }',
    );
    expect(experiment).toEqual({ name, artifactLocation: 's3://bucket/x' });
  });

  it('refuses what breaks a rule', async () => {
    await expectRefused('createExperiment', { name: '' }, 'INVALID', ['name']);
    await expectRefused('createExperiment', { name: 'x'.repeat(257) }, 'TOO_LARGE', ['name']);
    await expectRefused('createExperiment', { name: fresh('e'), tags: [{ key: '', value: '' }] }, 'INVALID', ['tags', '0', 'key']);
    await expectRefused('createExperiment', { name: fresh('e'), tags: [{ key: 'a', value: 'x'.repeat(5_001) }] }, 'TOO_LARGE', [
      'tags',
      '0',
      'value',
    ]);
    await expectRefused(
      'createExperiment',
      {
        name: fresh('e'),
        tags: [
          { key: 'a', value: '1' },
          { key: 'a', value: '1' },
        ],
      },
      'INVALID',
      ['tags', '1', 'key'],
    );
    await expectRefused('createExperiment', { name: fresh('e'), artifactLocation: 'x'.repeat(257) }, 'TOO_LARGE', ['artifactLocation']);
    await expectRefused('createExperiment', { name: fresh('e'), source: 'nowhere' }, 'NOT_FOUND', ['source']);
    await expectRefused('createExperiment', { name: fresh('e'), source: 'prod' }, 'READ_ONLY', ['source']);
    await expectRefused('createExperiment', { name: fresh('e'), idempotencyKey: 'x'.repeat(201) }, 'TOO_LARGE', ['idempotencyKey']);
  });

  it('refuses a name that is taken, also by a deleted experiment', async () => {
    const name = fresh('taken');
    const experiment = await api.createExperiment({ name });
    await expectRefused('createExperiment', { name }, 'ALREADY_EXISTS', ['name']);
    await changed('deleteExperiment', { experiment }, '');
    await expectRefused('createExperiment', { name }, 'ALREADY_EXISTS', ['name']);
  });
});

describe('updateExperiment', () => {
  it('renames and sets tags, and leaves the others', async () => {
    const experiment = await api.createExperiment({
      name: fresh('old'),
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    const name = fresh('new');
    const payload = await changed(
      'updateExperiment',
      { experiment, name, tags: [{ key: 'b', value: '3' }] },
      'experiment { name tags { key value } }',
    );
    expect(payload.experiment).toEqual({
      name,
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '3' },
      ],
    });
    // Its own name is not taken by another.
    await changed('updateExperiment', { experiment, name }, '');
  });

  it('refuses what breaks a rule', async () => {
    const taken = fresh('taken');
    await api.createExperiment({ name: taken });
    const experiment = await api.createExperiment({ name: fresh('mine') });
    await expectRefused('updateExperiment', { experiment, name: taken, tags: [{ key: 'a', value: '1' }] }, 'ALREADY_EXISTS', ['name']);
    await expectRefused('updateExperiment', { experiment, name: '' }, 'INVALID', ['name']);
    await expectRefused('updateExperiment', { experiment, tags: [{ key: 'x'.repeat(251), value: '' }] }, 'TOO_LARGE', ['tags', '0', 'key']);
    await expectRefused('updateExperiment', { experiment: 'Experiment:local:999999', name: fresh('e') }, 'NOT_FOUND', ['experiment']);
    await expectRefused('updateExperiment', { experiment: 'nonsense', name: fresh('e') }, 'INVALID', ['experiment']);
    await expectRefused('updateExperiment', { experiment: run, name: fresh('e') }, 'INVALID', ['experiment']);
    await expectRefused('updateExperiment', { experiment: foreignExperiment, name: fresh('e') }, 'READ_ONLY', ['experiment']);
    await changed('deleteExperiment', { experiment }, '');
    await expectRefused('updateExperiment', { experiment, name: fresh('e') }, 'CONFLICT', ['experiment']);
  });

  it.each(['', '0x0', '0e0', '00', '0.0', '-0'])('does not take %j for the id 0', async (nativeId) => {
    await expectRefused('updateExperiment', { experiment: `Experiment:local:${nativeId}`, name: fresh('e') }, 'NOT_FOUND', ['experiment']);
  });
});

describe('deleteExperiment and restoreExperiment', () => {
  it('take all runs with them, also those that were deleted before', async () => {
    const experiment = await api.createExperiment({ name: fresh('whole') });
    const [kept, gone] = [await api.createRun({ experiment }), await api.createRun({ experiment })];
    await changed('deleteRun', { run: gone }, '');
    const deleted = await changed('deleteExperiment', { experiment }, 'experiment { lifecycleStage }');
    expect(deleted.experiment).toEqual({ lifecycleStage: 'DELETED' });
    expect(await read(kept, 'lifecycleStage')).toEqual({ lifecycleStage: 'DELETED' });
    const restored = await changed('restoreExperiment', { experiment }, 'experiment { lifecycleStage runs { totalCount } }');
    expect(restored.experiment).toEqual({ lifecycleStage: 'ACTIVE', runs: { totalCount: 2 } });
    expect(await read(gone, 'lifecycleStage')).toEqual({ lifecycleStage: 'ACTIVE' });
  });

  it('refuse what breaks a rule', async () => {
    const experiment = await api.createExperiment({ name: fresh('e') });
    await expectRefused('restoreExperiment', { experiment }, 'CONFLICT', ['experiment']);
    await changed('deleteExperiment', { experiment }, '');
    await expectRefused('deleteExperiment', { experiment }, 'CONFLICT', ['experiment']);
    await expectRefused('createRun', { experiment }, 'CONFLICT', ['experiment']);
    for (const name of ['deleteExperiment', 'restoreExperiment']) {
      await expectRefused(name, { experiment: 'Experiment:local:999999' }, 'NOT_FOUND', ['experiment']);
      await expectRefused(name, { experiment: 'Experiment:nowhere:0' }, 'NOT_FOUND', ['experiment']);
      await expectRefused(name, { experiment: 'x' }, 'INVALID', ['experiment']);
      await expectRefused(name, { experiment: foreignExperiment }, 'READ_ONLY', ['experiment']);
    }
  });
});

describe('createRun', () => {
  it('creates a running run with everything it was given', async () => {
    const input = {
      experiment: defaultExperiment,
      name: 'first',
      parent: run,
      user: 'ada',
      startedAt: '2026-01-31T12:00:00+01:00',
      params: [{ key: 'lr', value: '1e-3' }],
      tags: [{ key: 'team', value: 'vision' }],
    };
    const payload = await changed(
      'createRun',
      input,
      'run { name status startedAt endedAt user lifecycleStage nativeId artifactLocation params { key value number } tags { key value } parent { id } experiment { id } }',
    );
    expect(payload.run).toMatchObject({
      name: 'first',
      status: 'RUNNING',
      startedAt: '2026-01-31T11:00:00.000Z',
      endedAt: null,
      user: 'ada',
      lifecycleStage: 'ACTIVE',
      nativeId: expect.stringMatching(/^[0-9a-f]{32}$/),
      artifactLocation: `mlflow-artifacts:/0/${payload.run.nativeId}/artifacts`,
      params: [{ key: 'lr', value: '1e-3', number: 0.001 }],
      tags: [
        { key: 'mlflow.parentRunId', value: run.split(':')[2] },
        { key: 'mlflow.runName', value: 'first' },
        { key: 'mlflow.user', value: 'ada' },
        { key: 'team', value: 'vision' },
      ],
      parent: { id: run },
      experiment: { id: defaultExperiment },
    });
  });

  it('takes the name from its tag, or finds one, and keeps both equal', async () => {
    const tagged = await changed(
      'createRun',
      { experiment: defaultExperiment, tags: [{ key: 'mlflow.runName', value: 'by tag' }] },
      'run { name tag(key: "mlflow.runName") }',
    );
    expect(tagged.run).toEqual({ name: 'by tag', tag: 'by tag' });
    const { name, tag } = await read(run, 'name tag(key: "mlflow.runName")');
    expect(name).toMatch(/\S/);
    expect(tag).toBe(name);
  });

  it('refuses what breaks a rule', async () => {
    const base = { experiment: defaultExperiment };
    const refused: readonly [object, string, readonly string[]][] = [
      [{ experiment: 'Experiment:local:999999' }, 'NOT_FOUND', ['experiment']],
      [{ experiment: 'Experiment:nowhere:1' }, 'NOT_FOUND', ['experiment']],
      [{ experiment: 'x' }, 'INVALID', ['experiment']],
      [{ experiment: run }, 'INVALID', ['experiment']],
      [{ experiment: foreignExperiment }, 'READ_ONLY', ['experiment']],
      [{ ...base, parent: 'x' }, 'INVALID', ['parent']],
      [{ ...base, parent: 'Run:local:00000000000000000000000000000000' }, 'NOT_FOUND', ['parent']],
      [{ ...base, name: 'x'.repeat(251) }, 'TOO_LARGE', ['name']],
      [{ ...base, user: 'x'.repeat(257) }, 'TOO_LARGE', ['user']],
      [{ ...base, name: 'a', tags: [{ key: 'mlflow.runName', value: 'b' }] }, 'INVALID', ['name']],
      [{ ...base, params: [{ key: '', value: '' }] }, 'INVALID', ['params', '0', 'key']],
      [{ ...base, params: [{ key: 'x'.repeat(251), value: '' }] }, 'TOO_LARGE', ['params', '0', 'key']],
      [{ ...base, params: [{ key: 'a', value: 'x'.repeat(8_001) }] }, 'TOO_LARGE', ['params', '0', 'value']],
      [
        {
          ...base,
          params: [
            { key: 'a', value: '' },
            { key: 'b', value: '' },
            { key: 'a', value: '' },
          ],
        },
        'INVALID',
        ['params', '2', 'key'],
      ],
      [{ ...base, tags: [{ key: '', value: '' }] }, 'INVALID', ['tags', '0', 'key']],
      [{ ...base, tags: [{ key: 'a', value: 'x'.repeat(5_001) }] }, 'TOO_LARGE', ['tags', '0', 'value']],
      [
        {
          ...base,
          tags: [
            { key: 'a', value: '' },
            { key: 'a', value: '' },
          ],
        },
        'INVALID',
        ['tags', '1', 'key'],
      ],
      [{ ...base, idempotencyKey: '' }, 'INVALID', ['idempotencyKey']],
    ];
    for (const [input, code, field] of refused) await expectRefused('createRun', input, code, field);
  });

  it('refuses tags that say more than the name or the user may be long', async () => {
    for (const [key, length] of [
      ['mlflow.runName', 251],
      ['mlflow.user', 257],
    ] as const) {
      await expectRefused('createRun', { experiment: defaultExperiment, tags: [{ key, value: 'x'.repeat(length) }] }, 'TOO_LARGE', [
        'tags',
        '0',
        'value',
      ]);
    }
  });

  it('refuses a parent in another source', async () => {
    await expectRefused('createRun', { experiment: defaultExperiment, parent: foreignRun }, 'INVALID', ['parent']);
  });

  it('takes texts of exactly the length that fits, counted in characters and not in bytes', async () => {
    const id = await api.createRun({
      name: '🔥'.repeat(250),
      params: [{ key: 'é'.repeat(250), value: 'ж'.repeat(8_000) }],
      tags: [{ key: '損'.repeat(250), value: '🏳'.repeat(5_000) }],
    });
    const { name, params } = await read(id, 'name params { key value }');
    expect([name, params]).toEqual(['🔥'.repeat(250), [{ key: 'é'.repeat(250), value: 'ж'.repeat(8_000) }]]);
  });
});

describe('updateRun', () => {
  it('changes what is given and leaves the rest', async () => {
    const payload = await changed(
      'updateRun',
      { run, name: 'renamed', note: '# Note', status: 'FAILED', endedAt: '2026-02-01T00:00:00Z' },
      'run { name note status endedAt tag(key: "mlflow.runName") }',
    );
    expect(payload.run).toEqual({ name: 'renamed', note: '# Note', status: 'FAILED', endedAt: '2026-02-01T00:00:00.000Z', tag: 'renamed' });
    await changed('updateRun', { run, status: 'RUNNING' }, '');
    expect(await read(run, 'name note status endedAt')).toEqual({
      name: 'renamed',
      note: '# Note',
      status: 'RUNNING',
      endedAt: '2026-02-01T00:00:00.000Z',
    });
    await changed('updateRun', { run, note: '' }, '');
    expect(await read(run, 'name note')).toEqual({ name: 'renamed', note: '' });
  });

  it('refuses what breaks a rule', async () => {
    await expectRefused('updateRun', { run, status: 'STALE' }, 'INVALID', ['status']);
    await expectRefused('updateRun', { run, status: 'UNKNOWN' }, 'INVALID', ['status']);
    await expectRefused('updateRun', { run, name: 'x'.repeat(251) }, 'TOO_LARGE', ['name']);
    await expectRefused('updateRun', { run, note: 'x'.repeat(5_001) }, 'TOO_LARGE', ['note']);
    await changed('deleteRun', { run }, '');
    await expectRefused('updateRun', { run, name: 'x' }, 'CONFLICT', ['run']);
  });

  it('leaves the name as it is when the new one is empty, as MLflow does', async () => {
    const { name } = await read(run, 'name');
    const payload = await changed('updateRun', { run, name: '' }, 'run { name tag(key: "mlflow.runName") }');
    expect(payload.run).toEqual({ name, tag: name });
  });
});

describe('finishRun', () => {
  it('ends a run as FINISHED now, unless another end is given', async () => {
    const before = Date.now();
    const { status, endedAt } = (await changed('finishRun', { run }, 'run { status endedAt }')).run;
    expect(status).toBe('FINISHED');
    expect(Date.parse(endedAt)).toBeGreaterThanOrEqual(before);
    const killed = await changed('finishRun', { run, status: 'KILLED', endedAt: '2030-01-01T00:00:00Z' }, 'run { status endedAt }');
    expect(killed.run).toEqual({ status: 'KILLED', endedAt: '2030-01-01T00:00:00.000Z' });
  });

  it('leaves a run that still takes metrics', async () => {
    await changed('finishRun', { run }, '');
    expect((await api.log(run, [series('loss', [1])])).pointsAccepted).toBe(1);
  });

  it('refuses a status that is no end', async () => {
    for (const status of ['RUNNING', 'SCHEDULED', 'STALE', 'UNKNOWN'])
      await expectRefused('finishRun', { run, status }, 'INVALID', ['status']);
    await changed('deleteRun', { run }, '');
    await expectRefused('finishRun', { run }, 'CONFLICT', ['run']);
  });
});

describe('deleteRun and restoreRun', () => {
  it('mark and unmark a run; doing it twice changes nothing', async () => {
    expect((await changed('deleteRun', { run }, 'run { lifecycleStage }')).run).toEqual({ lifecycleStage: 'DELETED' });
    const deleted = await digestOf(server);
    await changed('deleteRun', { run }, '');
    expect(await digestOf(server)).toEqual(deleted);
    expect((await changed('restoreRun', { run }, 'run { lifecycleStage }')).run).toEqual({ lifecycleStage: 'ACTIVE' });
    const restored = await digestOf(server);
    await changed('restoreRun', { run }, '');
    expect(await digestOf(server)).toEqual(restored);
  });

  it('leave children as they are', async () => {
    const child = await api.createRun({ parent: run });
    await changed('deleteRun', { run }, '');
    expect(await read(child, 'lifecycleStage')).toEqual({ lifecycleStage: 'ACTIVE' });
  });
});

describe('every mutation of a run', () => {
  const inputs: readonly [string, object][] = [
    ['updateRun', { name: 'x' }],
    ['finishRun', {}],
    ['deleteRun', {}],
    ['restoreRun', {}],
    ['logMetrics', { series: [series('loss', [1])] }],
    ['logParams', { params: [{ key: 'a', value: '1' }] }],
    ['setTags', { tags: [{ key: 'a', value: '1' }] }],
    ['deleteTags', { keys: ['a'] }],
  ];
  it.each(inputs)('refuses runs it cannot write: %s', async (name, input) => {
    await expectRefused(name, { run: 'Run:local:00000000000000000000000000000000', ...input }, 'NOT_FOUND', ['run']);
    await expectRefused(name, { run: 'Run:nowhere:1', ...input }, 'NOT_FOUND', ['run']);
    for (const id of ['', 'x', 'Run:local', 'Run:local:1:2', 'Run:local:%', defaultExperiment])
      await expectRefused(name, { run: id, ...input }, 'INVALID', ['run']);
    await expectRefused(name, { run: foreignRun, ...input }, 'READ_ONLY', ['run']);
  });
});

describe('logParams', () => {
  it('writes params once; the same value again is fine', async () => {
    const params = [
      { key: 'lr', value: '0.1' },
      { key: 'opt', value: '' },
    ];
    await changed('logParams', { run, params }, '');
    const { run: again } = await changed(
      'logParams',
      { run, params: [...params, { key: 'more', value: 'nan' }] },
      'run { params { key value } }',
    );
    expect(again.params).toEqual([
      { key: 'lr', value: '0.1' },
      { key: 'more', value: 'nan' },
      { key: 'opt', value: '' },
    ]);
  });

  it('refuses what breaks a rule, and then writes none of the others', async () => {
    await changed('logParams', { run, params: [{ key: 'lr', value: '0.1' }] }, '');
    await expectRefused(
      'logParams',
      {
        run,
        params: [
          { key: 'new', value: '1' },
          { key: 'lr', value: '0.2' },
        ],
      },
      'IMMUTABLE',
      ['params', '1', 'value'],
    );
    await expectRefused(
      'logParams',
      {
        run,
        params: [
          { key: 'ok', value: '1' },
          { key: '', value: '1' },
        ],
      },
      'INVALID',
      ['params', '1', 'key'],
    );
    await expectRefused('logParams', { run, params: [{ key: 'x'.repeat(251), value: '1' }] }, 'TOO_LARGE', ['params', '0', 'key']);
    await expectRefused('logParams', { run, params: [{ key: 'ok', value: 'x'.repeat(8_001) }] }, 'TOO_LARGE', ['params', '0', 'value']);
    await expectRefused(
      'logParams',
      {
        run,
        params: [
          { key: 'a', value: '1' },
          { key: 'a', value: '1' },
        ],
      },
      'INVALID',
      ['params', '1', 'key'],
    );
    await changed('deleteRun', { run }, '');
    await expectRefused('logParams', { run, params: [{ key: 'ok', value: '1' }] }, 'CONFLICT', ['run']);
  });
});

describe('setTags and deleteTags', () => {
  it('set, replace and delete', async () => {
    await changed(
      'setTags',
      {
        run,
        tags: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
        ],
      },
      '',
    );
    const { run: replaced } = await changed(
      'setTags',
      { run, tags: [{ key: 'a', value: '' }] },
      'run { tags(keys: ["a", "b"]) { key value } }',
    );
    expect(replaced.tags).toEqual([
      { key: 'a', value: '' },
      { key: 'b', value: '2' },
    ]);
    const { run: without } = await changed('deleteTags', { run, keys: ['a'] }, 'run { tags(keys: ["a", "b"]) { key value } }');
    expect(without.tags).toEqual([{ key: 'b', value: '2' }]);
  });

  it('refuse what breaks a rule', async () => {
    await changed('setTags', { run, tags: [{ key: 'a', value: '1' }] }, '');
    await expectRefused('deleteTags', { run, keys: ['a', 'missing'] }, 'NOT_FOUND', ['keys', '1']);
    await expectRefused('deleteTags', { run, keys: ['\0'] }, 'NOT_FOUND', ['keys', '0']);
    await expectRefused(
      'setTags',
      {
        run,
        tags: [
          { key: 'b', value: '2' },
          { key: '', value: '' },
        ],
      },
      'INVALID',
      ['tags', '1', 'key'],
    );
    await expectRefused('setTags', { run, tags: [{ key: 'x'.repeat(251), value: '' }] }, 'TOO_LARGE', ['tags', '0', 'key']);
    await expectRefused('setTags', { run, tags: [{ key: 'b', value: 'x'.repeat(5_001) }] }, 'TOO_LARGE', ['tags', '0', 'value']);
    await expectRefused(
      'setTags',
      {
        run,
        tags: [
          { key: 'b', value: '1' },
          { key: 'b', value: '2' },
        ],
      },
      'INVALID',
      ['tags', '1', 'key'],
    );
    await changed('deleteRun', { run }, '');
    await expectRefused('setTags', { run, tags: [{ key: 'b', value: '2' }] }, 'CONFLICT', ['run']);
    await expectRefused('deleteTags', { run, keys: ['a'] }, 'CONFLICT', ['run']);
  });

  const nameAndTag = async () => {
    const { name, tag } = await read(run, 'name tag(key: "mlflow.runName")');
    expect(tag).toBe(name);
    return name as string;
  };

  it('keep a run’s name and its tag equal, whichever is set', async () => {
    await changed('setTags', { run, tags: [{ key: 'mlflow.runName', value: 'by tag' }] }, '');
    expect(await nameAndTag()).toBe('by tag');
    await changed('updateRun', { run, name: 'by name' }, '');
    expect(await nameAndTag()).toBe('by name');
  });

  it('keep them equal when the tag is emptied: as in MLflow, the name stays', async () => {
    const name = await nameAndTag();
    await api.mutate('setTags', { run, tags: [{ key: 'mlflow.runName', value: '' }] });
    expect(await nameAndTag()).toBe(name);
  });

  it('refuse a name tag that is longer than a name may be', async () => {
    await expectRefused('setTags', { run, tags: [{ key: 'mlflow.runName', value: 'x'.repeat(251) }] }, 'TOO_LARGE', ['tags', '0', 'value']);
  });
});

describe('logMetrics', () => {
  const points = (id: string, key: string) =>
    read(
      id,
      `series(keys: [${JSON.stringify(key)}], sampling: NONE) { steps timestamps values totalPoints } metric(key: ${JSON.stringify(key)}) { value step timestamp min max minStep maxStep count }`,
    );

  it('appends columns exactly: NaN, infinities, -0, subnormals, and steps beyond 2^53', async () => {
    const values = ['NaN', 'Infinity', '-Infinity', '-0', 5e-324, 1.7976931348623157e308, 0.1];
    const steps = ['-9223372036854775808', '-1', 0, 1, '9007199254740993', '9223372036854775806', '9223372036854775807'];
    const { pointsAccepted, cursor } = await api.log(run, [series('m', values, { steps, timestamps: values.map((_, index) => index) })]);
    expect([pointsAccepted, typeof cursor]).toEqual([7, 'string']);
    const { series: read, metric } = await points(run, 'm');
    expect(read[0]).toEqual({
      steps: steps.map((step) => (step === '-1' ? -1 : step)),
      timestamps: [0, 1, 2, 3, 4, 5, 6],
      values,
      totalPoints: 7,
    });
    expect(metric).toMatchObject({
      value: 0.1,
      step: '9223372036854775807',
      min: '-Infinity',
      max: 'Infinity',
      minStep: 0,
      maxStep: -1,
      count: 7,
    });
  });

  it('counts on from the points there are when no steps are given, within a call and between calls', async () => {
    await api.log(run, [series('m', [1, 2, 3])]);
    await api.log(run, [series('m', [4, 5]), series('m', [6]), series('other', [9])]);
    const read = await points(run, 'm');
    expect(read.series[0]).toMatchObject({ steps: [0, 1, 2, 3, 4, 5], values: [1, 2, 3, 4, 5, 6] });
    expect((await points(run, 'other')).series[0]).toMatchObject({ steps: [0], values: [9] });
  });

  it('takes a repeated point and keeps it once', async () => {
    const point = series('m', [1, 1], { steps: [0, 0], timestamps: [5, 5] });
    expect((await api.log(run, [point, point])).pointsAccepted).toBe(4);
    expect((await api.log(run, [point])).pointsAccepted).toBe(2);
    expect((await points(run, 'm')).metric.count).toBe(1);
  });

  it.each([
    [
      'the larger step',
      [
        [1, 5, 9],
        [2, 1, 1],
      ],
      1,
    ],
    [
      'then the later time',
      [
        [1, 5, 9],
        [1, 6, 1],
      ],
      1,
    ],
    [
      'then the larger value',
      [
        [1, 5, 1],
        [1, 5, 9],
      ],
      1,
    ],
    [
      'then the larger value, whichever came first',
      [
        [1, 5, 9],
        [1, 5, 1],
      ],
      0,
    ],
    [
      'where NaN counts as 0: a positive value wins',
      [
        [1, 5, 'NaN'],
        [1, 5, 1],
      ],
      1,
    ],
    [
      'where NaN counts as 0: a negative value loses',
      [
        [1, 5, 'NaN'],
        [1, 5, -1],
      ],
      0,
    ],
  ] as const)('has the latest point by MLflow’s rule: %s', async (_rule, rows, latest) => {
    for (const [step, timestamp, value] of rows) await api.log(run, [series('apart', [value], { steps: [step], timestamps: [timestamp] })]);
    await api.log(run, [
      series(
        'together',
        rows.map(([, , value]) => value),
        { steps: rows.map(([step]) => step), timestamps: rows.map(([, timestamp]) => timestamp) },
      ),
    ]);
    const [step, timestamp, value] = rows[latest];
    for (const key of ['apart', 'together']) {
      expect((await points(run, key)).metric, key).toMatchObject({ step, value, timestamp: new Date(timestamp).toISOString(), count: 2 });
    }
  });

  it('refuses what breaks a rule, and then writes nothing of the other series', async () => {
    const good = series('good', [1]);
    const refused: readonly [readonly object[], string, readonly string[]][] = [
      [[], 'INVALID', ['series']],
      [[good, series('', [1])], 'INVALID', ['series', '1', 'key']],
      [[good, series('x'.repeat(251), [1])], 'TOO_LARGE', ['series', '1', 'key']],
      [[good, series('m', [])], 'INVALID', ['series', '1', 'values']],
      [[good, series('m', [1, 2], { steps: [1] })], 'INVALID', ['series', '1', 'steps']],
      [[good, series('m', [1, 2], { steps: [] })], 'INVALID', ['series', '1', 'steps']],
      [[good, series('m', [1], { timestamps: [1, 2] })], 'INVALID', ['series', '1', 'timestamps']],
      [[good, series('m', [1, 2], { timestamps: [1, -1] })], 'INVALID', ['series', '1', 'timestamps', '1']],
      [
        [
          good,
          series(
            'm',
            Array.from({ length: 100_000 }, () => 0),
          ),
        ],
        'TOO_LARGE',
        ['series'],
      ],
    ];
    for (const [given, code, field] of refused) await expectRefused('logMetrics', { run, series: given }, code, field);
    await changed('deleteRun', { run }, '');
    await expectRefused('logMetrics', { run, series: [good] }, 'CONFLICT', ['run']);
  });
});

describe('an idempotency key', () => {
  const key = () => fresh('key');

  it('makes a repeated createRun one run, and refuses it for another request', async () => {
    const input = { experiment: defaultExperiment, params: [{ key: 'a', value: '1' }], idempotencyKey: key() };
    const first = await api.createRun(input);
    const before = await digestOf(server);
    expect(await api.createRun(input)).toBe(first);
    expect(await digestOf(server)).toEqual(before);
    await expectRefused('createRun', { ...input, params: [{ key: 'a', value: '2' }] }, 'CONFLICT', ['idempotencyKey']);
    await expectRefused('logParams', { run, params: input.params, idempotencyKey: input.idempotencyKey }, 'CONFLICT', ['idempotencyKey']);
  });

  it('makes a repeated createExperiment one experiment', async () => {
    const input = { name: fresh('once'), tags: [{ key: 'a', value: '1' }], idempotencyKey: key() };
    const first = await api.createExperiment(input);
    const before = await digestOf(server);
    expect(await api.createExperiment(input)).toBe(first);
    expect(await digestOf(server)).toEqual(before);
    await expectRefused('createExperiment', { ...input, name: fresh('other') }, 'CONFLICT', ['idempotencyKey']);
    expect(await readExperiment(first, 'name')).toEqual({ name: input.name });
  });

  it('makes repeated points count once, also those whose steps and times are made here', async () => {
    const input = { run, series: [series('m', [1, 'NaN', '-0'])], idempotencyKey: key() };
    const first = await changed('logMetrics', input, 'pointsAccepted cursor');
    const before = await digestOf(server);
    expect(await changed('logMetrics', input, 'pointsAccepted cursor')).toEqual(first);
    expect(await digestOf(server)).toEqual(before);
    await expectRefused('logMetrics', { ...input, series: [series('m', [1, 'NaN', 0])] }, 'CONFLICT', ['idempotencyKey']);
    await expectRefused('logMetrics', { ...input, series: [series('m', [1, 'NaN', '-0'], { steps: [0, 1, 2] })] }, 'CONFLICT', [
      'idempotencyKey',
    ]);
  });

  it('makes repeated params one write, also when the run was deleted meanwhile', async () => {
    const input = { run, params: [{ key: 'a', value: '1' }], idempotencyKey: key() };
    await changed('logParams', input, '');
    await changed('deleteRun', { run }, '');
    const before = await digestOf(server);
    await changed('logParams', input, '');
    expect(await digestOf(server)).toEqual(before);
    await expectRefused('logParams', { ...input, params: [{ key: 'a', value: '2' }] }, 'CONFLICT', ['idempotencyKey']);
  });

  it('of a refused request is free for the corrected one', async () => {
    const idempotencyKey = key();
    await expectRefused('logParams', { run, params: [{ key: '', value: '1' }], idempotencyKey }, 'INVALID', ['params', '0', 'key']);
    await changed('logParams', { run, params: [{ key: 'a', value: '1' }], idempotencyKey }, '');
    const other = key();
    await expectRefused('logParams', { run, params: [{ key: 'a', value: '2' }], idempotencyKey: other }, 'IMMUTABLE', [
      'params',
      '0',
      'value',
    ]);
    await changed('logParams', { run, params: [{ key: 'b', value: '2' }], idempotencyKey: other }, '');
  });

  it('makes one of many requests that come at once', async () => {
    const input = { experiment: defaultExperiment, idempotencyKey: key() };
    const ids = await Promise.all(Array.from({ length: 20 }, () => api.createRun(input)));
    expect(new Set(ids).size).toBe(1);
    const batch = { run: ids[0], series: [series('m', [1, 2])], idempotencyKey: key() };
    await Promise.all(Array.from({ length: 20 }, () => changed('logMetrics', batch, 'pointsAccepted')));
    expect((await read(ids[0]!, 'metric(key: "m") { count }')).metric).toEqual({ count: 2 });
  });
});

describe('one request of several mutations', () => {
  it('does them in order, and one that is refused takes nothing of the others with it', async () => {
    const { data } = await server.query(
      `mutation ($run: ID!) {
        a: logParams(input: { run: $run, params: [{ key: "p", value: "1" }] }) { userErrors { code } }
        b: logParams(input: { run: $run, params: [{ key: "p", value: "2" }] }) { userErrors { code } }
        c: setTags(input: { run: $run, tags: [{ key: "t", value: "3" }] }) { userErrors { code } run { tag(key: "t") param(key: "p") { value } } }
      }`,
      { run },
    );
    expect(data).toEqual({
      a: { userErrors: [] },
      b: { userErrors: [{ code: 'IMMUTABLE' }] },
      c: { userErrors: [], run: { tag: '3', param: { value: '1' } } },
    });
  });
});

// The last one: what compares the whole database before and after would take its time over so many points.
describe('the largest logMetrics', () => {
  it('takes 100,000 points at once', async () => {
    const values = Array.from({ length: 100_000 }, (_, index) => index);
    expect((await api.log(run, [series('m', values)])).pointsAccepted).toBe(100_000);
    expect((await read(run, 'metric(key: "m") { count value max }')).metric).toMatchObject({ count: 100_000, value: 99_999, max: 99_999 });
  });
});
