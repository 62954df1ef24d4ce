/** One value of a metric. */
export interface Point {
  readonly step: bigint;
  /** Milliseconds since the epoch, UTC. */
  readonly timestamp: bigint;
  readonly value: number;
}

/** Equal-length columns of points. Steps and times are 64-bit integers, values doubles: every bit as it was logged. */
export interface Columns {
  readonly steps: BigInt64Array;
  /** Milliseconds since the epoch, UTC. */
  readonly timestamps: BigInt64Array;
  readonly values: Float64Array;
}

/**
 * The points of columns, one by one.
 * @example
 * for (const series of await client.series(runId)) {
 *   for (const { step, value } of pointsOf(series)) console.log(series.key, step, value);
 * }
 */
export function* pointsOf({ steps, timestamps, values }: Columns): Generator<Point, void, undefined> {
  for (let index = 0; index < values.length; index++) yield { step: steps[index]!, timestamp: timestamps[index]!, value: values[index]! };
}
