/**
 * Positions of about `keep` points that show the same curve: the first and the last, and of each bucket between them the
 * least and the greatest value. A bucket keeps one point that is no finite number too, so no gap disappears.
 * @returns ascending positions
 */
export function minMaxPositions(values: Float64Array, keep: number): Uint32Array {
  const last = values.length - 1;
  if (values.length <= keep) return Uint32Array.from(values, (_value, position) => position);
  const buckets = Math.max(1, Math.floor((keep - 2) / 3));
  const chosen: number[] = [0];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = 1 + Math.floor((bucket * (last - 1)) / buckets);
    const end = 1 + Math.floor(((bucket + 1) * (last - 1)) / buckets);
    chosen.push(...extremes(values, start, end));
  }
  chosen.push(last);
  return Uint32Array.from(chosen);
}

function extremes(values: Float64Array, start: number, end: number): number[] {
  let low = -1;
  let high = -1;
  let odd = -1;
  for (let position = start; position < end; position++) {
    const value = values[position]!;
    if (!Number.isFinite(value)) odd = odd < 0 ? position : odd;
    else {
      if (low < 0 || value < values[low]!) low = position;
      if (high < 0 || value > values[high]!) high = position;
    }
  }
  return [...new Set([low, high, odd])].filter((position) => position >= 0).sort((one, other) => one - other);
}
