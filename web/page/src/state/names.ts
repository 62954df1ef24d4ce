import type { RunGraph } from '@rungraph/sdk';
import { KeysDocument } from '../model/documents.js';
import { createStore, type Store } from './store.js';

/** Names that filters and orders can be completed with. */
export interface Names {
  readonly experiments: readonly string[];
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly sources: readonly string[];
}

/** Reads names when they are needed for the first time, and again when they are older than half a minute. */
export function createNames(client: RunGraph): { readonly state: Store<Names>; need(): void } {
  const state = createStore<Names>({ experiments: [], metrics: [], params: [], sources: [] });
  let readAt = -Infinity;
  const read = async () => {
    try {
      const { experiments, sources } = await client.query(KeysDocument);
      const all = (keys: readonly string[]) => [...new Set(keys)].sort();
      state.set({
        experiments: all(experiments.nodes.map(({ name }) => name)),
        metrics: all(experiments.nodes.flatMap(({ metricKeys }) => metricKeys)),
        params: all(experiments.nodes.flatMap(({ paramKeys }) => paramKeys)),
        sources: sources.map(({ name }) => name),
      });
    } catch {
      readAt = -Infinity; // only completion is missing; the next time may do better
    }
  };
  return {
    state,
    need() {
      if (Date.now() - readAt < 30_000) return;
      readAt = Date.now();
      void read();
    },
  };
}
