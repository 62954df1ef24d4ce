import type { Follower, Goal, Group, Parting } from './group.js';
import { untilDrained, type Outlet } from './outlet.js';
import type { SharedSteps } from './shared-steps.js';

/** One subscriber as it comes in. */
export interface Arrival<State> {
  /** Where it begins. */
  readonly start: State;
  readonly outlet: Outlet;
  readonly signal: AbortSignal;
}

/**
 * Brings one subscriber to where the leader is, lets it follow, and begins again when it falls behind or the store was
 * rewritten. At no time more is held for it than its socket's bound and one step.
 */
export class Subscriber<Position, State, Batch> {
  constructor(
    readonly group: Group<Position, State, Batch>,
    readonly steps: SharedSteps<Position, State, Batch>,
    readonly arrival: Arrival<State>,
  ) {}

  /** Resolves once the signal is aborted. @throws what the tail throws */
  async serve(): Promise<void> {
    const { group, steps } = this;
    const { start, outlet, signal } = this.arrival;
    let state = start;
    while (!signal.aborted) {
      const leave = steps.enter();
      const reached = await this.#travel(state).finally(leave);
      if (!reached) return;
      const follower = group.admit(outlet, reached);
      if (!follower) {
        state = group.tail.behind(start, reached.position);
        continue;
      }
      const why = await this.#follow(follower);
      if (why === 'behind') group.needs.meter.subscriberMovedBack();
      state = why === 'behind' ? group.tail.behind(start, follower.position) : group.tail.rewritten(start);
    }
  }

  /** Goes step by step to where the leader is when the way begins. @returns null when the subscriber is gone */
  async #travel(from: State): Promise<Goal<Position> | null> {
    const { tail, needs } = this.group;
    const { start, outlet, signal } = this.arrival;
    let [origin, at]: [State, State | null] = [from, from];
    let goal = await this.#goalAfter(0);
    for (let number = 0; at; number++) {
      await untilDrained(outlet, needs.clock, signal);
      if (signal.aborted || !goal) return null;
      const step = await this.steps.take(`${tail.keyOf(origin)}#${goal.version}#${number}`, at, goal);
      while (needs.turns.isOver) await needs.turns.next();
      if (signal.aborted) return null;
      if (typeof step === 'string') {
        if (step === 'rewritten') origin = tail.rewritten(start);
        [at, number] = [origin, -1];
        goal = await this.#goalAfter(goal.version);
        continue;
      }
      this.group.write(outlet, step.texts);
      at = step.next;
    }
    return goal;
  }

  /** A goal newer than a version: what stands in the way of a subscriber the leader will find, too; it is made to look. */
  async #goalAfter(version: number): Promise<Goal<Position> | null> {
    const { group } = this;
    const { signal } = this.arrival;
    while (!signal.aborted) {
      const heard = group.moved.count;
      const { goal } = group;
      if (goal && goal.version > version) return goal;
      if (goal) group.nudge();
      await group.moved.after(heard, signal);
    }
    return null;
  }

  async #follow(follower: Follower<Position>): Promise<Parting> {
    const { signal } = this.arrival;
    const go = () => follower.part('gone');
    signal.addEventListener('abort', go, { once: true });
    try {
      if (signal.aborted) go();
      return await follower.parted;
    } finally {
      signal.removeEventListener('abort', go);
      this.group.dismiss(follower);
    }
  }
}
