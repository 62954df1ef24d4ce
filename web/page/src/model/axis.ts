import { integerText } from './number-text.js';
import type { Axis } from './view.js';

/** Labels of the marks of the axis of steps; exact, whatever the origin. */
export function stepLabels(places: readonly number[], origin: bigint): string[] {
  return places.map((place) => {
    if (!Number.isInteger(place)) return '';
    const step = origin + BigInt(place);
    return origin === 0n && step >= 10_000n ? shortStep(place) : integerText(step);
  });
}

function shortStep(step: number): string {
  const [unit, suffix] = step >= 1e9 ? [1e9, 'G'] : step >= 1e6 ? [1e6, 'M'] : [1e3, 'k'];
  return `${Number((step / unit).toPrecision(6))}${suffix}`;
}

/** Labels of the marks of the axis of relative time, from seconds: `0`, `30 s`, `5 min`, `1.5 h`. */
export function relativeLabels(seconds: readonly number[]): string[] {
  const largest = Math.max(...seconds.map(Math.abs));
  const [unit, suffix] =
    largest >= 2 * 86_400 ? [86_400, 'd'] : largest >= 2 * 3_600 ? [3_600, 'h'] : largest >= 120 ? [60, 'min'] : [1, 's'];
  return seconds.map((second) => (second === 0 ? '0' : `${Number((second / unit).toPrecision(4))} ${suffix}`));
}

/**
 * Labels of the marks of the axis of time, from seconds since the epoch, in the reader's time zone: the time of day, and under
 * the first one and wherever a day begins the date.
 * @param increment seconds between marks
 */
export function timeLabels(seconds: readonly number[], increment: number): string[] {
  let day = '';
  return seconds.map((second) => {
    const at = new Date(second * 1000);
    const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits).join('-');
    if (increment >= 86_400) return date;
    const time = [at.getHours(), at.getMinutes(), ...(increment < 60 ? [at.getSeconds()] : [])].map(twoDigits).join(':');
    const isNew = date !== day;
    day = date;
    return isNew ? `${time}\n${date}` : time;
  });
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** A place on the axis as a zoom holds it: a step, or milliseconds. */
export const toZoomBound = (place: number, axis: Axis, origin: bigint, round: 'down' | 'up'): bigint => {
  const exact = axis === 'step' ? place : place * 1000;
  const whole = BigInt(round === 'down' ? Math.floor(exact) : Math.ceil(exact));
  return axis === 'step' ? origin + whole : whole;
};

/** A bound of a zoom as a place on the axis. */
export const toPlace = (bound: bigint, axis: Axis, origin: bigint): number =>
  axis === 'step' ? Number(bound - origin) : Number(bound) / 1000;

/** What the axis is called. */
export const axisText: Readonly<Record<Axis, string>> = { step: 'Step', time: 'Time', relative: 'Since start' };
