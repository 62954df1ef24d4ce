import { refuse } from '../../../core/errors.js';
import { join, raw, sql, type Sql } from '../../engine/sql.js';
import type { VersionKey } from '../../registry-store.js';
import type { KeyValueRecord } from '../../run-store.js';
import { always } from '../condition.sql.js';
import { readLayout, type MlflowLayout } from '../layout.js';
import { once } from '../idempotency.js';
import type { Repeatable } from '../../run-writer.js';
import type { WriteContext } from '../writes.js';

/** The registry's tables as a write works with them. */
export interface RegistryTables extends WriteContext {
  readonly layout: MlflowLayout;
  /** Since 3.10 models live in a workspace: only `default` is written, and rows that are inserted get it from the column. */
  readonly inWorkspace: Sql;
}

/** Looks at the tables within the write's own transaction: registries change seldom, and MLflow may have migrated them since the last time. */
export async function openTables(context: WriteContext): Promise<RegistryTables> {
  const layout = await readLayout(context.db, context.dialect);
  return { ...context, layout, inWorkspace: layout.workspaces ? sql`workspace = 'default'` : always };
}

/** As `once`. Databases of others have no place for keys. */
export function onceIn<T>(
  tables: RegistryTables,
  request: Repeatable & { readonly operation: string; readonly input: unknown },
  work: () => Promise<T>,
): Promise<T> {
  const { idempotencyKey: key, operation, input } = request;
  if (key !== null && key !== undefined && !tables.layout.own)
    throw refuse('UNSUPPORTED', 'Only local keeps idempotency keys; leave it out for this source.', ['idempotencyKey']);
  return once(tables, { key, operation, input, now: tables.now }, work);
}

/** The condition that a row is one of the model's. */
export const modelIs = ({ dialect, inWorkspace }: RegistryTables, name: string): Sql =>
  sql`${dialect.equals(raw('name'), name)} AND ${inWorkspace}`;

/** A model, or one of its versions. */
interface ModelOrVersion {
  readonly name: string;
  readonly version?: number;
}

const versionIs = (tables: RegistryTables, { name, version }: VersionKey): Sql => sql`version = ${version} AND ${modelIs(tables, name)}`;

const isOf = (tables: RegistryTables, { name, version }: ModelOrVersion): Sql =>
  version === undefined ? modelIs(tables, name) : versionIs(tables, { name, version });

/**
 * Also keeps other writers of the model waiting until this write is committed.
 * @throws a broken rule when there is no such model
 */
export async function requireModel(tables: RegistryTables, name: string): Promise<void> {
  if (!(await hasModel(tables, name))) throw refuse('NOT_FOUND', `There is no model ${JSON.stringify(name)}.`, ['model']);
}

export async function hasModel(tables: RegistryTables, name: string): Promise<boolean> {
  const rows = await tables.db.all(sql`/* mlflow.hasModel */
    SELECT 1 FROM registered_models WHERE ${modelIs(tables, name)} ${tables.dialect.forUpdate}`);
  return rows.length > 0;
}

/** As `requireModel`. @throws a broken rule when there is no such version, or it was deleted */
export async function requireVersion(tables: RegistryTables, key: VersionKey): Promise<void> {
  await requireModel(tables, key.name);
  const rows = await tables.db.all(sql`/* mlflow.hasVersion */
    SELECT 1 FROM model_versions WHERE ${versionIs(tables, key)} AND COALESCE(current_stage, '') <> 'Deleted_Internal'`);
  if (rows.length === 0) throw refuse('NOT_FOUND', `Model ${JSON.stringify(key.name)} has no version ${key.version}.`, ['version']);
}

/** Moves the update time of a model. */
export async function touchModel(tables: RegistryTables, name: string): Promise<void> {
  await tables.db.run(
    sql`/* mlflow.touchModel */ UPDATE registered_models SET last_updated_time = ${tables.now} WHERE ${modelIs(tables, name)}`,
  );
}

/** Changes columns of a model. */
export async function changeModel(tables: RegistryTables, name: string, changes: readonly Sql[]): Promise<void> {
  await tables.db.run(sql`/* mlflow.changeModel */ UPDATE registered_models SET ${join(changes)} WHERE ${modelIs(tables, name)}`);
}

/** Changes columns of a version, or of every version of a model. */
export async function changeVersions(tables: RegistryTables, which: ModelOrVersion, changes: readonly Sql[]): Promise<void> {
  await tables.db.run(sql`/* mlflow.changeVersions */ UPDATE model_versions SET ${join(changes)} WHERE ${isOf(tables, which)}`);
}

const keyIs = ({ dialect }: RegistryTables, key: string): Sql => dialect.equals(raw('"key"'), key);
const tagTable = ({ version }: ModelOrVersion): Sql => raw(version === undefined ? 'registered_model_tags' : 'model_version_tags');

/** Sets tags; those that are there get the new value. */
export async function putTags(tables: RegistryTables, owner: ModelOrVersion, tags: readonly KeyValueRecord[]): Promise<void> {
  const { db } = tables;
  for (const { key, value } of tags) {
    const condition = sql`${keyIs(tables, key)} AND ${isOf(tables, owner)}`;
    const found = await db.all(sql`/* mlflow.hasRegistryTag */ SELECT 1 FROM ${tagTable(owner)} WHERE ${condition}`);
    if (found.length > 0)
      await db.run(sql`/* mlflow.changeRegistryTag */ UPDATE ${tagTable(owner)} SET value = ${value} WHERE ${condition}`);
    else if (owner.version === undefined)
      await db.run(
        sql`/* mlflow.addModelTag */ INSERT INTO registered_model_tags ("key", value, name) VALUES (${key}, ${value}, ${owner.name})`,
      );
    else
      await db.run(sql`/* mlflow.addVersionTag */
        INSERT INTO model_version_tags ("key", value, name, version) VALUES (${key}, ${value}, ${owner.name}, ${owner.version})`);
  }
}

/** @throws a broken rule when one is missing and that matters */
export async function dropTags(
  tables: RegistryTables,
  owner: ModelOrVersion,
  keys: readonly string[],
  ignoreMissing: boolean,
): Promise<void> {
  for (const [index, key] of keys.entries()) {
    const deleted = await tables.db.run(sql`/* mlflow.dropRegistryTag */
      DELETE FROM ${tagTable(owner)} WHERE ${keyIs(tables, key)} AND ${isOf(tables, owner)}`);
    if (deleted === 0 && !ignoreMissing) throw refuse('NOT_FOUND', `There is no tag ${JSON.stringify(key)}.`, ['keys', String(index)]);
  }
}

/** Copies the rows of a model in one table under another name, with every column the table has. */
export async function copyRows(
  tables: RegistryTables,
  table: 'registered_models' | 'model_versions',
  { name, newName }: { readonly name: string; readonly newName: string },
): Promise<void> {
  const others = [...tables.layout.columns.get(table)!].filter((column) => column !== 'name').map((column) => raw(`"${column}"`));
  await tables.db.run(sql`/* mlflow.copyRows */ INSERT INTO ${raw(table)} (name, ${join(others)})
    SELECT ${newName}, ${join(others)} FROM ${raw(table)} WHERE ${modelIs(tables, name)}`);
}

/** Gives the rows of a model in one table another name. */
export async function renameRows(
  tables: RegistryTables,
  table: 'model_version_tags' | 'registered_model_tags' | 'registered_model_aliases',
  { name, newName }: { readonly name: string; readonly newName: string },
): Promise<void> {
  await tables.db.run(sql`/* mlflow.renameRows */ UPDATE ${raw(table)} SET name = ${newName} WHERE ${modelIs(tables, name)}`);
}

/** Tables of the registry, those that others point to last. */
export const registryTables = [
  'registered_model_aliases',
  'model_version_tags',
  'model_versions',
  'registered_model_tags',
  'registered_models',
] as const;

/** Deletes the rows of a model in one table. */
export async function dropRows(tables: RegistryTables, table: (typeof registryTables)[number], name: string): Promise<void> {
  await tables.db.run(sql`/* mlflow.dropRows */ DELETE FROM ${raw(table)} WHERE ${modelIs(tables, name)}`);
}
