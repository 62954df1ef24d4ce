import type { Columns } from '@rungraph/sdk';
import { minMaxPositions } from './min-max.js';

/**
 * Points of one metric of one run, ordered by (step, time), in typed arrays that grow by doubling. Beyond `maxPoints` the
 * points are thinned out to half as many, the extremes kept: memory stays bounded however long a run lives, and a zoom asks
 * the server for what was left out.
 */
export class SeriesBuffer {
  #steps = new BigInt64Array(64);
  /** The steps as doubles, for drawing: 64-bit integers are slow to convert again for every frame. */
  #positions = new Float64Array(64);
  #times = new Float64Array(64);
  #values = new Float64Array(64);
  #length = 0;
  /** Points that were given, those that were thinned out since included. */
  received = 0;
  /** Grows with every change. */
  version = 0;

  constructor(readonly maxPoints: number) {}

  get length(): number {
    return this.#length;
  }

  get steps(): BigInt64Array {
    return this.#steps.subarray(0, this.#length);
  }

  /** Steps as doubles; beyond 2^53 neighbours fall together. */
  get positions(): Float64Array {
    return this.#positions.subarray(0, this.#length);
  }

  /** Milliseconds since the epoch. */
  get times(): Float64Array {
    return this.#times.subarray(0, this.#length);
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  /** Takes points in any order. */
  append({ steps, timestamps, values }: Columns): void {
    if (values.length === 0) return;
    this.#reserve(this.#length + values.length);
    let inOrder = true;
    for (let index = 0; index < values.length; index++) {
      const at = this.#length++;
      this.#steps[at] = steps[index]!;
      this.#positions[at] = Number(steps[index]!);
      this.#times[at] = Number(timestamps[index]!);
      this.#values[at] = values[index]!;
      inOrder &&= at === 0 || !this.#isBefore(at, at - 1);
    }
    if (!inOrder)
      this.#keep(Uint32Array.from(this.#values.subarray(0, this.#length), (_value, at) => at).sort((a, b) => this.#compare(a, b)));
    if (this.#length > this.maxPoints) this.#keep(minMaxPositions(this.values, this.maxPoints >> 1));
    this.received += values.length;
    this.version++;
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0;
    this.received = 0;
    this.version++;
  }

  #compare(one: number, other: number): number {
    return this.#isBefore(one, other) ? -1 : this.#isBefore(other, one) ? 1 : one - other;
  }

  #isBefore(one: number, other: number): boolean {
    const step = this.#steps[one]!;
    const otherStep = this.#steps[other]!;
    return step < otherStep || (step === otherStep && this.#times[one]! < this.#times[other]!);
  }

  #keep(chosen: Uint32Array): void {
    this.#steps = BigInt64Array.from(chosen, (at) => this.#steps[at]!);
    this.#positions = Float64Array.from(chosen, (at) => this.#positions[at]!);
    this.#times = Float64Array.from(chosen, (at) => this.#times[at]!);
    this.#values = Float64Array.from(chosen, (at) => this.#values[at]!);
    this.#length = chosen.length;
  }

  #reserve(wanted: number): void {
    if (wanted <= this.#values.length) return;
    const size = Math.max(wanted, this.#values.length * 2);
    const grown = <Column extends BigInt64Array | Float64Array>(column: Column, larger: Column): Column => {
      (larger as Float64Array).set(column as Float64Array);
      return larger;
    };
    this.#steps = grown(this.#steps, new BigInt64Array(size));
    this.#positions = grown(this.#positions, new Float64Array(size));
    this.#times = grown(this.#times, new Float64Array(size));
    this.#values = grown(this.#values, new Float64Array(size));
  }
}
