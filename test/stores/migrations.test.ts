import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type AppliedMigration, DatabaseRefused, type Migration, plan, readMigrations } from '../../src/stores/engine/migrations.js';
import { migrateSqlite } from '../../src/stores/engine/sqlite/migrate.js';
import { openForeign, openWriter, type SqliteHandle } from '../../src/stores/engine/sqlite/open.js';
import { createPrismaAdapter } from '../../src/stores/engine/sqlite/prisma-adapter.js';
import { createInProcessWriter } from './in-process-writer.js';
import { changesToModels } from './schema-engine.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const migrations = readMigrations('mlflow', 'sqlite');
const names = [
  '0001_mlflow_4465047574b1',
  '0002_rungraph',
  '0003_log_lines',
  '0004_traces_and_models',
  '0005_imports',
  '0006_foreign_statistics',
];
const dump = (name: string): string => readFileSync(join(root, 'test/fixtures/mlflow/ddl', name), 'utf8');

let folder: string;
let path: string;
const handles: { close(): unknown }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-migrations-'));
  path = join(folder, 'mlflow.db');
});
afterEach(() => {
  for (const handle of handles.splice(0)) handle.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Anybody's SQLite file: no WAL, none of our settings. */
function createForeign(file: string, ...scripts: string[]): SqliteHandle {
  const handle = new Libsql(file).defaultSafeIntegers(true);
  handles.push(handle);
  for (const script of scripts) handle.exec(script);
  return handle;
}

/** Copies a file and its rollback journal while a transaction is half on disk: what a killed program leaves. */
function createInterrupted(file: string): void {
  const writing = createForeign(`${file}.writing`, 'PRAGMA cache_size = 1; PRAGMA cache_spill = 1; CREATE TABLE anything (a)');
  writing.exec(
    `BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO anything SELECT zeroblob(3000) FROM n`,
  );
  copyFileSync(`${file}.writing`, file);
  copyFileSync(`${file}.writing-journal`, `${file}-journal`);
  writing.exec('ROLLBACK');
}

function opened<Handle extends SqliteHandle>(handle: Handle): Handle {
  handles.push(handle);
  return handle;
}

describe('the plan of migrations', () => {
  const known: Migration[] = ['1', '2', '3'].map((name) => ({ name, sql: '', checksum: `sum ${name}` }));
  const applied = (...done: string[]): AppliedMigration[] => done.map((name) => ({ name, checksum: `sum ${name}` }));

  it('is what the database does not have yet', () => {
    expect(plan(known, applied('1'))).toEqual({ pending: [known[1], known[2]] });
    expect(plan(known, applied('3', '2', '1'))).toEqual({ pending: [] });
  });

  it('refuses a database without the first migration, with an unknown one, and with an edited one', () => {
    expect(plan(known, [])).toEqual({ refused: 'NOT_OURS', migration: '1' });
    expect(plan(known, applied('1', '2', '3', '4'))).toEqual({ refused: 'NEWER', migration: '4' });
    expect(plan(known, [...applied('1'), { name: '2', checksum: 'other' }])).toEqual({ refused: 'EDITED', migration: '2' });
  });
});

describe('migrateSqlite', () => {
  it('applies every migration to a file that does not exist, and to an empty one', () => {
    expect(migrateSqlite(path, migrations)).toEqual({ applied: names });
    const empty = join(folder, 'empty.db');
    writeFileSync(empty, '');
    expect(migrateSqlite(empty, migrations)).toEqual({ applied: names });
  });

  it('applies nothing the second time', () => {
    migrateSqlite(path, migrations);
    expect(migrateSqlite(path, migrations)).toEqual({ applied: [] });
  });

  it('applies only what is missing, and keeps the rows', () => {
    migrateSqlite(path, migrations.slice(0, 1));
    opened(openWriter(path, 'normal')).exec(`INSERT INTO experiments (experiment_id, name) VALUES (7, 'kept')`);
    expect(migrateSqlite(path, migrations)).toEqual({ applied: names.slice(1) });
    expect(opened(openForeign(path)).prepare('SELECT name FROM experiments').all()).toEqual([{ name: 'kept' }]);
  });

  it('leaves nothing behind of a migration that fails', () => {
    migrateSqlite(path, migrations);
    const broken = { name: '0009_broken', sql: 'CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)', checksum: '' };
    expect(() => migrateSqlite(path, [...migrations, broken])).toThrow(/nowhere/);
    expect(objectNames(opened(openForeign(path)))).not.toContain('half');
    expect(migrateSqlite(path, migrations)).toEqual({ applied: [] });
  });

  it('refuses a migration that leaves rows without a parent, and puts up with those MLflow left', () => {
    migrateSqlite(path, migrations);
    const dangling = (run: string) => `INSERT INTO params (key, value, run_uuid) VALUES ('lr', '1', '${run}')`;
    const writer = opened(openWriter(path, 'normal'));
    writer.pragma('foreign_keys = OFF');
    writer.exec(dangling('left by MLflow'));
    const breaking = { name: '0009_breaking', sql: dangling('left by us'), checksum: '' };
    const harmless = { name: '0009_harmless', sql: 'CREATE TABLE rungraph_later (a)', checksum: '' };
    expect(() => migrateSqlite(path, [...migrations, breaking])).toThrow(/refer to nothing/);
    expect(migrateSqlite(path, [...migrations, harmless])).toEqual({ applied: ['0009_harmless'] });
  });

  it('lets three processes start together: one applies, the others find it done', async () => {
    for (let round = 0; round < 3; round += 1) {
      const outcomes = await Promise.all(await startTogether(join(folder, `${round}.db`), 3));
      expect(outcomes.sort((a, b) => b.length - a.length)).toEqual([names, [], []]);
    }
  }, 60_000);

  it("accepts a database whose tables a newer MLflow has changed, and leaves MLflow's revision alone", () => {
    const template = join(folder, 'template.db');
    migrateSqlite(template, migrations);
    const foreign = createForeign(path, dump('dc11669786a5.sqlite.sql'), `INSERT INTO alembic_version VALUES ('dc11669786a5')`);
    for (const { sql } of migrations.slice(1)) foreign.exec(sql);
    foreign.exec(`ATTACH '${template}' AS template; CREATE TABLE _prisma_migrations AS SELECT * FROM template._prisma_migrations`);
    expect(migrateSqlite(path, migrations)).toEqual({ applied: [] });
    expect(foreign.prepare('SELECT version_num FROM alembic_version').raw(true).all()).toEqual([['dc11669786a5']]);
  });
});

describe('migrateSqlite refuses, and leaves byte for byte as it is,', () => {
  const refused: [string, DatabaseRefused['reason'], () => void][] = [
    ['a file that is not SQLite', 'NOT_SQLITE', () => writeFileSync(path, 'run,loss\n1,0.5\n')],
    ['a file with the header of SQLite and nothing of it', 'NOT_SQLITE', () => writeFileSync(path, `SQLite format 3\0${'x'.repeat(5000)}`)],
    ['a database of MLflow', 'NOT_OURS', () => createForeign(path, dump('4465047574b1.sqlite.sql'))],
    ['a database with a table of anybody', 'NOT_OURS', () => createForeign(path, 'CREATE TABLE anything (a)')],
    ['a database in WAL of anybody', 'NOT_OURS', () => createForeign(path, 'PRAGMA journal_mode = WAL; CREATE TABLE anything (a)')],
    ['a database in the middle of a write that its program did not survive', 'NOT_OURS', () => createInterrupted(path)],
    [
      'a database of another Prisma project',
      'NOT_OURS',
      () => migrateSqlite(path, [{ name: '20240101_init', sql: 'CREATE TABLE other (a)', checksum: '' }]),
    ],
    ['a database of a newer version', 'NEWER', () => migrateSqlite(path, [...migrations, { name: '0009_later', sql: '', checksum: '' }])],
    [
      'a database made from other texts',
      'EDITED',
      () => migrateSqlite(path, [migrations[0]!, { ...migrations[1]!, checksum: '' }, ...migrations.slice(2)]),
    ],
  ];

  it.each(refused)('%s', (_, reason, create) => {
    create();
    const before = readFileSync(path);
    expect(() => migrateSqlite(path, migrations)).toThrow(expect.objectContaining({ name: 'DatabaseRefused', reason }));
    expect(() => migrateSqlite(path, migrations)).toThrow(DatabaseRefused);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('a folder', () => {
    expect(() => migrateSqlite(folder, migrations)).toThrow(expect.objectContaining({ reason: 'NOT_SQLITE' }));
  });

  it('says the path and what to do', () => {
    createForeign(path, 'CREATE TABLE anything (a)');
    expect(() => migrateSqlite(path, migrations)).toThrow(/mlflow\.db is a database that RunGraph did not create.*choose another path/);
  });
});

describe('the SQLite migrations', () => {
  it("create MLflow's tables exactly as MLflow does, and stamp its revision", () => {
    migrateSqlite(path, migrations);
    const ours = describeSchema(opened(openForeign(path)));
    const theirs = describeSchema(createForeign(join(folder, 'dump.db'), dump('4465047574b1.sqlite.sql')));
    expect(Object.keys(theirs)).toHaveLength(19);
    expect(ours).toEqual(theirs);
    expect(opened(openForeign(path)).prepare('SELECT * FROM alembic_version').all()).toEqual([{ version_num: '4465047574b1' }]);
  });

  it("add no trigger and no view, and only two indexes to MLflow's tables", () => {
    migrateSqlite(path, migrations);
    const handle = opened(openForeign(path));
    expect(handle.prepare(`SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')`).all()).toEqual([]);
    const added = handle.prepare(
      `SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'rungraph%' AND tbl_name NOT LIKE 'rungraph%' ORDER BY name`,
    );
    expect(added.raw(true).all().flat()).toEqual(['rungraph_runs_experiment_id', 'rungraph_runs_start_time']);
  });

  it('are what the models say', async () => {
    execFileSync(process.execPath, [join(root, 'scripts/generate-prisma.mjs')]);
    migrateSqlite(path, migrations);
    // One handle for both: the schema engine locks the file against every other.
    const handle = opened(openWriter(path, 'normal'));
    const adapter = createPrismaAdapter({ reader: handle, writer: createInProcessWriter(handle) });
    expect(await changesToModels(adapter, modelFiles())).toBe('');
  });
});

// Two things Prisma cannot say about SQLite: a 64-bit number that counts up, and a unique key without a name.
function modelFiles(): { path: string; content: string }[] {
  const schemas = join(root, 'src/generated/models/mlflow/sqlite');
  const files = readdirSync(schemas).filter((name) => name.endsWith('.prisma'));
  return files.map((name) => ({
    path: join(schemas, name),
    content: readFileSync(join(schemas, name), 'utf8')
      .replace(/sequence BigInt/, 'sequence Int')
      .replace('experiments_name_key', 'sqlite_autoindex_experiments_1'),
  }));
}

const objectNames = (handle: SqliteHandle): unknown[] => handle.prepare('SELECT name FROM sqlite_master').raw(true).all().flat();

/** All that SQLite tells about the tables that are not ours, by name of the table. */
function describeSchema(handle: SqliteHandle): Record<string, unknown> {
  const tables = handle
    .prepare(
      `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'rungraph_*' AND name <> '_prisma_migrations' ORDER BY name`,
    )
    .raw(true)
    .all() as [string, string][];
  const pragma = (name: string, table: string) => handle.prepare(`SELECT * FROM pragma_${name}(?)`).raw(true).all([table]) as unknown[][];
  return Object.fromEntries(
    tables.map(([table, sql]) => {
      // Numbered in the order they were made; ours come last and are not MLflow's.
      const indexes = pragma('index_list', table).filter(([, name]) => !String(name).startsWith('rungraph_'));
      const indexed = indexes.map(([, name, ...rest]) => [name, ...rest, pragma('index_xinfo', String(name))]);
      return [
        table,
        {
          sql: sql.replace(/\s+/g, ' '),
          columns: pragma('table_xinfo', table),
          foreignKeys: pragma('foreign_key_list', table),
          indexes: indexed.sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
        },
      ];
    }),
  );
}

/** Processes that have loaded everything and begin at the same word; each answers with what it applied. */
async function startTogether(file: string, count: number): Promise<Promise<string[]>[]> {
  const script = `
    import { readMigrations } from ${JSON.stringify(join(root, 'src/stores/engine/migrations.ts'))};
    import { migrateSqlite } from ${JSON.stringify(join(root, 'src/stores/engine/sqlite/migrate.ts'))};
    const migrations = readMigrations('mlflow', 'sqlite');
    process.stdin.once('data', () => {
      process.stdout.write(JSON.stringify(migrateSqlite(process.argv[1], migrations).applied));
      process.stdin.destroy();
    });
    process.stdout.write('ready');
  `;
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, file], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
  return children.map(async (child) => {
    let answer = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
    child.stdin.write('go');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    return JSON.parse(answer) as string[];
  });
}
