const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
// A map, not an object: every object has a `constructor`, and a param may say that word.
const named: ReadonlyMap<string, number> = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['infinity', Infinity],
]);

/**
 * A param's text read as a number, the way people mean it: decimal notation with an optional exponent, and the
 * `nan`, `inf` and `-inf` that Python prints. Null for everything else (`True`, `0x10`, `1_000`, the empty text).
 * This one function answers `Param.number`, numeric filters and numeric orders, so they can never disagree.
 */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim();
  if (decimal.test(trimmed)) return Number(trimmed);
  const unsigned = named.get(trimmed.replace(/^[+-]/, '').toLowerCase());
  if (unsigned === undefined) return null;
  return trimmed.startsWith('-') ? -unsigned : unsigned;
}
