import { RunGraphError } from './errors.js';

/** What is sent together, under one key for ever: what is sent again is known to be the same. */
export interface Parcel<Body> {
  readonly idempotencyKey: string;
  readonly body: Body;
  readonly count: number;
}

/** Puts together what is to be sent. */
export interface Packer<Item, Body> {
  /** Takes an item. @returns its size on the wire, about, in bytes */
  add(item: Item): number;
  /** What was taken; it then begins anew. */
  take(): Body;
}

const flushAfterMs = 200;
const flushAfterItems = 1_000;
/** What comes while the server is away goes in larger parcels; both bounds stay far below what one request may have. */
const maxItems = 10_000;
const maxBytes = 1_000_000;
/** Items that wait before `room` makes its caller wait. */
const roomyItems = 100_000;
/** Items that wait when a caller who does not is refused: about 100 MB. */
const mostItems = 1_000_000;

/** Collects items and sends them in order, parcel by parcel, one at a time. */
export class SendBuffer<Item, Body> {
  #openCount = 0;
  #openBytes = 0;
  readonly #sealed: Parcel<Body>[] = [];
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;
  #flushes = 0;
  #failure: { readonly error: unknown; readonly isFinal: boolean } | null = null;
  #refused: RunGraphError | null = null;
  #waiting: (() => void)[] = [];

  /**
   * @param send resolves when the parcel is committed; it does the retries
   * @param isFinal whether a failure of `send` is one that sending again cannot mend
   */
  constructor(
    private readonly packer: Packer<Item, Body>,
    private readonly send: (parcel: Parcel<Body>) => Promise<void>,
    private readonly isFinal: (error: unknown) => boolean,
    private readonly newKey: () => string,
  ) {}

  /** Items that are not committed yet. */
  get pending(): number {
    return this.#count;
  }

  /** Takes items. @throws an earlier failure, and BUFFER_FULL when too many wait; then nothing was taken */
  add(items: readonly Item[]): void {
    this.#throwFailure();
    if (this.#count >= mostItems)
      throw (this.#refused = new RunGraphError(`${mostItems} items wait to be sent; more were refused.`, { code: 'BUFFER_FULL' }));
    for (const item of items) {
      this.#openBytes += this.packer.add(item);
      this.#openCount++;
      this.#count++;
      if (this.#openCount >= maxItems || this.#openBytes >= maxBytes) this.#seal();
    }
    if (this.#count >= flushAfterItems) void this.#pump();
    else this.#flushSoon();
  }

  /** Resolves when there is room for more. @throws why there will be none */
  async room(): Promise<void> {
    while (this.#count > roomyItems) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.#throwFailure();
    }
  }

  /**
   * Sends everything.
   * @throws why it could not be sent: what was not sent stays, and is sent by the next flush if that can help; or that
   * items were refused
   */
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
    const refused = this.#refused;
    this.#refused = null;
    if (refused) throw refused;
  }

  #seal(): void {
    if (this.#openCount === 0) return;
    this.#sealed.push({ idempotencyKey: this.newKey(), body: this.packer.take(), count: this.#openCount });
    this.#openCount = this.#openBytes = 0;
  }

  #flushSoon(): void {
    if (this.#count === 0 || this.#sending || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#pump(), flushAfterMs);
    // In Node a process that has nothing else to do ends at once, and flushes then.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  /** Sends until little is left; never rejects. Two callers share one run, so parcels never overtake each other. */
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
    for (let parcel = this.#sealed[0]; parcel; parcel = this.#sealed[0]) {
      try {
        await this.send(parcel);
      } catch (error) {
        this.#failure = { error, isFinal: this.isFinal(error) };
        return;
      }
      this.#sealed.shift();
      this.#count -= parcel.count;
      for (const wake of this.#waiting.splice(0)) wake();
      if (this.#sealed.length === 0 && (this.#flushes > 0 || this.#openCount >= flushAfterItems)) this.#seal();
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
