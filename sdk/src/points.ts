import { RuleBroken } from './errors.js';
import type { Packer } from './send-buffer.js';

/** Where in a run the values of one `log` belong. */
export interface LogOptions {
  /** Step; by default one more than the last of each metric, from 0. */
  readonly step?: number | bigint | undefined;
  /** Time, as a date or in milliseconds since the epoch; by default now. */
  readonly timestamp?: Date | number | bigint | undefined;
}

/** One point: of which metric, its value, step and time (milliseconds since the epoch). */
export type LoggedPoint = readonly [key: string, value: number, step: number | bigint, timestamp: number | bigint];

/** Points of one metric, ready to be sent. */
export interface LoggedSeries {
  readonly key: string;
  readonly steps: (number | bigint)[];
  readonly timestamps: (number | bigint)[];
  readonly values: number[];
}

/** Gives values their steps and time, and remembers where each metric is. */
export class LoggedSteps {
  readonly #next = new Map<string, number | bigint>();

  /** Values as points. @throws RuleBroken for what the server would refuse; nothing is remembered */
  of(metrics: Readonly<Record<string, number>>, { step, timestamp = Date.now() }: LogOptions): LoggedPoint[] {
    const time = typeof timestamp === 'bigint' ? timestamp : Math.trunc(Number(timestamp));
    if (!(time >= 0)) throw invalid(['timestamps'], 'The timestamp must be 1970 or later.');
    const points = Object.entries(metrics).map(([key, value]) => [key, value, step ?? this.#next.get(key) ?? 0, time] as const);
    points.forEach(checkPoint);
    return points;
  }

  /** The points were taken: the next ones come after them. */
  advance(points: readonly LoggedPoint[]): void {
    for (const [key, , at] of points) this.#next.set(key, typeof at === 'bigint' ? at + 1n : at + 1);
  }
}

const pointBytes = 60;

/** Packs points metric by metric. */
export function packPoints(): Packer<LoggedPoint, LoggedSeries[]> {
  let all = new Map<string, LoggedSeries>();
  return {
    add([key, value, step, timestamp]) {
      let series = all.get(key);
      const bytes = pointBytes + (series ? 0 : key.length * 6);
      if (!series) all.set(key, (series = { key, steps: [], timestamps: [], values: [] }));
      series.steps.push(step);
      series.timestamps.push(timestamp);
      series.values.push(value);
      return bytes;
    },
    take() {
      const taken = [...all.values()];
      all = new Map();
      return taken;
    },
  };
}

const maxKeyLength = 250;
const int64 = 2n ** 63n;

/** What the server would refuse: a parcel is written whole or not at all, and one bad key must not cost the points beside it. */
function checkPoint([key, value, step]: LoggedPoint): void {
  const refuse = (message: string) => invalid(['series', key], message);
  if (key.length === 0 || [...key].length > maxKeyLength) throw refuse(`A key has 1 to ${maxKeyLength} characters.`);
  if (/[\0\p{Surrogate}]/u.test(key)) throw refuse('The key holds a NUL character or half of a surrogate pair.');
  if (typeof value !== 'number') throw refuse(`The value of ${key} must be a number.`);
  if (typeof step === 'number' ? !Number.isSafeInteger(step) : step < -int64 || step >= int64)
    throw refuse(`The step of ${key} must be an integer; beyond 2^53 a bigint.`);
}

const invalid = (field: string[], message: string): RuleBroken => new RuleBroken([{ code: 'INVALID', field, message }]);
