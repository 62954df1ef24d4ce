import { encodeId } from '../../core/ids.js';
import type { SpanRecord, TraceRecord } from '../../stores/trace-store.js';

/** A trace as resolvers pass it on. */
export interface TraceNode extends TraceRecord {
  readonly id: string;
}

export const toTraceNode = (record: TraceRecord): TraceNode => ({ ...record, id: encodeId('Trace', record.source, record.nativeId) });

/** A span as resolvers pass it on. */
export type SpanNode = SpanRecord;
