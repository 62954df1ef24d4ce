import { fromQuery, toQuery } from '../model/view-url.js';
import type { View } from '../model/view.js';
import { createStore, type Store } from './store.js';

/** What changes while one types or drags: the address follows, but it is no step of the history. */
const passing: readonly (keyof View)[] = ['search', 'keySearch', 'smoothing'];
/** Browsers refuse to set the address too often. */
const settleMs = 300;

/** The view of the page's address: a change of one changes the other, back and forward included. */
export function createAddressedView(): { readonly view: Store<View>; close(): void } {
  const view = createStore<View>(fromQuery(location.search));
  let written = view.get();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const write = (how: 'pushState' | 'replaceState') => {
    clearTimeout(timer);
    written = view.get();
    const query = toQuery(written);
    if (query !== location.search) history[how](null, '', query === '' ? location.pathname : query);
  };
  const stop = view.listen(() => {
    const now = view.get();
    if (now === written) return;
    const changed = (Object.keys(now) as (keyof View)[]).filter((name) => now[name] !== written[name]);
    if (changed.some((name) => !passing.includes(name))) return write('pushState');
    clearTimeout(timer);
    timer = setTimeout(() => write('replaceState'), settleMs);
  });
  const onPop = () => {
    clearTimeout(timer);
    written = fromQuery(location.search);
    view.set(written);
    written = view.get();
  };
  addEventListener('popstate', onPop);

  return {
    view,
    close() {
      clearTimeout(timer);
      stop();
      removeEventListener('popstate', onPop);
    },
  };
}
