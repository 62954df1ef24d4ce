import { refuse } from '../../../core/errors.js';
import { raw, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import { modelUri, type ModelUri } from '../../model-uri.js';
import type { CreateVersion } from '../../registry-writer.js';
import { always } from '../condition.sql.js';
import { modelIs, type RegistryTables } from './registry-rows.sql.js';

/** What the source of a new version comes to. */
interface Located {
  readonly sourceUri: string;
  readonly storageLocation: string;
  readonly runId: string | null;
}

/**
 * Where the files of a new version are. A `models:/` source means the files of that version, and its run unless another
 * is given, and so does the id of a logged model; an alias or stage in it is written as the number it means now. A `runs:/` source lies below the run's artifacts.
 */
export async function locate(tables: RegistryTables, input: CreateVersion): Promise<Located> {
  const { sourceUri, storageLocation } = input;
  const runId = input.runId || null;
  if (storageLocation) return { sourceUri, storageLocation, runId };
  if (sourceUri.startsWith('models:/')) return locateVersion(tables, sourceUri, runId);
  const [, ofRun, path] = /^runs:\/+([^/]+)\/?(.*)$/.exec(sourceUri) ?? [];
  const root = ofRun === undefined ? null : await artifactsOf(tables, ofRun);
  return { sourceUri, storageLocation: root === null ? sourceUri : path ? `${root}/${path}` : root, runId };
}

async function artifactsOf({ db }: RegistryTables, runId: string): Promise<string | null> {
  const rows = await db.all(sql`/* mlflow.artifactsOfRun */ SELECT artifact_uri FROM runs WHERE run_uuid = ${runId}`);
  return (rows[0]?.[0] as string | null | undefined) || null;
}

async function locateVersion(tables: RegistryTables, sourceUri: string, runId: string | null): Promise<Located> {
  const [, modelId] = /^models:\/+(m-[^/@]+)$/.exec(sourceUri) ?? [];
  if (modelId !== undefined) return locateModel(tables, { sourceUri, storageLocation: sourceUri, runId }, modelId);
  const uri = modelUri(sourceUri);
  if (!uri)
    throw refuse('INVALID', 'A models:/ source is like models:/name/3, models:/name@alias or models:/name/Production.', ['sourceUri']);
  const rows = await tables.db.all(sql`/* mlflow.sourceVersion */ SELECT version, source, storage_location, run_id FROM model_versions
    WHERE ${modelIs(tables, uri.name)} AND COALESCE(current_stage, '') <> 'Deleted_Internal'
      AND ${isMeant(tables, uri)} ORDER BY version DESC`);
  const row = rows[0];
  if (!row) throw refuse('NOT_FOUND', `There is no version ${sourceUri}.`, ['sourceUri']);
  const [version, source, location, run] = row as [bigint, SqlValue, SqlValue, SqlValue];
  return {
    sourceUri: `models:/${uri.name}/${version}`,
    storageLocation: ((location as string | null) || (source as string | null)) ?? sourceUri,
    runId: runId ?? (run as string | null),
  };
}

/** A model that MLflow 3 logged: its files and the run that made it. It may be another database that knows it. */
async function locateModel({ db, layout }: RegistryTables, unknown: Located, modelId: string): Promise<Located> {
  const tables = [...(layout.traces.models ? ['logged_models'] : []), ...(layout.traces.own ? ['rungraph_logged_models'] : [])];
  for (const table of tables) {
    const rows = await db.all(sql`/* mlflow.sourceModel */ SELECT artifact_location, source_run_id FROM ${raw(table)}
      WHERE model_id = ${modelId}`);
    if (!rows[0]) continue;
    const [location, run] = rows[0] as [string | null, string | null];
    return { ...unknown, storageLocation: location || unknown.storageLocation, runId: unknown.runId ?? (run || null) };
  }
  return unknown;
}

/** The condition that a version of the model is the one that is meant, or among those of which the highest is. */
function isMeant(tables: RegistryTables, uri: ModelUri): Sql {
  switch (uri.kind) {
    case 'number':
      return sql`version = ${uri.number}`;
    case 'alias':
      return sql`version IN (SELECT version FROM registered_model_aliases WHERE ${tables.dialect.equals(raw('alias'), uri.alias)} AND ${modelIs(tables, uri.name)})`;
    case 'stage':
      return sql`LOWER(current_stage) = ${uri.stage.toLowerCase()}`;
    case 'latest':
      return always;
  }
}
