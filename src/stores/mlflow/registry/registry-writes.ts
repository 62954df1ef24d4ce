import { refuse } from '../../../core/errors.js';
import { sql } from '../../engine/sql.js';
import type { CreateModel, Forgiving } from '../../registry-writer.js';
import type { KeyValueRecord } from '../../run-store.js';
import {
  changeModel,
  changeVersions,
  copyRows,
  dropRows,
  dropTags,
  hasModel,
  onceIn,
  openTables,
  putTags,
  registryTables,
  renameRows,
  requireModel,
  type RegistryTables,
} from './registry-rows.sql.js';
import type { WriteContext } from '../writes.js';

export async function createModel(context: WriteContext, input: CreateModel): Promise<null> {
  const { idempotencyKey, ...request } = input;
  const tables = await openTables(context);
  return onceIn(tables, { idempotencyKey, operation: 'createModel', input: request }, async () => {
    const { name, description, tags } = input;
    await requireFreeName(tables, name, 'name');
    await tables.db.run(sql`/* mlflow.insertModel */
      INSERT INTO registered_models (name, creation_time, last_updated_time, description)
      VALUES (${name}, ${tables.now}, ${tables.now}, ${description ?? null})`);
    await putTags(tables, { name }, tags);
    return null;
  });
}

/**
 * Renames a model. Foreign keys are checked at once and may or may not hand a new name on, so what others point to is
 * copied under the new name first, then those that point are moved, and at last what nobody points to any more is deleted.
 */
export async function renameModel(context: WriteContext, input: { readonly name: string; readonly newName: string }): Promise<null> {
  const tables = await openTables(context);
  const { name, newName } = input;
  await requireModel(tables, name);
  if (newName !== name) {
    await requireFreeName(tables, newName, 'newName');
    await copyRows(tables, 'registered_models', input);
    await copyRows(tables, 'model_versions', input);
    for (const table of ['model_version_tags', 'registered_model_tags', 'registered_model_aliases'] as const)
      await renameRows(tables, table, input);
    await dropRows(tables, 'model_versions', name);
    await dropRows(tables, 'registered_models', name);
  }
  const touched = [sql`last_updated_time = ${tables.now}`];
  await changeModel(tables, newName, touched);
  await changeVersions(tables, { name: newName }, touched);
  return null;
}

export async function updateModel(
  context: WriteContext,
  { name, description }: { readonly name: string; readonly description: string | null },
): Promise<null> {
  const tables = await openTables(context);
  await requireModel(tables, name);
  await changeModel(tables, name, [sql`description = ${description}`, sql`last_updated_time = ${tables.now}`]);
  return null;
}

export async function deleteModel(context: WriteContext, name: string): Promise<null> {
  const tables = await openTables(context);
  await requireModel(tables, name);
  for (const table of registryTables) await dropRows(tables, table, name);
  return null;
}

/** As in MLflow, tags do not move the update time. */
export async function setModelTags(
  context: WriteContext,
  { name, tags }: { readonly name: string; readonly tags: readonly KeyValueRecord[] },
): Promise<null> {
  const tables = await openTables(context);
  await requireModel(tables, name);
  await putTags(tables, { name }, tags);
  return null;
}

export async function deleteModelTags(
  context: WriteContext,
  { name, keys, ignoreMissing }: Forgiving & { readonly name: string; readonly keys: readonly string[] },
): Promise<null> {
  const tables = await openTables(context);
  await requireModel(tables, name);
  await dropTags(tables, { name }, keys, ignoreMissing ?? false);
  return null;
}

async function requireFreeName(tables: RegistryTables, name: string, field: string): Promise<void> {
  if (await hasModel(tables, name)) throw refuse('ALREADY_EXISTS', `A model ${JSON.stringify(name)} exists.`, [field]);
}
