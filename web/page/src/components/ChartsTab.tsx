import { useContext, useEffect, useState } from 'preact/hooks';
import { axisText } from '../model/axis.js';
import { groupKeys, matchesSearch } from '../model/metric-groups.js';
import { durationText, integerText } from '../model/number-text.js';
import { axes, type View } from '../model/view.js';
import { useStore } from '../state/use-store.js';
import { Chart } from './chart/Chart.js';
import { SessionContext } from './session-context.js';
import { useMetricKeys, useSelected } from './use-selected.js';

/** Charts that are laid out at once; more are asked for with a button. */
const chartsAtOnce = 30;

/** One chart per metric, in groups by the part of the key before the first slash. */
export function ChartsTab() {
  const { view, curves } = useContext(SessionContext);
  const { keySearch, folded } = useStore(view, (state) => state);
  const all = useMetricKeys();
  const isKnown = useSelected().length > 0;
  const [limit, setLimit] = useState(chartsAtOnce);
  const matching = all.filter((key) => matchesSearch(key, keySearch));
  const groups = groupKeys(matching);
  const shown = groups.flatMap(({ prefix, keys }) => (folded.includes(prefix) ? [] : keys)).slice(0, limit);
  const shownText = JSON.stringify(shown);
  useEffect(() => curves.looksAt(JSON.parse(shownText) as string[]), [curves, shownText]);
  const visible = new Set(shown);
  const fold = (prefix: string) =>
    view.set({ folded: folded.includes(prefix) ? folded.filter((each) => each !== prefix) : [...folded, prefix] });
  return (
    <>
      <ChartControls />
      {all.length === 0 && isKnown && <p class="hint">No points yet. They appear here as they are logged.</p>}
      {all.length > 0 && matching.length === 0 && <p class="hint">No metric matches “{keySearch}”.</p>}
      {groups.map(({ prefix, keys }) => (
        <section class="group" key={prefix}>
          {(groups.length > 1 || prefix !== '') && (
            <h2>
              <button type="button" aria-expanded={!folded.includes(prefix)} onClick={() => fold(prefix)}>
                <span class="fold" aria-hidden="true" />
                {prefix === '' ? 'other' : prefix}
                <span class="muted"> {keys.length}</span>
              </button>
            </h2>
          )}
          {!folded.includes(prefix) && (
            <div class="charts">
              {keys
                .filter((key) => visible.has(key))
                .map((key) => (
                  <Chart key={key} metric={key} />
                ))}
            </div>
          )}
        </section>
      ))}
      {shown.length === limit && (
        <button type="button" class="more" onClick={() => setLimit(limit + chartsAtOnce)}>
          More charts
        </button>
      )}
    </>
  );
}

function ChartControls() {
  const { view } = useContext(SessionContext);
  const { keySearch, axis, isLog, smoothing, zoom } = useStore(view, (state) => state);
  return (
    <div class="chart-controls">
      <input
        type="search"
        id="metrics"
        aria-label="Search metrics"
        placeholder="Search metrics"
        value={keySearch}
        onInput={(event) => view.set({ keySearch: event.currentTarget.value })}
        autocomplete="off"
        spellcheck={false}
      />
      <div class="segments" role="group" aria-label="Horizontal axis">
        {axes.map((each) => (
          <button type="button" key={each} aria-pressed={axis === each} onClick={() => view.set({ axis: each, zoom: null })}>
            {axisText[each]}
          </button>
        ))}
      </div>
      <label class="check">
        <input type="checkbox" checked={isLog} onChange={(event) => view.set({ isLog: event.currentTarget.checked, otherScale: [] })} />
        Log scale
      </label>
      <label class="smoothing">
        Smoothing
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          onInput={(event) => view.set({ smoothing: event.currentTarget.valueAsNumber })}
        />
        <output>{smoothing.toFixed(2)}</output>
      </label>
      {zoom && (
        <button type="button" onClick={() => view.set({ zoom: null })} title="Show the whole axis again">
          {zoomText(axis, zoom)} ×
        </button>
      )}
    </div>
  );
}

function zoomText(axis: View['axis'], { from, to }: NonNullable<View['zoom']>): string {
  if (axis === 'step') return `${integerText(from)} – ${integerText(to)}`;
  if (axis === 'relative') return `${durationText(from)} – ${durationText(to)}`;
  return [from, to].map((ms) => new Date(Number(ms)).toLocaleString()).join(' – ');
}
