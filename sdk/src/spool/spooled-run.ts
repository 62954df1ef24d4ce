import { RunGraphError } from '../errors.js';
import type { DatasetInputInput } from '../generated/operations.js';
import { toLine, type PrintOptions } from '../lines.js';
import { LoggedSteps, type LogOptions } from '../points.js';
import { newIdempotencyKey, toKeyValues, type EndStatus, type TextValue } from '../run-writer.js';
import type { Outbox } from './outbox.js';
import type { Points, Write } from './records.js';
import type { Sender } from './sender.js';

/** Points that wait before `log` makes its caller wait, while the server takes them. */
const maxWaitingPoints = 100_000;

/**
 * Writes one run through the disk: what a call took is in a file when it returns, and is sent in order as the server takes it.
 * @example
 * const run = spool.createRun({ experiment: { name: 'wine' }, params: { lr: 0.1 } });
 * for (let step = 0; step < 100; step++) await run.log({ loss: 1 / (step + 1) }, { step });
 * run.finish();
 * await spool.close();
 */
export class SpooledRun {
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #steps = new LoggedSteps();
  #isFinished = false;

  /** @internal */
  constructor(outbox: Outbox, sender: Sender) {
    this.#outbox = outbox;
    this.#sender = sender;
  }

  /** Whether {@link finish} was called. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Id of the run; null until the server has made it. */
  get id(): string | null {
    return this.#outbox.id;
  }

  /** Points that are on disk and not known to be in the server. */
  get pending(): number {
    return this.#outbox.points;
  }

  /**
   * Logs values of metrics at one step. They are on disk when this returns, with their steps and their time. The promise
   * resolves at once while the server is away or fewer than 100,000 points wait, else when there is room.
   * @throws RunGraphError SPOOL_FULL when the files have their greatest size: nothing was taken; RuleBroken for what the
   * server would refuse, and for what it did refuse of this run
   * @example
   * await spooled.log({ 'train/loss': 0.3 }, { step: 12 });
   */
  log(metrics: Readonly<Record<string, number>>, options: LogOptions = {}): Promise<void> {
    const logged = this.#log(metrics, options);
    // A loop that does not await must not end the process.
    logged.catch(() => undefined);
    return logged;
  }

  async #log(metrics: Readonly<Record<string, number>>, options: LogOptions): Promise<void> {
    const points = this.#steps.of(metrics, options);
    // As JSON these are what Points says: numbers beyond 2^53 and NaN become texts.
    this.#put({ t: 'points', points } as unknown as Points);
    this.#steps.advance(points);
    while (this.pending > maxWaitingPoints && !this.#sender.isAway && !this.#sender.failure) await this.#sender.change();
  }

  /**
   * Adds a line to the log of the run; on disk when this returns.
   * @throws RunGraphError as {@link log}
   * @example
   * spooled.print('epoch 12 done', { level: 'INFO' });
   */
  print(message: string, options: PrintOptions = {}): void {
    this.#put({ t: 'lines', key: newIdempotencyKey(), lines: [toLine(message, options)] });
  }

  /**
   * Logs params; on disk when this returns.
   * @throws RunGraphError as {@link log}
   * @example
   * spooled.logParams({ optimizer: 'adam' });
   */
  logParams(params: Readonly<Record<string, TextValue>>): void {
    this.#put({ t: 'params', key: newIdempotencyKey(), params: toKeyValues(params) });
  }

  /**
   * Sets tags; on disk when this returns.
   * @throws RunGraphError as {@link log}
   * @example
   * spooled.setTags({ stage: 'candidate' });
   */
  setTags(tags: Readonly<Record<string, TextValue>>): void {
    this.#put({ t: 'tags', tags: toKeyValues(tags) });
  }

  /**
   * Says which datasets the run used; on disk when this returns.
   * @throws RunGraphError as {@link log}
   * @example
   * spooled.logDatasets([{ name: 'wine', digest: '5b8c1f02', sourceType: 'local', source: '{"path":"wine.csv"}' }]);
   */
  logDatasets(datasets: readonly DatasetInputInput[]): void {
    this.#put({ t: 'datasets', key: newIdempotencyKey(), inputs: datasets });
  }

  /**
   * Ends the run, now; on disk when this returns, and sent after everything that was logged.
   * @throws RunGraphError as {@link log}
   * @example
   * spooled.finish('FAILED');
   */
  finish(status: EndStatus = 'FINISHED'): void {
    if (this.#isFinished) return;
    this.#put({ t: 'finish', status, endedAt: new Date().toISOString() });
    this.#isFinished = true;
    void this.#sender.sendNow();
  }

  #put(record: Points | Write): void {
    if (this.#isFinished) throw new RunGraphError('The run is finished; log before finish().', { code: 'CONFLICT' });
    if (this.#sender.failure) throw this.#sender.failure;
    this.#outbox.put(record);
    this.#sender.wake();
  }
}
