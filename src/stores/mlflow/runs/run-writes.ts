import { randomUUID } from 'node:crypto';
import { refuse } from '../../../core/errors.js';
import { randomRunName } from '../../../core/run-name.js';
import { join, nothing, raw, sql, type Database } from '../../engine/sql.js';
import type { CreateRun, Repeatable, UpdateRun } from '../../run-writer.js';
import { runTags, type KeyValueRecord } from '../../run-store.js';
import { once } from '../idempotency.js';
import type { RunEventKind } from '../../feed.js';
import type { WriteContext } from '../writes.js';

export async function createRun(context: WriteContext, input: CreateRun): Promise<{ runId: string }> {
  const { idempotencyKey, ...request } = input;
  return once(context, { key: idempotencyKey, operation: 'createRun', input: request, now: context.now }, () => insertRun(context, input));
}

async function insertRun(context: WriteContext, input: CreateRun): Promise<{ runId: string }> {
  const { db, now } = context;
  const artifactRoot = await requireActiveExperiment(context, input.experimentId);
  if (input.parentId) await requireRun(context, input.parentId, 'parent');
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
    VALUES (${runId}, ${name}, 'UNKNOWN', '', '', ${input.userId ?? user ?? 'unknown'}, 'RUNNING', ${input.startedAt ?? now}, NULL, '',
      'active', ${`${artifactRoot}/${runId}/artifacts`}, ${BigInt(input.experimentId)}, NULL)`);
  await upsertTags(
    context,
    runId,
    [...tags].map(([key, value]) => ({ key, value })),
  );
  await insertParams(db, runId, input.params);
  await recordEvent(context, runId, 'CREATED', now);
  return { runId };
}

export async function updateRun(context: WriteContext, input: UpdateRun): Promise<null> {
  const { db, now } = context;
  await requireActiveRun(context, input.runId);
  const { runId, name, status, endedAt, note } = input;
  const changes = [];
  if (name) changes.push(sql`name = ${name}`);
  if (status) changes.push(sql`status = ${status}`);
  if (endedAt !== null && endedAt !== undefined) changes.push(sql`end_time = ${endedAt}`);
  if (changes.length > 0) await db.run(sql`/* mlflow.updateRun */ UPDATE runs SET ${join(changes)} WHERE run_uuid = ${runId}`);
  if (name) await upsertTags(context, runId, [{ key: runTags.name, value: name }]);
  if (note !== null && note !== undefined) await upsertTags(context, runId, [{ key: runTags.note, value: note }]);
  await recordEvent(context, runId, status ? 'STATUS_CHANGED' : 'UPDATED', now);
  return null;
}

/** Marks the run deleted. Doing it again changes nothing. */
export async function deleteRun(context: WriteContext, runId: string): Promise<null> {
  const { db, now } = context;
  await requireRun(context, runId, 'run');
  const changed = await db.run(sql`/* mlflow.deleteRun */
    UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ${now} WHERE run_uuid = ${runId} AND lifecycle_stage <> 'deleted'`);
  if (changed > 0) await recordEvent(context, runId, 'DELETED', now);
  return null;
}

/** Makes a deleted run active again. Doing it again changes nothing. */
export async function restoreRun(context: WriteContext, runId: string): Promise<null> {
  const { db, now } = context;
  await requireRun(context, runId, 'run');
  const changed = await db.run(sql`/* mlflow.restoreRun */
    UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL WHERE run_uuid = ${runId} AND lifecycle_stage <> 'active'`);
  if (changed > 0) await recordEvent(context, runId, 'UPDATED', now);
  return null;
}

export async function logParams(
  context: WriteContext,
  input: Repeatable & { readonly runId: string; readonly params: readonly KeyValueRecord[] },
): Promise<null> {
  const { db, now } = context;
  const request = { key: input.idempotencyKey, operation: 'logParams', input: [input.runId, input.params], now };
  return once(context, request, async () => {
    await requireActiveRun(context, input.runId);
    await insertParams(db, input.runId, input.params);
    await recordEvent(context, input.runId, 'UPDATED', now);
    return null;
  });
}

export async function setTags(
  context: WriteContext,
  input: { readonly runId: string; readonly tags: readonly KeyValueRecord[] },
): Promise<null> {
  await requireActiveRun(context, input.runId);
  await putTags(context, input.runId, input.tags);
  await recordEvent(context, input.runId, 'UPDATED', context.now);
  return null;
}

/** MLflow keeps a run's name and its tag equal, whichever of them is set; an empty name changes neither. */
export async function putTags(context: WriteContext, runId: string, tags: readonly KeyValueRecord[]): Promise<void> {
  await upsertTags(
    context,
    runId,
    tags.filter(({ key, value }) => key !== runTags.name || value !== ''),
  );
  const name = tags.find(({ key }) => key === runTags.name)?.value;
  if (name) await context.db.run(sql`/* mlflow.renameRun */ UPDATE runs SET name = ${name} WHERE run_uuid = ${runId}`);
}

export async function deleteTags(
  context: WriteContext,
  input: { readonly runId: string; readonly keys: readonly string[] },
): Promise<null> {
  const { db, now } = context;
  await requireActiveRun(context, input.runId);
  for (const [index, key] of input.keys.entries()) {
    const deleted = await db.run(
      sql`/* mlflow.deleteTag */ DELETE FROM tags WHERE run_uuid = ${input.runId} AND ${context.dialect.equals(raw('"key"'), key)}`,
    );
    if (deleted === 0) throw refuse('NOT_FOUND', `The run has no tag ${JSON.stringify(key)}.`, ['keys', String(index)]);
  }
  await recordEvent(context, input.runId, 'UPDATED', now);
  return null;
}

async function upsertTags({ db, dialect }: WriteContext, runId: string, tags: readonly KeyValueRecord[]): Promise<void> {
  for (const { key, value } of tags) {
    await db.run(sql`/* mlflow.upsertTag */ 
      INSERT INTO tags ("key", value, run_uuid) VALUES (${key}, ${value}, ${runId}) ${dialect.orReplace(['key', 'run_uuid'], 'value')}`);
  }
}

/** A param is written once; the same value again is fine, another is refused. */
export async function insertParams(db: Database, runId: string, params: readonly KeyValueRecord[]): Promise<void> {
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

/** An experiment that may be written to: it exists and is not deleted. @returns where its artifacts go */
export async function requireActiveExperiment({ db, dialect }: WriteContext, experimentId: string): Promise<string> {
  const rows = await db.all(sql`/* mlflow.experimentStage */
    SELECT lifecycle_stage, artifact_location FROM experiments WHERE CAST(experiment_id AS TEXT) = ${experimentId} ${dialect.forShare}`);
  if (!rows[0]) throw refuse('NOT_FOUND', 'There is no such experiment.', ['experiment']);
  if (rows[0][0] !== 'active') throw refuse('CONFLICT', 'The experiment is deleted; restore it first.', ['experiment']);
  return (rows[0][1] as string | null) ?? `mlflow-artifacts:/${experimentId}`;
}

/** Locks the run: whoever writes to it next waits until this transaction has ended. */
async function requireRun({ db, dialect }: WriteContext, runId: string, field: string): Promise<string> {
  const rows = await db.all(sql`/* mlflow.runStage */ SELECT lifecycle_stage FROM runs WHERE run_uuid = ${runId} ${dialect.forUpdate}`);
  if (!rows[0]) throw refuse('NOT_FOUND', 'There is no such run.', [field]);
  return rows[0][0] as string;
}

/** Makes other writers of the run wait until this transaction has ended. */
export async function lockRun({ db, dialect }: WriteContext, runId: string): Promise<void> {
  if (dialect.forUpdate === nothing) return;
  await db.all(sql`/* mlflow.lockRun */ SELECT 1 FROM runs WHERE run_uuid = ${runId} ${dialect.forUpdate}`);
}

/** A run that may be written to: it exists and is not deleted. A finished run still takes metrics, as in MLflow. */
export async function requireActiveRun(context: WriteContext, runId: string): Promise<void> {
  if ((await requireRun(context, runId, 'run')) !== 'active') throw refuse('CONFLICT', 'The run is deleted; restore it first.', ['run']);
}

type EventContext = Pick<WriteContext, 'db' | 'dialect' | 'isForeign'>;

/**
 * Records what happened to a run, for those who follow; the last statement of a transaction. Readers go on from the newest
 * number they saw, so numbers must be given in the order of the commits.
 */
export async function recordEvent(context: EventContext, runId: string, kind: RunEventKind, at: number): Promise<void> {
  if (context.isForeign) return;
  await oneAfterTheOther(context);
  await context.db.run(sql`/* mlflow.recordEvent */
    INSERT INTO rungraph_run_events (run_uuid, kind, at) VALUES (${runId}, ${kind}, ${at})`);
}

/** Records the same event for every run of an experiment. */
export async function recordExperimentEvents(context: EventContext, experimentId: string, kind: RunEventKind, at: number): Promise<void> {
  await oneAfterTheOther(context);
  await context.db.run(sql`/* mlflow.recordExperimentEvents */
    INSERT INTO rungraph_run_events (run_uuid, kind, at) SELECT run_uuid, ${raw(`'${kind}'`)}, ${at} FROM runs WHERE CAST(experiment_id AS TEXT) = ${experimentId}`);
}

/** Makes other transactions that record events wait until this one has ended. */
export async function oneAfterTheOther({ db, dialect }: EventContext): Promise<void> {
  const lock = dialect.lock('rungraph_run_events');
  if (lock) await db.run(lock);
}
