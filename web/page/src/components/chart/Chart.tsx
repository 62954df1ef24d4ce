import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { colourOf } from '../../model/colours.js';
import { isLogOf } from '../../model/view.js';
import { useStore } from '../../state/use-store.js';
import { SessionContext } from '../session-context.js';
import { createChart, type LiveChart } from './live-chart.js';
import { Legend } from './Legend.js';

/** The chart of one metric: drawn only while it is on the screen or near it. */
export function Chart({ metric }: { readonly metric: string }) {
  const { view } = useContext(SessionContext);
  const host = useRef<HTMLElement>(null);
  const isNear = useIsNear(host);
  const isLog = useStore(view, (state) => isLogOf(state, metric));
  const toggleScale = () => {
    const { otherScale } = view.get();
    view.set({ otherScale: otherScale.includes(metric) ? otherScale.filter((key) => key !== metric) : [...otherScale, metric] });
  };
  return (
    <figure class="chart" ref={host} data-metric={metric} aria-label={`Chart of ${metric}`}>
      <figcaption>
        <span class="chart-title" title={metric}>
          {metric}
        </span>
        <button type="button" class="quiet" aria-pressed={isLog} onClick={toggleScale} title="Logarithmic scale of this chart">
          log
        </button>
      </figcaption>
      {isNear ? <Plotted metric={metric} /> : <div class="plot-space" />}
    </figure>
  );
}

function Plotted({ metric }: { readonly metric: string }) {
  const session = useContext(SessionContext);
  const { view, facts, theme, ui } = session;
  const host = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const note = useRef<HTMLParagraphElement>(null);
  const chart = useRef<LiveChart | null>(null);
  const isTime = useStore(view, ({ axis }) => axis === 'time');
  const { isDark } = useStore(theme.state, (state) => state);
  useEffect(() => {
    const created = createChart(session, metric, { host: host.current!, legend: legend.current!, note: note.current! });
    chart.current = created;
    return () => {
      chart.current = null;
      created.close();
    };
  }, [session, metric, isTime, isDark]);

  // What is drawn depends on these; the chart reads them itself.
  const { selected, axis, zoom, smoothing, isLog, otherScale } = useStore(view, (state) => state);
  const { facts: known } = useStore(facts.state, (state) => state);
  const pointed = useStore(ui, (state) => state.pointed);
  useEffect(() => chart.current?.changed(), [selected, axis, zoom, smoothing, isLog, otherScale, known, pointed]);
  return (
    <>
      <div class="plot" ref={host} />
      <p class="chart-note" ref={note} />
      <Legend
        list={legend}
        rows={selected.map(({ id, slot }) => ({ id, colour: colourOf(slot, isDark), name: known.get(id)?.name ?? '' }))}
        onPoint={(id) => ui.set({ pointed: id })}
      />
    </>
  );
}

/** How far outside the screen a chart is drawn already. */
const nearMargin = '300px';

function useIsNear(element: { readonly current: HTMLElement | null }): boolean {
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => setIsNear(entries[entries.length - 1]!.isIntersecting), {
      rootMargin: nearMargin,
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return isNear;
}
