import type { PageSession } from '../components/session-context.js';
import { selectBest } from './select-best.js';
import { selectOnly, toggleRun } from './selection.js';
import { tabs } from '../model/view.js';

/** Every key, in the order of the page that explains them. */
export const keys: readonly (readonly [string, string])[] = [
  ['/', 'search runs'],
  ['j  k', 'next, previous run'],
  ['x  space', 'draw the run, or take it away'],
  ['Enter', 'draw only this run'],
  ['b', 'draw the five best'],
  ['c', 'draw none'],
  ['m', 'search metrics'],
  ['l', 'logarithmic or linear'],
  ['[  ]', 'less, more smoothing'],
  ['z', 'show the whole axis again'],
  ['1 – 4', 'charts, values, compare, logs'],
  ['t', 'dark or light'],
  ['g', 'copy as GraphQL'],
  ['?', 'this page'],
  ['Esc', 'close, leave a field'],
];

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input:not([type=checkbox]):not([type=range]), select, textarea, [contenteditable]');

/** Listens to the keys of the page. @returns ends it */
export function listenToKeys(session: PageSession): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === 'Escape') return escape(session);
    if (isField(event.target) || document.querySelector('dialog[open]')) return;
    // Space and Enter belong to a button that has the focus.
    if ([' ', 'Enter'].includes(event.key) && event.target instanceof HTMLElement && event.target.closest('button, a, summary, input'))
      return;
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act(session);
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

function escape({ ui }: PageSession): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  ui.set({ dialog: null });
}

const focus = (id: string) => () => document.getElementById(id)?.focus();

const move =
  (by: number) =>
  ({ ui, list }: PageSession) => {
    const last = list.state.get().rows.length - 1;
    ui.set({ row: Math.max(0, Math.min(last, ui.get().row + by)) });
  };

const toggle = ({ ui, list, view }: PageSession) => {
  const row = list.state.get().rows[ui.get().row];
  if (row) toggleRun(view, row.id);
};

const smoothBy =
  (by: number) =>
  ({ view }: PageSession) =>
    view.set({ smoothing: Math.round(Math.min(0.99, Math.max(0, view.get().smoothing + by)) * 100) / 100 });

const actions: Readonly<Record<string, (session: PageSession) => void>> = {
  '/': focus('search'),
  m: focus('metrics'),
  j: move(1),
  k: move(-1),
  x: toggle,
  ' ': toggle,
  Enter({ ui, list, view }) {
    const row = list.state.get().rows[ui.get().row];
    if (row) selectOnly(view, [row.id]);
  },
  b: (session) => void selectBest(session, 5),
  c: ({ view }) => view.set({ selected: [] }),
  l: ({ view }) => view.set({ isLog: !view.get().isLog }),
  '[': smoothBy(-0.1),
  ']': smoothBy(0.1),
  z: ({ view }) => view.set({ zoom: null }),
  t: ({ theme }) => theme.toggle(),
  g: ({ ui }) => ui.set({ dialog: 'copy' }),
  '?': ({ ui }) => ui.set({ dialog: 'keys' }),
  ...Object.fromEntries(tabs.map((tab, index) => [String(index + 1), ({ view }: PageSession) => view.set({ tab })])),
};
