import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readMigrations } from '../../src/stores/engine/migrations.js';

type Client = InstanceType<typeof pg.Client>;

const server = 'postgresql://postgres@127.0.0.1:5432';
const dump = new URL('../fixtures/mlflow/ddl/4465047574b1.pg.sql', import.meta.url);

const reachable = await connect('postgres').then(
  (client) => client.end().then(() => true),
  () => false,
);
if (!reachable) {
  if (process.env.RUNGRAPH_REQUIRE_ALL) throw new Error(`No PostgreSQL server at ${server}.`);
  process.stdout.write(`skipped: no PostgreSQL server at ${server}\n`);
}

async function connect(database: string): Promise<Client> {
  const client = new pg.Client({ connectionString: `${server}/${database}`, connectionTimeoutMillis: 2_000 });
  await client.connect();
  return client;
}

describe.skipIf(!reachable)('the PostgreSQL migrations', () => {
  const ours = `rungraph_test_${randomBytes(6).toString('hex')}`;
  const theirs = `${ours}_mlflow`;
  let admin: Client;
  let migrated: Client;
  let dumped: Client;

  beforeAll(async () => {
    admin = await connect('postgres');
    for (const database of [ours, theirs]) await admin.query(`CREATE DATABASE ${database}`);
    [migrated, dumped] = [await connect(ours), await connect(theirs)];
    await migrated.query('BEGIN');
    for (const { sql } of readMigrations('mlflow', 'postgresql')) await migrated.query(sql);
    await migrated.query('COMMIT');
    await dumped.query(readFileSync(dump, 'utf8'));
  }, 60_000);
  afterAll(async () => {
    await migrated.end();
    await dumped.end();
    for (const database of [ours, theirs]) await admin.query(`DROP DATABASE ${database}`);
    await admin.end();
  });

  it("create MLflow's columns, sequence, constraints and indexes exactly as MLflow does", async () => {
    for (const [what, query] of Object.entries(catalog)) {
      const [actual, expected] = [await rows(migrated, query), await rows(dumped, query)];
      expect(expected.length, what).toBeGreaterThan(0);
      expect(actual.map(withoutCasts), what).toEqual(expected.map(withoutCasts));
    }
  });

  it("stamp MLflow's revision", async () => {
    expect(await rows(migrated, 'SELECT version_num FROM alembic_version')).toEqual([['4465047574b1']]);
  });

  it('give every constraint of our tables a name of ours', async () => {
    const named = await rows(migrated, `SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'rungraph%' ORDER BY 1`);
    expect(named.flat()).toEqual([
      'rungraph_foreign_scopes_pk',
      'rungraph_foreign_sources_pk',
      'rungraph_foreign_stats_pk',
      'rungraph_idempotency_keys_pk',
      'rungraph_imported_import_fk',
      'rungraph_imported_pk',
      'rungraph_imports_pk',
      'rungraph_log_lines_pk',
      'rungraph_log_lines_run_fk',
      'rungraph_logged_model_metrics_model_fk',
      'rungraph_logged_model_metrics_pk',
      'rungraph_logged_model_metrics_run_fk',
      'rungraph_logged_model_params_model_fk',
      'rungraph_logged_model_params_pk',
      'rungraph_logged_model_tags_model_fk',
      'rungraph_logged_model_tags_pk',
      'rungraph_logged_models_experiment_fk',
      'rungraph_logged_models_pk',
      'rungraph_meta_pk',
      'rungraph_metric_log_pk',
      'rungraph_metric_log_run_fk',
      'rungraph_metric_stats_pk',
      'rungraph_metric_stats_run_fk',
      'rungraph_run_events_pk',
      'rungraph_run_models_pk',
      'rungraph_run_models_run_fk',
      'rungraph_trace_links_pk',
      'rungraph_trace_links_run_fk',
      'rungraph_trace_links_trace_fk',
      'rungraph_trace_spans_pk',
      'rungraph_trace_spans_trace_fk',
      'rungraph_traces_pk',
      'rungraph_traces_trace_fk',
    ]);
  });

  it('create the same columns of our tables as on SQLite', async () => {
    const columns = await rows(
      migrated,
      `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_name LIKE 'rungraph%' ORDER BY table_name, ordinal_position`,
    );
    expect(columns.flat()).toEqual(columnsOnSqlite());
  });
});

async function rows(client: Client, text: string): Promise<unknown[][]> {
  const result = await client.query<unknown[]>({ text, rowMode: 'array' });
  return result.rows;
}

// PostgreSQL writes the casts of a CHECK in another way when it reads back what it wrote, as the dump does.
function withoutCasts(row: unknown[]): unknown[] {
  return row.map((value) =>
    String(value).startsWith('CHECK') ? String(value).replace(/::(character varying|text)(\[\])?|[()]/g, '') : value,
  );
}

// Everything but what is called rungraph_.
const catalog = {
  columns: `SELECT table_name, ordinal_position, column_name, data_type, character_maximum_length, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'rungraph%' ORDER BY 1, 2`,
  sequences: `SELECT s.seqrelid::regclass::text, s.seqtypid::regtype::text, s.seqstart, s.seqincrement, s.seqcache, d.refobjid::regclass::text, d.refobjsubid
    FROM pg_sequence s JOIN pg_depend d ON d.objid = s.seqrelid AND d.deptype = 'a'
    WHERE s.seqrelid::regclass::text NOT LIKE 'rungraph%' ORDER BY 1`,
  constraints: `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'rungraph%' ORDER BY 1, 2`,
  indexes: `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE 'rungraph%' ORDER BY 1, 2`,
};

function columnsOnSqlite(): string[] {
  const sql = readMigrations('mlflow', 'sqlite')
    .slice(1) // the first makes MLflow's tables
    .map((migration) => migration.sql)
    .join('\n');
  const tables = [...sql.matchAll(/CREATE TABLE (\w+) \(\n([\s\S]*?)\n\);/g)].sort(([, a], [, b]) => a!.localeCompare(b!));
  return tables.flatMap(([, table, body]) => [...body!.matchAll(/^ {2}([a-z]\w*) /gm)].map(([, column]) => `${table}.${column}`));
}
