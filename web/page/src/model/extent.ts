import type { Curve } from './curve.js';

/** What a scale has to hold, and what it cannot. */
export interface Extent {
  /** Of x; null when there are no points. */
  readonly x: readonly [number, number] | null;
  /** Of the values that can be drawn within the shown x; null when there are none. */
  readonly y: readonly [number, number] | null;
  readonly nan: number;
  readonly infinite: number;
  /** Values at or below 0 that a logarithmic scale cannot show. */
  readonly nonPositive: number;
}

/** What curves need of their scales. @param shown part of x; null: all of it */
export function extentOf(curves: readonly Pick<Curve, 'x' | 'y'>[], shown: readonly [number, number] | null, isLog: boolean): Extent {
  let [lowX, highX, lowY, highY] = [Infinity, -Infinity, Infinity, -Infinity];
  let [nan, infinite, nonPositive] = [0, 0, 0];
  for (const { x, y } of curves) {
    for (let at = 0; at < x.length; at++) {
      const place = x[at]!;
      if (place < lowX) lowX = place;
      if (place > highX) highX = place;
      if (shown && (place < shown[0] || place > shown[1])) continue;
      const value = y[at]!;
      if (value !== value) nan++;
      else if (value === Infinity || value === -Infinity) infinite++;
      else if (isLog && value <= 0) nonPositive++;
      else {
        if (value < lowY) lowY = value;
        if (value > highY) highY = value;
      }
    }
  }
  return { x: lowX <= highX ? [lowX, highX] : null, y: lowY <= highY ? [lowY, highY] : null, nan, infinite, nonPositive };
}

/** Room around values, so that a curve does not lie on the frame; a flat one lies in the middle. */
export function padded([low, high]: readonly [number, number], isLog: boolean): [number, number] {
  if (isLog) {
    const factor = low === high ? 2 : Math.min(10, (high / low) ** 0.06);
    return [Math.max(low / factor, Number.MIN_VALUE), Math.min(high * factor, Number.MAX_VALUE)];
  }
  if (low === high) {
    const room = Math.abs(low) * 0.1 || 1;
    return [low - room, high + room];
  }
  // Halved first: the difference of the greatest doubles is no double.
  const room = (high / 2 - low / 2) * 0.12;
  return [Math.max(low - room, -Number.MAX_VALUE), Math.min(high + room, Number.MAX_VALUE)];
}
