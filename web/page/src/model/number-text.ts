/** A double for people: about `digits` significant digits, never an invented one; NaN and ±∞ as they are; absent ones as –. */
export function numberText(value: number | null | undefined, digits = 5): string {
  if (value === null || value === undefined) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Object.is(value, -0)) return '−0';
  const size = Math.abs(value);
  const short =
    size !== 0 && (size < 1e-4 || size >= 1e7)
      ? value.toExponential(digits - 1).replace(/\.?0+e/, 'e')
      : Number.isInteger(value)
        ? String(value)
        : value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1)))).replace(/\.?0+$/, '');
  return short.replace('e+', 'e').replaceAll('-', '−');
}

/** A 64-bit integer for people, every digit, in groups of three. */
export const integerText = (value: bigint | number): string =>
  String(value)
    .replace(/\B(?=(\d{3})+$)/g, '\u2009')
    .replace('-', '−');

/** Milliseconds for people: `340 ms`, `12.5 s`, `3 min 20 s`, `2 h 05 min`, `3 d 4 h`. */
export function durationText(milliseconds: bigint | number): string {
  const ms = Number(milliseconds);
  if (ms < 0) return `−${durationText(-ms)}`;
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long ago a moment was: `now`, `5 min ago`, `3 h ago`, `2 d ago`, then the date. */
export function agoText(moment: Date, now: number): string {
  const seconds = Math.round((now - moment.getTime()) / 1000);
  if (seconds < 60) return seconds < 10 ? 'now' : `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
  return moment.toISOString().slice(0, 10);
}
