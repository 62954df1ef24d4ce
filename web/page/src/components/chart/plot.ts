import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { timeLabels } from '../../model/axis.js';

/** What a frame is drawn for. */
export interface PlotFrame {
  readonly context: CanvasRenderingContext2D;
  /** The drawing area in pixels of the canvas. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas per CSS pixel. */
  readonly ratio: number;
  /** What the horizontal axis shows. */
  readonly range: readonly [number, number];
}

/** What a plot tells and asks. */
export interface PlotNeeds {
  /** Whether x is seconds since the epoch: the axis then shows dates. */
  readonly isTime: boolean;
  readonly textColour: string;
  readonly gridColour: string;
  /** Draws everything but the dates. */
  paint(frame: PlotFrame): void;
  /** Told where the pointer is, also when it is over another plot; null when it left. */
  onHover(x: number | null): void;
  onZoom(from: number, to: number): void;
  onReset(): void;
}

/** A plot on the screen. */
export interface Plot {
  /** Shows this part of x and draws anew. */
  show(range: readonly [number, number]): void;
  resize(width: number): void;
  close(): void;
}

/** Heights in CSS pixels. */
const height = 208;
/** Room for the labels of values, the same everywhere so that plots under each other line up. */
const labelsWidth = 56;
const labelsHeight = 22;
/** Of two lines: times, and dates where they change. */
const datesHeight = 38;
/** A shorter drag is a click. */
const minDragPx = 6;

/**
 * A plot whose frame, pointer, zoom and time axis are uPlot's. The curves are painted by us, from typed arrays of different
 * x each: uPlot would have them joined to one common x for every frame.
 */
export function createPlot(host: HTMLElement, needs: PlotNeeds): Plot {
  const plot = new uPlot(
    options(host, needs),
    [
      [0, 1],
      [0, 1],
    ],
    host,
  );
  return {
    show: ([min, max]) => plot.setScale('x', { min, max }),
    resize: (width) => plot.setSize({ width, height }),
    close: () => plot.destroy(),
  };
}

function options(host: HTMLElement, { isTime, textColour, gridColour, paint, onHover, onZoom, onReset }: PlotNeeds): uPlot.Options {
  const axis: uPlot.Axis = {
    show: isTime,
    stroke: textColour,
    grid: { stroke: gridColour, width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
    size: datesHeight,
    gap: 4,
    space: 76,
    values: (_plot, places, _axis, _space, increment) => timeLabels(places, increment),
  };
  return {
    width: Math.max(120, host.clientWidth),
    height,
    padding: [10, 12, isTime ? 0 : labelsHeight, labelsWidth],
    legend: { show: false },
    scales: { x: { time: isTime, auto: false, range: (_plot, min, max) => [min, max] }, y: { auto: false, range: [0, 1] } },
    series: [{}, { paths: () => null, points: { show: false } }],
    axes: [axis, { show: false }],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: minDragPx },
      sync: {
        key: 'charts',
        setSeries: false,
        scales: ['x', null],
        // A drag on one plot is no drag on the others.
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave', sub: () => true },
      },
      bind: {
        dblclick: () => () => {
          onReset();
          return null;
        },
      },
    },
    hooks: {
      draw: [
        ({ ctx, bbox, scales }) => {
          const { min, max } = scales.x!;
          paint({ context: ctx, ...bbox, ratio: devicePixelRatio, range: [min ?? 0, max ?? 1] });
        },
      ],
      setCursor: [({ cursor, posToVal }) => onHover(cursor.left === undefined || cursor.left < 0 ? null : posToVal(cursor.left, 'x'))],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < minDragPx) return;
          const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onZoom(from, to);
        },
      ],
    },
  };
}
