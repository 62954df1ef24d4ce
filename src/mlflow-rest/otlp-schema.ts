import { Root } from 'protobufjs';

const attributes = { rule: 'repeated', type: 'KeyValue' } as const;

/**
 * The messages of OpenTelemetry's trace export that are read, from opentelemetry-proto 1.x
 * (collector/trace/v1, trace/v1, common/v1, resource/v1). Fields that nobody needs are skipped when decoding.
 */
const messages = {
  ExportTraceServiceRequest: { fields: { resourceSpans: { rule: 'repeated', type: 'ResourceSpans', id: 1 } } },
  ResourceSpans: { fields: { resource: { type: 'Resource', id: 1 }, scopeSpans: { rule: 'repeated', type: 'ScopeSpans', id: 2 } } },
  Resource: { fields: { attributes: { ...attributes, id: 1 } } },
  ScopeSpans: { fields: { spans: { rule: 'repeated', type: 'Span', id: 2 } } },
  Span: {
    fields: {
      traceId: { type: 'bytes', id: 1 },
      spanId: { type: 'bytes', id: 2 },
      parentSpanId: { type: 'bytes', id: 4 },
      name: { type: 'string', id: 5 },
      startTimeUnixNano: { type: 'fixed64', id: 7 },
      endTimeUnixNano: { type: 'fixed64', id: 8 },
      attributes: { ...attributes, id: 9 },
      events: { rule: 'repeated', type: 'Event', id: 11 },
      links: { rule: 'repeated', type: 'Link', id: 13 },
      status: { type: 'Status', id: 15 },
    },
  },
  Event: { fields: { timeUnixNano: { type: 'fixed64', id: 1 }, name: { type: 'string', id: 2 }, attributes: { ...attributes, id: 3 } } },
  Link: { fields: { traceId: { type: 'bytes', id: 1 }, spanId: { type: 'bytes', id: 2 }, attributes: { ...attributes, id: 4 } } },
  Status: { fields: { message: { type: 'string', id: 2 }, code: { type: 'int32', id: 3 } } },
  KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
  AnyValue: {
    oneofs: { value: { oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'] } },
    fields: {
      stringValue: { type: 'string', id: 1 },
      boolValue: { type: 'bool', id: 2 },
      intValue: { type: 'int64', id: 3 },
      doubleValue: { type: 'double', id: 4 },
      arrayValue: { type: 'ArrayValue', id: 5 },
      kvlistValue: { type: 'KeyValueList', id: 6 },
      bytesValue: { type: 'bytes', id: 7 },
    },
  },
  ArrayValue: { fields: { values: { rule: 'repeated', type: 'AnyValue', id: 1 } } },
  KeyValueList: { fields: { values: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
};

const request = Root.fromJSON({ nested: messages }).lookupType('ExportTraceServiceRequest');

/** A value of OpenTelemetry: one member is there, or none. 64-bit integers are texts, bytes are base64. */
export interface OtlpValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number | string;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
  readonly kvlistValue?: { readonly values?: readonly OtlpAttribute[] };
  readonly bytesValue?: string;
}

export interface OtlpAttribute {
  readonly key?: string;
  readonly value?: OtlpValue;
}

/** A span; ids are base64, in JSON hexadecimal digits; times are texts of nanoseconds since the epoch. */
export interface OtlpSpan {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly OtlpAttribute[];
  readonly events?: readonly { readonly timeUnixNano?: string; readonly name?: string; readonly attributes?: readonly OtlpAttribute[] }[];
  readonly links?: readonly { readonly traceId?: string; readonly spanId?: string; readonly attributes?: readonly OtlpAttribute[] }[];
  readonly status?: { readonly message?: string; readonly code?: number };
}

export interface OtlpRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly OtlpAttribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
  }[];
}

/** Reads a request in protobuf. @throws when the bytes are none */
export const decodeOtlp = (body: Uint8Array): OtlpRequest => request.toObject(request.decode(body), { longs: String, bytes: String });
