import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { attachFlags, copyFixtures, fingerprint, readExpected, removeFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const names = ['missing', 'locked', 'garbage', 'truncated', 'empty', 'folder', 'other', 'old', 'tableless', 'interrupted'] as const;
type Broken = (typeof names)[number];

const active = (version: string): number =>
  Object.values(readExpected(version).runs).filter(({ lifecycle_stage: stage }) => stage === 'active').length;

let folder: string;
let good: MlflowFixture[];
let server: TestServer;

const at = (name: string): string => join(folder, `${name}.db`);

function alter(name: string, script: string): void {
  copyFileSync(good[0]!.path, at(name));
  const db = new Libsql(at(name));
  db.exec(script);
  db.close();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-sources-'));
  good = copyFixtures(['2.16.2']);
  alter('locked', '');
  writeFileSync(at('garbage'), Buffer.alloc(40_000, 'no database '));
  copyFileSync(good[0]!.path, at('truncated'));
  truncateSync(at('truncated'), 400_000);
  writeFileSync(at('empty'), '');
  mkdirSync(at('folder'));
  const other = new Libsql(at('other'));
  other.exec('CREATE TABLE notes (text TEXT)');
  other.close();
  alter('old', 'ALTER TABLE model_versions DROP COLUMN storage_location');
  alter('tableless', 'DROP TABLE input_tags');
  interrupt('interrupted');
  const attached = [...good, ...names.map((name) => ({ name, path: at(name) }))];
  server = await startTestServer(attachFlags(attached));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  removeFixtures(good);
  rmSync(folder, { recursive: true, force: true });
});

/** What a program leaves that is killed in the middle of a write: changed pages in the file, the old ones in its journal. */
function interrupt(name: string): void {
  alter('writing', '');
  const writer = new Libsql(at('writing'));
  writer.pragma('cache_size = 1');
  writer.exec(
    "BEGIN; UPDATE params SET value = 'half'; UPDATE tags SET value = 'half'; UPDATE metrics SET timestamp = timestamp + 10000000000000",
  );
  copyFileSync(at('writing'), at(name));
  copyFileSync(`${at('writing')}-journal`, `${at(name)}-journal`);
  writer.exec('ROLLBACK');
  writer.close();
}

function lock(path: string): () => void {
  const db = new Libsql(path);
  db.exec('BEGIN EXCLUSIVE');
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}

async function statusOf(name: string) {
  const { data, errors } = await server.query(
    'query ($name: String!) { source(name: $name) { state stateReason runCount pointCount schemaVersion } }',
    {
      name,
    },
  );
  expect(errors).toBeUndefined();
  return data.source;
}

const connection = 'totalCount nodes { sourceName } sources { source ok error { code message } }';

async function runsOf(sources: readonly string[]) {
  const { data, errors } = await server.query(
    `query ($in: [String!]) { runs(first: 1000, filter: { source: { in: $in } }) { ${connection} } }`,
    {
      in: sources,
    },
  );
  expect(errors).toBeUndefined();
  return data.runs;
}

const nothing = { runCount: 0, pointCount: 0, schemaVersion: null };

describe('a source that cannot be read', () => {
  it.each<[Broken, string, RegExp]>([
    ['missing', 'MISSING', /no such file/],
    ['garbage', 'UNAVAILABLE', /not a SQLite database/],
    ['truncated', 'UNAVAILABLE', /damaged/],
    ['empty', 'INCOMPATIBLE', /not an MLflow database/],
    ['folder', 'UNAVAILABLE', /not a file/],
    ['other', 'INCOMPATIBLE', /not an MLflow database/],
    ['old', 'INCOMPATIBLE', /older than MLflow 2\.15 \(no model_versions\.storage_location\)/],
    ['tableless', 'INCOMPATIBLE', /no input_tags\./],
    ['interrupted', 'UNAVAILABLE', /interrupted/],
  ])('%s: says %s and why, and the others’ runs come', async (name, state, reason) => {
    const status = await statusOf(name);
    expect(status).toEqual({ state, stateReason: expect.stringMatching(reason), ...nothing });
    const { nodes, totalCount, sources } = await runsOf(['2.16.2', name]);
    expect(nodes.length).toBe(active('2.16.2'));
    expect(totalCount).toBe(active('2.16.2'));
    expect(sources).toEqual([
      { source: '2.16.2', ok: true, error: null },
      { source: name, ok: false, error: { code: 'SOURCE_UNAVAILABLE', message: status.stateReason } },
    ]);
  });

  it('is waited for while another program holds its lock, and says so when that takes too long', async () => {
    const unlock = lock(at('locked'));
    try {
      expect(await statusOf('locked')).toEqual({
        state: 'UNAVAILABLE',
        stateReason: expect.stringMatching(/locked by another/),
        ...nothing,
      });
      const { nodes, sources } = await runsOf(['2.16.2', 'locked']);
      expect(nodes.length).toBe(active('2.16.2'));
      expect(sources[1]).toEqual({
        source: 'locked',
        ok: false,
        error: { code: 'SOURCE_TIMEOUT', message: expect.stringMatching(/locked/) },
      });
    } finally {
      unlock();
    }
    expect(await statusOf('locked')).toMatchObject({ state: 'READY', stateReason: null, runCount: 37 });
  });

  it('answers late instead of not at all when the lock is soon given back', async () => {
    const unlock = lock(at('locked'));
    const asked = runsOf(['locked']);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    unlock();
    expect((await asked).sources).toEqual([{ source: 'locked', ok: true, error: null }]);
  });

  it.each(['missing', 'garbage', 'old'])('makes a question about it alone fail with a code: %s', async (name) => {
    for (const query of [
      `{ run(by: { nativeId: "a", source: "${name}" }) { id } }`,
      `{ run(by: { id: "Run:${name}:a" }) { id } }`,
      `{ node(id: "Run:${name}:a") { id } }`,
      `{ experiment(name: "Default", source: "${name}") { id } }`,
      `{ registeredModel(name: "m", source: "${name}") { id } }`,
      `{ modelVersion(uri: "models:/m/1", source: "${name}") { id } }`,
    ]) {
      const { data, errors } = await server.query(query);
      expect([Object.values(data), errors?.map(({ extensions }) => extensions.code)], query).toEqual([[null], ['SOURCE_UNAVAILABLE']]);
    }
  });

  it('leaves its file as it is', async () => {
    const before = names.filter((name) => name !== 'missing' && name !== 'folder').map((name) => fingerprint(at(name)));
    for (const name of names) await statusOf(name);
    expect(names.filter((name) => name !== 'missing' && name !== 'folder').map((name) => fingerprint(at(name)))).toEqual(before);
  });

  it('never stops the server: all of them are asked at once and each answers for itself', async () => {
    const { data, errors } = await server.query(
      `{ runs { ${connection} } experiments { sources { source ok } nodes { name } } registeredModels { sources { ok } nodes { name } } sources { name state } }`,
    );
    expect(errors).toBeUndefined();
    const ok = data.runs.sources.filter((source: { ok: boolean }) => source.ok).map(({ source }: { source: string }) => source);
    expect(ok).toEqual(['local', '2.16.2', 'locked']);
    expect(data.sources.length).toBe(names.length + 2);
    expect(data.experiments.nodes.length).toBeGreaterThan(0);
    expect(data.registeredModels.nodes.length).toBeGreaterThan(0);
    expect(server.process.exitCode).toBeNull();
    expect(server.log()).toBe('');
  });
});

describe('a source that changes under the server', () => {
  it('is read as soon as it appears, and is missing again when it goes', async () => {
    copyFileSync(good[0]!.path, at('missing'));
    expect(await statusOf('missing')).toMatchObject({ state: 'READY', runCount: 37 });
    renameSync(at('missing'), at('gone'));
    expect(await statusOf('missing')).toMatchObject({ state: 'MISSING' });
    renameSync(at('gone'), at('missing'));
    expect(await statusOf('missing')).toMatchObject({ state: 'READY', runCount: 37 });
  });

  it('is read anew when another file is put in its place', async () => {
    const [newer] = copyFixtures(['3.17.2']);
    try {
      renameSync(newer!.path, at('missing'));
      expect(await statusOf('missing')).toMatchObject({ state: 'READY', schemaVersion: 'dc11669786a5', pointCount: 8173 });
      const { nodes } = await runsOf(['missing']);
      expect(nodes.length).toBe(active('3.17.2'));
    } finally {
      removeFixtures([newer!]);
    }
  });

  it('is read anew when another database is written over it', async () => {
    writeFileSync(at('missing'), readFileSync(good[0]!.path));
    expect(await statusOf('missing')).toMatchObject({ state: 'READY', schemaVersion: '4465047574b1', pointCount: 8172 });
    writeFileSync(at('missing'), 'no database any more');
    expect(await statusOf('missing')).toMatchObject({ state: 'UNAVAILABLE' });
  });

  it('shows what a writer committed, at once', async () => {
    copyFileSync(good[0]!.path, at('other'));
    expect((await runsOf(['other'])).totalCount).toBe(active('2.16.2'));
    const db = new Libsql(at('other'));
    db.exec("UPDATE runs SET lifecycle_stage = 'deleted' WHERE name LIKE 'run-00%'");
    db.close();
    expect((await runsOf(['other'])).totalCount).toBe(active('2.16.2') - 10);
  });
});

describe('a source in WAL mode', () => {
  it('is read while its writer has it open, up to the last commit', async () => {
    const [fixture] = copyFixtures(['3.17.2']);
    const writer = new Libsql(fixture!.path);
    writer.pragma('journal_mode = WAL');
    await using own = await startTestServer(attachFlags([fixture!]));
    try {
      for (const count of [1, 2, 3]) {
        writer.exec(`UPDATE runs SET lifecycle_stage = 'deleted' WHERE name = 'run-00${count}'`);
        const { data } = await own.query('{ runs { totalCount } source(name: "3.17.2") { state } }');
        expect(data).toEqual({ runs: { totalCount: active('3.17.2') - count }, source: { state: 'READY' } });
      }
      expect(writer.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    } finally {
      writer.close();
      removeFixtures([fixture!]);
    }
  });
});

describe('a source in a folder that cannot be written', () => {
  it('is read like any other', async () => {
    const [fixture] = copyFixtures(['3.17.2']);
    const closed = join(fixture!.path, '..');
    chmodSync(fixture!.path, 0o444);
    chmodSync(closed, 0o555);
    await using own = await startTestServer(attachFlags([fixture!]));
    try {
      const { data } = await own.query('{ source(name: "3.17.2") { state stateReason runCount } }');
      expect(data.source).toEqual({ state: 'READY', stateReason: null, runCount: 37 });
      expect(statSync(closed).mode & 0o777).toBe(0o555);
    } finally {
      chmodSync(closed, 0o755);
      removeFixtures([fixture!]);
    }
  });
});
