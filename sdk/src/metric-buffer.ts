import { RuleBroken } from './errors.js';

/** Points of one metric, ready to be sent. */
export interface LoggedSeries {
  readonly key: string;
  readonly steps: (number | bigint)[];
  readonly timestamps: (number | bigint)[];
  readonly values: number[];
}

/** Points that are sent together, under one key for ever: a batch that is sent again is known to be the same. */
export interface MetricBatchOut {
  readonly idempotencyKey: string;
  readonly series: readonly LoggedSeries[];
}

interface Batch extends MetricBatchOut {
  readonly count: number;
}

const flushAfterMs = 200;
const flushAfterPoints = 1_000;
/** What is logged while the server is away goes in larger batches; both bounds stay far below what one request may have. */
const maxBatchPoints = 10_000;
const maxBatchBytes = 1_000_000;
const pointBytes = 60;
/** Points that wait before `room` makes its caller wait. */
const maxBufferedPoints = 100_000;

/** Collects points and sends them in order, batch by batch, one at a time. */
export class MetricBuffer {
  #open = new Map<string, LoggedSeries>();
  #openCount = 0;
  #openBytes = 0;
  readonly #sealed: Batch[] = [];
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;
  #flushes = 0;
  #failure: { readonly error: unknown; readonly isFinal: boolean } | null = null;
  #waiting: (() => void)[] = [];

  /**
   * @param send resolves when the batch is committed; it does the retries
   * @param isFinal whether a failure of `send` is one that sending again cannot mend
   */
  constructor(
    private readonly send: (batch: MetricBatchOut) => Promise<void>,
    private readonly isFinal: (error: unknown) => boolean,
    private readonly newKey: () => string,
  ) {}

  /** Points that are not committed yet. */
  get pending(): number {
    return this.#count;
  }

  /** Takes points. @throws an earlier failure; then nothing was taken */
  add(values: readonly (readonly [key: string, value: number, step: number | bigint])[], timestamp: number | bigint): void {
    this.#throwFailure();
    for (const [key, value, step] of values) this.#push(key, value, step, timestamp);
    if (this.#count >= flushAfterPoints) void this.#pump();
    else this.#flushSoon();
  }

  /** Resolves when there is room for more points. @throws why there will be none */
  async room(): Promise<void> {
    while (this.#count > maxBufferedPoints) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.#throwFailure();
    }
  }

  /** Sends everything. @throws why it could not be sent; what was not sent stays, and is sent by the next flush if that can help */
  async flush(): Promise<void> {
    this.#flushes++;
    try {
      this.#throwFailure();
      while (this.#count > 0) {
        await this.#pump();
        this.#throwFailure();
      }
    } finally {
      this.#flushes--;
    }
  }

  #push(key: string, value: number, step: number | bigint, timestamp: number | bigint): void {
    let series = this.#open.get(key);
    if (!series) {
      this.#open.set(key, (series = { key, steps: [], timestamps: [], values: [] }));
      this.#openBytes += key.length * 6;
    }
    series.steps.push(step);
    series.timestamps.push(timestamp);
    series.values.push(value);
    this.#openBytes += pointBytes;
    this.#openCount++;
    this.#count++;
    if (this.#openCount >= maxBatchPoints || this.#openBytes >= maxBatchBytes) this.#seal();
  }

  #seal(): void {
    if (this.#openCount === 0) return;
    this.#sealed.push({ idempotencyKey: this.newKey(), series: [...this.#open.values()], count: this.#openCount });
    this.#open = new Map();
    this.#openCount = this.#openBytes = 0;
  }

  #flushSoon(): void {
    if (this.#count === 0 || this.#sending || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#pump(), flushAfterMs);
    // In Node a process that has nothing else to do ends at once, and flushes then.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** Sends until little is left; never rejects. Two callers share one run, so batches never overtake each other. */
  #pump(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#failure) return Promise.resolve();
    return (this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
      for (const wake of this.#waiting.splice(0)) wake();
      if (!this.#failure) this.#flushSoon();
    }));
  }

  async #sendAll(): Promise<void> {
    if (this.#sealed.length === 0) this.#seal();
    for (let batch = this.#sealed[0]; batch; batch = this.#sealed[0]) {
      try {
        await this.send(batch);
      } catch (error) {
        this.#failure = { error, isFinal: this.isFinal(error) };
        return;
      }
      this.#sealed.shift();
      this.#count -= batch.count;
      for (const wake of this.#waiting.splice(0)) wake();
      if (this.#sealed.length === 0 && (this.#flushes > 0 || this.#openCount >= flushAfterPoints)) this.#seal();
    }
  }

  /** Tells a failure once; one that cannot be mended, every time. */
  #throwFailure(): void {
    const failure = this.#failure;
    if (!failure) return;
    if (!failure.isFinal) this.#failure = null;
    throw failure.error;
  }
}

const maxKeyLength = 250;
const int64 = 2n ** 63n;

/**
 * Refuses what the server would: a batch is written whole or not at all, and one bad key must not cost the points
 * that were logged beside it.
 * @throws RuleBroken
 */
export function checkPoint(key: string, value: number, step: number | bigint): void {
  const refuse = (message: string) => new RuleBroken([{ code: 'INVALID', field: ['series', key], message }]);
  if (key.length === 0 || [...key].length > maxKeyLength) throw refuse(`The key of a metric has 1 to ${maxKeyLength} characters.`);
  if (/[\0\p{Surrogate}]/u.test(key)) throw refuse('The key of a metric holds a NUL character or half of a surrogate pair.');
  if (typeof value !== 'number') throw refuse(`The value of ${key} must be a number.`);
  if (typeof step === 'number' ? !Number.isSafeInteger(step) : step < -int64 || step >= int64) {
    throw refuse(`The step of ${key} must be a whole number of 64 bits; beyond 2^53 give a bigint.`);
  }
}
