import { colourSlot } from '../model/colours.js';
import { maxSelected } from '../model/view-url.js';
import type { View } from '../model/view.js';
import type { Store } from './store.js';

/** Draws a run, or takes it away. */
export function toggleRun(view: Store<View>, id: string): void {
  const { selected } = view.get();
  if (selected.some((run) => run.id === id)) view.set({ selected: selected.filter((run) => run.id !== id) });
  else addRuns(view, [id]);
}

/** Draws runs besides those that are drawn; what is beyond {@link maxSelected} is left out. */
export function addRuns(view: Store<View>, ids: readonly string[]): void {
  const { selected } = view.get();
  const all = [...selected];
  for (const id of ids) {
    if (all.length >= maxSelected) break;
    if (!all.some((run) => run.id === id)) all.push({ id, slot: colourSlot(id, new Set(all.map(({ slot }) => slot))) });
  }
  if (all.length !== selected.length) view.set({ selected: all });
}

/** Draws exactly these runs; those that stay keep their colours. */
export function selectOnly(view: Store<View>, ids: readonly string[]): void {
  const kept = view.get().selected.filter(({ id }) => ids.includes(id));
  view.set({ selected: kept });
  addRuns(view, ids);
}
