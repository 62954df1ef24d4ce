import { useContext, useState } from 'preact/hooks';
import { bestOf } from '../model/best.js';
import { groupKeys, likelyBest, matchesSearch } from '../model/metric-groups.js';
import { integerText, numberText } from '../model/number-text.js';
import { useStore } from '../state/use-store.js';
import { Choice } from './fields.js';
import { RunHeads } from './RunHeads.js';
import { SessionContext } from './session-context.js';
import { useMetricKeys, useSelected, type SelectedFacts } from './use-selected.js';

const kinds = ['best', 'last', 'min', 'max'] as const;
type Kind = (typeof kinds)[number];

/** Values of every metric and run with their steps; the best of each metric stands out. */
export function ValuesTab() {
  const { view } = useContext(SessionContext);
  const runs = useSelected();
  const [kind, setKind] = useState<Kind>('best');
  const search = useStore(view, (state) => state.keySearch);
  const keys = groupKeys(useMetricKeys().filter((key) => matchesSearch(key, search))).flatMap((group) => group.keys);
  return (
    <>
      <div class="chart-controls">
        <input
          type="search"
          id="metrics"
          aria-label="Search metrics"
          placeholder="Search metrics"
          value={search}
          onInput={(event) => view.set({ keySearch: event.currentTarget.value })}
        />
        <div class="segments" role="group" aria-label="Which value">
          {kinds.map((each) => (
            <button type="button" key={each} aria-pressed={kind === each} onClick={() => setKind(each)}>
              {each[0]!.toUpperCase() + each.slice(1)}
            </button>
          ))}
        </div>
      </div>
      <div class="wide">
        <table class="values">
          <RunHeads runs={runs} first="Metric" />
          <tbody>
            {keys.map((key) => (
              <MetricRow key={key} metric={key} kind={kind} runs={runs} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function MetricRow({ metric, kind, runs }: { readonly metric: string; readonly kind: Kind; readonly runs: readonly SelectedFacts[] }) {
  const [better, setBetter] = useState(() => likelyBest(metric));
  const shown = kind === 'best' ? (better === 'MIN' ? 'min' : 'max') : kind;
  const cells = runs.map(({ metrics }) => {
    const found = metrics.find(({ key }) => key === metric);
    if (!found) return null;
    if (shown === 'last') return { value: found.value, step: found.step, count: found.count };
    return { value: found[shown], step: shown === 'min' ? found.minStep : found.maxStep, count: found.count };
  });
  const best = bestOf(
    cells.map((cell) => cell?.value),
    better,
  );
  return (
    <tr>
      <th scope="row">
        {metric}
        <Choice
          label={`What is better of ${metric}`}
          value={better}
          options={['MIN', 'MAX'] as const}
          text={(word) => (word === 'MIN' ? '↓ less' : '↑ more')}
          onChange={setBetter}
        />
      </th>
      {cells.map((cell, index) => (
        <td key={runs[index]!.id} data-best={best.has(index)} title={cell ? `${integerText(cell.count)} points` : ''}>
          {cell ? (
            <>
              <span class="number">
                {numberText(cell.value, 6)}
                {best.has(index) && <span class="hidden"> (best)</span>}
              </span>{' '}
              {cell.step !== null && <span class="muted">@ {integerText(cell.step)}</span>}
            </>
          ) : (
            <span class="muted">–</span>
          )}
        </td>
      ))}
    </tr>
  );
}
