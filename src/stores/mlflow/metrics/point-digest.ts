import { halvesOf, type MetricColumns } from '../../../core/metric-columns.js';
import { toStoredValue } from '../../../core/metric-value.js';

/** Says of a multitude of points whether it is the same as another, whatever their order; by 64 bits, and by their number. */
export interface PointDigest {
  count: number;
  low: number;
  high: number;
}

export const emptyDigest = (): PointDigest => ({ count: 0, low: 0, high: 0 });

export const sameDigest = (a: PointDigest, b: PointDigest): boolean => a.count === b.count && a.low === b.low && a.high === b.high;

/** Adds points, each as MLflow's tables tell it apart: step, timestamp and stored value. */
export function addPoints(digest: PointDigest, columns: MetricColumns): void {
  const steps = halvesOf(columns.steps);
  const timestamps = halvesOf(columns.timestamps);
  const stored = new Float64Array(1);
  const value = halvesOf(stored);
  for (let index = 0; index < columns.values.length; index++) {
    const { value: number, isNan } = toStoredValue(columns.values[index]!);
    stored[0] = number;
    const words = [steps[2 * index]!, steps[2 * index + 1]!, timestamps[2 * index]!, timestamps[2 * index + 1]!, value[0]!, value[1]!];
    // A sum does not depend on the order, and unlike an exclusive or two equal points do not vanish in it.
    digest.low = (digest.low + mixed(words, isNan ? 0x2545f491 : 0x9e3779b9)) | 0;
    digest.high = (digest.high + mixed(words, isNan ? 0x6c078965 : 0x5bd1e995)) | 0;
  }
  digest.count += columns.values.length;
}

/** MurmurHash3 of some words. */
function mixed(words: readonly number[], seed: number): number {
  let hash = seed;
  for (const word of words) {
    const scrambled = Math.imul(word, 0xcc9e2d51);
    hash ^= Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
