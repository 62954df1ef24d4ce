import { readPythonJson } from '../../../core/python-json.js';
import { sql, type Database } from '../../engine/sql.js';
import type { KeyValueRecord } from '../../run-store.js';
import { traceMetadata, type SpanRecord } from '../../trace-store.js';
import type { LogSpans, TraceSpans } from '../../trace-writer.js';
import { entries, insertTraceInfo, linkTraces, requireTrace, spansAreHere, traceTables } from './trace-writes.js';
import { writeExtras, writeSpans, writeTexts, type TraceTables } from './trace-rows.sql.js';
import type { WriteContext } from '../writes.js';

const nanoseconds = 1_000_000n;

/** Attributes of spans that say something of their trace. */
const attributes = {
  inputs: 'mlflow.spanInputs',
  outputs: 'mlflow.spanOutputs',
  session: ['session.id', 'gen_ai.conversation.id'],
  user: ['user.id'],
} as const;

/** Keeps spans, as MLflow does with those that come by OpenTelemetry: a trace is made of what its first spans tell. */
export async function logSpans(context: WriteContext, { experimentId, traces, runId }: LogSpans): Promise<null> {
  const tables = await traceTables(context);
  for (const trace of traces) await logSpansOfTrace(tables, experimentId, trace);
  const complete = traces.filter(({ spans }) => spans.some(isRoot)).map(({ requestId }) => requestId);
  if (runId !== null && complete.length > 0) await linkTraces(context, { runId, requestIds: complete });
  return null;
}

async function logSpansOfTrace(tables: TraceTables, experimentId: string, { requestId, spans, tags }: TraceSpans): Promise<void> {
  const { db } = tables;
  const root = spans.find(isRoot);
  const told = whatSpansTell(spans);
  const rows = await db.all(sql`/* mlflow.hasTrace */ SELECT 1 FROM trace_info WHERE request_id = ${requestId}`);
  if (rows.length === 0) await insertTraceInfo(tables, { requestId, experimentId, ...told, status: told.status ?? 'IN_PROGRESS' });
  else await extendTrace(db, requestId, told);
  const { experimentId: home } = await requireTrace(db, requestId, 'trace');
  await writeSpans(tables, { requestId, experimentId: home }, spans);
  await writeTexts(tables, 'trace_tags', requestId, [...tags, ...entries(spansAreHere)]);
  const metadata = entries(
    [traceMetadata.session, attributeOf(spans, attributes.session)],
    ['mlflow.trace.user', attributeOf(spans, attributes.user)],
  );
  await writeMissing(tables, requestId, metadata);
  if (root) await writePreviews(tables, requestId, root);
}

const isRoot = ({ parentId }: SpanRecord): boolean => parentId === null;

interface Told {
  readonly startedAt: number;
  readonly durationMs: bigint | null;
  /** Null while the root is not known. */
  readonly status: 'OK' | 'ERROR' | null;
}

function whatSpansTell(spans: readonly SpanRecord[]): Told {
  const start = spans.map(({ startedAtNs }) => startedAtNs).reduce((a, b) => (a < b ? a : b)) / nanoseconds;
  const ends = spans.flatMap(({ endedAtNs }) => (endedAtNs === null ? [] : [endedAtNs]));
  const end = ends.length === 0 ? null : ends.reduce((a, b) => (a > b ? a : b)) / nanoseconds;
  const root = spans.find(isRoot);
  return {
    startedAt: Number(start),
    durationMs: end === null ? null : end - start,
    status: root ? (root.status === 'ERROR' ? 'ERROR' : 'OK') : null,
  };
}

/** Spans widen a trace until its client has told when it was. */
async function extendTrace(db: Database, requestId: string, told: Told): Promise<void> {
  const known = await requireTrace(db, requestId, 'trace');
  const isOpen = known.status === 'IN_PROGRESS' || known.status === 'STATE_UNSPECIFIED';
  const status = isOpen && told.status !== null ? told.status : known.status;
  const startedAt = known.isFinalized ? known.startedAt : Math.min(known.startedAt, told.startedAt);
  const ends = [
    [known.startedAt, known.durationMs],
    [told.startedAt, told.durationMs],
  ].flatMap(([start, duration]) => (duration === null ? [] : [BigInt(start!) + BigInt(duration!)]));
  const end = ends.length === 0 ? null : ends.reduce((a, b) => (a > b ? a : b));
  const durationMs = known.isFinalized ? known.durationMs : end === null ? null : end - BigInt(startedAt);
  await db.run(sql`/* mlflow.extendTrace */
    UPDATE trace_info SET timestamp_ms = ${startedAt}, execution_time_ms = ${durationMs}, status = ${status} WHERE request_id = ${requestId}`);
}

/** The first of the attributes that any span has, as text. */
function attributeOf(spans: readonly SpanRecord[], keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = spans.flatMap((span) => span.attributes).find((attribute) => attribute.key === key);
    const value = found && readPythonJson(found.value)?.value;
    if (typeof value === 'string' && value !== '') return value.slice(0, 250);
  }
  return null;
}

/** Metadata that nobody has told yet. */
async function writeMissing(tables: TraceTables, requestId: string, metadata: readonly KeyValueRecord[]): Promise<void> {
  const { db, layout } = tables;
  for (const entry of metadata) {
    const inColumn = entry.key === traceMetadata.session && layout.columns.has('session_id');
    const rows = inColumn
      ? await db.all(sql`/* mlflow.hasSession */ SELECT 1 FROM trace_info WHERE request_id = ${requestId} AND session_id IS NOT NULL`)
      : await db.all(sql`/* mlflow.hasMetadata */
          SELECT 1 FROM trace_request_metadata WHERE request_id = ${requestId} AND "key" = ${entry.key}`);
    if (rows.length === 0) await writeTexts(tables, 'trace_request_metadata', requestId, [entry]);
  }
}

/** Inputs and outputs of the root are those of the trace, unless its client has told them. */
async function writePreviews(tables: TraceTables, requestId: string, root: SpanRecord): Promise<void> {
  const { db, layout } = tables;
  const rows = layout.columns.has('request_preview')
    ? await db.all(sql`/* mlflow.previews */ SELECT request_preview, response_preview FROM trace_info WHERE request_id = ${requestId}`)
    : await db.all(
        sql`/* mlflow.previews */ SELECT request_preview, response_preview FROM rungraph_traces WHERE request_id = ${requestId}`,
      );
  const [request, response] = rows[0] ?? [null, null];
  const textOf = (key: string) => root.attributes.find((attribute) => attribute.key === key)?.value ?? null;
  await writeExtras(tables, requestId, {
    clientRequestId: null,
    requestPreview: request === null ? textOf(attributes.inputs) : null,
    responsePreview: response === null ? textOf(attributes.outputs) : null,
  });
}
