import type { NativeRef } from '../core/ids.js';
import type { PageRequest } from './page.js';
import { bySource, concerned, merged, type MergedPage } from './run-stores.js';
import { askEach, type Sources } from './sources.js';
import type { SpanRecord, TraceFilter, TraceParts, TraceQuery, TraceRecord } from './trace-store.js';

/** The traces of all sources, as if they were one store. */
export interface TraceStores {
  page(query: TraceQuery, request: PageRequest): Promise<MergedPage<TraceRecord>>;
  /** Sum over the sources that answer. */
  count(filter: TraceFilter): Promise<number>;
  /** In the order of `refs`; null for what does not exist. */
  traces(refs: readonly NativeRef[]): Promise<(TraceRecord | null)[]>;
  parts(refs: readonly NativeRef[]): Promise<TraceParts[]>;
  spans(refs: readonly NativeRef[]): Promise<(readonly SpanRecord[] | null)[]>;
}

const noParts: TraceParts = { tags: [], metadata: [], requestPreview: null, responsePreview: null };

export function createTraceStores(sources: Sources): TraceStores {
  return {
    async page(query, request) {
      const asked = await askEach(concerned(sources, query.filter), ({ traces }) => traces.page(query, request));
      return merged(asked, query.orderBy, request);
    },
    async count(filter) {
      const { answers } = await askEach(concerned(sources, filter), ({ traces }) => traces.count(filter));
      return answers.reduce((sum, count) => sum + count, 0);
    },
    traces: (refs) =>
      bySource<TraceRecord | null>(sources, refs, null, async ({ traces }, ids) => {
        const byId = new Map((await traces.tracesByIds(ids)).map((record) => [record.nativeId, record]));
        return ids.map((id) => byId.get(id) ?? null);
      }),
    parts: (refs) => bySource<TraceParts>(sources, refs, noParts, ({ traces }, ids) => traces.parts(ids)),
    spans: (refs) => bySource<readonly SpanRecord[] | null>(sources, refs, null, ({ traces }, ids) => traces.spans(ids)),
  };
}
