import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWriter } from '../../src/stores/engine/sqlite/open.js';
import { startTestServer, type TestServer } from '../kit/server.js';

describe('mutations', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('answer BUSY while another process has the store locked, and write nothing', async () => {
    const other = openWriter(join(server.dataFolder, 'mlflow.db'), 'normal');
    other.exec('BEGIN IMMEDIATE');
    const ask = (field: string) =>
      server.query(`mutation { answer: ${field} { userErrors { code } } }`).then(({ data }) => data.answer?.userErrors as unknown);
    const answers = await Promise.all([
      ask('createRun(input: { experiment: "Experiment:local:0", name: "locked out" })'),
      ask('createExperiment(input: { name: "locked out" })'),
    ]);
    other.exec('ROLLBACK');
    other.close();
    expect(answers).toEqual([[{ code: 'BUSY' }], [{ code: 'BUSY' }]]);
    const { data } = await server.query('{ runs { totalCount } experiment(name: "locked out") { id } }');
    expect(data).toEqual({ runs: { totalCount: 0 }, experiment: null });
  }, 60_000);

  it('that follow each other in one document each answer what they left behind', async () => {
    const set = (value: string) =>
      `updateExperiment(input: { experiment: "Experiment:local:0", tags: [{ key: "t", value: "${value}" }] }) { experiment { tag(key: "t") } }`;
    const { data } = await server.query(`mutation { a: ${set('1')} b: ${set('2')} }`);
    expect(data).toEqual({ a: { experiment: { tag: '1' } }, b: { experiment: { tag: '2' } } });
  });

  it('refuse a null where a value must be, coded, also where only a variable brings it', async () => {
    const { errors } = await server.query('query ($key: String = "x") { experiment(name: "Default") { tag(key: $key) } }', { key: null });
    expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
  });
});
