/** Marks of an axis and their labels. */
export interface Ticks {
  readonly places: readonly number[];
  /** Difference of neighbours; 0 where they differ by factors. */
  readonly increment: number;
}

/**
 * Round numbers between two bounds, about `count` of them.
 * @param isWhole whether only whole numbers are marked
 */
export function linearTicks(low: number, high: number, count: number, isWhole = false): Ticks {
  const rough = high / count - low / count || 1;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const increment = Math.max(
    isWhole ? 1 : 0,
    magnitude * ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough && !(isWhole && magnitude < 10 && factor === 2.5)) ?? 10),
  );
  const first = Math.ceil(low / increment);
  const last = Math.floor(high / increment);
  const places: number[] = [];
  // Multiplied, not added up: 0.1 three times is not 0.3.
  for (let n = first; n <= last && places.length < 50; n++) places.push(Number((n * increment).toPrecision(14)));
  return { places, increment };
}

/** Powers of ten between two bounds, thinned out to about `count`; 2 and 5 times them where there are few; else round numbers. */
export function logTicks(low: number, high: number, count: number): Ticks {
  const first = Math.ceil(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  const decades = last - first + 1;
  if (decades < 2 && high / low < 8) return linearTicks(low, high, count);
  const every = Math.max(1, Math.ceil(decades / count));
  const factors = decades <= 2 ? [1, 2, 5] : [1];
  const places: number[] = [];
  for (let exponent = first - 1; exponent <= last; exponent++) {
    if ((exponent - first + every * 1000) % every !== 0) continue;
    for (const factor of factors) {
      const place = Number(`${factor}e${exponent}`);
      if (place >= low && place <= high) places.push(place);
    }
  }
  return { places, increment: 0 };
}

/** Labels of values, with as many digits as tell neighbours apart. */
export function valueLabels({ places, increment }: Ticks): string[] {
  const largest = Math.max(...places.map(Math.abs));
  const decimals =
    increment > 0 ? Math.max(0, -Math.floor(Math.log10(increment) + 1e-9)) + (/^2\.5/.test(increment.toExponential()) ? 1 : 0) : 0;
  const isPlain = increment > 0 ? largest < 1e6 && decimals <= 6 : largest < 1e5 && Math.min(...places) >= 1e-3;
  return places.map((place) => {
    if (place === 0) return '0';
    const text = isPlain ? (increment > 0 ? place.toFixed(decimals) : String(place)) : exponential(place, increment);
    return text.replaceAll('-', '−');
  });
}

function exponential(place: number, increment: number): string {
  const digits =
    increment > 0 ? Math.min(12, Math.max(0, Math.floor(Math.log10(Math.abs(place))) - Math.floor(Math.log10(increment)) + 1)) : 0;
  return place
    .toExponential(digits)
    .replace(/(\.\d*?)0+e/, '$1e')
    .replace('.e', 'e')
    .replace('e+', 'e');
}
