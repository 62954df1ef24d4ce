import { backoffMs } from '../backoff.js';
import type { RunGraph } from '../client.js';
import { accepted, isTransient } from '../errors.js';
import {
  FinishRunDocument,
  LogDatasetInputsDocument,
  LogLinesDocument,
  LogMetricsDocument,
  LogParamsDocument,
  SetTagsDocument,
} from '../generated/operations.js';
import type { Outbox, Parcel } from './outbox.js';
import type { Write } from './records.js';

/** What a spool needs of a client. */
export type SpoolClient = Pick<RunGraph, 'query' | 'createRun'>;

const sendAfterMs = 200;
const sendAfterPoints = 1_000;

/** Sends what is in an outbox, one request at a time, for as long as there is something; while the server is away it tries again. */
export class Sender {
  /** Why no more can be sent: the server refuses it. */
  failure: Error | null = null;
  /** Whether the last request did not reach the server. */
  isAway = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;
  #attempt = 0;
  readonly #stopped = new AbortController();
  readonly #options = { idempotent: true, signal: this.#stopped.signal };
  #waiting: (() => void)[] = [];

  constructor(
    private readonly client: SpoolClient,
    private readonly outbox: Outbox,
    private readonly onError: (error: unknown) => void,
    /** Called when everything is acknowledged. */
    private readonly onDrained: () => void,
  ) {}

  /** Something was put into the outbox. */
  wake(): void {
    if (this.isAway || this.failure) return;
    if (this.outbox.points >= sendAfterPoints) void this.sendNow();
    else this.#after(sendAfterMs);
  }

  /** Sends all there is, unless it cannot now; never rejects. */
  sendNow(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stopped.signal.aborted || this.failure) return Promise.resolve();
    return (this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
      if (this.outbox.isEmpty) this.onDrained();
      this.#tell();
    }));
  }

  /** Resolves when something was acknowledged or could not be. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives up the request under way and sends no other. What the server had taken of it, it knows again by its key. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    this.#tell();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    try {
      while (!this.#stopped.signal.aborted && !this.outbox.isEmpty) {
        await this.#sendNext();
        this.#attempt = 0;
        this.isAway = false;
        this.#tell();
      }
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      this.onError(error);
      if (!isTransient(error)) {
        this.failure = error as Error;
        return;
      }
      this.isAway = true;
      this.#after(backoffMs(this.#attempt++, error.retryAfter));
    }
  }

  async #sendNext(): Promise<void> {
    const { create } = this.outbox;
    if (this.outbox.id === null && create) {
      // What writes a run knows the experiment by name, and asks under the key that is in the file.
      const created = this.client.createRun({ ...create, startedAt: new Date(create.startedAt) });
      return this.outbox.setId((await Promise.race([created, aborted(this.#stopped.signal)])).id);
    }
    const parcel = this.outbox.next();
    if (!parcel) return;
    await this.#send(this.outbox.id!, parcel);
    this.outbox.acknowledge(parcel);
  }

  async #send(run: string, parcel: Parcel): Promise<void> {
    if ('write' in parcel) return this.#write(run, parcel.write);
    const input = { run, idempotencyKey: parcel.key, series: [...parcel.series] };
    accepted((await this.client.query(LogMetricsDocument, { input }, this.#options)).logMetrics);
  }

  async #write(run: string, write: Write): Promise<void> {
    const { client } = this;
    switch (write.t) {
      case 'params': {
        const input = { run, idempotencyKey: write.key, params: [...write.params] };
        return void accepted((await client.query(LogParamsDocument, { input }, this.#options)).logParams);
      }
      case 'tags': {
        const input = { run, tags: [...write.tags] };
        return void accepted((await client.query(SetTagsDocument, { input }, this.#options)).setTags);
      }
      case 'datasets': {
        const input = { run, idempotencyKey: write.key, inputs: [...write.inputs] };
        return void accepted((await client.query(LogDatasetInputsDocument, { input }, this.#options)).logDatasetInputs);
      }
      case 'lines': {
        const input = { run, idempotencyKey: write.key, lines: [...write.lines] };
        return void accepted((await client.query(LogLinesDocument, { input }, this.#options)).logLines);
      }
      case 'finish': {
        const input = { run, status: write.status, endedAt: write.endedAt };
        return void accepted((await client.query(FinishRunDocument, { input }, this.#options)).finishRun);
      }
    }
  }

  #after(ms: number): void {
    if (this.#stopped.signal.aborted || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.sendNow(), ms);
    // What is not sent is on disk: it keeps no process alive.
    this.#timer.unref();
  }

  #tell(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
