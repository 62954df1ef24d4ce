/** A value that can be watched. */
export interface Store<State> {
  get(): State;
  /** Merges members into the state; whoever listens is told once per turn of the event loop. */
  set(change: Partial<State>): void;
  /** @returns ends the listening */
  listen(listener: () => void): () => void;
}

/** A store of a state without any rules: whoever owns it is the only one that sets it. */
export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  let isTelling = false;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      const changed = (Object.keys(change) as (keyof State)[]).some((name) => !Object.is(state[name], change[name]));
      if (!changed) return;
      state = { ...state, ...change };
      if (isTelling) return;
      isTelling = true;
      queueMicrotask(() => {
        isTelling = false;
        for (const listener of [...listeners]) listener();
      });
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
