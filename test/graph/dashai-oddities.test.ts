import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openHome, type HomeFixture } from '../kit/dashai-home.js';
import { startTestServer, type TestServer } from '../kit/server.js';

type Row = Readonly<Record<string, any>>;

/** What releases of tomorrow, programs of others and accidents leave in a home. */
const oddities = [
  `UPDATE run SET status = 'PAUSED' WHERE id = 1`,
  `UPDATE run SET parameters = '{"lr": NaN, "up": Infinity, "down": -Infinity, "big": 9007199254740993, "tiny": 1e-06, "text": "is: NaN", "list": [1, 2.50], "none": null, "yes": true, "é": "ü"}' WHERE id = 2`,
  `UPDATE run SET parameters = 'no JSON at all' WHERE id = 3`,
  `UPDATE run SET parameters = '[1, 2]' WHERE id = 4`,
  `INSERT INTO metric (run_id, split, level, name, value, step, timestamp) VALUES (1, 'FULL', 'CENTURY', 'Accuracy', 0.5, 1, '2026-11-21 08:00:00.000001')`,
  `INSERT INTO metric (run_id, split, level, name, value, step, timestamp) VALUES (1, 'TRAIN', 'EPOCH', 'Loss', 9e999, 1, '2026-11-21 08:00:00.000001')`,
  `INSERT INTO metric (run_id, split, level, name, value, step, timestamp) VALUES (999, 'TRAIN', 'LAST', 'Accuracy', 0.5, 1, '2026-11-21 08:00:00')`,
  `INSERT INTO global_explainer (name, run_id, explainer_name, parameters, created, status) VALUES ('orphan', 999, 'X', '{}', '2026-11-21 08:00:00', 'FINISHED')`,
  `UPDATE prediction SET run_id = 999, dataset_id = 999 WHERE id = 1`,
  `UPDATE model_session SET dataset_id = 999, splits = 'null', train_metrics = NULL WHERE id = 2`,
  `UPDATE notebook SET dataset_id = 999 WHERE id = 1`,
  `UPDATE dataset SET created = 'yesterday' WHERE id = 1`,
  `ALTER TABLE plugin DROP COLUMN summary`,
  `ALTER TABLE run ADD COLUMN mood TEXT`,
  `DROP TABLE pipeline`,
  `CREATE TABLE crystal_ball (id INTEGER PRIMARY KEY)`,
];

describe('a DashAI home with what nobody expects', () => {
  let home: HomeFixture | null;
  let folder: string;
  let server: TestServer;
  beforeAll(async () => {
    home = openHome('0.9.3');
    folder = mkdtempSync(join(tmpdir(), 'rungraph-dashai-odd-'));
    const old = new Libsql(join(folder, 'old.sqlite'));
    old.exec(
      'CREATE TABLE experiment (id INTEGER PRIMARY KEY); CREATE TABLE run (id INTEGER PRIMARY KEY); CREATE TABLE dataset (id INTEGER PRIMARY KEY)',
    );
    old.close();
    writeFileSync(join(folder, 'text.sqlite'), 'this is no database, it only looks like a file');
    if (!home) return;
    const database = new Libsql(join(home.folder, 'db.sqlite'));
    database.exec('PRAGMA foreign_keys = OFF'); // as DashAI has it
    for (const oddity of oddities) database.exec(oddity);
    database.close();
    const attach = (name: string, path: string) => ['--attach', `dashai=${path},name=${name}`];
    server = await startTestServer(
      [
        ...attach('home', home.folder),
        ...attach('old', join(folder, 'old.sqlite')),
        ...attach('text', join(folder, 'text.sqlite')),
        ...attach('gone', join(folder, 'gone')),
      ],
      { env: { RUNGRAPH_DASHAI_TIME_ZONE: 'America/Santiago' } },
    );
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    home?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  async function ask(query: string): Promise<any> {
    const { data, errors } = await server.query(query);
    expect(errors).toBeUndefined();
    return data;
  }
  const runs = async (fields: string): Promise<Row[]> =>
    (await ask(`{ runs(filter: { source: { eq: "home" } }, first: 1000) { nodes { nativeId ${fields} } } }`)).runs.nodes;

  it('says of each place that is no home why, and answers the others', async (context) => {
    if (!home) return context.skip();
    const { sources } = await ask('{ sources { name state stateReason } }');
    const state = (name: string) => sources.find((source: Row) => source.name === name);
    expect(state('home').state).toBe('READY');
    expect(state('old')).toMatchObject({
      state: 'INCOMPATIBLE',
      stateReason: expect.stringMatching(/2025 or older.*DashAI 0\.9 or newer/),
    });
    expect(state('text')).toMatchObject({ state: 'UNAVAILABLE', stateReason: expect.stringMatching(/not a SQLite database/) });
    expect(state('gone')).toMatchObject({ state: 'MISSING' });
    const { modelSessions } = await ask('{ modelSessions { totalCount sources { source ok } nodes { name } } }');
    expect(modelSessions.totalCount).toBe(2);
    expect(modelSessions.sources.filter(({ ok }: Row) => ok).map(({ source }: Row) => source)).toEqual(['home']);
  });

  it('keeps words it does not know beside UNKNOWN', async (context) => {
    if (!home) return context.skip();
    const [run] = (
      await runs('status dashai { status rawStatus splitMetrics { split level rawSplit rawLevel value } } metrics { key value }')
    ).filter(({ nativeId }) => nativeId === '1');
    expect(run).toMatchObject({ status: 'UNKNOWN', dashai: { status: 'UNKNOWN', rawStatus: 'PAUSED' } });
    expect(run!.dashai.splitMetrics).toContainEqual({
      split: 'UNKNOWN',
      level: 'UNKNOWN',
      rawSplit: 'FULL',
      rawLevel: 'CENTURY',
      value: 0.5,
    });
    expect(run!.metrics).toContainEqual({ key: 'full/Accuracy (century)', value: 0.5 });
    const asked = await runs(
      'dashai { unknown: splitMetrics(level: UNKNOWN) { rawLevel } last: splitMetrics(split: TEST, level: LAST) { rawSplit rawLevel } }',
    );
    const { unknown, last } = asked.find(({ nativeId }) => nativeId === '1')!.dashai;
    expect(unknown).toEqual([{ rawLevel: 'CENTURY' }]);
    expect(new Set(last.map(({ rawSplit, rawLevel }: Row) => `${rawSplit} ${rawLevel}`))).toEqual(new Set(['TEST LAST']));
    expect(run!.metrics).toContainEqual({ key: 'train/Loss', value: 'Infinity' });
  });

  it('reads parameters as Python writes them, to the last digit', async (context) => {
    if (!home) return context.skip();
    const found = await runs('params { key value } dashai { parameters }');
    const params = (id: string) =>
      Object.fromEntries(found.find(({ nativeId }) => nativeId === id)!.params.map(({ key, value }: Row) => [key, value]));
    expect(params('2')).toEqual({
      ...{ lr: 'NaN', up: 'Infinity', down: '-Infinity', big: '9007199254740993', tiny: '1e-06', text: 'is: NaN' },
      ...{ list: '[1,2.50]', none: 'null', yes: 'true', é: 'ü' },
    });
    expect(found.find(({ nativeId }) => nativeId === '2')!.dashai.parameters).toMatchObject({
      lr: 'NaN',
      big: '9007199254740993',
      tiny: 1e-6,
      none: null,
    });
    expect([params('3'), params('4')]).toEqual([{}, {}]);
    const { runs: filtered } = await ask(
      '{ runs(filter: { source: { eq: "home" }, param: { key: "big", string: { eq: "9007199254740993" } } }) { nodes { nativeId } } }',
    );
    expect(filtered.nodes).toEqual([{ nativeId: '2' }]);
  });

  it('answers rows whose owner is gone, and columns and tables that are not there, with null and nothing', async (context) => {
    if (!home) return context.skip();
    const data = await ask(`{
      predictions { nodes { nativeId run { name } dataset { name } } }
      modelSessions(orderBy: [{ field: ID }]) { nodes { dataset { name } splits trainMetrics } }
      notebooks(orderBy: [{ field: ID }], first: 1) { nodes { dataset { name } } }
      dashaiDatasets(orderBy: [{ field: ID }], first: 1) { nodes { name createdAt } }
      plugins(first: 1) { nodes { name summary } }
      pipelines { totalCount nodes { name } } }`);
    expect(data.predictions.nodes).toContainEqual({ nativeId: '1', run: null, dataset: null });
    expect(data.modelSessions.nodes[1]).toEqual({ dataset: null, splits: null, trainMetrics: [] });
    expect(data.notebooks.nodes[0]).toEqual({ dataset: null });
    expect(data.dashaiDatasets.nodes[0]).toMatchObject({ createdAt: null });
    expect(data.plugins.nodes[0].summary).toBeNull();
    expect(data.pipelines).toEqual({ totalCount: 0, nodes: [] });
  });

  it('takes times for those of the zone it was told', async (context) => {
    if (!home) return context.skip();
    const { modelSessions } = await ask('{ modelSessions(orderBy: [{ field: ID }], first: 1) { nodes { createdAt } } }');
    const [{ created }] = home.expected.tables.model_session as [Row];
    // Summer time in Chile: three hours behind.
    expect(Date.parse(modelSessions.nodes[0].createdAt)).toBe(Date.parse(`${created.slice(0, 10)}T${created.slice(11, 23)}-03:00`));
  });

  it('pages through a list in both orders, and says which filter leaves what', async (context) => {
    if (!home) return context.skip();
    const page = (more: string) =>
      ask(
        `{ dashaiDatasets(first: 1, orderBy: [{ field: NAME, direction: DESC }]${more}) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`,
      );
    const names: string[] = [];
    for (let more = ''; ;) {
      const { dashaiDatasets } = await page(more);
      names.push(...dashaiDatasets.nodes.map(({ name }: Row) => name));
      expect(dashaiDatasets.totalCount).toBe(3);
      if (!dashaiDatasets.pageInfo.hasNextPage) break;
      more = `, after: ${JSON.stringify(dashaiDatasets.pageInfo.endCursor)}`;
    }
    expect(names).toEqual(
      home.expected.tables
        .dataset!.map(({ name }) => name as string)
        .sort()
        .reverse(),
    );
    const { dashaiDatasets } = await ask(
      '{ dashaiDatasets(filter: { or: [{ name: { startsWith: "ir" } }, { name: { eq: "nothing" } }], not: { rawStatus: { eq: "ERROR" } } }) { nodes { name } } }',
    );
    expect(dashaiDatasets.nodes.every(({ name }: Row) => name.startsWith('ir'))).toBe(true);
    expect(dashaiDatasets.nodes.length).toBeGreaterThan(0);
    const { errors } = await server.query('{ dashaiDatasets(first: 100000) { totalCount } }');
    expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT');
    expect((await server.query('{ node(id: "ModelSession:home:01") { id } }')).data.node).toBeNull();
    expect((await server.query('{ node(id: "ModelSession:home:1") { id ... on ModelSession { name } } }')).data.node).toMatchObject({
      id: 'ModelSession:home:1',
    });
  });
});
