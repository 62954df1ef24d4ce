import { createStore, type Store } from './store.js';

/** Dark or light, and whether the reader said so. */
export interface ThemeState {
  readonly isDark: boolean;
}

const storageKey = 'rungraph:theme';

/** The colours of the page: the system's, until the reader chooses others. */
export function createTheme(): { readonly state: Store<ThemeState>; toggle(): void } {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = remembered();
  const state = createStore<ThemeState>({ isDark: chosen ?? system.matches });
  const show = () => {
    const isDark = chosen ?? system.matches;
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    state.set({ isDark });
  };
  system.addEventListener('change', show);
  show();
  return {
    state,
    toggle() {
      chosen = !state.get().isDark;
      try {
        localStorage.setItem(storageKey, chosen ? 'dark' : 'light');
      } catch {
        // A browser that stores nothing forgets it with the page.
      }
      show();
    },
  };
}

function remembered(): boolean | null {
  try {
    const text = localStorage.getItem(storageKey);
    return text === null ? null : text === 'dark';
  } catch {
    return null;
  }
}
