import { sql, type Database } from '../../engine/sql.js';
import type { KeyedColumns } from '../../../core/metric-columns.js';
import type { RunEventKind } from '../../feed.js';
import type { KeyValueRecord } from '../../run-store.js';
import { originsOfRuns, readMarks, writeMark, writePosition, type ImportPosition } from './import-marks.sql.js';
import { replaceKeyValues } from './import-rows.sql.js';
import type { DatasetRow, InputRow, RunRow } from './import.sql.js';
import { appendPoints } from '../metrics/metric-writes.js';
import { lockRun, recordEvent } from '../runs/run-writes.js';
import type { WriteContext } from '../writes.js';

/** A run of another database, with what belongs to it except its points. */
export interface ImportedRun {
  readonly row: RunRow;
  /** Its experiment here. */
  readonly experimentId: bigint;
  readonly params: readonly KeyValueRecord[];
  readonly tags: readonly KeyValueRecord[];
  readonly inputs: readonly (InputRow & { readonly localDatasetId: string })[];
  /** Of all that was read of it. */
  readonly digest: string;
}

/** What became of a run. `CONFLICT`: a run of its id is here that came from somewhere else; nothing was written. */
export type RunOutcome =
  | { readonly runId: string; readonly outcome: 'CREATED' | 'UPDATED' }
  | { readonly runId: string; readonly outcome: 'CONFLICT'; readonly origin: string | null };

/**
 * Writes runs as they stand in another database: ids, times and stages are kept. A run that was imported before gets what has
 * changed there since; what was changed or added here stays unless it was changed there, too, and nothing is taken away.
 */
export async function importRuns(
  context: WriteContext,
  { importId, runs }: { importId: string; runs: readonly ImportedRun[] },
): Promise<RunOutcome[]> {
  const { db, dialect, now } = context;
  const runIds = runs.map(({ row }) => row.runId);
  const marks = await readMarks(db, dialect, { importId, kind: 'run', foreignIds: runIds });
  const here = await runsHere(context, runIds);
  const strangers = runIds.filter((runId) => here.has(runId) && !marks.has(runId));
  const origins = strangers.length > 0 ? await originsOfRuns(db, dialect, strangers) : new Map<string, string>();
  const outcomes: RunOutcome[] = [];
  const events: { readonly runId: string; readonly kind: RunEventKind }[] = [];
  for (const run of runs) {
    const { runId } = run.row;
    const before = here.get(runId);
    if (before && !marks.has(runId)) {
      outcomes.push({ runId, outcome: 'CONFLICT', origin: origins.get(runId) ?? null });
      continue;
    }
    if (before) await updateRunRow(db, run.row);
    else await insertRunRow(db, run);
    await writeBelongings(context, run);
    await writeMark(db, importId, 'run', { foreignId: runId, localId: runId, digest: run.digest });
    // A run that was deleted here for good comes again, with all of its points.
    if (!before) await writePosition(db, importId, runId, null);
    events.push({ runId, kind: before ? changeOf(before, run.row) : 'CREATED' });
    outcomes.push({ runId, outcome: before ? 'UPDATED' : 'CREATED' });
  }
  for (const { runId, kind } of events) await recordEvent(context, runId, kind, now);
  return outcomes;
}

type RunState = Pick<RunRow, 'status' | 'lifecycleStage'>;

/** Nobody else writes to them until this transaction has ended. */
async function runsHere({ db, dialect }: WriteContext, runIds: readonly string[]): Promise<Map<string, RunState>> {
  const rows = await db.all(sql`/* mlflow.runsHere */
    SELECT r.run_uuid, r.status, r.lifecycle_stage FROM runs r WHERE r.run_uuid IN ${dialect.texts(runIds)} ORDER BY r.run_uuid ${dialect.forUpdate}`);
  return new Map(
    rows.map(([runId, status, stage]) => [runId as string, { status: status as string | null, lifecycleStage: stage as string | null }]),
  );
}

function changeOf(before: RunState, after: RunState): RunEventKind {
  if (before.lifecycleStage !== after.lifecycleStage) return after.lifecycleStage === 'deleted' ? 'DELETED' : 'UPDATED';
  return before.status === after.status ? 'UPDATED' : 'STATUS_CHANGED';
}

async function insertRunRow(db: Database, { row, experimentId }: ImportedRun): Promise<void> {
  await db.run(sql`/* mlflow.importRun */
    INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version,
      lifecycle_stage, artifact_uri, experiment_id, deleted_time)
    VALUES (${row.runId}, ${row.name}, ${row.sourceType}, ${row.sourceName}, ${row.entryPointName}, ${row.user}, ${row.status}, ${row.startedAt},
      ${row.endedAt}, ${row.sourceVersion}, ${row.lifecycleStage}, ${row.artifactLocation}, ${experimentId}, ${row.deletedAt})`);
}

async function updateRunRow(db: Database, row: RunRow): Promise<void> {
  await db.run(sql`/* mlflow.reimportRun */
    UPDATE runs SET name = ${row.name}, user_id = ${row.user}, status = ${row.status}, start_time = ${row.startedAt}, end_time = ${row.endedAt},
      lifecycle_stage = ${row.lifecycleStage}, deleted_time = ${row.deletedAt}, artifact_uri = ${row.artifactLocation}
    WHERE run_uuid = ${row.runId}`);
}

async function writeBelongings({ db, dialect }: WriteContext, { row, params, tags, inputs }: ImportedRun): Promise<void> {
  await replaceKeyValues(db, dialect, { table: 'params', owner: row.runId }, params);
  await replaceKeyValues(db, dialect, { table: 'tags', owner: row.runId }, tags);
  for (const input of inputs) await insertInput(db, row.runId, input);
}

async function insertInput(db: Database, runId: string, { inputId, localDatasetId, tags }: ImportedRun['inputs'][number]): Promise<void> {
  const there = await db.all(sql`/* mlflow.inputHere */
    SELECT i.input_uuid FROM inputs i
    WHERE i.source_type = 'DATASET' AND i.source_id = ${localDatasetId} AND i.destination_type = 'RUN' AND i.destination_id = ${runId}`);
  if (there.length > 0) return;
  await db.run(sql`/* mlflow.importInput */
    INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
    VALUES (${inputId}, 'DATASET', ${localDatasetId}, 'RUN', ${runId})`);
  for (const { key, value } of tags) {
    await db.run(sql`/* mlflow.importInputTag */ INSERT INTO input_tags (input_uuid, name, value) VALUES (${inputId}, ${key}, ${value})`);
  }
}

/**
 * Writes a dataset. As in MLflow a dataset is one per (experiment, name, digest), and the first one's source, schema and
 * profile stay.
 * @returns its id here
 */
export async function importDataset(
  { db }: WriteContext,
  { row, experimentId }: { row: DatasetRow; experimentId: bigint },
): Promise<string> {
  const { datasetId, name, digest, sourceType, source, schema, profile } = row;
  const found = await db.all(sql`/* mlflow.datasetHere */
    SELECT d.dataset_uuid FROM datasets d WHERE d.experiment_id = ${experimentId} AND d.name = ${name} AND d.digest = ${digest}`);
  if (found[0]) return found[0][0] as string;
  await db.run(sql`/* mlflow.importDataset */
    INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile)
    VALUES (${datasetId}, ${experimentId}, ${name}, ${digest}, ${sourceType}, ${source}, ${schema}, ${profile})`);
  return datasetId;
}

/** Points of one run, and the position that follows them in the database they come from. */
export interface ImportedPoints {
  readonly runId: string;
  readonly series: readonly KeyedColumns[];
  readonly position: ImportPosition;
}

/**
 * Appends points of imported runs, whatever stage the runs are in, and remembers how far they go, in one transaction.
 * Points that are there already are left out.
 * @returns how many points were new
 */
export async function importPoints(
  context: WriteContext,
  { importId, points }: { importId: string; points: readonly ImportedPoints[] },
): Promise<number> {
  let added = 0;
  for (const { runId, series, position } of points) {
    await lockRun(context, runId);
    added += (await appendPoints(context, runId, series)).added;
    await writePosition(context.db, importId, runId, position);
  }
  return added;
}
