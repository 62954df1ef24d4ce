import { useContext } from 'preact/hooks';
import { colourOf } from '../model/colours.js';
import type { RunFacts } from '../model/documents.js';
import { useStore } from '../state/use-store.js';
import { SessionContext } from './session-context.js';

/** A selected run of which the facts were read. */
export interface SelectedFacts extends RunFacts {
  readonly colour: string;
}

/** The selected runs, in the order they were selected. */
export function useSelected(): SelectedFacts[] {
  const { view, facts, theme } = useContext(SessionContext);
  const selected = useStore(view, (state) => state.selected);
  const known = useStore(facts.state, (state) => state.facts);
  const { isDark } = useStore(theme.state, (state) => state);
  return selected.flatMap(({ id, slot }) => {
    const run = known.get(id);
    return run ? [{ ...run, colour: colourOf(slot, isDark) }] : [];
  });
}

/** Metrics of the selected runs: those they had when they were read, and those of which points came since. */
export function useMetricKeys(): string[] {
  const { curves } = useContext(SessionContext);
  const live = useStore(curves.state, (state) => state.keys);
  const runs = useSelected();
  return [...new Set([...runs.flatMap(({ metrics }) => metrics.map(({ key }) => key)), ...live])];
}
