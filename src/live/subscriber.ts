import type { Follower, Goal, Group, Parting } from './group.js';
import { untilDrained, type Outlet } from './outlet.js';

/** Steps that several subscribers take at the same time are read once; this many are remembered while somebody is on its way. */
const maxShared = 4;

type Obstacle = 'ahead' | 'rewritten';

interface SharedStep<State> {
  readonly texts: readonly string[];
  readonly next: State | null;
}

/** The steps of a group's subscribers on their way; a thousand that come back together take the same ones. */
export class SharedSteps<Position, State, Batch> {
  readonly #steps = new Map<string, Promise<SharedStep<State> | Obstacle>>();
  #travellers = 0;

  constructor(readonly group: Group<Position, State, Batch>) {}

  enter(): () => void {
    this.#travellers++;
    return () => {
      if (--this.#travellers === 0) this.#steps.clear();
    };
  }

  take(key: string, state: State, goal: Goal<Position>): Promise<SharedStep<State> | Obstacle> {
    const known = this.#steps.get(key);
    if (known) return known;
    const step = this.#read(state, goal);
    if (this.#steps.size >= maxShared) this.#steps.delete(this.#steps.keys().next().value!);
    this.#steps.set(key, step);
    return step;
  }

  async #read(state: State, goal: Goal<Position>): Promise<SharedStep<State> | Obstacle> {
    const { tail, needs } = this.group;
    const step = await tail.step(state, goal.position);
    if (typeof step === 'string') return step;
    return { texts: await Promise.all(step.batches.map(needs.render)), next: step.next };
  }
}

/**
 * Serves one subscriber until the signal is aborted: brings it to where the leader is, lets it follow, and begins again when
 * it falls behind or the store was rewritten. At no time more is held for it than its socket's bound and one step.
 * @throws what the tail throws
 */
export async function serveSubscriber<Position, State, Batch>(
  group: Group<Position, State, Batch>,
  steps: SharedSteps<Position, State, Batch>,
  { start, outlet, signal }: { readonly start: State; readonly outlet: Outlet; readonly signal: AbortSignal },
): Promise<void> {
  const { tail, needs } = group;
  let state = start;
  while (!signal.aborted) {
    const leave = steps.enter();
    const reached = await travel(state).finally(leave);
    if (!reached) return;
    const follower = group.admit(outlet, reached);
    if (!follower) {
      state = tail.behind(start, reached.position);
      continue;
    }
    const why = await follow(follower);
    if (why === 'behind') needs.meter.subscriberMovedBack();
    state = why === 'behind' ? tail.behind(start, follower.position) : tail.rewritten(start);
  }

  /** Goes step by step to where the leader is when the way begins. @returns null when the subscriber is gone */
  async function travel(from: State): Promise<Goal<Position> | null> {
    let [origin, at]: [State, State | null] = [from, from];
    let goal = await goalAfter(0);
    for (let number = 0; at; number++) {
      await untilDrained(outlet, needs.clock, signal);
      if (signal.aborted || !goal) return null;
      const step: SharedStep<State> | Obstacle = await steps.take(`${tail.keyOf(origin)}#${goal.version}#${number}`, at, goal);
      if (signal.aborted) return null;
      if (typeof step === 'string') {
        if (step === 'rewritten') origin = tail.rewritten(start);
        [at, number] = [origin, -1];
        goal = await goalAfter(goal.version);
        continue;
      }
      for (const text of step.texts) outlet.write(text);
      needs.meter.messagesWritten(step.texts.length);
      at = step.next;
    }
    return goal;
  }

  /** What stands in the way of a subscriber the leader will find, too; it is made to look. */
  async function goalAfter(version: number): Promise<Goal<Position> | null> {
    while (!signal.aborted) {
      const heard = group.moved.count;
      const { goal } = group;
      if (goal && goal.version > version) return goal;
      if (goal) group.nudge();
      await group.moved.after(heard, signal);
    }
    return null;
  }

  async function follow(follower: Follower<Position>): Promise<Parting> {
    const go = () => follower.part('gone');
    signal.addEventListener('abort', go, { once: true });
    try {
      if (signal.aborted) go();
      return await follower.parted;
    } finally {
      signal.removeEventListener('abort', go);
      group.dismiss(follower);
    }
  }
}
