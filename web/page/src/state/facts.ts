import type { RunGraph, WatchedEvent } from '@rungraph/sdk';
import { FactsDocument, type RunFacts } from '../model/documents.js';
import type { View } from '../model/view.js';
import { coalesce } from './coalesce.js';
import { isAbort, partOf, toFailure, type Failure } from './failure.js';
import { createStore, type Store } from './store.js';

/** What is known of the selected runs. */
export interface FactsState {
  /** By id; null for runs that do not exist, absent for those that were not read yet. */
  readonly facts: ReadonlyMap<string, RunFacts | null>;
  readonly failure: Failure | null;
}

/** Facts of the selected runs, read when they are selected and again when something happened to them. */
export interface Facts {
  readonly state: Store<FactsState>;
  /** Says that the points of a run changed. */
  touch(runId: string): void;
  /** Takes an event of any run. */
  onEvent(event: WatchedEvent): void;
  /** Reads all of them again. */
  refresh(): void;
  close(): void;
}

const minRefreshMs = 2_000;

/** Reads facts of the runs that the view selects. */
export function createFacts(client: RunGraph, view: Store<View>): Facts {
  const state = createStore<FactsState>({ facts: new Map(), failure: null });
  const outdated = new Set<string>();
  const closing = new AbortController();
  let selected = view.get().selected;

  const read = async (ids: readonly string[]) => {
    const wanted = ids.filter((id) => selected.some((run) => run.id === id));
    if (wanted.length === 0) return;
    let nodes: readonly (RunFacts | null)[] = [];
    let failure: Failure | null = null;
    try {
      ({ nodes } = await client.query(FactsDocument, { ids: wanted }, { signal: closing.signal }));
    } catch (error) {
      if (isAbort(error) || closing.signal.aborted) return;
      failure = toFailure(error);
      nodes = partOf<{ nodes: (RunFacts | null)[] | null }>(error)?.nodes ?? [];
    }
    const facts = new Map(state.get().facts);
    wanted.forEach((id, index) => nodes[index] !== undefined && facts.set(id, nodes[index]));
    for (const id of facts.keys()) if (!selected.some((run) => run.id === id)) facts.delete(id);
    state.set({ facts, failure });
  };
  const later = coalesce(
    () => {
      const ids = [...outdated];
      outdated.clear();
      return read(ids);
    },
    { firstMs: 300, minIntervalMs: minRefreshMs },
  );
  const touch = (runId: string) => {
    outdated.add(runId);
    later.ask();
  };
  const unlisten = view.listen(() => {
    const before = selected;
    selected = view.get().selected;
    if (before === selected) return;
    const { facts } = state.get();
    void read(selected.map(({ id }) => id).filter((id) => !facts.has(id)));
  });
  void read(selected.map(({ id }) => id));

  return {
    state,
    touch,
    onEvent: ({ run }) => void (selected.some(({ id }) => id === run.id) && touch(run.id)),
    refresh: () => selected.forEach(({ id }) => touch(id)),
    close() {
      closing.abort();
      unlisten();
      later.stop();
    },
  };
}
