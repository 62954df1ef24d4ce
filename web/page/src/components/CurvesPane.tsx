import { useContext } from 'preact/hooks';
import { tabs, type Tab } from '../model/view.js';
import { useStore } from '../state/use-store.js';
import { ChartsTab } from './ChartsTab.js';
import { CompareTab } from './CompareTab.js';
import { FailureNote } from './FailureNote.js';
import { LogsTab } from './LogsTab.js';
import { SessionContext } from './session-context.js';
import { ValuesTab } from './ValuesTab.js';

const titles: Readonly<Record<Tab, string>> = { charts: 'Charts', values: 'Values', compare: 'Compare', logs: 'Logs' };

/** What is known of the selected runs. */
export function CurvesPane() {
  const { view, facts, curves } = useContext(SessionContext);
  const tab = useStore(view, (state) => state.tab);
  const count = useStore(view, (state) => state.selected.length);
  const factsFailure = useStore(facts.state, (state) => state.failure);
  const curvesFailure = useStore(curves.state, (state) => state.failure);
  const known = useStore(facts.state, (state) => state.facts);
  const missing = [...known].flatMap(([id, run]) => (run ? [] : [id]));
  return (
    <section class="curves" aria-label="Selected runs">
      <div class="tabs" role="tablist">
        {tabs.map((each) => (
          <button type="button" role="tab" key={each} aria-selected={tab === each} onClick={() => view.set({ tab: each })}>
            {titles[each]}
          </button>
        ))}
      </div>
      {factsFailure && <FailureNote failure={factsFailure} onRetry={facts.refresh} />}
      {curvesFailure && <FailureNote failure={curvesFailure} />}
      {missing.length > 0 && (
        <p class="missing" role="status">
          {missing.length === 1 ? 'One selected run is' : `${missing.length} selected runs are`} not on this server.{' '}
          <button type="button" onClick={() => view.set({ selected: view.get().selected.filter(({ id }) => !missing.includes(id)) })}>
            Take away
          </button>
        </p>
      )}
      {count === 0 ? (
        <p class="hint">
          Choose runs on the left to see their curves: click, or <kbd>j</kbd> <kbd>k</kbd> and <kbd>x</kbd>, or the best by a metric with{' '}
          <kbd>b</kbd>.
        </p>
      ) : (
        <Tab tab={tab} />
      )}
    </section>
  );
}

function Tab({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case 'charts':
      return <ChartsTab />;
    case 'values':
      return <ValuesTab />;
    case 'compare':
      return <CompareTab />;
    case 'logs':
      return <LogsTab />;
  }
}
