import type { KeyValueRecord } from './run-store.js';
import type { Repeatable } from './run-writer.js';
import type { SpanRecord } from './trace-store.js';

/** A new trace; its status is IN_PROGRESS. Exactly one of `experimentId` and `runId` is given. */
export interface CreateTrace extends Repeatable {
  readonly experimentId: string | null;
  /** The trace belongs to the run's experiment, too. */
  readonly runId: string | null;
  readonly name?: string | null;
  /** Default: `tr-` and 32 random hexadecimal digits. */
  readonly requestId?: string | null;
  readonly clientRequestId?: string | null;
  /** Default: now. */
  readonly startedAt?: number | null;
  readonly tags: readonly KeyValueRecord[];
  readonly metadata: readonly KeyValueRecord[];
  readonly request?: string | null;
  readonly response?: string | null;
  readonly spans: readonly SpanRecord[];
}

/** The end of a trace; at most one of `endedAt` and `durationMs` is given, else it ends now. */
export interface FinishTrace {
  readonly requestId: string;
  readonly status: 'OK' | 'ERROR';
  readonly endedAt?: number | null;
  readonly durationMs?: bigint | null;
  readonly response?: string | null;
  /** These are set, others stay. */
  readonly tags: readonly KeyValueRecord[];
  readonly metadata: readonly KeyValueRecord[];
  /** A span whose id is known replaces it. */
  readonly spans: readonly SpanRecord[];
}

/** A trace as a client of MLflow knows it when it is over. It may be there already, because spans came before it. */
export interface RecordTrace {
  readonly requestId: string;
  readonly experimentId: string;
  readonly startedAt: number;
  readonly durationMs: bigint | null;
  readonly status: string;
  readonly clientRequestId: string | null;
  /** Null leaves what is there. */
  readonly requestPreview: string | null;
  readonly responsePreview: string | null;
  readonly tags: readonly KeyValueRecord[];
  readonly metadata: readonly KeyValueRecord[];
}

/** Spans of one trace; `tags` are set on the trace. */
export interface TraceSpans {
  readonly requestId: string;
  readonly spans: readonly SpanRecord[];
  readonly tags: readonly KeyValueRecord[];
}

export interface LogSpans {
  /** Where traces go that are not there yet. */
  readonly experimentId: string;
  readonly traces: readonly TraceSpans[];
  /** A run that every trace with a root span is linked to. */
  readonly runId: string | null;
}

/** Which traces of an experiment to delete: at most `maxTraces`, the oldest first. */
export interface DeleteTraces {
  readonly experimentId: string;
  /** Only those that started then or earlier. */
  readonly startedUntil: number | null;
  readonly maxTraces: number | null;
  readonly requestIds: readonly string[] | null;
}

/** Changes the traces of one source. Every method checks MLflow's rules and writes all or nothing. */
export interface TraceWriter {
  createTrace(input: CreateTrace): Promise<{ readonly requestId: string }>;
  finishTrace(input: FinishTrace): Promise<void>;
  /** Creates the trace, or completes the one that its spans have created. */
  recordTrace(input: RecordTrace): Promise<void>;
  /** Keeps spans; creates traces that are not there, and extends those whose end nobody has told yet. */
  logSpans(input: LogSpans): Promise<void>;
  setTraceTags(input: { readonly requestId: string; readonly tags: readonly KeyValueRecord[] }): Promise<void>;
  deleteTraceTag(input: { readonly requestId: string; readonly key: string }): Promise<void>;
  /** @returns how many were deleted, for good */
  deleteTraces(input: DeleteTraces): Promise<number>;
  /** Says that traces belong to a run they were not recorded in; unknown traces are left out. */
  linkTraces(input: { readonly runId: string; readonly requestIds: readonly string[] }): Promise<void>;
}
