import { stringify } from 'lossless-json';
import { readPythonJson, type ExactJson } from '../../../core/python-json.js';
import type { KeyValueRecord } from '../../run-store.js';
import { spanTraceId, type SpanEventRecord, type SpanRecord } from '../../trace-store.js';

/** Columns a span has besides its content. */
export type SpanColumns = Pick<SpanRecord, 'id' | 'parentId' | 'name' | 'type' | 'status' | 'startedAtNs' | 'endedAtNs'>;

type Members = Readonly<Record<string, ExactJson>>;

/** Attribute that tells MLflow which trace a span belongs to. */
const requestIdAttribute = 'mlflow.traceRequestId';

/**
 * A span as MLflow 3 stores it: JSON with ids in base64, times as integers and every attribute a JSON text of its own.
 * MLflow reads the trace from the attribute, the 16 bytes only identify the span to OpenTelemetry.
 */
export function encodeSpanContent(requestId: string, span: SpanRecord): string {
  const text = JSON.stringify;
  const attributes = [
    ...span.attributes.filter(({ key }) => key !== requestIdAttribute),
    { key: requestIdAttribute, value: text(requestId) },
  ];
  const events = span.events.map(
    ({ name, atNs, attributes: inner }) => `{"name": ${text(name)}, "time_unix_nano": ${atNs}, "attributes": ${inner}}`,
  );
  const members = [
    `"trace_id": ${text(spanTraceId(requestId).toString('base64'))}`,
    `"span_id": ${text(base64OfHex(span.id))}`,
    `"parent_span_id": ${span.parentId === null ? 'null' : text(base64OfHex(span.parentId))}`,
    `"name": ${text(span.name)}`,
    `"start_time_unix_nano": ${span.startedAtNs}`,
    `"end_time_unix_nano": ${span.endedAtNs ?? 'null'}`,
    `"events": [${events.join(', ')}]`,
    `"status": {"code": "STATUS_CODE_${span.status}", "message": ${text(span.statusMessage)}}`,
    `"attributes": {${attributes.map(({ key, value }) => `${text(key)}: ${text(value)}`).join(', ')}}`,
    `"links": [${span.links.join(', ')}]`,
  ];
  return `{${members.join(', ')}}`;
}

const base64OfHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

/** Reads a span; what its content does not say in a form that is known is left out, the columns stay. */
export function decodeSpanContent(columns: SpanColumns, content: string): SpanRecord {
  const read = readPythonJson(content)?.value;
  const members = isMembers(read) ? read : {};
  const status = isMembers(members.status) ? members.status : {};
  return {
    ...columns,
    statusMessage: typeof status.message === 'string' ? status.message : '',
    attributes: isMembers(members.attributes) ? Object.entries(members.attributes).map(toAttribute) : [],
    events: Array.isArray(members.events) ? (members.events as ExactJson[]).filter(isMembers).map(toEvent) : [],
    links: Array.isArray(members.links) ? (members.links as ExactJson[]).map(toText) : [],
  };
}

const isMembers = (value: ExactJson | undefined): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !('isLosslessNumber' in value);

const toText = (value: ExactJson): string => stringify(value) ?? 'null';

// MLflow stores an attribute as JSON in a text; other writers of the same form may have stored the value itself.
const toAttribute = ([key, value]: [string, ExactJson]): KeyValueRecord => ({
  key,
  value: typeof value === 'string' && readPythonJson(value) !== null ? value : toText(value),
});

function toEvent(event: Members): SpanEventRecord {
  const time = event.time_unix_nano ?? event.timestamp ?? null;
  const digits = /^-?\d+/.exec(typeof time === 'string' ? time : toText(time))?.[0];
  return {
    name: typeof event.name === 'string' ? event.name : '',
    atNs: BigInt(digits ?? 0),
    attributes: isMembers(event.attributes) ? toText(event.attributes) : '{}',
  };
}
