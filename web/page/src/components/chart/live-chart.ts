import { relativeLabels, stepLabels, toPlace, toZoomBound } from '../../model/axis.js';
import { colourOf } from '../../model/colours.js';
import { nearest, stepOrigin, toCurve, type Curve } from '../../model/curve.js';
import { smooth } from '../../model/ema.js';
import { extentOf, type Extent } from '../../model/extent.js';
import type { SeriesBuffer } from '../../model/series-buffer.js';
import { isLogOf } from '../../model/view.js';
import { readFine, type FineSeries } from '../../state/zoomed.js';
import type { PageSession } from '../session-context.js';
import { paint, type PaintedCurve } from './paint.js';
import { createPlot, type PlotFrame } from './plot.js';
import { writeLegend, writeNote, type LegendEntry } from './write-legend.js';

/** Where a chart is drawn and written. */
export interface ChartPlaces {
  readonly host: HTMLElement;
  readonly legend: HTMLElement;
  readonly note: HTMLElement;
}

/** A chart that follows the points of its metric. */
export interface LiveChart {
  /** Draws anew with the next frame, for the view or the facts of the runs changed. */
  changed(): void;
  close(): void;
}

interface DrawnRun extends PaintedCurve {
  readonly id: string;
  readonly buffer: SeriesBuffer;
}

/** Draws the metric of all selected runs, again whenever points come. */
export function createChart(session: PageSession, metric: string, { host, legend, note }: ChartPlaces): LiveChart {
  const { view, curves, facts, frames, theme, ui, client } = session;
  const style = getComputedStyle(document.documentElement);
  const [text, grid] = [style.getPropertyValue('--muted').trim(), style.getPropertyValue('--line').trim()];
  let fine: FineSeries | null = null;
  let fineOf = '';
  let drawn: DrawnRun[] = [];
  let origin = 0n;
  let hovered: number | null = null;

  const zeroOf = (id: string): number => facts.state.get().facts.get(id)?.startedAt?.getTime() ?? curves.buffer(metric, id)?.times[0] ?? 0;

  /** Asks for finer points when the zoom, the axis or the runs are others than before. */
  const refine = () => {
    const { zoom, axis, selected } = view.get();
    const runs = selected.flatMap(({ id }) => (curves.buffer(metric, id) ? [{ id, zero: zeroOf(id) }] : []));
    const wish = zoom && runs.length > 0 ? [axis, zoom.from, zoom.to, ...runs.map(({ id }) => id)].join(' ') : '';
    if (wish === fineOf) return;
    fineOf = wish;
    fine?.close();
    fine = zoom && wish !== '' ? readFine(client, { key: metric, runs, axis, zoom }, (id) => curves.buffer(metric, id), changed) : null;
  };

  const collect = () => {
    const { selected, axis, smoothing } = view.get();
    const { pointed } = ui.get();
    const buffers = selected.flatMap(({ id, slot }) => {
      const buffer = fine?.buffer(id) ?? curves.buffer(metric, id);
      return buffer && buffer.length > 0 ? [{ id, slot, buffer }] : [];
    });
    origin = axis === 'step' ? stepOrigin(buffers.map(({ buffer }) => buffer)) : 0n;
    const hasPointed = buffers.some(({ id }) => id === pointed);
    drawn = buffers.map(({ id, slot, buffer }) => {
      const curve = toCurve(buffer, { axis, origin, zero: zeroOf(id) });
      return {
        id,
        buffer,
        curve,
        smoothed: smoothing > 0 ? smooth(curve.y, smoothing) : null,
        colour: colourOf(slot, theme.state.get().isDark),
        isFaint: hasPointed && id !== pointed,
      };
    });
  };

  const paintFrame = (frame: PlotFrame) => {
    const { axis } = view.get();
    const labels = axis === 'time' ? null : axis === 'step' ? (places: readonly number[]) => stepLabels(places, origin) : relativeLabels;
    const isLog = isLogOf(view.get(), metric);
    const extent: Extent = paint(frame, drawn, { text, grid, isLog, labels, isWhole: axis === 'step' });
    writeNote(note, extent, isLog);
  };

  const draw = () => {
    refine();
    collect();
    const { zoom, axis } = view.get();
    const { x } = extentOf(
      drawn.map(({ curve }) => curve),
      null,
      false,
    );
    plot.show(zoom ? [toPlace(zoom.from, axis, origin), toPlace(zoom.to, axis, origin)] : wide(x ?? [0, 1]));
    write();
  };
  const write = () => writeLegend(legend, entriesAt(drawn, hovered, curves.buffer.bind(null, metric)), hovered !== null);
  const changed = () => frames.ask(draw);

  const plot = createPlot(host, {
    isTime: view.get().axis === 'time',
    textColour: text,
    gridColour: grid,
    paint: paintFrame,
    onHover(x) {
      if (x === hovered) return;
      hovered = x;
      frames.ask(write);
    },
    onZoom(from, to) {
      const { axis } = view.get();
      view.set({ zoom: { from: toZoomBound(from, axis, origin, 'down'), to: toZoomBound(to, axis, origin, 'up') } });
    },
    onReset: () => view.set({ zoom: null }),
  });
  const size = new ResizeObserver(() => {
    plot.resize(host.clientWidth);
    changed();
  });
  size.observe(host);
  const stops = [
    curves.listen(metric, changed),
    curves.onPoints((key, runId, columns) => void (key === metric && fine?.hear(runId, columns))),
  ];
  changed();

  return {
    changed,
    close() {
      for (const stop of stops) stop();
      frames.drop(draw);
      frames.drop(write);
      fine?.close();
      size.disconnect();
      plot.close();
    },
  };
}

/** A single point needs some width to be seen. */
const wide = ([low, high]: readonly [number, number]): readonly [number, number] => (low === high ? [low - 1, high + 1] : [low, high]);

/** What the legend says of each run: the point nearest to the pointer, or the latest. */
function entriesAt(drawn: readonly DrawnRun[], x: number | null, whole: (id: string) => SeriesBuffer | undefined): LegendEntry[] {
  return drawn.map(({ id, buffer, curve, smoothed }) => {
    const at = x === null ? buffer.length - 1 : nearest(curve.x, x);
    const position = positionOf(curve, at);
    const all = whole(id) ?? buffer;
    return {
      id,
      value: curve.y[at]!,
      smoothed: smoothed?.[at] ?? null,
      step: buffer.steps[position]!,
      time: buffer.times[position]!,
      points: all.length,
      received: all.received,
      lastStep: all.steps[all.length - 1]!,
      lastValue: all.values[all.length - 1]!,
    };
  });
}

const positionOf = ({ order }: Curve, at: number): number => order?.[at] ?? at;
