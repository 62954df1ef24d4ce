import { randomUUID } from 'node:crypto';
import { refuse } from '../../../core/errors.js';
import { isGiven } from '../../conditions.js';
import { sql, type Database } from '../../engine/sql.js';
import type { KeyValueRecord } from '../../run-store.js';
import { traceMetadata, traceTags } from '../../trace-store.js';
import type { CreateTrace, DeleteTraces, FinishTrace, RecordTrace } from '../../trace-writer.js';
import { allOf } from '../condition.sql.js';
import { once } from '../idempotency.js';
import { readLayout } from '../layout.js';
import { requireActiveExperiment, requireActiveRun } from '../runs/run-writes.js';
import { writeExtras, writeSpans, writeTexts, type TraceTables } from './trace-rows.sql.js';
import type { WriteContext } from '../writes.js';

/** What MLflow 3 writes: `tr-` ids, previews, spans in a table. */
const schemaVersion = '3';

/** Looks at the tables in the transaction that writes: a newer MLflow may have migrated them since the last one. */
export const traceTables = async (context: WriteContext): Promise<TraceTables> => ({
  ...context,
  layout: (await readLayout(context.db, context.dialect)).traces,
});

export async function createTrace(context: WriteContext, input: CreateTrace): Promise<{ requestId: string }> {
  const { idempotencyKey, ...request } = input;
  return once(context, { key: idempotencyKey, operation: 'createTrace', input: request, now: context.now }, () =>
    insertTrace(context, input),
  );
}

async function insertTrace(context: WriteContext, input: CreateTrace): Promise<{ requestId: string }> {
  const tables = await traceTables(context);
  const experimentId = isGiven(input.runId) ? await experimentOfRun(context, input.runId) : input.experimentId!;
  const trace = { requestId: input.requestId ?? newTraceId(), experimentId };
  const inserted = await insertTraceInfo(context, {
    ...trace,
    startedAt: input.startedAt ?? context.now,
    durationMs: null,
    status: 'IN_PROGRESS',
  });
  if (!inserted) {
    const message = `There is a trace ${JSON.stringify(trace.requestId)}; take another request id, or finish that trace.`;
    throw refuse('ALREADY_EXISTS', message, ['requestId']);
  }
  const tags = entries([traceTags.name, input.name], ...(input.spans.length > 0 ? [spansAreHere] : []));
  await writeTexts(tables, 'trace_tags', trace.requestId, [...input.tags, ...tags]);
  const metadata = entries(
    [traceMetadata.schemaVersion, input.metadata.some(({ key }) => key === traceMetadata.schemaVersion) ? null : schemaVersion],
    [traceMetadata.run, input.runId],
    [traceMetadata.request, input.request],
    [traceMetadata.response, input.response],
  );
  await writeTexts(tables, 'trace_request_metadata', trace.requestId, [...input.metadata, ...metadata]);
  await writeExtras(tables, trace.requestId, {
    clientRequestId: input.clientRequestId ?? null,
    requestPreview: input.request ?? null,
    responsePreview: input.response ?? null,
  });
  await writeSpans(tables, trace, input.spans);
  return { requestId: trace.requestId };
}

export async function finishTrace(context: WriteContext, input: FinishTrace): Promise<null> {
  const { db, now } = context;
  const tables = await traceTables(context);
  const { requestId, status, response, spans } = input;
  const { experimentId, startedAt } = await requireTrace(db, requestId, 'trace');
  const durationMs = input.durationMs ?? BigInt(input.endedAt ?? Math.max(now, startedAt)) - BigInt(startedAt);
  if (durationMs < 0n) throw refuse('INVALID', 'The trace ends before it starts.', ['endedAt']);
  await db.run(sql`/* mlflow.finishTrace */
    UPDATE trace_info SET status = ${status}, execution_time_ms = ${durationMs} WHERE request_id = ${requestId}`);
  await writeTexts(tables, 'trace_tags', requestId, [...input.tags, ...(spans.length > 0 ? entries(spansAreHere) : [])]);
  const metadata = [...input.metadata, ...entries([traceMetadata.response, response])];
  await writeTexts(tables, 'trace_request_metadata', requestId, metadata);
  await writeExtras(tables, requestId, { clientRequestId: null, requestPreview: null, responsePreview: response ?? null });
  await writeSpans(tables, { requestId, experimentId }, spans);
  return null;
}

/** As MLflow's start of a trace, which its clients send when the trace is over: what spans have made of it is overwritten. */
export async function recordTrace(context: WriteContext, input: RecordTrace): Promise<null> {
  const { db } = context;
  const tables = await traceTables(context);
  const { requestId, experimentId, startedAt, durationMs, status, tags, metadata } = input;
  const isNew = await insertTraceInfo(context, input);
  if (!isNew) {
    await db.run(sql`/* mlflow.recordTrace */
      UPDATE trace_info SET experiment_id = ${BigInt(experimentId)}, timestamp_ms = ${startedAt}, execution_time_ms = ${durationMs},
        status = ${status} WHERE request_id = ${requestId}`);
    if (tables.layout.spans) {
      await db.run(sql`/* mlflow.moveSpans */ UPDATE spans SET experiment_id = ${BigInt(experimentId)} WHERE trace_id = ${requestId}`);
    }
  }
  await writeTexts(tables, 'trace_tags', requestId, tags);
  await writeTexts(tables, 'trace_request_metadata', requestId, [...metadata, { key: traceMetadata.finalized, value: 'true' }]);
  await writeExtras(tables, requestId, input);
  return null;
}

export async function setTraceTags(
  context: WriteContext,
  { requestId, tags }: { readonly requestId: string; readonly tags: readonly KeyValueRecord[] },
): Promise<null> {
  await requireTrace(context.db, requestId, 'trace');
  await writeTexts(await traceTables(context), 'trace_tags', requestId, tags);
  return null;
}

export async function deleteTraceTag(
  context: WriteContext,
  { requestId, key }: { readonly requestId: string; readonly key: string },
): Promise<null> {
  await requireTrace(context.db, requestId, 'trace');
  const { db, layout } = await traceTables(context);
  const inColumn = key === traceTags.name && layout.columns.has('trace_name');
  const deleted = inColumn
    ? await db.run(sql`/* mlflow.deleteTraceName */
        UPDATE trace_info SET trace_name = NULL WHERE request_id = ${requestId} AND trace_name IS NOT NULL`)
    : await db.run(sql`/* mlflow.deleteTraceTag */ DELETE FROM trace_tags WHERE request_id = ${requestId} AND "key" = ${key}`);
  if (deleted === 0) throw refuse('NOT_FOUND', `No trace tag with key '${key}' for trace with ID '${requestId}'`, ['key']);
  return null;
}

export async function deleteTraces({ db, dialect }: WriteContext, input: DeleteTraces): Promise<number> {
  const conditions = [sql`t.experiment_id = ${BigInt(input.experimentId)}`];
  if (input.startedUntil !== null) conditions.push(sql`t.timestamp_ms <= ${input.startedUntil}`);
  if (input.requestIds !== null) conditions.push(sql`t.request_id IN ${dialect.texts(input.requestIds)}`);
  const chosen = sql`SELECT t.request_id FROM trace_info t WHERE ${allOf(conditions)} ORDER BY t.timestamp_ms, t.request_id`;
  const limited = input.maxTraces === null ? chosen : sql`${chosen} LIMIT ${input.maxTraces}`;
  // Everything that hangs on a trace goes with it: MLflow's tables and ours cascade.
  return db.run(sql`/* mlflow.deleteTraces */ DELETE FROM trace_info WHERE request_id IN (SELECT c.request_id FROM (${limited}) c)`);
}

export async function linkTraces(
  context: WriteContext,
  { runId, requestIds }: { readonly runId: string; readonly requestIds: readonly string[] },
): Promise<null> {
  await requireActiveRun(context, runId);
  const { db, dialect, now, layout } = await traceTables(context);
  const known = await db.all(sql`/* mlflow.tracesToLink */
    SELECT t.request_id FROM trace_info t WHERE t.request_id IN ${dialect.texts(requestIds)}`);
  for (const [requestId] of known as [string][]) {
    await db.run(
      layout.links
        ? sql`/* mlflow.linkTrace */ INSERT INTO entity_associations
            (association_id, source_type, source_id, destination_type, destination_id, created_time)
            VALUES (${newHexId()}, 'trace', ${requestId}, 'run', ${runId}, ${now}) ON CONFLICT DO NOTHING`
        : sql`/* mlflow.linkTrace */ INSERT INTO rungraph_trace_links (run_uuid, request_id, created_time)
            VALUES (${runId}, ${requestId}, ${now}) ON CONFLICT DO NOTHING`,
    );
  }
  return null;
}

export const newHexId = (): string => randomUUID().replaceAll('-', '');
const newTraceId = (): string => `tr-${newHexId()}`;

/** Tells MLflow to look for spans in the database. */
export const spansAreHere = [traceTags.spansLocation, 'TRACKING_STORE'] as const;

/** Those that have a value. */
export const entries = (...texts: readonly (readonly [string, string | null | undefined])[]): KeyValueRecord[] =>
  texts.flatMap(([key, value]) => (isGiven(value) ? [{ key, value }] : []));

export type TraceInfo = Pick<RecordTrace, 'requestId' | 'experimentId' | 'startedAt' | 'durationMs' | 'status'>;

/** Inserts a trace with the place of its artifacts. @returns whether it was not there */
export async function insertTraceInfo(
  context: WriteContext,
  { requestId, experimentId, startedAt, durationMs, status }: TraceInfo,
): Promise<boolean> {
  const { db } = context;
  const artifactRoot = await requireActiveExperiment(context, experimentId);
  const inserted = await db.run(sql`/* mlflow.insertTrace */
    INSERT INTO trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status)
    VALUES (${requestId}, ${BigInt(experimentId)}, ${startedAt}, ${durationMs}, ${status}) ON CONFLICT DO NOTHING`);
  await db.run(sql`/* mlflow.insertTraceArtifacts */
    INSERT INTO trace_tags (request_id, "key", value)
    VALUES (${requestId}, ${traceTags.artifactLocation}, ${`${artifactRoot}/traces/${requestId}/artifacts`}) ON CONFLICT DO NOTHING`);
  return inserted > 0;
}

/** A trace that can be written to: it exists. */
export async function requireTrace(db: Database, requestId: string, field: string): Promise<TraceInfo & { readonly isFinalized: boolean }> {
  const rows = await db.all(sql`/* mlflow.traceToWrite */
    SELECT CAST(t.experiment_id AS TEXT), t.timestamp_ms, t.execution_time_ms, t.status,
      (SELECT m.value FROM trace_request_metadata m WHERE m.request_id = t.request_id AND m."key" = ${traceMetadata.finalized})
    FROM trace_info t WHERE t.request_id = ${requestId}`);
  if (!rows[0]) throw refuse('NOT_FOUND', `Trace with ID '${requestId}' not found.`, [field]);
  const [experimentId, startedAt, durationMs, status, finalized] = rows[0];
  return {
    requestId,
    experimentId: experimentId as string,
    startedAt: Number(startedAt),
    durationMs: durationMs as bigint | null,
    status: status as string,
    isFinalized: finalized === 'true',
  };
}

async function experimentOfRun(context: WriteContext, runId: string): Promise<string> {
  await requireActiveRun(context, runId);
  const rows = await context.db.all(
    sql`/* mlflow.experimentOfRun */ SELECT CAST(experiment_id AS TEXT) FROM runs WHERE run_uuid = ${runId}`,
  );
  return rows[0]![0] as string;
}
