import { isLosslessNumber } from 'lossless-json';
import { isInteger, readPythonJson, type ExactJson } from '../core/python-json.js';
import type { SpanRecord } from '../stores/trace-store.js';

/** A span as MLflow's REST API answers it: OpenTelemetry's protobuf as JSON, with ids in base64 and typed values. */
export function spanJson(traceId: Uint8Array, span: SpanRecord): object {
  return {
    trace_id: base64(traceId),
    span_id: base64OfHex(span.id),
    parent_span_id: span.parentId === null ? undefined : base64OfHex(span.parentId),
    name: span.name,
    start_time_unix_nano: span.startedAtNs,
    end_time_unix_nano: span.endedAtNs ?? undefined,
    attributes: span.attributes.map(({ key, value }) => ({ key, value: anyValue(readPythonJson(value)?.value ?? value) })),
    events:
      span.events.length === 0
        ? undefined
        : span.events.map(({ name, atNs, attributes }) => ({ time_unix_nano: atNs, name, attributes: attributesOf(attributes) })),
    links: span.links.length === 0 ? undefined : span.links.flatMap(linkJson),
    status: { code: `STATUS_CODE_${span.status}`, message: span.statusMessage || undefined },
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const base64OfHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

function attributesOf(text: string): object[] {
  const value = readPythonJson(text)?.value;
  return isMembers(value) ? Object.entries(value).map(([key, inner]) => ({ key, value: anyValue(inner) })) : [];
}

const isMembers = (value: ExactJson | undefined): value is { readonly [name: string]: ExactJson } =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !isLosslessNumber(value);

/** What MLflow keeps of a link: the id of the other trace as MLflow writes it, that of its span in hexadecimal digits. */
function linkJson(text: string): object[] {
  const link = readPythonJson(text)?.value;
  if (!isMembers(link) || typeof link.trace_id !== 'string' || typeof link.span_id !== 'string') return [];
  const attributes = isMembers(link.attributes)
    ? Object.entries(link.attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
    : [];
  return [{ trace_id: base64OfHex(link.trace_id.replace(/^.*(?:tr-|\/)/, '')), span_id: base64OfHex(link.span_id), attributes }];
}

/** A JSON value as OpenTelemetry's AnyValue; null is a value without one. */
function anyValue(value: ExactJson): object {
  if (value === null) return {};
  if (typeof value === 'boolean') return { bool_value: value };
  if (typeof value === 'string') return { string_value: value };
  if (isLosslessNumber(value)) return numberValue(value.value);
  if (Array.isArray(value)) return { array_value: { values: (value as readonly ExactJson[]).map(anyValue) } };
  return { kvlist_value: { values: Object.entries(value).map(([key, inner]) => ({ key, value: anyValue(inner) })) } };
}

function numberValue(text: string): object {
  if (!isInteger(text)) return { double_value: Number(text) };
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? { int_value: integer } : { string_value: text };
}
