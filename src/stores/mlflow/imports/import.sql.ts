import { raw, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import type { KeyValueRecord } from '../../run-store.js';
import { always } from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { groupRows } from '../metrics/metric-rows.js';
import { byOwner } from '../runs/run-parts.sql.js';

// What an import reads: rows as they stand in MLflow's tables, what the API leaves out included.

/** A row of `experiments` with its tags; its id is one of that database. */
export interface ExperimentRow {
  readonly id: bigint;
  readonly name: string;
  readonly artifactLocation: string | null;
  readonly lifecycleStage: string | null;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: bigint | null;
  readonly updatedAt: bigint | null;
  readonly tags: readonly KeyValueRecord[];
}

/** Experiments after an id, in the order of their ids. */
export async function experimentRows(
  database: MlflowDatabase,
  { after, limit }: { after: bigint; limit: number },
): Promise<ExperimentRow[]> {
  const { db } = database;
  const rows = await db.all(sql`/* mlflow.experimentRows */
    SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.creation_time, e.last_update_time
    FROM experiments e WHERE e.experiment_id > ${after} AND ${inDefaultWorkspace(database, raw('e'))} ORDER BY e.experiment_id LIMIT ${limit}`);
  const last = (rows.at(-1)?.[0] as bigint | undefined) ?? after;
  const tags = await db.all(sql`/* mlflow.experimentRowTags */
    SELECT t.experiment_id, t.key, t.value FROM experiment_tags t
    WHERE t.experiment_id > ${after} AND t.experiment_id <= ${last} ORDER BY t.key`);
  const tagsOf = groupRows<bigint>(tags, 0);
  return rows.map(([id, name, artifactLocation, lifecycleStage, createdAt, updatedAt]) => ({
    id: id as bigint,
    name: name as string,
    artifactLocation: artifactLocation as string | null,
    lifecycleStage: lifecycleStage as string | null,
    createdAt: toInteger(createdAt),
    updatedAt: toInteger(updatedAt),
    tags: toKeyValues(tagsOf.get(id as bigint) ?? []),
  }));
}

/** A row of `runs`. */
export interface RunRow {
  readonly runId: string;
  readonly experimentId: bigint;
  readonly name: string | null;
  readonly sourceType: string | null;
  readonly sourceName: string | null;
  readonly entryPointName: string | null;
  readonly sourceVersion: string | null;
  readonly user: string | null;
  readonly status: string | null;
  readonly startedAt: bigint | null;
  readonly endedAt: bigint | null;
  readonly lifecycleStage: string | null;
  readonly deletedAt: bigint | null;
  readonly artifactLocation: string | null;
}

/** Runs of some experiments after an id, in the order of their ids. */
export async function runRows(
  { db, dialect }: MlflowDatabase,
  { experimentIds, after, limit }: { experimentIds: readonly bigint[]; after: string; limit: number },
): Promise<RunRow[]> {
  const rows = await db.all(sql`/* mlflow.runRows */
    SELECT r.run_uuid, r.experiment_id, r.name, r.source_type, r.source_name, r.entry_point_name, r.source_version, r.user_id, r.status,
      r.start_time, r.end_time, r.lifecycle_stage, r.deleted_time, r.artifact_uri
    FROM runs r WHERE r.run_uuid > ${after} AND r.experiment_id IN ${dialect.integers(experimentIds)} ORDER BY r.run_uuid LIMIT ${limit}`);
  return rows.map((row) => ({
    runId: row[0] as string,
    experimentId: row[1] as bigint,
    name: row[2] as string | null,
    sourceType: row[3] as string | null,
    sourceName: row[4] as string | null,
    entryPointName: row[5] as string | null,
    sourceVersion: row[6] as string | null,
    user: row[7] as string | null,
    status: row[8] as string | null,
    startedAt: toInteger(row[9]),
    endedAt: toInteger(row[10]),
    lifecycleStage: row[11] as string | null,
    deletedAt: toInteger(row[12]),
    artifactLocation: row[13] as string | null,
  }));
}

/** How many runs these experiments have, the deleted ones included. */
export async function runRowCount({ db, dialect }: MlflowDatabase, experimentIds: readonly bigint[]): Promise<number> {
  const rows = await db.all(sql`/* mlflow.runRowCount */
    SELECT COUNT(*) FROM runs r WHERE r.experiment_id IN ${dialect.integers(experimentIds)}`);
  return Number(rows[0]![0]);
}

/** That a run used a dataset; the dataset itself, which may be large, is a row of its own. */
export interface InputRow {
  readonly inputId: string;
  readonly datasetId: string;
  readonly tags: readonly KeyValueRecord[];
}

/** Dataset inputs of runs, in the order of `runIds`. */
export async function inputRows({ db, dialect }: MlflowDatabase, runIds: readonly string[]): Promise<InputRow[][]> {
  const rows = await db.all(sql`/* mlflow.inputRows */
    SELECT i.destination_id, i.input_uuid, i.source_id, t.name, t.value
    FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid
    WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id IN ${dialect.texts(runIds)}
    ORDER BY i.input_uuid, t.name`);
  const inputs = new Map<string, InputRow & { tags: KeyValueRecord[] }>();
  const owners: SqlValue[][] = [];
  for (const [runId, inputId, datasetId, key, value] of rows as (string | null)[][]) {
    if (!inputs.has(inputId!)) {
      inputs.set(inputId!, { inputId: inputId!, datasetId: datasetId!, tags: [] });
      owners.push([runId!, inputId!]);
    }
    if (key !== null) inputs.get(inputId!)!.tags.push({ key: key!, value: value ?? '' });
  }
  return byOwner(runIds, owners, ([, inputId]) => inputs.get(inputId as string)!);
}

/** A row of `datasets`. */
export interface DatasetRow {
  readonly datasetId: string;
  readonly experimentId: bigint;
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
}

/** One dataset, whose schema and profile may have megabytes; null when it is gone. */
export async function datasetRow({ db }: MlflowDatabase, datasetId: string): Promise<DatasetRow | null> {
  const rows = await db.all(sql`/* mlflow.datasetRow */
    SELECT d.dataset_uuid, d.experiment_id, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile
    FROM datasets d WHERE d.dataset_uuid = ${datasetId}`);
  if (!rows[0]) return null;
  const [id, experimentId, name, digest, sourceType, source, schema, profile] = rows[0];
  return {
    datasetId: id as string,
    experimentId: experimentId as bigint,
    name: name as string,
    digest: digest as string,
    sourceType: sourceType as string,
    source: source as string,
    schema: schema as string | null,
    profile: profile as string | null,
  };
}

/** Rows of (owner, key, value) without their owner. */
export const toKeyValues = (rows: readonly SqlValue[][]): KeyValueRecord[] =>
  rows.map(([, key, value]) => ({ key: key as string, value: (value as string | null) ?? '' }));

/** SQLite keeps what it was given: a time may stand there as a double. */
export function toInteger(value: SqlValue | undefined): bigint | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)));
}

/** Only what belongs to the workspace `default`, which is all there is before MLflow 3.10. */
export const inDefaultWorkspace = ({ layout }: MlflowDatabase, alias: Sql): Sql =>
  layout.workspaces ? sql`${alias}.workspace = 'default'` : always;
