import DataLoader from 'dataloader';
import { tryDecodeId, type NativeRef } from '../../core/ids.js';
import type { SpanRecord, TraceParts } from '../../stores/trace-store.js';
import type { Context } from './context.js';
import { toTraceNode, type TraceNode } from './trace-node.js';

const byRef = { cacheKeyFn: ({ source, nativeId }: NativeRef): string => `${source}\0${nativeId}` };

/** Batches what the fields of single traces ask for; one set per request. */
export interface TraceLoaders {
  readonly trace: DataLoader<NativeRef, TraceNode | null, string>;
  readonly parts: DataLoader<NativeRef, TraceParts, string>;
  readonly spans: DataLoader<NativeRef, readonly SpanRecord[] | null, string>;
}

export function createTraceLoaders({ stores: { traces } }: Context): TraceLoaders {
  return {
    trace: new DataLoader(async (refs) => (await traces.traces(refs)).map((record) => record && toTraceNode(record)), byRef),
    parts: new DataLoader((refs) => traces.parts(refs), byRef),
    spans: new DataLoader((refs) => traces.spans(refs), byRef),
  };
}

/** The trace with this id, or null. */
export async function loadTrace(id: string, context: Context): Promise<TraceNode | null> {
  const decoded = tryDecodeId(id);
  return decoded?.type === 'Trace' ? context.once(createTraceLoaders).trace.load(decoded) : null;
}
