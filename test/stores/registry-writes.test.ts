import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Libsql from 'libsql';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Dialect } from '../../src/stores/engine/dialect.js';
import { postgresDatabase } from '../../src/stores/engine/postgres/connection.js';
import { postgresDialect } from '../../src/stores/engine/postgres/dialect.js';
import { raw, sql, type Database } from '../../src/stores/engine/sql.js';
import { SqliteConnection } from '../../src/stores/engine/sqlite/connection.js';
import { sqliteDialect } from '../../src/stores/engine/sqlite/dialect.js';
import { createModel, deleteModel, renameModel, setModelTags } from '../../src/stores/mlflow/registry/registry-writes.js';
import {
  createVersion,
  deleteVersion,
  setAlias,
  setVersionTags,
  transitionStage,
} from '../../src/stores/mlflow/registry/version-writes.js';
import { missing } from '../kit/optional.js';

const ddl = (name: string): string => readFileSync(new URL(`../fixtures/mlflow/ddl/${name}.sql`, import.meta.url), 'utf8');

/** A database with MLflow's tables as some program left them. */
interface Prepared {
  readonly db: Database;
  readonly dialect: Dialect;
  readonly hasWorkspaces: boolean;
  close(): Promise<void>;
}

async function sqlite(tables: string, { keys, workspaces }: { keys: boolean; workspaces: boolean }): Promise<Prepared> {
  const db = new SqliteConnection(new Libsql(':memory:').defaultSafeIntegers(true));
  db.exec(`PRAGMA foreign_keys = ${keys ? 'ON' : 'OFF'}`);
  db.exec(tables);
  return { db, dialect: sqliteDialect, hasWorkspaces: workspaces, close: async () => db.close() };
}

async function postgres(): Promise<Prepared> {
  const name = `registry_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const server = new pg.Client({ connectionString: 'postgresql://postgres@127.0.0.1:5432/postgres' });
  await server.connect();
  await server.query(`CREATE DATABASE ${name}`);
  const client = new pg.Client({ connectionString: `postgresql://postgres@127.0.0.1:5432/${name}` });
  await client.connect();
  await client.query(ddl('4465047574b1.pg'));
  await client.query('SET search_path TO public');
  return {
    db: postgresDatabase(client),
    dialect: postgresDialect,
    hasWorkspaces: false,
    async close() {
      await client.end();
      await server.query(`DROP DATABASE ${name}`);
      await server.end();
    },
  };
}

async function hasPostgres(): Promise<boolean> {
  const client = new pg.Client({ connectionString: 'postgresql://postgres@127.0.0.1:5432/postgres', connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    missing('no PostgreSQL at 127.0.0.1:5432');
    return false;
  }
}

const [seed, head] = [ddl('4465047574b1.sqlite'), ddl('dc11669786a5.sqlite')];
const withoutCascades = seed.replaceAll(/ON UPDATE CASCADE/gi, '').replaceAll(/ON DELETE CASCADE/gi, '');
const databases: readonly (readonly [name: string, open: () => Promise<Prepared>])[] = [
  ['SQLite at the revision of MLflow 2.15', () => sqlite(seed, { keys: true, workspaces: false })],
  ['SQLite whose keys hand nothing on', () => sqlite(withoutCascades, { keys: true, workspaces: false })],
  ['SQLite that checks no keys', () => sqlite(seed, { keys: false, workspaces: false })],
  ['SQLite at the revision of MLflow 3.17, with workspaces', () => sqlite(head, { keys: true, workspaces: true })],
  ...((await hasPostgres()) ? [['PostgreSQL', postgres] as const] : []),
];

describe.each(databases)('writes of a registry in %s', (_name, open) => {
  let prepared: Prepared;
  let context: { db: Database; dialect: Dialect; now: number };
  beforeEach(async () => {
    prepared = await open();
    context = { db: prepared.db, dialect: prepared.dialect, now: 1_000 };
  });
  afterEach(() => prepared.close());

  const rows = async (table: string, columns: string) =>
    (await prepared.db.all(raw(`SELECT ${columns} FROM ${table} ORDER BY ${columns}`))).map((row) =>
      row.map((value) => (typeof value === 'bigint' ? Number(value) : value)),
    );

  async function fill(name: string): Promise<void> {
    await createModel(context, { name, description: 'd', tags: [{ key: 'team', value: 'a' }] });
    for (let count = 0; count < 3; count++)
      await createVersion(context, { name, sourceUri: 's3://x', runId: 'r', tags: [{ key: 'k', value: 'v' }] });
    await setAlias(context, { name, alias: 'best', version: 2 });
    await transitionStage(context, { name, version: 2, stage: 'PRODUCTION', archiveExisting: false });
    await deleteVersion(context, { name, version: 3 });
  }

  it('rename a model with everything, deleted versions included', async () => {
    await fill('old');
    await fill('other');
    await renameModel({ ...context, now: 2_000 }, { name: 'old', newName: 'new' });
    expect(await rows('registered_models', 'name, creation_time, last_updated_time, description')).toEqual([
      ['new', 1_000, 2_000, 'd'],
      ['other', 1_000, 1_000, 'd'],
    ]);
    const versions = (name: string, updated: number) => [
      [name, 1, 'None', 's3://x', updated],
      [name, 2, 'Production', 's3://x', updated],
      [name, 3, 'Deleted_Internal', 'REDACTED-SOURCE-PATH', updated],
    ];
    expect(await rows('model_versions', 'name, version, current_stage, source, last_updated_time')).toEqual([
      ...versions('new', 2_000),
      ...versions('other', 1_000),
    ]);
    expect(await rows('registered_model_tags', 'name, value')).toEqual([
      ['new', 'a'],
      ['other', 'a'],
    ]);
    expect(await rows('model_version_tags', 'name, version')).toEqual(
      ['new', 'other'].flatMap((name) => [1, 2, 3].map((version) => [name, version])),
    );
    expect(await rows('registered_model_aliases', 'name, alias, version')).toEqual([
      ['new', 'best', 2],
      ['other', 'best', 2],
    ]);
    expect(await createVersion(context, { name: 'new', sourceUri: 'x', tags: [] })).toEqual({ name: 'new', version: 4 });
  });

  it('delete a model with everything, and nothing of another', async () => {
    await fill('old');
    await fill('other');
    await deleteModel(context, 'old');
    for (const table of ['registered_models', 'model_versions', 'registered_model_tags', 'model_version_tags', 'registered_model_aliases'])
      expect([...new Set((await rows(table, 'name')).flat())]).toEqual(['other']);
  });

  it('leave models of another workspace alone', async () => {
    if (!prepared.hasWorkspaces) return;
    await fill('both');
    for (const statement of [
      `INSERT INTO registered_models (name, workspace) VALUES ('both', 'theirs'), ('theirs', 'theirs')`,
      `INSERT INTO model_versions (name, version, workspace, current_stage) VALUES ('both', 1, 'theirs', 'Production'), ('both', 9, 'theirs', 'None')`,
      `INSERT INTO registered_model_tags ("key", value, name, workspace) VALUES ('team', 'theirs', 'both', 'theirs')`,
      `INSERT INTO registered_model_aliases (alias, version, name, workspace) VALUES ('best', 9, 'both', 'theirs')`,
    ])
      await prepared.db.run(raw(statement));
    const theirs = async () =>
      Promise.all(
        ['registered_models', 'model_versions', 'registered_model_tags', 'registered_model_aliases'].map((table) =>
          prepared.db.all(raw(`SELECT * FROM ${table} WHERE workspace = 'theirs' ORDER BY 1, 2`)),
        ),
      );
    const before = await theirs();
    await setModelTags(context, { name: 'both', tags: [{ key: 'team', value: 'b' }] });
    await setVersionTags(context, { name: 'both', version: 1, tags: [{ key: 'k', value: 'w' }] });
    await setAlias(context, { name: 'both', alias: 'best', version: 1 });
    await transitionStage(context, { name: 'both', version: 2, stage: 'PRODUCTION', archiveExisting: true });
    expect(await createVersion(context, { name: 'both', sourceUri: 'x', tags: [] })).toMatchObject({ version: 4 });
    await expect(createVersion(context, { name: 'theirs', sourceUri: 'x', tags: [] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await renameModel(context, { name: 'both', newName: 'theirs' });
    await deleteModel(context, 'theirs');
    expect(await theirs()).toEqual(before);
    expect(await prepared.db.all(sql`SELECT * FROM model_versions WHERE workspace = 'default'`)).toEqual([]);
  });

  it('take no idempotency key where there is no place for one', async () => {
    const keyed = { name: 'keyed', tags: [], idempotencyKey: 'k' };
    await expect(createModel(context, keyed)).rejects.toMatchObject({ code: 'UNSUPPORTED', field: ['idempotencyKey'] });
  });
});
