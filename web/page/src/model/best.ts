/**
 * Positions of the best of several values; several when they tie, none when there is nothing to compare.
 * NaN is never best.
 */
export function bestOf(values: readonly (number | null | undefined)[], direction: 'MIN' | 'MAX'): ReadonlySet<number> {
  const sign = direction === 'MAX' ? 1 : -1;
  let best: number | null = null;
  for (const value of values) {
    if (value == null || Number.isNaN(value)) continue;
    if (best === null || sign * value > sign * best) best = value;
  }
  if (best === null || values.length < 2) return new Set();
  return new Set(values.flatMap((value, position) => (value === best ? [position] : [])));
}
