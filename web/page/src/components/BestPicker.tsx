import { useContext, useState } from 'preact/hooks';
import { selectBest } from '../state/select-best.js';
import { useStore } from '../state/use-store.js';
import { SessionContext } from './session-context.js';

/** Selects the best runs of the filter by the first metric, and clears the selection. */
export function BestPicker() {
  const session = useContext(SessionContext);
  const { view, list } = session;
  const [count, setCount] = useState(5);
  const selected = useStore(view, (state) => state.selected.length);
  const hasMetric = useStore(list.state, (state) => state.columns.length > 0);
  return (
    <span class="best">
      {hasMetric && (
        <>
          <button type="button" class="quiet" onClick={() => void selectBest(session, count)}>
            Select best
          </button>
          <input
            type="number"
            aria-label="How many of the best"
            min={1}
            max={50}
            value={count}
            onInput={(event) => setCount(Math.min(50, Math.max(1, event.currentTarget.valueAsNumber || 1)))}
          />
        </>
      )}
      {selected > 0 && (
        <button type="button" class="quiet" onClick={() => view.set({ selected: [] })}>
          Clear {selected}
        </button>
      )}
    </span>
  );
}
