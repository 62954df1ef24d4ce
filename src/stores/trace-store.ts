import { createHash } from 'node:crypto';
import type { NativeRef } from '../core/ids.js';
import type { KeyedCondition, LongCondition, StringCondition, TimeCondition } from './conditions.js';
import type { Page, PageRequest, SortDirection } from './page.js';
import type { KeyValueRecord, RefCondition } from './run-store.js';

/** Tags that MLflow gives a meaning. */
export const traceTags = {
  name: 'mlflow.traceName',
  artifactLocation: 'mlflow.artifactLocation',
  spansLocation: 'mlflow.trace.spansLocation',
} as const;

/** Metadata that MLflow gives a meaning. */
export const traceMetadata = {
  request: 'mlflow.traceInputs',
  response: 'mlflow.traceOutputs',
  run: 'mlflow.sourceRun',
  schemaVersion: 'mlflow.trace_schema.version',
  session: 'mlflow.trace.session',
  tokenUsage: 'mlflow.trace.tokenUsage',
  cost: 'mlflow.trace.cost',
  finalized: 'mlflow.trace.infoFinalized',
  sizeStats: 'mlflow.trace.sizeStats',
} as const;

/** One trace without its tags and metadata; its native id is MLflow's request id. Times are ms since the epoch, UTC. */
export interface TraceRecord extends NativeRef {
  readonly experimentId: string;
  /** `IN_PROGRESS`, `OK`, `ERROR`, or whatever its writer put there. */
  readonly status: string;
  readonly startedAt: number;
  /** Null while it has not ended. */
  readonly durationMs: bigint | null;
  /** Id the application gave its request. */
  readonly clientRequestId: string | null;
}

/** What hangs on a trace, by key, as a reader of MLflow sees it: also what newer revisions keep in columns. */
export interface TraceParts {
  readonly tags: readonly KeyValueRecord[];
  readonly metadata: readonly KeyValueRecord[];
  /** What went in and came out, as far as it was kept; null when nothing was. */
  readonly requestPreview: string | null;
  readonly responsePreview: string | null;
}

/** Something that happened at one instant of a span. */
export interface SpanEventRecord {
  readonly name: string;
  /** Nanoseconds since the epoch. */
  readonly atNs: bigint;
  /** A JSON object as text. */
  readonly attributes: string;
}

/** A reference from a span to a span of any trace, as MLflow writes it: JSON as text. */
export type SpanLinkRecord = string;

/** One step of a trace. Times are nanoseconds since the epoch. */
export interface SpanRecord {
  /** 16 hexadecimal digits, unique within the trace. */
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  /** `LLM`, `TOOL`, `CHAIN`, … or any other text. */
  readonly type: string | null;
  /** `OK`, `ERROR`, `UNSET`. */
  readonly status: string;
  readonly statusMessage: string;
  readonly startedAtNs: bigint;
  /** Null while it has not ended. */
  readonly endedAtNs: bigint | null;
  /** Values are JSON as text. */
  readonly attributes: readonly KeyValueRecord[];
  readonly events: readonly SpanEventRecord[];
  readonly links: readonly SpanLinkRecord[];
}

/** All given members must hold for one and the same span. */
export interface SpanCondition {
  readonly name?: StringCondition | null;
  readonly type?: StringCondition | null;
  readonly status?: StringCondition | null;
  /** The whole span as MLflow stores it: JSON. */
  readonly content?: StringCondition | null;
}

/** All given members hold together. */
export interface TraceFilter {
  readonly and?: readonly TraceFilter[] | null;
  readonly or?: readonly TraceFilter[] | null;
  readonly not?: TraceFilter | null;
  readonly id?: RefCondition | null;
  readonly source?: StringCondition | null;
  readonly requestId?: StringCondition | null;
  readonly clientRequestId?: StringCondition | null;
  readonly name?: StringCondition | null;
  readonly status?: StringCondition | null;
  readonly experiment?: StringCondition | null;
  readonly experimentId?: RefCondition | null;
  /** Runs it was recorded in or linked to; `neq` and `nin` look at the one it was recorded in. */
  readonly runId?: RefCondition | null;
  readonly startedAt?: TimeCondition | null;
  readonly endedAt?: TimeCondition | null;
  readonly durationMs?: LongCondition | null;
  readonly tag?: KeyedCondition | null;
  readonly metadata?: KeyedCondition | null;
  readonly span?: SpanCondition | null;
}

export type TraceOrderField = 'STARTED_AT' | 'DURATION' | 'NAME' | 'STATUS' | 'REQUEST_ID' | 'EXPERIMENT' | 'EXPERIMENT_ID';

/** One sort term; values come first, then missing, in both directions. */
export type TraceOrder = { readonly direction: SortDirection } & (
  { readonly by: 'field'; readonly field: TraceOrderField } | { readonly by: 'tag' | 'metadata'; readonly key: string }
);

export interface TraceQuery {
  readonly filter: TraceFilter;
  readonly orderBy: readonly TraceOrder[];
}

/** Reads the traces of one source. Every method is a fixed number of short statements. */
export interface TraceStore {
  page(query: TraceQuery, request: PageRequest): Promise<Page<TraceRecord>>;
  count(filter: TraceFilter): Promise<number>;
  /** In no particular order; unknown ids are absent. */
  tracesByIds(ids: readonly string[]): Promise<readonly TraceRecord[]>;
  /** In the order of `ids`. */
  parts(ids: readonly string[]): Promise<readonly TraceParts[]>;
  /** In the order of `ids`, the roots first, then by start; null where the source keeps no spans of the trace. */
  spans(ids: readonly string[]): Promise<readonly (readonly SpanRecord[] | null)[]>;
}

/** The 16 bytes by which OpenTelemetry knows a trace: those in its id, or of a digest where the id has none. */
export function spanTraceId(requestId: string): Buffer {
  const hex = /^(?:tr-)?([0-9a-f]{32})$/.exec(requestId)?.[1];
  return hex ? Buffer.from(hex, 'hex') : createHash('sha256').update(requestId).digest().subarray(0, 16);
}
