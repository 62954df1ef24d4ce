import { sql } from '../../engine/sql.js';
import { versionNativeId } from '../../registry-store.js';
import { digestOf, readMarks, writeMark } from './import-marks.sql.js';
import type { ModelRow, VersionRow } from './import-registry.sql.js';
import { replaceKeyValues } from './import-rows.sql.js';
import { hasModel, openTables, type RegistryTables } from '../registry/registry-rows.sql.js';
import type { WriteContext } from '../writes.js';

/** A registered model of another database and its name here. */
export interface ImportedModel {
  readonly row: ModelRow;
  readonly localName: string;
}

/** What became of registered models or versions; `conflicts` are ids of what came from somewhere else and was left alone. */
export interface RegistryOutcome {
  readonly written: number;
  readonly conflicts: readonly string[];
}

/** Writes registered models with their tags and aliases; see `importRuns` for what happens to one that was imported before. */
export async function importModels(
  context: WriteContext,
  { importId, models }: { importId: string; models: readonly ImportedModel[] },
): Promise<RegistryOutcome> {
  const tables = await openTables(context);
  const { db, dialect, inWorkspace } = tables;
  const marks = await readMarks(db, dialect, { importId, kind: 'model', foreignIds: models.map(({ row }) => row.name) });
  const conflicts: string[] = [];
  let written = 0;
  for (const { row, localName } of models) {
    const digest = digestOf(row);
    const mark = marks.get(row.name);
    const isHere = await hasModel(tables, localName);
    if (isHere && mark?.digest === digest) continue;
    // Somebody registered it since the import found the name free.
    if (isHere && !mark) {
      conflicts.push(localName);
      continue;
    }
    await (isHere ? updateModel(tables, localName, row) : insertModel(tables, localName, row));
    await replaceKeyValues(db, dialect, { table: 'registered_model_tags', owner: localName, inWorkspace }, row.tags);
    for (const { alias, version } of row.aliases) await setAlias(tables, localName, alias, BigInt(version));
    await writeMark(db, importId, 'model', { foreignId: row.name, localId: localName, digest });
    written++;
  }
  return { written, conflicts };
}

async function insertModel({ db }: RegistryTables, name: string, row: ModelRow): Promise<void> {
  await db.run(sql`/* mlflow.importModel */
    INSERT INTO registered_models (name, creation_time, last_updated_time, description)
    VALUES (${name}, ${row.createdAt}, ${row.updatedAt}, ${row.description})`);
}

async function updateModel({ db, inWorkspace }: RegistryTables, name: string, row: ModelRow): Promise<void> {
  await db.run(sql`/* mlflow.reimportModel */
    UPDATE registered_models SET last_updated_time = ${row.updatedAt}, description = ${row.description}
    WHERE name = ${name} AND ${inWorkspace}`);
}

async function setAlias({ db, inWorkspace }: RegistryTables, name: string, alias: string, version: bigint): Promise<void> {
  const moved = await db.run(sql`/* mlflow.moveAlias */
    UPDATE registered_model_aliases SET version = ${version} WHERE name = ${name} AND alias = ${alias} AND ${inWorkspace}`);
  if (moved > 0) return;
  await db.run(sql`/* mlflow.importAlias */
    INSERT INTO registered_model_aliases (name, alias, version) VALUES (${name}, ${alias}, ${version})`);
}

/** Writes versions of one model, the deleted ones too: their numbers are never given again. */
export async function importVersions(
  context: WriteContext,
  { importId, localName, versions }: { importId: string; localName: string; versions: readonly VersionRow[] },
): Promise<RegistryOutcome> {
  const tables = await openTables(context);
  const { db, dialect, inWorkspace } = tables;
  const idOf = (row: VersionRow) => versionNativeId(row.name, Number(row.version));
  const marks = await readMarks(db, dialect, { importId, kind: 'version', foreignIds: versions.map(idOf) });
  const conflicts: string[] = [];
  let written = 0;
  for (const row of versions) {
    const [digest, mark, localId] = [digestOf(row), marks.get(idOf(row)), versionNativeId(localName, Number(row.version))];
    const here = await db.all(sql`/* mlflow.versionHere */
      SELECT 1 FROM model_versions v WHERE v.name = ${localName} AND v.version = ${row.version} AND ${inWorkspace}`);
    if (here.length > 0 && mark?.digest === digest) continue;
    if (here.length > 0 && !mark) {
      conflicts.push(localId);
      continue;
    }
    if (here.length === 0) await insertVersion(tables, localName, row);
    else await updateVersion(tables, localName, row);
    const owner = { name: localName, version: row.version };
    await replaceKeyValues(db, dialect, { table: 'model_version_tags', owner, inWorkspace }, row.tags);
    await writeMark(db, importId, 'version', { foreignId: idOf(row), localId, digest });
    written++;
  }
  return { written, conflicts };
}

async function insertVersion({ db }: RegistryTables, name: string, row: VersionRow): Promise<void> {
  await db.run(sql`/* mlflow.importVersion */
    INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, user_id, current_stage, source, run_id,
      status, status_message, run_link, storage_location)
    VALUES (${name}, ${row.version}, ${row.createdAt}, ${row.updatedAt}, ${row.description}, ${row.user}, ${row.stage}, ${row.source}, ${row.runId},
      ${row.status}, ${row.statusMessage}, ${row.runLink}, ${row.storageLocation})`);
}

async function updateVersion({ db, inWorkspace }: RegistryTables, name: string, row: VersionRow): Promise<void> {
  await db.run(sql`/* mlflow.reimportVersion */
    UPDATE model_versions SET last_updated_time = ${row.updatedAt}, description = ${row.description}, user_id = ${row.user},
      current_stage = ${row.stage}, source = ${row.source}, run_id = ${row.runId}, status = ${row.status}, status_message = ${row.statusMessage},
      run_link = ${row.runLink}, storage_location = ${row.storageLocation}
    WHERE name = ${name} AND version = ${row.version} AND ${inWorkspace}`);
  // As in MLflow a deleted version has no alias.
  if (row.stage !== 'Deleted_Internal') return;
  await db.run(
    sql`/* mlflow.dropAliases */ DELETE FROM registered_model_aliases WHERE name = ${name} AND version = ${row.version} AND ${inWorkspace}`,
  );
}
