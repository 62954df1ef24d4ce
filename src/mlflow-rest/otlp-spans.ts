import { setImmediate } from 'node:timers/promises';
import { pythonJson, type PythonValue } from '../core/python-json.js';
import { isStorableText } from '../core/text.js';
import type { KeyValueRecord } from '../stores/run-store.js';
import type { SpanRecord } from '../stores/trace-store.js';
import type { TraceSpans } from '../stores/trace-writer.js';
import { invalid } from './request-fields.js';
import type { OtlpAttribute, OtlpRequest, OtlpSpan, OtlpValue } from './otlp-schema.js';

const spanType = 'mlflow.spanType';
/** Attributes of a root span that are tags of its trace. */
const tagPrefix = 'mlflow.traceTag.';
/** Attributes of a resource that say nothing of the trace, or are MLflow's own. */
const reserved = ['telemetry.sdk.', 'mlflow.'];
const statuses = ['UNSET', 'OK', 'ERROR'] as const;

/** How the ids of an export are written: in OpenTelemetry's JSON as digits, where protobuf has bytes. */
export type IdEncoding = 'hex' | 'base64';

/** Spans that are read before others have their turn. */
const spansAtOnce = 100;

/**
 * The spans of an export, by trace. As MLflow does, a trace is known by the id OpenTelemetry gave it, and the attributes of the
 * resource become its tags.
 * @throws INVALID_PARAMETER_VALUE when a span has no proper id
 */
export async function toTraceSpans(request: OtlpRequest, encoding: IdEncoding): Promise<TraceSpans[]> {
  let count = 0;
  const traces = new Map<string, { spans: Map<string, SpanRecord>; tags: Map<string, string> }>();
  for (const { resource, scopeSpans } of request.resourceSpans ?? []) {
    const resourceTags = tagsOf(resource?.attributes ?? [], (key) => (reserved.some((prefix) => key.startsWith(prefix)) ? null : key));
    for (const span of (scopeSpans ?? []).flatMap(({ spans }) => spans ?? [])) {
      if (++count % spansAtOnce === 0) await setImmediate();
      const requestId = `tr-${hexId(span.traceId, encoding, 16, 'trace_id')}`;
      const trace = traces.get(requestId) ?? { spans: new Map(), tags: new Map() };
      traces.set(requestId, trace);
      const record = toSpan(span, encoding);
      trace.spans.set(record.id, record);
      for (const [key, value] of resourceTags) trace.tags.set(key, value);
      if (record.parentId !== null) continue;
      const own = tagsOf(span.attributes ?? [], (key) => (key.startsWith(tagPrefix) ? key.slice(tagPrefix.length) : null));
      for (const [key, value] of own) trace.tags.set(key, value);
    }
  }
  return [...traces].map(([requestId, { spans, tags }]) => ({
    requestId,
    spans: [...spans.values()],
    tags: [...tags].map(([key, value]) => ({ key, value })),
  }));
}

function toSpan(span: OtlpSpan, encoding: IdEncoding): SpanRecord {
  const attributes = toAttributes(span.attributes ?? []);
  const end = BigInt(span.endTimeUnixNano ?? 0);
  return {
    id: hexId(span.spanId, encoding, 8, 'span_id'),
    parentId: span.parentSpanId ? hexId(span.parentSpanId, encoding, 8, 'parent_span_id') : null,
    name: storable(span.name ?? ''),
    type: typeOf(span.attributes ?? []),
    status: statuses[span.status?.code ?? 0] ?? 'UNSET',
    statusMessage: storable(span.status?.message ?? ''),
    startedAtNs: nanoseconds(BigInt(span.startTimeUnixNano ?? 0)),
    endedAtNs: end === 0n ? null : nanoseconds(end),
    attributes,
    events: (span.events ?? []).map(({ name, timeUnixNano, attributes: inner }) => ({
      name: storable(name ?? ''),
      atNs: BigInt(timeUnixNano ?? 0),
      attributes: storable(pythonJson(membersOf(inner ?? []))),
    })),
    links: (span.links ?? []).map(({ traceId, spanId, attributes: inner }) =>
      pythonJson({
        trace_id: `tr-${hexId(traceId, encoding, 16, 'links.trace_id')}`,
        span_id: hexId(spanId, encoding, 8, 'links.span_id'),
        attributes: membersOf(inner ?? []),
      }),
    ),
  };
}

function hexId(text: string | undefined, encoding: IdEncoding, bytes: number, name: string): string {
  const id = Buffer.from(text ?? '', encoding);
  if (id.length === bytes && id.some((byte) => byte !== 0)) return id.toString('hex');
  throw invalid(`Cannot convert OpenTelemetry span to MLflow span: ${name} must have ${bytes} bytes, not all of them 0.`);
}

function nanoseconds(time: bigint): bigint {
  if (time < 2n ** 63n) return time;
  throw invalid('Cannot convert OpenTelemetry span to MLflow span: a time is beyond 64 bits.');
}

const toAttributes = (attributes: readonly OtlpAttribute[]): KeyValueRecord[] =>
  attributes.map(({ key, value }) => ({ key: storable(key ?? ''), value: storable(pythonJson(toPython(value))) }));

const typeOf = (attributes: readonly OtlpAttribute[]): string =>
  storable(attributes.find(({ key }) => key === spanType)?.value?.stringValue || 'UNKNOWN').slice(0, 500);

const membersOf = (attributes: readonly OtlpAttribute[]): PythonValue =>
  Object.fromEntries(attributes.map(({ key, value }) => [key ?? '', toPython(value)]));

function toPython(value: OtlpValue | undefined): PythonValue {
  if (value?.stringValue !== undefined) return value.stringValue;
  if (value?.boolValue !== undefined) return value.boolValue;
  if (value?.intValue !== undefined) return BigInt(value.intValue);
  if (value?.doubleValue !== undefined) return Number(value.doubleValue);
  if (value?.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(toPython);
  if (value?.kvlistValue !== undefined) return membersOf(value.kvlistValue.values ?? []);
  return value?.bytesValue ?? null;
}

function tagsOf(attributes: readonly OtlpAttribute[], nameOf: (key: string) => string | null): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { key, value } of attributes) {
    const name = nameOf(key ?? '');
    if (!name || name.length > 250) continue;
    const text = value?.stringValue ?? pythonJson(toPython(value));
    tags.set(storable(name), storable([...text].slice(0, 8_000).join('')));
  }
  return tags;
}

/** What databases cannot keep becomes the character for what is unknown. */
const storable = (text: string): string => (isStorableText(text) ? text : text.toWellFormed().replaceAll('\0', '\ufffd'));
