import { backoffMs, sleep } from './backoff.js';
import type { TypedDocumentString } from './document.js';
import { accepted, isTransient, RunGraphError } from './errors.js';
import {
  FinishRunDocument,
  LogDatasetInputsDocument,
  LogLinesDocument,
  LogMetricsDocument,
  LogParamsDocument,
  SetTagsDocument,
  type DatasetInputInput,
  type KeyValueInput,
  type LogLineInput,
  type RunFieldsFragment,
  type UserErrorFieldsFragment,
} from './generated/operations.js';
import type { RequestOptions } from './http.js';
import { packLines, toLine, type PrintOptions } from './lines.js';
import { LoggedSteps, packPoints, type LoggedPoint, type LoggedSeries, type LogOptions } from './points.js';
import { SendBuffer, type Packer } from './send-buffer.js';

/** A value of a param or tag; kept as text. */
export type TextValue = string | number | bigint | boolean;

/** How a run ends. */
export type EndStatus = 'FINISHED' | 'FAILED' | 'KILLED';

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
  readonly #points: SendBuffer<LoggedPoint, LoggedSeries[]>;
  readonly #lines: SendBuffer<LogLineInput, LogLineInput[]>;
  readonly #steps = new LoggedSteps();
  #finished: Promise<void> | null = null;

  constructor(
    /** The run as it was created. */
    readonly run: RunFieldsFragment,
    needs: WriterNeeds,
  ) {
    this.id = run.id;
    const buffer = <Item, Body>(packer: Packer<Item, Body>, send: (idempotencyKey: string, body: Body) => Promise<void>) =>
      new SendBuffer(
        packer,
        ({ idempotencyKey, body }) => send(idempotencyKey, body),
        (error) => !isTransient(error),
        newIdempotencyKey,
      );
    this.#points = buffer(packPoints(), (idempotencyKey, series) =>
      this.#write(LogMetricsDocument, { input: { run: this.id, idempotencyKey, series } }, ({ logMetrics }) => logMetrics),
    );
    this.#lines = buffer(packLines(), (idempotencyKey, lines) =>
      this.#write(LogLinesDocument, { input: { run: this.id, idempotencyKey, lines } }, ({ logLines }) => logLines),
    );
    this.#needs = needs;
  }

  /** Points and lines that were logged and are not known to be committed. */
  get pending(): number {
    return this.#points.pending + this.#lines.pending;
  }

  /**
   * Logs values of metrics at one step. Resolves at once while fewer than 100,000 points wait, then when there is room:
   * await it in a loop that logs faster than the server takes; of a loop that does not, points beyond 1,000,000 that wait
   * are refused, and `flush` and `finish` say so. NaN and ±Infinity are values like others.
   * @throws the failure of an earlier batch, and {@link RuleBroken} for what the server would refuse
   * @example
   * await run.log({ 'train/loss': 0.3, 'train/accuracy': 0.91 }, { step: 12 });
   */
  log(metrics: Readonly<Record<string, number>>, options: LogOptions = {}): Promise<void> {
    return this.#take(this.#points, () => {
      const points = this.#steps.of(metrics, options);
      this.#points.add(points);
      this.#steps.advance(points);
    });
  }

  /**
   * Adds a line to the log of the run. It is sent with others, in order, as points are; await it in a loop as {@link log}.
   * @throws the failure of earlier lines, and {@link RuleBroken} for what the server would refuse
   * @example
   * await run.print('epoch 12 done', { level: 'INFO', stream: 'stdout' });
   */
  print(message: string, options: PrintOptions = {}): Promise<void> {
    return this.#take(this.#lines, () => this.#lines.add([toLine(message, options)]));
  }

  #take(buffer: { room(): Promise<void> }, take: () => void): Promise<void> {
    const taken = (async () => {
      if (this.#finished) throw new RunGraphError('The run is finished; log before finish().', { code: 'CONFLICT' });
      take();
      this.#needs.flushOnExit.add(this);
      return buffer.room();
    })();
    // A loop that does not await must not end the process; the failure comes with the next call that is awaited.
    taken.catch(() => undefined);
    return taken;
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
  async flush(): Promise<void> {
    const sent = await Promise.allSettled([this.#points.flush(), this.#lines.flush()]);
    for (const each of sent) if (each.status === 'rejected') throw each.reason;
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
    await this.flush().catch((error: unknown) => (failure = { error }));
    this.#needs.flushOnExit.delete(this);
    try {
      // An end with a given time can be set twice. When points could not be written, the server was waited for long enough.
      await this.#write(FinishRunDocument, { input }, ({ finishRun }) => finishRun, failure ? 0 : this.#needs.retryForMs);
    } catch (error) {
      failure ??= { error };
    }
    if (failure) throw (failure as { error: unknown }).error;
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
