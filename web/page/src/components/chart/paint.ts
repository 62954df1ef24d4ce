import { extentOf, padded, type Extent } from '../../model/extent.js';
import type { Curve } from '../../model/curve.js';
import { linearTicks, logTicks, valueLabels } from '../../model/ticks.js';
import { createLines } from './lines.js';
import type { PlotFrame } from './plot.js';

/** A curve as it is drawn. */
export interface PaintedCurve {
  readonly curve: Curve;
  /** Smoothed values; the raw ones are then faint. Null: nothing is smoothed. */
  readonly smoothed: Float64Array | null;
  readonly colour: string;
  /** Whether another curve is pointed at. */
  readonly isFaint: boolean;
}

/** Colours and labels of a plot. */
export interface PaintStyle {
  readonly text: string;
  readonly grid: string;
  readonly isLog: boolean;
  /** Null: the axis draws its own labels. */
  labels: ((places: readonly number[]) => readonly string[]) | null;
  /** Whether only whole numbers are marked on x. */
  readonly isWhole: boolean;
}

/** Draws axes and curves. @returns what was drawn and what could not be */
export function paint(frame: PlotFrame, curves: readonly PaintedCurve[], style: PaintStyle): Extent {
  const { context, left, top, width, height, ratio, range } = frame;
  const raw = curves.map(({ curve }) => curve);
  const extent = extentOf(raw, range, style.isLog);
  const smoothed = curves.flatMap(({ curve, smoothed: y }) => (y ? [{ x: curve.x, y }] : []));
  const y = smoothed.length > 0 ? extentOf([...raw, ...smoothed], range, style.isLog).y : extent.y;
  const [low, high] = padded(y ?? (style.isLog ? [1, 10] : [0, 1]), style.isLog);
  const scale = style.isLog ? Math.log10 : (value: number) => value;
  const [bottom, span] = [scale(low), scale(high) - scale(low)];
  const toY = (value: number) => top + height - ((scale(value) - bottom) / span) * height;
  const toX = (value: number) => left + ((value - range[0]) / (range[1] - range[0])) * width;

  context.save();
  context.lineWidth = ratio;
  context.font = `${11 * ratio}px system-ui, sans-serif`;
  if (extent.y) paintValueAxis(frame, style, toY, [low, high]);
  if (style.labels) paintPlaceAxis(frame, style, style.labels, toX);
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.lineJoin = 'round';
  const lines = createLines(frame, { toX, toY, isLog: style.isLog });
  for (const { curve, smoothed, colour, isFaint } of curves) {
    context.strokeStyle = context.fillStyle = colour;
    const strength = isFaint ? 0.2 : 1;
    context.globalAlpha = strength * (smoothed ? 0.28 : 1);
    lines.stroke(curve.x, curve.y, (smoothed ? 1 : 1.6) * ratio);
    context.globalAlpha = strength;
    if (smoothed) lines.stroke(curve.x, smoothed, 1.8 * ratio);
    lines.marks(curve.x, curve.y);
  }
  context.restore();
  return extent;
}

function paintValueAxis(
  { context, left, width, ratio, height }: PlotFrame,
  { text, grid, isLog }: PaintStyle,
  toY: (value: number) => number,
  [low, high]: [number, number],
): void {
  const count = Math.max(2, Math.round(height / ratio / 34));
  const ticks = isLog ? logTicks(low, high, count) : linearTicks(low, high, count);
  const labels = valueLabels(ticks);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const [index, place] of ticks.places.entries()) {
    const y = Math.round(toY(place)) + 0.5;
    line(context, grid, left, y, left + width, y);
    context.fillStyle = text;
    context.fillText(labels[index]!, left - 8 * ratio, y);
  }
}

function paintPlaceAxis(
  { context, left, top, width, height, ratio, range }: PlotFrame,
  { text, grid, isWhole }: PaintStyle,
  labels: (places: readonly number[]) => readonly string[],
  toX: (value: number) => number,
): void {
  const { places } = linearTicks(range[0], range[1], Math.max(2, Math.floor(width / ratio / 64)), isWhole);
  const texts = labels(places);
  context.textBaseline = 'top';
  for (const [index, place] of places.entries()) {
    const x = Math.round(toX(place)) + 0.5;
    line(context, grid, x, top, x, top + height);
    const half = context.measureText(texts[index]!).width / 2;
    // The first and the last label stay within the plot.
    context.textAlign = x + half > left + width + 12 * ratio ? 'right' : 'center';
    context.fillStyle = text;
    context.fillText(texts[index]!, context.textAlign === 'right' ? left + width + 10 * ratio : x, top + height + 6 * ratio);
  }
}

function line(context: CanvasRenderingContext2D, colour: string, x0: number, y0: number, x1: number, y1: number): void {
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
