import { useEffect, useReducer, useRef } from 'preact/hooks';
import type { Store } from './store.js';

/**
 * A part of a store; the component is drawn again when that part is another.
 * @param part must answer the same object for the same state
 */
export function useStore<State, Part>(store: Store<State>, part: (state: State) => Part): Part {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const value = part(store.get());
  const drawn = useRef(value);
  const latest = useRef(part);
  drawn.current = value;
  latest.current = part;
  useEffect(() => {
    const look = () => {
      if (!Object.is(latest.current(store.get()), drawn.current)) draw(undefined);
    };
    look(); // it may have changed between drawing and here
    return store.listen(look);
  }, [store]);
  return value;
}
