import { createBell } from '../core/bell.js';
import type { Clock } from '../core/clock.js';
import type { LiveMeter } from './live-meter.js';
import { maxBufferedBytes, type Outlet } from './outlet.js';
import { RecentFrames, type Frame } from './recent-frames.js';
import type { Tail } from './tail.js';
import type { WriteTurns } from './write-turns.js';

/** How a group works with the world. */
export interface GroupNeeds<Batch> {
  /** The message a batch becomes; done once per batch for the whole group. */
  readonly render: (batch: Batch) => Promise<string>;
  readonly clock: Clock;
  readonly meter: LiveMeter;
  readonly turns: WriteTurns;
}

/** Why a subscriber no longer gets what the leader reads. */
export type Parting = 'behind' | 'rewritten' | 'gone';

/** A subscriber that has everything the leader has read. */
export class Follower<Position> {
  /** Resolves when it follows no more; rejects when the leader failed. */
  readonly parted: Promise<Parting>;
  part!: (why: Parting) => void;
  fail!: (error: unknown) => void;
  /** The last frame it was given. */
  sequence: number;
  /** Where it goes on when it falls behind. */
  position: Position;

  constructor(
    readonly outlet: Outlet,
    reached: Goal<Position>,
  ) {
    this.sequence = reached.sequence;
    this.position = reached.position;
    this.parted = new Promise((resolve, reject) => {
      this.part = resolve;
      this.fail = reject;
    });
  }
}

/** Where the leader is. */
export interface Goal<Position> {
  readonly position: Position;
  readonly sequence: number;
  /** Grows with every move of the position, also with those that had nothing to tell. */
  readonly version: number;
}

/**
 * The leader of the subscribers of one tail: reads what is new once, makes one message of it, and writes it to every follower.
 * A follower whose socket is full is let go with its position instead of being waited for.
 */
export class Group<Position, State, Batch> {
  /** Rings when the leader has moved, or ended. */
  readonly moved = createBell();
  readonly #followers = new Set<Follower<Position>>();
  readonly #recent = new RecentFrames<Position>();
  readonly #stopping = new AbortController();
  #goal: Goal<Position> | null = null;
  #rangAt: number | null = null;
  readonly #bell = createBell(() => (this.#rangAt ??= performance.now()));
  #failure: { readonly error: unknown } | null = null;
  /** Resolves when the leader reads no more. */
  readonly ended: Promise<void>;

  constructor(
    readonly tail: Tail<Position, State, Batch>,
    readonly needs: GroupNeeds<Batch>,
  ) {
    this.ended = this.#lead();
  }

  /** Where the leader is; null until it knows where everything ends. @throws what the leader failed with */
  get goal(): Goal<Position> | null {
    if (this.#failure) throw this.#failure.error;
    return this.#goal;
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /**
   * Makes a subscriber that is at `reached` a follower, and gives it what it missed on its way there.
   * @returns null when too much has happened since: it goes on towards the next goal then
   * @throws what the leader failed with
   */
  admit(outlet: Outlet, reached: Goal<Position>): Follower<Position> | null {
    const missed = this.#recent.since(reached.sequence, this.goal!.sequence);
    if (missed === null) return null;
    const follower = new Follower(outlet, reached);
    this.#followers.add(follower);
    for (const frame of missed) if (!this.#give(follower, frame)) break;
    return follower;
  }

  dismiss(follower: Follower<Position>): void {
    this.#followers.delete(follower);
  }

  /** Makes the leader look now. */
  nudge(): void {
    this.#bell.ring();
  }

  stop(): void {
    this.#stopping.abort();
  }

  write(outlet: Outlet, texts: readonly string[]): void {
    for (const text of texts) {
      outlet.write(text);
      this.needs.turns.wrote(text);
    }
    this.needs.meter.messagesWritten(texts.length);
  }

  async #lead(): Promise<void> {
    const { tail, needs } = this;
    const { signal } = this.#stopping;
    const unhang = tail.hang(this.#bell); // before the end is looked up: nothing falls between the two
    try {
      let heard = this.#bell.count;
      let readAt = needs.clock.now();
      this.#moveTo(await tail.end(), 0);
      let more = false;
      while (!signal.aborted) {
        if (!more) {
          await this.#bell.after(heard, signal);
          await needs.clock.sleep(Math.max(0, readAt + tail.minIntervalMs - needs.clock.now()), signal);
          if (signal.aborted) return;
        }
        const rings = this.#bell.count - heard;
        heard = this.#bell.count; // before the read: a ring during the read is not lost
        readAt = needs.clock.now();
        more = await this.#read(rings);
      }
    } catch (error) {
      this.#failure = { error };
      for (const follower of this.#followers) follower.fail(error);
    } finally {
      unhang();
      this.moved.ring();
    }
  }

  /** @returns whether more is there */
  async #read(rings: number): Promise<boolean> {
    const { tail, needs } = this;
    const { position, sequence } = this.#goal!;
    const rangAt = this.#rangAt;
    this.#rangAt = null;
    const found = await tail.next(position);
    if (found === 'rewritten') {
      await this.#startOver();
      return false;
    }
    const texts = await Promise.all(found.batches.map(needs.render));
    if (texts.length === 0) {
      this.#moveTo(found.position, sequence);
      return found.more;
    }
    const frame = { sequence: sequence + 1, before: position, texts };
    this.#recent.push(frame);
    this.#moveTo(found.position, frame.sequence);
    needs.meter.batchRead(rings);
    await this.#broadcast(frame);
    if (rangAt !== null) needs.meter.lag((performance.now() - rangAt) / 1000);
    return found.more;
  }

  #moveTo(position: Position, sequence: number): void {
    this.#goal = { position, sequence, version: (this.#goal?.version ?? 0) + 1 };
    this.moved.ring();
  }

  async #startOver(): Promise<void> {
    const end = await this.tail.end();
    this.#recent.clear();
    // A gap in the numbers: nobody who is on its way can take what comes for the rest of what was.
    this.#moveTo(end, this.#goal!.sequence + 2);
    for (const follower of this.#followers) follower.part('rewritten');
    this.#followers.clear();
  }

  async #broadcast(frame: Frame<Position>): Promise<void> {
    const { turns } = this.needs;
    for (const follower of this.#followers) {
      // Who came in during this broadcast was given the frame then.
      if (follower.sequence < frame.sequence) this.#give(follower, frame);
      if (turns.isOver) await turns.next();
    }
  }

  /** @returns whether the follower could take it */
  #give(follower: Follower<Position>, frame: Frame<Position>): boolean {
    follower.position = frame.before;
    if (follower.outlet.buffered > maxBufferedBytes) {
      this.#followers.delete(follower);
      follower.part('behind');
      return false;
    }
    this.write(follower.outlet, frame.texts);
    follower.sequence = frame.sequence;
    return true;
  }
}
