/** How many colours there are; more runs share them. */
export const colourCount = 20;

/** The first colours are farther apart than all are; the others are given when those are taken. */
const firstColours = 10;

/**
 * The colour slot of a run: its own by a hash of its id, so that it has the same one on every visit, or the next that is free.
 * @param taken slots of the runs that are shown already
 * @returns 0 to {@link colourCount} - 1
 */
export function colourSlot(runId: string, taken: ReadonlySet<number>): number {
  let hash = 2166136261; // FNV-1a
  for (let index = 0; index < runId.length; index++) hash = Math.imul(hash ^ runId.charCodeAt(index), 16777619);
  const own = (hash >>> 0) % firstColours;
  const slots = Array.from({ length: colourCount }, (_each, n) => (n < firstColours ? (own + n) % firstColours : n));
  return slots.find((slot) => !taken.has(slot)) ?? (hash >>> 0) % colourCount;
}

// Contrast of at least 3:1 with the background; neighbours differ in hue and in lightness.
const light =
  '#0b6bcb #d1580b #17803d #8e3fc0 #c8243f #0b8793 #7d5a3c #cf3f9c #7a7a00 #4b5f7a #3f8fd6 #a34400 #4d9a2a #5a4fcf #e0556b #006d6d #a8763e #93306f #5c6b12 #2f4858'.split(
    ' ',
  );
const dark =
  '#5aa9ff #ff9a52 #4ecb7d #c58bff #ff7286 #45cbd8 #c9a07a #ff8fd0 #d6d04f #a9bad0 #8ccaff #e07b3a #9ee26a #9b95ff #ff9fae #5fe0c0 #e8c48f #d873b5 #b3c95a #7f9bb5'.split(
    ' ',
  );

/** The colour of a slot as CSS. */
export const colourOf = (slot: number, isDark: boolean): string => (isDark ? dark : light)[slot % colourCount]!;
