import type { PlotFrame } from './plot.js';

interface Places {
  toX(value: number): number;
  toY(value: number): number;
  readonly isLog: boolean;
}

/** Draws curves within a frame. */
export interface Lines {
  /** A line through the values; what cannot be drawn is a gap, which is not drawn over. */
  stroke(x: Float64Array, y: Float64Array, lineWidth: number): void;
  /** Marks where values are no finite numbers: NaN as a cross on the lower edge, infinities as triangles on the edge they went to. */
  marks(x: Float64Array, y: Float64Array): void;
}

/** @param isLog values at or below zero are gaps */
export function createLines({ context, left, top, width, height, ratio, range }: PlotFrame, { toX, toY, isLog }: Places): Lines {
  const isDrawn = (value: number) => value - value === 0 && !(isLog && value <= 0); // finite
  const first = (x: Float64Array) => {
    let low = 0;
    let high = x.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (x[middle]! < range[0]) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1); // the line comes in from outside
  };

  return {
    stroke(x, y, lineWidth) {
      context.lineWidth = lineWidth;
      context.beginPath();
      let isOpen = false; // a part is being drawn
      let isDot = true; // and has not moved yet
      let column = NaN;
      let [lowest, highest, latest] = [0, 0, 0];
      // Points in one column of pixels are one vertical stroke: what is drawn is bounded by the width.
      const flush = () => {
        if (lowest !== highest) {
          isDot = false;
          context.lineTo(column, lowest);
          context.lineTo(column, highest);
          context.lineTo(column, latest);
        }
      };
      const end = () => {
        if (isOpen) flush();
        if (isOpen && isDot) context.rect(column - lineWidth / 2, latest - lineWidth / 2, lineWidth, lineWidth);
        isOpen = false;
        column = NaN;
      };
      for (let at = first(x); at < x.length; at++) {
        const value = y[at]!;
        if (!isDrawn(value)) {
          end();
          continue;
        }
        const place = Math.round(toX(x[at]!) * 2) / 2;
        const level = toY(value);
        if (place === column) {
          lowest = Math.max(lowest, level);
          highest = Math.min(highest, level);
          latest = level;
        } else {
          if (isOpen) {
            flush();
            context.lineTo(place, level);
            isDot = false;
          } else {
            context.moveTo(place, level);
            isDot = true;
          }
          column = place;
          lowest = highest = latest = level;
        }
        isOpen = true;
        if (x[at]! > range[1]) break;
      }
      end();
      context.stroke();
    },

    marks(x, y) {
      const size = 4 * ratio;
      let lastDrawn = NaN;
      for (let at = 0; at < x.length; at++) {
        const value = y[at]!;
        const isOff = isLog && value <= 0;
        if (value - value === 0 && !isOff) continue;
        const place = toX(x[at]!);
        if (place < left || place > left + width || Math.abs(place - lastDrawn) < size * 2.4) continue;
        lastDrawn = place;
        if (value !== value) cross(context, place, top + height - size * 1.6, size * 0.8, ratio);
        else if (isOff && value !== -Infinity) context.fillRect(place - ratio, top + height - size, 2 * ratio, size);
        else triangle(context, place, value > 0 ? top + size * 0.5 : top + height - size * 0.5, value > 0 ? size : -size);
      }
    },
  };
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, size: number, ratio: number): void {
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x - size, y + size);
  context.lineTo(x + size, y - size);
  context.stroke();
}

/** Its tip is at y and points away from the base, which is `size` below it. */
function triangle(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - Math.abs(size), y + size * 1.5);
  context.lineTo(x + Math.abs(size), y + size * 1.5);
  context.fill();
}
