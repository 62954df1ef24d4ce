import { backoffMs, sleep } from './backoff.js';
import type { TypedDocumentString } from './document.js';
import { accepted, isTransient, RunGraphError, RuleBroken } from './errors.js';
import {
  FinishRunDocument,
  LogDatasetInputsDocument,
  LogMetricsDocument,
  LogParamsDocument,
  SetTagsDocument,
  type DatasetInputInput,
  type KeyValueInput,
  type RunFieldsFragment,
  type UserErrorFieldsFragment,
} from './generated/operations.js';
import type { RequestOptions } from './http.js';
import { checkPoint, MetricBuffer, type MetricBatchOut } from './metric-buffer.js';

/** A value of a param or tag; kept as text. */
export type TextValue = string | number | bigint | boolean;

/** How a run ends. */
export type EndStatus = 'FINISHED' | 'FAILED' | 'KILLED';

/** Where in a run the values of one `log` belong. */
export interface LogOptions {
  /** Step; by default one more than the last of each metric, from 0. */
  readonly step?: number | bigint | undefined;
  /** Time, as a date or in milliseconds since the epoch; by default now. */
  readonly timestamp?: Date | number | bigint | undefined;
}

interface WriterNeeds {
  readonly request: <Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    options: RequestOptions,
  ) => Promise<Result>;
  /** Milliseconds a write is tried again while the server is away. */
  readonly retryForMs: number;
  /** Where writers are that are to be flushed when the process ends. */
  readonly flushOnExit: { add(writer: RunWriter): void; delete(writer: RunWriter): void };
}

/**
 * Writes one run. Metrics are collected and sent in batches, in order; a batch that may have been lost on the way is
 * sent again under the same idempotency key, so no point is lost or written twice.
 * @example
 * const run = await client.createRun({ experiment: { name: 'wine' }, params: { lr: 0.1 } });
 * for (let step = 0; step < 100; step++) await run.log({ loss: 1 / (step + 1) }, { step });
 * await run.finish();
 */
export class RunWriter {
  /** Id of the run. */
  readonly id: string;
  readonly #needs: WriterNeeds;
  readonly #buffer: MetricBuffer;
  readonly #nextSteps = new Map<string, number | bigint>();
  #finished: Promise<void> | null = null;

  constructor(
    /** The run as it was created. */
    readonly run: RunFieldsFragment,
    needs: WriterNeeds,
  ) {
    this.id = run.id;
    this.#needs = needs;
    this.#buffer = new MetricBuffer(
      (batch) => this.#sendBatch(batch),
      (error) => !isTransient(error),
      newIdempotencyKey,
    );
    needs.flushOnExit.add(this);
  }

  /** Points that were logged and are not known to be committed. */
  get pending(): number {
    return this.#buffer.pending;
  }

  /**
   * Logs values of metrics at one step. Resolves at once while fewer than 100,000 points wait, then when there is room:
   * await it in a loop that logs faster than the server takes. NaN and ±Infinity are values like others.
   * @throws the failure of an earlier batch, and {@link RuleBroken} for what the server would refuse
   * @example
   * await run.log({ 'train/loss': 0.3, 'train/accuracy': 0.91 }, { step: 12 });
   */
  log(metrics: Readonly<Record<string, number>>, { step, timestamp = Date.now() }: LogOptions = {}): Promise<void> {
    const logged = this.#log(metrics, step, timestamp);
    // A loop that does not await must not end the process; the failure comes with the next call that is awaited.
    logged.catch(() => undefined);
    return logged;
  }

  async #log(metrics: Readonly<Record<string, number>>, step: LogOptions['step'], timestamp: Date | number | bigint): Promise<void> {
    if (this.#finished) throw new RunGraphError('The run is finished; log before finish().', { code: 'CONFLICT' });
    const time = typeof timestamp === 'bigint' ? timestamp : Math.trunc(Number(timestamp));
    if (!(time >= 0)) throw new RuleBroken([{ code: 'INVALID', field: ['timestamps'], message: 'The timestamp must be 1970 or later.' }]);
    const values = Object.entries(metrics).map(([key, value]) => [key, value, step ?? this.#nextSteps.get(key) ?? 0] as const);
    for (const [key, value, at] of values) checkPoint(key, value, at);
    this.#buffer.add(values, time);
    for (const [key, , at] of values) this.#nextSteps.set(key, typeof at === 'bigint' ? at + 1n : at + 1);
    return this.#buffer.room();
  }

  /**
   * Logs params. A param is set once: the same value again is fine, another is refused.
   * @throws RuleBroken
   * @example
   * await run.logParams({ optimizer: 'adam', 'learning rate': 0.1 });
   */
  async logParams(params: Readonly<Record<string, TextValue>>): Promise<void> {
    const input = { run: this.id, params: toKeyValues(params), idempotencyKey: newIdempotencyKey() };
    await this.#write(LogParamsDocument, { input }, ({ logParams }) => logParams);
  }

  /**
   * Sets tags; one that is there gets the new value.
   * @throws RuleBroken
   * @example
   * await run.setTags({ 'mlflow.note.content': 'The first run with the new data.' });
   */
  async setTags(tags: Readonly<Record<string, TextValue>>): Promise<void> {
    const input = { run: this.id, tags: toKeyValues(tags) };
    await this.#write(SetTagsDocument, { input }, ({ setTags }) => setTags);
  }

  /**
   * Says which datasets the run used; one it has already is left as it is.
   * @throws RuleBroken
   * @example
   * await run.logDatasets([
   *   { name: 'wine', digest: '5b8c1f02', context: 'training', sourceType: 'local', source: JSON.stringify({ path: 'wine.csv' }) },
   * ]);
   */
  async logDatasets(datasets: readonly DatasetInputInput[]): Promise<void> {
    const input = { run: this.id, inputs: [...datasets] };
    await this.#write(LogDatasetInputsDocument, { input }, ({ logDatasetInputs }) => logDatasetInputs);
  }

  /**
   * Resolves when everything that was logged is committed.
   * @throws why it could not be
   * @example
   * await run.flush();
   */
  flush(): Promise<void> {
    return this.#buffer.flush();
  }

  /**
   * Sends what was logged and ends the run. Called again it answers as the first time.
   * @throws why points could not be written; the run is ended all the same, where the server can be reached
   * @example
   * await run.finish('FAILED');
   */
  finish(status: EndStatus = 'FINISHED'): Promise<void> {
    return (this.#finished ??= this.#finish(status));
  }

  async #finish(status: EndStatus): Promise<void> {
    const input = { run: this.id, status, endedAt: new Date() };
    let failure: { readonly error: unknown } | null = null;
    await this.#buffer.flush().catch((error: unknown) => (failure = { error }));
    this.#needs.flushOnExit.delete(this);
    try {
      // An end with a given time can be set twice. When points could not be written, the server was waited for long enough.
      await this.#write(FinishRunDocument, { input }, ({ finishRun }) => finishRun, failure ? 0 : this.#needs.retryForMs);
    } catch (error) {
      failure ??= { error };
    }
    if (failure) throw (failure as { error: unknown }).error;
  }

  #sendBatch({ idempotencyKey, series }: MetricBatchOut): Promise<void> {
    const input = { run: this.id, idempotencyKey, series: [...series] };
    return this.#write(LogMetricsDocument, { input }, ({ logMetrics }) => logMetrics);
  }

  /** Sends a write that may be repeated, and repeats it while the server is away or too busy. */
  async #write<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    payload: (result: Result) => { readonly userErrors: readonly UserErrorFieldsFragment[] },
    retryForMs = this.#needs.retryForMs,
  ): Promise<void> {
    const giveUpAt = Date.now() + retryForMs;
    for (let attempt = 0; ; attempt++) {
      try {
        accepted(payload(await this.#needs.request(document, variables, { idempotent: true })));
        return;
      } catch (error) {
        if (!isTransient(error) || Date.now() >= giveUpAt) throw error;
        await sleep(backoffMs(attempt, error.retryAfter));
      }
    }
  }
}

/** Keys and values as the API takes them. */
export const toKeyValues = (values: Readonly<Record<string, TextValue>> = {}): KeyValueInput[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: String(value) }));

/** A key nobody else has: 128 random bits. `crypto.randomUUID` is missing on pages that were loaded without TLS. */
export const newIdempotencyKey = (): string =>
  `sdk-${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
