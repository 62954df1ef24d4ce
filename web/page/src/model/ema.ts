/**
 * Exponential moving average with bias correction (Adam's): the first values are not pulled towards zero.
 * Values that are not finite stay as they are and leave the average alone, so a gap stays a gap.
 * @param weight of what came before, 0 (nothing is smoothed) to below 1
 */
export function smooth(values: Float64Array, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let average = 0;
  let share = 0; // of the weights that were given out so far: 1 - weight^n
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value)) {
      smoothed[index] = value;
      continue;
    }
    average = average * weight + value * (1 - weight);
    share = share * weight + (1 - weight);
    smoothed[index] = average / share;
  }
  return smoothed;
}
