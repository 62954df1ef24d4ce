import { randomUUID } from 'node:crypto';
import { refuse } from '../../core/errors.js';
import { randomRunName } from '../../core/run-name.js';
import { join, raw, sql, type Database } from '../engine/sql.js';
import type { CreateRun, Repeatable, UpdateRun } from '../run-writer.js';
import { runTags, type KeyValueRecord } from '../run-store.js';
import { once } from './idempotency.js';
import type { RunEventKind } from '../feed.js';
import type { WriteContext } from './writes.js';

export async function createRun(context: WriteContext, input: CreateRun): Promise<{ runId: string }> {
  const { idempotencyKey, ...request } = input;
  return once(context.db, { key: idempotencyKey, operation: 'createRun', input: request, now: context.now }, () =>
    insertRun(context, input),
  );
}

async function insertRun({ db, now }: WriteContext, input: CreateRun): Promise<{ runId: string }> {
  const artifactRoot = await requireActiveExperiment(db, input.experimentId);
  if (input.parentId) await requireRun(db, input.parentId, 'parent');
  const runId = randomUUID().replaceAll('-', '');
  const tags = new Map(input.tags.map(({ key, value }) => [key, value]));
  const name = input.name || tags.get(runTags.name) || randomRunName();
  const user = input.user ?? tags.get(runTags.user) ?? null;
  tags.set(runTags.name, name);
  if (user !== null) tags.set(runTags.user, user);
  if (input.parentId) tags.set(runTags.parent, input.parentId);
  // The empty source columns are what MLflow writes; the real values are tags.
  await db.run(sql`/* mlflow.insertRun */
    INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version,
      lifecycle_stage, artifact_uri, experiment_id, deleted_time)
    VALUES (${runId}, ${name}, 'UNKNOWN', '', '', ${user ?? 'unknown'}, 'RUNNING', ${input.startedAt ?? now}, NULL, '',
      'active', ${`${artifactRoot}/${runId}/artifacts`}, ${BigInt(input.experimentId)}, NULL)`);
  await upsertTags(
    db,
    runId,
    [...tags].map(([key, value]) => ({ key, value })),
  );
  await insertParams(db, runId, input.params);
  await recordEvent(db, runId, 'CREATED', now);
  return { runId };
}

export async function updateRun({ db, now }: WriteContext, input: UpdateRun): Promise<null> {
  await requireActiveRun(db, input.runId);
  const { runId, name, status, endedAt, note } = input;
  const changes = [];
  if (name) changes.push(sql`name = ${name}`);
  if (status) changes.push(sql`status = ${status}`);
  if (endedAt !== null && endedAt !== undefined) changes.push(sql`end_time = ${endedAt}`);
  if (changes.length > 0) await db.run(sql`/* mlflow.updateRun */ UPDATE runs SET ${join(changes)} WHERE run_uuid = ${runId}`);
  if (name) await upsertTags(db, runId, [{ key: runTags.name, value: name }]);
  if (note !== null && note !== undefined) await upsertTags(db, runId, [{ key: runTags.note, value: note }]);
  await recordEvent(db, runId, status ? 'STATUS_CHANGED' : 'UPDATED', now);
  return null;
}

/** Marks the run deleted. Doing it again changes nothing. */
export async function deleteRun({ db, now }: WriteContext, runId: string): Promise<null> {
  await requireRun(db, runId, 'run');
  const changed = await db.run(sql`/* mlflow.deleteRun */
    UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ${now} WHERE run_uuid = ${runId} AND lifecycle_stage <> 'deleted'`);
  if (changed > 0) await recordEvent(db, runId, 'DELETED', now);
  return null;
}

/** Makes a deleted run active again. Doing it again changes nothing. */
export async function restoreRun({ db, now }: WriteContext, runId: string): Promise<null> {
  await requireRun(db, runId, 'run');
  const changed = await db.run(sql`/* mlflow.restoreRun */
    UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL WHERE run_uuid = ${runId} AND lifecycle_stage <> 'active'`);
  if (changed > 0) await recordEvent(db, runId, 'UPDATED', now);
  return null;
}

export async function logParams(
  { db, now }: WriteContext,
  input: Repeatable & { readonly runId: string; readonly params: readonly KeyValueRecord[] },
): Promise<null> {
  const request = { key: input.idempotencyKey, operation: 'logParams', input: [input.runId, input.params], now };
  return once(db, request, async () => {
    await requireActiveRun(db, input.runId);
    await insertParams(db, input.runId, input.params);
    await recordEvent(db, input.runId, 'UPDATED', now);
    return null;
  });
}

export async function setTags(
  { db, now }: WriteContext,
  input: { readonly runId: string; readonly tags: readonly KeyValueRecord[] },
): Promise<null> {
  await requireActiveRun(db, input.runId);
  // MLflow keeps a run's name and its tag equal, whichever of them is set; an empty name changes neither.
  await upsertTags(
    db,
    input.runId,
    input.tags.filter(({ key, value }) => key !== runTags.name || value !== ''),
  );
  const name = input.tags.find(({ key }) => key === runTags.name)?.value;
  if (name) await db.run(sql`/* mlflow.renameRun */ UPDATE runs SET name = ${name} WHERE run_uuid = ${input.runId}`);
  await recordEvent(db, input.runId, 'UPDATED', now);
  return null;
}

export async function deleteTags(
  { db, now }: WriteContext,
  input: { readonly runId: string; readonly keys: readonly string[] },
): Promise<null> {
  await requireActiveRun(db, input.runId);
  for (const [index, key] of input.keys.entries()) {
    const deleted = await db.run(sql`/* mlflow.deleteTag */ DELETE FROM tags WHERE run_uuid = ${input.runId} AND key = ${key}`);
    if (deleted === 0) throw refuse('NOT_FOUND', `The run has no tag ${JSON.stringify(key)}.`, ['keys', String(index)]);
  }
  await recordEvent(db, input.runId, 'UPDATED', now);
  return null;
}

async function upsertTags(db: Database, runId: string, tags: readonly KeyValueRecord[]): Promise<void> {
  for (const { key, value } of tags) {
    await db.run(sql`/* mlflow.upsertTag */ INSERT INTO tags (key, value, run_uuid) VALUES (${key}, ${value}, ${runId})
      ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value`);
  }
}

/** A param is written once; the same value again is fine, another is refused. */
async function insertParams(db: Database, runId: string, params: readonly KeyValueRecord[]): Promise<void> {
  for (const [index, { key, value }] of params.entries()) {
    const inserted = await db.run(sql`/* mlflow.insertParam */
      INSERT INTO params (key, value, run_uuid) VALUES (${key}, ${value}, ${runId}) ON CONFLICT DO NOTHING`);
    if (inserted > 0) continue;
    const rows = await db.all(sql`/* mlflow.param */ SELECT value FROM params WHERE run_uuid = ${runId} AND key = ${key}`);
    const before = rows[0]![0] as string;
    if (before === value) continue;
    const message = `Param ${JSON.stringify(key)} is ${JSON.stringify(before.slice(0, 200))} and cannot be changed; log another key, or a new run.`;
    throw refuse('IMMUTABLE', message, ['params', String(index), 'value']);
  }
}

/** Where the experiment's artifacts go. */
async function requireActiveExperiment(db: Database, experimentId: string): Promise<string> {
  const rows = await db.all(sql`/* mlflow.experimentStage */
    SELECT lifecycle_stage, artifact_location FROM experiments WHERE CAST(experiment_id AS TEXT) = ${experimentId}`);
  if (!rows[0]) throw refuse('NOT_FOUND', 'There is no such experiment.', ['experiment']);
  if (rows[0][0] !== 'active') throw refuse('CONFLICT', 'The experiment is deleted; restore it first.', ['experiment']);
  return (rows[0][1] as string | null) ?? `mlflow-artifacts:/${experimentId}`;
}

async function requireRun(db: Database, runId: string, field: string): Promise<string> {
  const rows = await db.all(sql`/* mlflow.runStage */ SELECT lifecycle_stage FROM runs WHERE run_uuid = ${runId}`);
  if (!rows[0]) throw refuse('NOT_FOUND', 'There is no such run.', [field]);
  return rows[0][0] as string;
}

/** A run that may be written to: it exists and is not deleted. A finished run still takes metrics, as in MLflow. */
export async function requireActiveRun(db: Database, runId: string): Promise<void> {
  if ((await requireRun(db, runId, 'run')) !== 'active') throw refuse('CONFLICT', 'The run is deleted; restore it first.', ['run']);
}

/** Records what happened to a run, for those who follow. */
export async function recordEvent(db: Database, runId: string, kind: RunEventKind, at: number): Promise<void> {
  await db.run(sql`/* mlflow.recordEvent */ INSERT INTO rungraph_run_events (run_uuid, kind, at) VALUES (${runId}, ${kind}, ${at})`);
}

/** Records the same event for every run of an experiment. */
export async function recordExperimentEvents(db: Database, experimentId: string, kind: RunEventKind, at: number): Promise<void> {
  await db.run(sql`/* mlflow.recordExperimentEvents */
    INSERT INTO rungraph_run_events (run_uuid, kind, at) SELECT run_uuid, ${raw(`'${kind}'`)}, ${at} FROM runs WHERE CAST(experiment_id AS TEXT) = ${experimentId}`);
}
