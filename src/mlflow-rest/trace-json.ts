import type { KeyValueRecord } from '../stores/run-store.js';
import type { TraceParts, TraceRecord } from '../stores/trace-store.js';
import { invalid } from './request-fields.js';

const states = ['OK', 'ERROR', 'IN_PROGRESS'];

/** A trace without spans in the form of MLflow 3. */
export const traceInfoJson = (trace: TraceRecord, parts: TraceParts): object => ({
  trace_id: trace.nativeId,
  client_request_id: trace.clientRequestId ?? undefined,
  trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: trace.experimentId } },
  request_preview: parts.requestPreview ?? undefined,
  response_preview: parts.responsePreview ?? undefined,
  request_time: new Date(trace.startedAt).toISOString(),
  execution_duration: trace.durationMs === null ? undefined : durationText(trace.durationMs),
  state: states.includes(trace.status) ? trace.status : 'STATE_UNSPECIFIED',
  trace_metadata: toMap(parts.metadata),
  tags: toMap(parts.tags),
});

/** A trace in the form of MLflow 2. */
export const traceInfoV2Json = (trace: TraceRecord, parts: TraceParts): object => ({
  request_id: trace.nativeId,
  experiment_id: trace.experimentId,
  timestamp_ms: trace.startedAt,
  execution_time_ms: trace.durationMs ?? 0,
  status: states.includes(trace.status) ? trace.status : 'TRACE_STATUS_UNSPECIFIED',
  request_metadata: parts.metadata,
  tags: parts.tags,
});

const toMap = (entries: readonly KeyValueRecord[]): object => Object.fromEntries(entries.map(({ key, value }) => [key, value]));

/** Protobuf's way of writing a duration: seconds with a fraction. */
function durationText(ms: bigint): string {
  const size = ms < 0n ? -ms : ms;
  return `${ms < 0n ? '-' : ''}${size / 1000n}.${String(size % 1000n).padStart(3, '0')}s`;
}

/** Reads a duration; what is beyond milliseconds is cut off. */
export function readDuration(text: string | null): bigint | null {
  if (text === null) return null;
  const found = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text);
  if (!found)
    throw invalid(`Invalid value for parameter 'execution_duration' supplied: ${JSON.stringify(text.slice(0, 100))} is no duration.`);
  const ms = BigInt(found[2]!) * 1000n + BigInt((found[3] ?? '').padEnd(3, '0').slice(0, 3));
  return found[1] ? -ms : ms;
}

/** Reads an instant of RFC 3339 as milliseconds since the epoch. */
export function readTime(text: string): number {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(ms)) return ms;
  throw invalid(`Invalid value for parameter 'request_time' supplied: ${JSON.stringify(text.slice(0, 100))} is no time.`);
}
