import type { Dialect } from '../../engine/dialect.js';
import { join, raw, sql, type Database, type Sql } from '../../engine/sql.js';
import type { KeyValueRecord } from '../../run-store.js';

// No statement comes near an engine's limit of bound values.
const rowsPerInsert = 50;

/** Whose texts they are: a row of one of MLflow's tables of keys and values. */
export type KeyValueOwner =
  | { readonly table: 'params' | 'tags'; readonly owner: string }
  | { readonly table: 'experiment_tags'; readonly owner: bigint }
  | { readonly table: 'registered_model_tags'; readonly owner: string; readonly inWorkspace: Sql }
  | {
      readonly table: 'model_version_tags';
      readonly owner: { readonly name: string; readonly version: bigint };
      readonly inWorkspace: Sql;
    };

/** Gives the keys their values, whatever they had; other keys stay as they are. */
export async function replaceKeyValues(
  db: Database,
  dialect: Dialect,
  of: KeyValueOwner,
  entries: readonly KeyValueRecord[],
): Promise<void> {
  if (entries.length === 0) return;
  const { columns, values, condition } = ownerColumns(of);
  await db.run(sql`/* mlflow.dropKeyValues */
    DELETE FROM ${raw(of.table)} WHERE ${condition} AND "key" IN ${dialect.texts(entries.map(({ key }) => key))}`);
  for (let start = 0; start < entries.length; start += rowsPerInsert) {
    const rows = entries.slice(start, start + rowsPerInsert).map(({ key, value }) => sql`(${key}, ${value}, ${values})`);
    await db.run(sql`/* mlflow.insertKeyValues */ INSERT INTO ${raw(of.table)} ("key", value, ${columns}) VALUES ${join(rows)}`);
  }
}

/** The columns that say whose a row is, the values in them, and both as a condition. */
function ownerColumns(of: KeyValueOwner): { columns: Sql; values: Sql; condition: Sql } {
  const { table, owner } = of;
  switch (table) {
    case 'params':
    case 'tags':
      return { columns: raw('run_uuid'), values: sql`${owner}`, condition: sql`run_uuid = ${owner}` };
    case 'experiment_tags':
      return { columns: raw('experiment_id'), values: sql`${owner}`, condition: sql`experiment_id = ${owner}` };
    case 'registered_model_tags':
      return { columns: raw('name'), values: sql`${owner}`, condition: sql`name = ${owner} AND ${of.inWorkspace}` };
    case 'model_version_tags': {
      const { name, version } = owner;
      const condition = sql`name = ${name} AND version = ${version} AND ${of.inWorkspace}`;
      return { columns: raw('name, version'), values: sql`${name}, ${version}`, condition };
    }
  }
}
