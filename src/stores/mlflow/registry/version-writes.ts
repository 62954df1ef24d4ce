import { refuse } from '../../../core/errors.js';
import { raw, sql, type Sql } from '../../engine/sql.js';
import type { CreateVersion, Forgiving, TransitionStage } from '../../registry-writer.js';
import type { VersionKey } from '../../registry-store.js';
import type { KeyValueRecord } from '../../run-store.js';
import {
  changeVersions,
  dropTags,
  modelIs,
  onceIn,
  openTables,
  putTags,
  requireModel,
  requireVersion,
  touchModel,
  type RegistryTables,
} from './registry-rows.sql.js';
import { storedStages } from './registry.sql.js';
import { locate } from './version-source.sql.js';
import type { WriteContext } from '../writes.js';

export async function createVersion(context: WriteContext, input: CreateVersion): Promise<VersionKey> {
  const { idempotencyKey, ...request } = input;
  const tables = await openTables(context);
  return onceIn(tables, { idempotencyKey, operation: 'createVersion', input: request }, () => insertVersion(tables, input));
}

async function insertVersion(tables: RegistryTables, input: CreateVersion): Promise<VersionKey> {
  const { db, now } = tables;
  const { name, tags, runLink, description, user } = input;
  await requireModel(tables, name);
  await touchModel(tables, name);
  const key = { name, version: (await highestVersion(tables, name)) + 1 };
  const { sourceUri, storageLocation, runId } = await locate(tables, input);
  await db.run(sql`/* mlflow.insertVersion */
    INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, user_id, current_stage, source, run_id,
      status, status_message, run_link, storage_location)
    VALUES (${name}, ${key.version}, ${now}, ${now}, ${description ?? null}, ${user ?? null}, 'None', ${sourceUri}, ${runId},
      'READY', NULL, ${runLink ?? null}, ${storageLocation})`);
  await putTags(tables, key, tags);
  return key;
}

/** The highest number the model ever had; deleted versions keep theirs. */
async function highestVersion(tables: RegistryTables, name: string): Promise<number> {
  const rows = await tables.db.all(sql`/* mlflow.highestVersion */
    SELECT COALESCE(MAX(version), 0) FROM model_versions WHERE ${modelIs(tables, name)}`);
  return Number(rows[0]![0]);
}

export async function updateVersion(context: WriteContext, input: VersionKey & { readonly description: string | null }): Promise<null> {
  const tables = await openTables(context);
  await requireVersion(tables, input);
  await changeVersions(tables, input, [sql`description = ${input.description}`, sql`last_updated_time = ${tables.now}`]);
  return null;
}

export async function transitionStage(context: WriteContext, input: TransitionStage): Promise<null> {
  const tables = await openTables(context);
  const { db, now } = tables;
  const { name, version, archiveExisting } = input;
  const stage = storedStages[input.stage];
  await requireVersion(tables, input);
  await touchModel(tables, name);
  if (archiveExisting) {
    await db.run(sql`/* mlflow.archiveOthers */ UPDATE model_versions SET current_stage = ${storedStages.ARCHIVED}, last_updated_time = ${now}
      WHERE version <> ${version} AND current_stage = ${stage} AND ${modelIs(tables, name)}`);
  }
  await changeVersions(tables, input, [sql`current_stage = ${stage}`, sql`last_updated_time = ${now}`]);
  return null;
}

/** MLflow keeps the row, so that the number is not used again, and leaves nothing in it that says what it was. */
export async function deleteVersion(context: WriteContext, key: VersionKey): Promise<null> {
  const tables = await openTables(context);
  const { db, now } = tables;
  await requireVersion(tables, key);
  await touchModel(tables, key.name);
  await db.run(sql`/* mlflow.dropAliases */
    DELETE FROM registered_model_aliases WHERE version = ${key.version} AND ${modelIs(tables, key.name)}`);
  await changeVersions(tables, key, [
    sql`current_stage = 'Deleted_Internal'`,
    sql`last_updated_time = ${now}`,
    sql`description = NULL`,
    sql`user_id = NULL`,
    sql`status_message = NULL`,
    sql`source = 'REDACTED-SOURCE-PATH'`,
    sql`run_id = 'REDACTED-RUN-ID'`,
    sql`run_link = 'REDACTED-RUN-LINK'`,
  ]);
  return null;
}

/** As in MLflow, tags do not move the update time. */
export async function setVersionTags(
  context: WriteContext,
  { tags, ...key }: VersionKey & { readonly tags: readonly KeyValueRecord[] },
): Promise<null> {
  const tables = await openTables(context);
  await requireVersion(tables, key);
  await putTags(tables, key, tags);
  return null;
}

export async function deleteVersionTags(
  context: WriteContext,
  { keys, ignoreMissing, ...key }: VersionKey & Forgiving & { readonly keys: readonly string[] },
): Promise<null> {
  const tables = await openTables(context);
  await requireVersion(tables, key);
  await dropTags(tables, key, keys, ignoreMissing ?? false);
  return null;
}

/** As in MLflow, aliases do not move the update time. */
export async function setAlias(context: WriteContext, input: VersionKey & { readonly alias: string }): Promise<null> {
  const tables = await openTables(context);
  const { db } = tables;
  const { name, version, alias } = input;
  await requireVersion(tables, input);
  const condition = aliasIs(tables, name, alias);
  const found = await db.all(sql`/* mlflow.hasAlias */ SELECT 1 FROM registered_model_aliases WHERE ${condition}`);
  await db.run(
    found.length > 0
      ? sql`/* mlflow.moveAlias */ UPDATE registered_model_aliases SET version = ${version} WHERE ${condition}`
      : sql`/* mlflow.addAlias */ INSERT INTO registered_model_aliases (name, alias, version) VALUES (${name}, ${alias}, ${version})`,
  );
  return null;
}

export async function deleteAlias(
  context: WriteContext,
  { name, alias, ignoreMissing }: Forgiving & { readonly name: string; readonly alias: string },
): Promise<null> {
  const tables = await openTables(context);
  await requireModel(tables, name);
  const deleted = await tables.db.run(sql`/* mlflow.dropAlias */
    DELETE FROM registered_model_aliases WHERE ${aliasIs(tables, name, alias)}`);
  if (deleted === 0 && !ignoreMissing)
    throw refuse('NOT_FOUND', `Model ${JSON.stringify(name)} has no alias ${JSON.stringify(alias)}.`, ['alias']);
  return null;
}

const aliasIs = (tables: RegistryTables, name: string, alias: string): Sql =>
  sql`${tables.dialect.equals(raw('alias'), alias)} AND ${modelIs(tables, name)}`;
