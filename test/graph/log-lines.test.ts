import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { SqlValue, Statement } from '../../src/stores/engine/sql.js';
import { logLines } from '../../src/stores/mlflow/log-lines/log-lines-writes.js';
import { readLogLines } from '../../src/stores/mlflow/log-lines/log-lines.sql.js';
import { createApi, type Api } from '../kit/api.js';
import { digestOf } from '../kit/database-digest.js';
import { bareRun, insertRuns, openTestDatabase } from '../kit/mlflow-database.js';
import { onPostgres, startTestServer, type TestServer } from '../kit/server.js';

interface Line {
  readonly cursor: string;
  readonly at: string;
  readonly level: string | null;
  readonly message: string;
  readonly stream: string | null;
}

interface Page {
  readonly nodes: readonly Line[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly message: string } }[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

let server: TestServer;
let api: Api;
let run: string;
let foreignRun: string;

beforeAll(async () => {
  server = await startTestServer([
    '--attach',
    `mlflow=${fileURLToPath(new URL('../fixtures/mlflow/3.17.2.db', import.meta.url))},name=prod`,
  ]);
  api = createApi(server);
  const { data } = await server.query('{ runs(filter: { source: { eq: "prod" } }, first: 1) { nodes { id } } }');
  foreignRun = data.runs.nodes[0].id;
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  run = await api.createRun();
});

const payload = 'linesAccepted cursor run { id }';
const log = (lines: readonly (object | string)[], more: object = {}, of = run) =>
  api.mutate('logLines', { run: of, lines: lines.map((line) => (typeof line === 'string' ? { message: line } : line)), ...more }, payload);
const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `line ${from + index}`);

const document = `query ($run: ID!, $after: String, $first: Int = 200, $last: Int, $before: String) { node(id: $run) { ... on Run { logs(after: $after, first: $first, last: $last, before: $before) {
  nodes { cursor at level message stream } edges { cursor node { message } } totalCount
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`;
const ask = (variables: object = {}, from: TestServer = server) => from.query(document, { run, ...variables });

async function page(variables: object = {}, from: TestServer = server): Promise<Page> {
  const { data, errors } = await ask(variables, from);
  expect(errors).toBeUndefined();
  return data.node.logs;
}

const messagesOf = ({ nodes }: Page): string[] => nodes.map(({ message }) => message);

/** All lines, page after page. */
async function allPages(first: number, of = run): Promise<Line[]> {
  const lines: Line[] = [];
  for (let after: string | null = null; ;) {
    const { nodes, pageInfo } = await page({ run: of, first, after });
    lines.push(...nodes);
    if (!pageInfo.hasNextPage) return lines;
    after = pageInfo.endCursor;
  }
}

describe('logLines', () => {
  it('keeps message, level, stream and time of every line, in the order given', async () => {
    const lines = [
      { message: 'epoch 1', level: 'INFO', stream: 'stdout', at: '2026-01-31T12:00:00.123Z' },
      { message: 'it broke', level: 'ERROR', stream: 'stderr', at: '1969-12-31T23:59:59.999Z' },
    ];
    const before = Date.now();
    const answer = await log([...lines, 'bare']);
    expect(answer).toEqual({ linesAccepted: 3, cursor: expect.any(String), run: { id: run }, userErrors: [] });
    const { nodes } = await page();
    expect(nodes.slice(0, 2)).toMatchObject(lines);
    expect(nodes[2]).toMatchObject({ message: 'bare', level: null, stream: null });
    expect(Date.parse(nodes[2]!.at)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(nodes[2]!.at)).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('keeps any text as it is: empty, line breaks, ANSI, every script, NUL, lone surrogates', async () => {
    const texts = [
      '',
      '\n',
      ' a\r\nb\tc ',
      '\u001b[31mred\u001b[0m\u001b]0;title\u0007',
      'Grüße 你好 🚀 مرحبا',
      'a\0b',
      '\ud800',
      'x\udfffy',
    ];
    await log(texts.map((text) => ({ message: text, level: text, stream: text })));
    const { nodes } = await page();
    expect(nodes.map(({ message }) => message)).toEqual(texts);
    expect(nodes.map(({ level }) => level)).toEqual(texts);
    expect(nodes.map(({ stream }) => stream)).toEqual(texts);
  });

  it('takes 65,536 characters, however many bytes they have, and names the line that has more', async () => {
    const longest = '🚀'.repeat(65_536);
    expect((await log([longest])).userErrors).toEqual([]);
    expect(messagesOf(await page())).toEqual([longest]);
    const refused = await log(['fine', `${longest}!`]);
    expect(refused).toMatchObject({ linesAccepted: null, cursor: null, run: null });
    expect(refused.userErrors).toMatchObject([{ code: 'TOO_LARGE', field: ['lines', '1', 'message'] }]);
    expect(refused.userErrors[0]!.message).toContain('65537 characters; at most 65536');
  });

  it('takes 10,000 lines at once, in their order', async () => {
    const lines = numbered(10_000);
    expect((await log(lines)).linesAccepted).toBe(10_000);
    expect((await allPages(1_000)).map(({ message }) => message)).toEqual(lines);
  });

  it.each([
    ['no line', { lines: [] }, 'INVALID', ['lines']],
    ['10,001 lines', { lines: numbered(10_001).map((message) => ({ message })) }, 'TOO_LARGE', ['lines']],
    ['a long level', { lines: [{ message: '', level: 'l'.repeat(65) }] }, 'TOO_LARGE', ['lines', '0', 'level']],
    ['a long stream', { lines: [{ message: '', stream: 's'.repeat(65) }] }, 'TOO_LARGE', ['lines', '0', 'stream']],
    ['an empty idempotency key', { lines: [{ message: '' }], idempotencyKey: '' }, 'INVALID', ['idempotencyKey']],
    ['a run that does not exist', { run: 'Run:local:none', lines: [{ message: '' }] }, 'NOT_FOUND', ['run']],
    ['a source that does not exist', { run: 'Run:nowhere:none', lines: [{ message: '' }] }, 'NOT_FOUND', ['run']],
    ['the id of something else', { run: 'Experiment:local:0', lines: [{ message: '' }] }, 'INVALID', ['run']],
  ])('refuses %s and writes nothing', async (_, input, code, field) => {
    const before = await digestOf(server);
    const { userErrors, ...rest } = await api.mutate('logLines', { run, ...input }, payload);
    expect(userErrors).toMatchObject([{ code, field }]);
    expect(rest).toEqual({ linesAccepted: null, cursor: null, run: null });
    expect(await digestOf(server)).toEqual(before);
  });

  it('refuses an attached source and a deleted run, which takes lines again when it is restored', async () => {
    expect((await log([''], {}, foreignRun)).userErrors).toMatchObject([{ code: 'READ_ONLY', field: ['run'] }]);
    await api.mutate('deleteRun', { run });
    expect((await log(['lost'])).userErrors).toMatchObject([{ code: 'CONFLICT', field: ['run'] }]);
    await api.mutate('restoreRun', { run });
    expect((await log(['kept'])).userErrors).toEqual([]);
    expect(messagesOf(await page())).toEqual(['kept']);
  });

  it('takes a request that is repeated with its idempotency key once, and refuses the key for other lines', async () => {
    const once = await log(['a', 'b'], { idempotencyKey: `lines of ${run}` });
    await log(['c']);
    expect(await log(['a', 'b'], { idempotencyKey: `lines of ${run}` })).toEqual(once);
    const other = await log(['x'], { idempotencyKey: `lines of ${run}` });
    expect(other.userErrors).toMatchObject([{ code: 'CONFLICT', field: ['idempotencyKey'] }]);
    expect(messagesOf(await page())).toEqual(['a', 'b', 'c']);
    expect(messagesOf(await page({ after: once.cursor }))).toEqual(['c']);
  });

  it('keeps the lines of each of many clients in their order, and all of them', async () => {
    const clients = ['a', 'b', 'c', 'd'];
    await Promise.all(
      clients.map(async (client) => {
        for (let index = 0; index < 50; index++) await log([`${client} ${2 * index}`, `${client} ${2 * index + 1}`]);
      }),
    );
    const lines = (await allPages(77)).map(({ message }) => message.split(' '));
    for (const client of clients) {
      const own = lines.filter(([name]) => name === client).map(([, index]) => Number(index));
      expect(own).toEqual(Array.from({ length: 100 }, (_, index) => index));
    }
    expect(lines).toHaveLength(400);
  });

  it('says nothing of the run but its lines: no event, no metric, no tag', async () => {
    const before = await digestOf(server);
    await log(['a']);
    const { rungraph_log_lines: _, ...others } = await digestOf(server);
    expect(before).toMatchObject(others);
  });
});

describe('Run.logs', () => {
  it('pages forth through lines of one request and of many, whatever the size of the pages', async () => {
    await log(numbered(1_250));
    for (let index = 0; index < 60; index++) await log([`line ${1_250 + index}`]);
    await log(numbered(40, 1_310));
    for (const first of [7, 500, 1_000]) expect((await allPages(first)).map(({ message }) => message)).toEqual(numbered(1_350));
  });

  it('has 200 lines by default, with a cursor of each that goes on with the next', async () => {
    await log(numbered(205));
    const { nodes, edges, totalCount, pageInfo } = await page({ first: undefined });
    expect(nodes.map(({ message }) => message)).toEqual(numbered(200));
    expect(edges).toEqual(nodes.map(({ cursor, message }) => ({ cursor, node: { message } })));
    expect(totalCount).toBe(205);
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: nodes[0]!.cursor,
      endCursor: nodes[199]!.cursor,
    });
    const rest = await page({ after: nodes[2]!.cursor, first: 2 });
    expect(messagesOf(rest)).toEqual(numbered(2, 3));
    expect(rest.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  it('has the newest lines with last, and those before a line, back to the first', async () => {
    await log(numbered(1_203));
    const newest = await page({ last: 3 });
    expect(messagesOf(newest)).toEqual(numbered(3, 1_200));
    expect(newest).toMatchObject({ totalCount: 1_203, pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    const seen = [...newest.nodes];
    for (let before = newest.pageInfo.startCursor; seen.length < 1_203;) {
      const { nodes, pageInfo } = await page({ last: 500, before });
      seen.unshift(...nodes);
      expect(pageInfo.hasPreviousPage).toBe(seen.length < 1_203);
      before = pageInfo.startCursor;
    }
    expect(seen.map(({ message }) => message)).toEqual(numbered(1_203));
    expect(messagesOf(await page({ last: 5, before: seen[0]!.cursor }))).toEqual([]);
    // What is read on after the newest line is what comes.
    await log(['next']);
    expect(messagesOf(await page({ after: newest.pageInfo.endCursor }))).toEqual(['next']);
  });

  it('has fewer of the newest lines where they are long, but the newest', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `${index}`.padEnd(65_536, '.'));
    await log(lines);
    const { nodes } = await page({ last: 60 });
    expect(nodes.length).toBeGreaterThan(10);
    expect(nodes.map(({ message }) => message)).toEqual(lines.slice(-nodes.length));
  });

  it.each([0, -1, 1_001])('refuses last: %i', async (last) => {
    const { errors } = await ask({ last });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'last' } }]);
  });

  it('is empty without lines and after the last one, and goes on there when lines come', async () => {
    const nothing = { nodes: [], pageInfo: { hasNextPage: false, startCursor: null, endCursor: null } };
    expect(await page()).toMatchObject({ ...nothing, totalCount: 0 });
    const { cursor } = await log(['a']);
    expect(await page({ after: cursor })).toMatchObject({ ...nothing, totalCount: 1 });
    await log(['b']);
    expect(messagesOf(await page({ after: cursor }))).toEqual(['b']);
  });

  it('ends a page early where lines are long, and says that lines follow', async () => {
    const lines = Array.from({ length: 45 }, (_, index) => `${index}`.padEnd(65_536, '.'));
    await log(lines);
    const { nodes, pageInfo } = await page({ first: 1_000 });
    expect(nodes.length).toBeGreaterThan(20);
    expect(nodes.length).toBeLessThan(45);
    expect(pageInfo.hasNextPage).toBe(true);
    expect((await allPages(1_000)).map(({ message }) => message)).toEqual(lines);
  });

  it('is empty for a run of an attached source', async () => {
    expect(await page({ run: foreignRun })).toMatchObject({ nodes: [], edges: [], totalCount: 0, pageInfo: { hasNextPage: false } });
  });

  it('is there for a deleted run', async () => {
    await log(['a']);
    await api.mutate('deleteRun', { run });
    expect(messagesOf(await page())).toEqual(['a']);
  });

  it.each([0, -1, 1_001])('refuses first: %i', async (first) => {
    const { errors } = await ask({ first });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'first' } }]);
  });

  it('refuses a cursor of another run, of something else, and one that was changed', async () => {
    const { cursor: own } = await log(['a']);
    const other = await api.createRun();
    const { cursor: foreign } = await log(['a'], {}, other);
    const { cursor: points } = await api.log(run, [{ key: 'loss', values: [1] }]);
    for (const after of ['', foreign, points, `${own}x`, `x${own}`]) {
      const { errors } = await ask({ after });
      expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID', argument: 'after' } }]);
    }
    expect((await ask({ run: foreignRun, after: own })).errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
  });

  it.skipIf(onPostgres)(
    'refuses a cursor whose lines a store that was put back to an earlier copy, or written anew, does not have',
    async () => {
      await using first = await startTestServer();
      const file = join(first.dataFolder, 'mlflow.db');
      const of = await createApi(first).createRun();
      await createApi(first).mutate('logLines', { run: of, lines: [{ message: 'kept' }] });
      inDatabase(file, `VACUUM INTO '${join(first.dataFolder, 'kept.db')}'`);
      const { cursor } = await createApi(first).mutate('logLines', { run: of, lines: [{ message: 'lost' }] }, 'cursor');
      expect(messagesOf(await page({ run: of, after: cursor }, first))).toEqual([]);
      await first.stop();

      for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
      renameSync(join(first.dataFolder, 'kept.db'), file);
      await withServerOn(first.dataFolder, async (again) => {
        expect((await ask({ run: of, after: cursor }, again)).errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
        expect(messagesOf(await page({ run: of }, again))).toEqual(['kept']);
      });

      inDatabase(file, `UPDATE rungraph_meta SET value = 'another' WHERE key = 'epoch'`);
      await withServerOn(first.dataFolder, async (again) => {
        const { errors } = await ask({ run: of, after: cursor }, again);
        expect(errors).toMatchObject([
          { extensions: { code: 'CURSOR_INVALID' }, message: expect.stringContaining('ask again without after') },
        ]);
      });
    },
    120_000,
  );

  it('reads no more than the blocks of its lines and one, in a few statements, however long the log is', async () => {
    const database = await openTestDatabase('own', 'local');
    try {
      await insertRuns(database, [bareRun('long'), bareRun('short')]);
      const context = { db: database.db, dialect: database.dialect, now: 0 };
      database.db.exec('BEGIN');
      for (let request = 0; request < 20; request++) {
        await logLines(context, { runId: 'long', lines: numbered(5_000, 5_000 * request).map((message) => ({ message })) });
      }
      for (let line = 0; line < 3_000; line++) await logLines(context, { runId: 'short', lines: [{ message: `line ${line}` }] });
      database.db.exec('COMMIT');
      expect(await readCost(database, 'long', 77_777n, 7)).toEqual({ messages: numbered(7, 77_777), blocks: 1, statements: 2 });
      expect(await readCost(database, 'long', 99_990n, 1_000)).toEqual({ messages: numbered(10, 99_990), blocks: 1, statements: 2 });
      expect(await readCost(database, 'long', 499n, 2)).toEqual({ messages: numbered(2, 499), blocks: 2, statements: 2 });
      expect(await readCost(database, 'short', 2_000n, 7)).toEqual({ messages: numbered(7, 2_000), blocks: 7, statements: 2 });
      const thousand = await readCost(database, 'short', 1_000n, 1_000);
      expect(thousand.messages).toEqual(numbered(1_000, 1_000));
      expect(thousand.blocks).toBeLessThanOrEqual(1_050);
    } finally {
      database.close();
    }
  });
});

/** Changes a database past its server. */
function inDatabase(file: string, statement: string): void {
  const handle = new Libsql(file);
  handle.exec(statement);
  handle.close();
}

async function withServerOn(dataFolder: string, work: (server: TestServer) => Promise<void>): Promise<void> {
  const started = await startTestServer([], { dataFolder });
  try {
    await work(started);
  } finally {
    await started.stop();
  }
}

/** What one read answers, and what it takes from the database for it. */
async function readCost(database: Awaited<ReturnType<typeof openTestDatabase>>, runId: string, from: bigint, limit: number) {
  let blocks = 0;
  let statements = 0;
  const all = async (statement: Statement): Promise<SqlValue[][]> => {
    const rows = await database.db.all(statement);
    statements++;
    blocks += rows.filter((row) => row.length === 3).length;
    return rows;
  };
  const { lines } = await readLogLines(
    { ...database, db: { all, run: (statement) => database.db.run(statement) } },
    { runId, from, limit },
  );
  return { messages: lines.map(({ message }) => message), blocks, statements };
}
