import { raw, sql } from '../../engine/sql.js';
import type { AliasRecord } from '../../registry-store.js';
import type { KeyValueRecord } from '../../run-store.js';
import { inDefaultWorkspace, toInteger, toKeyValues } from './import.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { groupRows } from '../metrics/metric-rows.js';
import { aliases, modelTags } from '../registry/registry.sql.js';

/** A row of `registered_models` with what belongs to the model. */
export interface ModelRow {
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: bigint | null;
  readonly updatedAt: bigint | null;
  readonly tags: readonly KeyValueRecord[];
  readonly aliases: readonly AliasRecord[];
}

/** Names of all registered models. */
export async function modelNames(database: MlflowDatabase, _input: null): Promise<string[]> {
  const rows = await database.db.all(sql`/* mlflow.modelNames */
    SELECT m.name FROM registered_models m WHERE ${inDefaultWorkspace(database, raw('m'))} ORDER BY m.name`);
  return rows.map(([name]) => name as string);
}

/** Registered models by name. */
export async function modelRows(database: MlflowDatabase, names: readonly string[]): Promise<ModelRow[]> {
  const rows = await database.db.all(sql`/* mlflow.modelRows */
    SELECT m.name, m.description, m.creation_time, m.last_updated_time FROM registered_models m
    WHERE m.name IN ${database.dialect.texts(names)} AND ${inDefaultWorkspace(database, raw('m'))} ORDER BY m.name`);
  const found = rows.map(([name]) => name as string);
  const [tags, named] = [await modelTags(database, found), await aliases(database, found)];
  return rows.map(([name, description, createdAt, updatedAt], index) => ({
    name: name as string,
    description: description as string | null,
    createdAt: toInteger(createdAt),
    updatedAt: toInteger(updatedAt),
    tags: tags[index]!,
    aliases: named[index]!,
  }));
}

/** A row of `model_versions` with its tags; deleted versions, which MLflow keeps for their numbers, are rows too. */
export interface VersionRow {
  readonly name: string;
  readonly version: bigint;
  readonly description: string | null;
  readonly user: string | null;
  /** As MLflow stores it: `Production`, `Deleted_Internal`, … */
  readonly stage: string | null;
  readonly source: string | null;
  readonly runId: string | null;
  readonly status: string | null;
  readonly statusMessage: string | null;
  readonly runLink: string | null;
  readonly storageLocation: string | null;
  readonly createdAt: bigint | null;
  readonly updatedAt: bigint | null;
  readonly tags: readonly KeyValueRecord[];
}

/** Versions of one model after a number, in the order of their numbers. */
export async function versionRows(
  database: MlflowDatabase,
  { name, after, limit }: { name: string; after: bigint; limit: number },
): Promise<VersionRow[]> {
  const rows = await database.db.all(sql`/* mlflow.versionRows */
    SELECT v.version, v.description, v.user_id, v.current_stage, v.source, v.run_id, v.status, v.status_message, v.run_link,
      v.storage_location, v.creation_time, v.last_updated_time
    FROM model_versions v WHERE v.name = ${name} AND v.version > ${after} AND ${inDefaultWorkspace(database, raw('v'))}
    ORDER BY v.version LIMIT ${limit}`);
  const last = (rows.at(-1)?.[0] as bigint | undefined) ?? after;
  const tags = await database.db.all(sql`/* mlflow.versionRowTags */
    SELECT t.version, t.key, t.value FROM model_version_tags t
    WHERE t.name = ${name} AND t.version > ${after} AND t.version <= ${last} AND ${inDefaultWorkspace(database, raw('t'))} ORDER BY t.key`);
  const tagsOf = groupRows<bigint>(tags, 0);
  return rows.map((row) => ({
    name,
    version: row[0] as bigint,
    description: row[1] as string | null,
    user: row[2] as string | null,
    stage: row[3] as string | null,
    source: row[4] as string | null,
    runId: row[5] as string | null,
    status: row[6] as string | null,
    statusMessage: row[7] as string | null,
    runLink: row[8] as string | null,
    storageLocation: row[9] as string | null,
    createdAt: toInteger(row[10]),
    updatedAt: toInteger(row[11]),
    tags: toKeyValues(tagsOf.get(row[0] as bigint) ?? []),
  }));
}
