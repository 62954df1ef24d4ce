import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunGraphError } from '../errors.js';
import { newIdempotencyKey, toKeyValues } from '../run-writer.js';
import type { NewRun } from '../types.js';
import type { Budget } from './journal.js';
import { takeLock } from './lock.js';
import { Outbox } from './outbox.js';
import { Sender, type SpoolClient } from './sender.js';
import { SpooledRun } from './spooled-run.js';

/** Where a spool is and how large it may be. */
export interface SpoolOptions {
  /** Folder for its files, made when it is missing. Several processes of one computer may share it. */
  readonly folder: string;
  /** Bytes on disk at most, 256 MiB by default and 1 MiB at least; then `log` throws SPOOL_FULL. */
  readonly maxBytes?: number | undefined;
  /**
   * Whether what was logged must survive a loss of power, which costs a write to the disk for each `log`. It survives the end
   * of the process in any case.
   */
  readonly sync?: boolean | undefined;
  /** Told of every failure: of requests that are sent again, of a run that the server refuses, of a damaged file. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** How long is waited. */
export interface WaitOptions {
  /** Milliseconds at most. */
  readonly waitMs?: number | undefined;
}

/** What is still on disk. */
export interface SpoolLeft {
  /** Runs of which something was not sent, those of earlier processes included. */
  readonly runs: number;
  /** Points that were not sent. */
  readonly points: number;
}

interface Open {
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly unlock: () => void;
  /** Who writes it; null when an earlier process did. */
  run: SpooledRun | null;
}

const minBytes = 2 ** 20;

/**
 * Opens the spool in a folder. What an earlier process left there, killed or not, is sent from now on, each point once.
 * @throws what the file system says
 * @example
 * const spool = openSpool(client, { folder: '.rungraph-spool' });
 * await spool.withRun({ experiment: { name: 'wine' } }, async (run) => {
 *   for (let step = 0; step < 100; step++) await run.log({ loss: Math.exp(-step / 20) }, { step });
 * });
 * const left = await spool.close();
 */
export const openSpool = (client: SpoolClient, options: SpoolOptions): Spool => new Spool(client, options);

/**
 * Sends what earlier processes left in a folder, and waits for it.
 * @returns what could not be sent in time (a minute by default); it stays for the next one
 * @example
 * const { points } = await resumeSpool(client, { folder: '.rungraph-spool', waitMs: 600_000 });
 */
export async function resumeSpool(client: SpoolClient, { waitMs = 60_000, ...options }: SpoolOptions & WaitOptions): Promise<SpoolLeft> {
  const spool = openSpool(client, options);
  await spool.flush({ waitMs }).catch(() => undefined);
  return spool.close({ waitMs: 0 });
}

/** Runs that are written through the disk. Close it at the end. */
export class Spool {
  readonly #client: SpoolClient;
  readonly #options: SpoolOptions;
  readonly #budget: Budget;
  readonly #open = new Set<Open>();
  readonly #sendingLeft: Promise<void>;
  #isClosed = false;
  readonly #sendBeforeExit = (): void => {
    for (const { outbox, sender } of this.#open) if (!outbox.isEmpty && !sender.isAway) void sender.sendNow();
  };

  /** @internal */
  constructor(client: SpoolClient, options: SpoolOptions) {
    this.#client = client;
    this.#options = options;
    this.#budget = { used: 0, max: Math.max(options.maxBytes ?? 256 * 2 ** 20, minBytes) };
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    for (const name of leftIn(options.folder)) this.#take(name);
    this.#sendingLeft = this.#sendLeft([...this.#open]);
    process.on('beforeExit', this.#sendBeforeExit);
  }

  /**
   * A new run. No server is needed now: it is created when one can be reached, under a key that is in the file.
   * @throws RunGraphError SPOOL_FULL
   * @example
   * const run = spool.createRun({ experiment: { name: 'wine' }, name: 'lr=0.1' });
   */
  createRun({ params, tags, parent, startedAt = new Date(), idempotencyKey = newIdempotencyKey(), ...rest }: NewRun): SpooledRun {
    const create = {
      ...rest,
      params: Object.fromEntries(toKeyValues(params).map(({ key, value }) => [key, value])),
      tags: Object.fromEntries(toKeyValues(tags).map(({ key, value }) => [key, value])),
      parent: typeof parent === 'object' ? parent.id : parent,
      startedAt: startedAt.toISOString(),
      idempotencyKey,
    };
    return this.#begin({ create });
  }

  /**
   * Writes a run that is there already. Give steps: those that count on by themselves begin at 0.
   * @throws RunGraphError SPOOL_FULL
   * @example
   * const spooled = spool.openRun(runId);
   */
  openRun(run: string | { readonly id: string }): SpooledRun {
    return this.#begin({ id: typeof run === 'string' ? run : run.id });
  }

  /**
   * A new run for `work`, ended as FINISHED, or FAILED when `work` throws, whose error is thrown on.
   * @returns what `work` returned; what was logged is on disk then, and not yet all sent
   * @example
   * await spool.withRun({ experiment: { name: 'wine' } }, (run) => run.log({ loss: 0.3 }, { step: 0 }));
   */
  async withRun<T>(options: NewRun, work: (run: SpooledRun) => Promise<T> | T): Promise<T> {
    const run = this.createRun(options);
    let result: T;
    try {
      result = await work(run);
    } catch (error) {
      run.finish('FAILED');
      throw error;
    }
    run.finish();
    return result;
  }

  /** What is on disk and not known to be in the server. */
  get left(): SpoolLeft {
    const open = [...this.#open].filter(({ outbox }) => !outbox.isEmpty);
    return { runs: open.length, points: open.reduce((sum, { outbox }) => sum + outbox.points, 0) };
  }

  /**
   * Resolves when everything is in the server.
   * @throws what the server refuses of a run, once the others are sent; RunGraphError NETWORK when it took longer than `waitMs` (a minute by default)
   * @example
   * await spool.flush({ waitMs: 10_000 });
   */
  async flush({ waitMs = 60_000 }: WaitOptions = {}): Promise<void> {
    const end = AbortSignal.timeout(waitMs);
    const late = new Promise<void>((resolve) => end.addEventListener('abort', () => resolve(), { once: true }));
    // A signal's own timer keeps no process alive.
    const alive = setTimeout(() => undefined, waitMs);
    try {
      for (const { outbox, sender } of this.#open) {
        while (!outbox.isEmpty && !sender.failure && !end.aborted) {
          const change = Promise.race([sender.change(), late]);
          if (!sender.isAway) void sender.sendNow();
          await change;
        }
      }
    } finally {
      clearTimeout(alive);
    }
    for (const { sender } of this.#open) if (sender.failure) throw sender.failure;
    if (this.left.runs === 0) return;
    throw new RunGraphError(`The server did not take everything in ${waitMs / 1000} s; the rest is on disk.`, { code: 'NETWORK' });
  }

  /**
   * Sends what it can in `waitMs` (a minute by default) and gives the files back. What could not be sent stays in the folder.
   * @example
   * const { points } = await spool.close({ waitMs: 5_000 });
   */
  async close(options: WaitOptions = {}): Promise<SpoolLeft> {
    await this.flush(options).catch(() => undefined);
    this.#isClosed = true;
    process.off('beforeExit', this.#sendBeforeExit);
    for (const { sender } of this.#open) await sender.stop();
    await this.#sendingLeft;
    const { left } = this;
    for (const each of this.#open) this.#release(each);
    return left;
  }

  #begin(run: Parameters<Outbox['begin']>[0]): SpooledRun {
    if (this.#isClosed) throw new RunGraphError('The spool is closed.', { code: 'CONFLICT' });
    const open = this.#take(newIdempotencyKey())!;
    open.outbox.begin(run);
    open.run = new SpooledRun(open.outbox, open.sender);
    open.sender.wake();
    return open.run;
  }

  /** Opens the files of a run; null while another process has them. */
  #take(name: string): Open | null {
    const { folder, sync = false } = this.#options;
    const unlock = takeLock(join(folder, `${name}.lock`));
    if (!unlock) return null;
    const onDamage = () =>
      this.#tell(new RunGraphError(`A record of ${name} in ${folder} is damaged; it was left out.`, { code: 'SPOOL_DAMAGED' }));
    const outbox = new Outbox({ folder, name, budget: this.#budget, sync, onDamage });
    const onDrained = () => (open.run?.isFinished ?? true) && this.#release(open);
    const sender = new Sender(this.#client, outbox, (error) => this.#tell(error), onDrained);
    const open: Open = { outbox, sender, unlock, run: null };
    this.#open.add(open);
    return open;
  }

  /** What earlier processes left, run after run: a server that comes back is not asked by all of them at once. */
  async #sendLeft(left: readonly Open[]): Promise<void> {
    for (const { outbox, sender } of left) {
      void sender.sendNow();
      while (!outbox.isEmpty && !sender.failure && !this.#isClosed) await sender.change();
    }
  }

  #release(open: Open): void {
    if (!this.#open.delete(open)) return;
    open.outbox.close();
    open.unlock();
  }

  #tell(error: unknown): void {
    try {
      this.#options.onError?.(error);
    } catch {
      // Whoever is told must not stop the sending.
    }
  }
}

/** Names of the runs whose files are in a folder. */
const leftIn = (folder: string): Set<string> =>
  new Set(readdirSync(folder).flatMap((file) => /^(sdk-\w+)\.\d+\.jsonl$/.exec(file)?.[1] ?? []));
