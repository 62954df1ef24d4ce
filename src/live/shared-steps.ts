import type { Goal, Group } from './group.js';

/** Steps that several subscribers take at the same time are read once; this many are remembered while somebody is on its way. */
const maxShared = 4;

/** A step whose batches became messages. */
export interface RenderedStep<State> {
  readonly texts: readonly string[];
  readonly next: State | null;
}

type Taken<State> = RenderedStep<State> | 'ahead' | 'rewritten';

/** The steps of a group's subscribers on their way; a thousand that come back together take the same ones. */
export class SharedSteps<Position, State, Batch> {
  readonly #steps = new Map<string, Promise<Taken<State>>>();
  #travellers = 0;

  constructor(readonly group: Group<Position, State, Batch>) {}

  /** @returns to be called when the way has ended */
  enter(): () => void {
    this.#travellers++;
    return () => {
      if (--this.#travellers === 0) this.#steps.clear();
    };
  }

  /** @param key the same for the same state and goal */
  take(key: string, state: State, goal: Goal<Position>): Promise<Taken<State>> {
    const known = this.#steps.get(key);
    if (known) return known;
    const step = this.#read(state, goal);
    if (this.#steps.size >= maxShared) this.#steps.delete(this.#steps.keys().next().value!);
    this.#steps.set(key, step);
    // Whoever comes next tries anew, however long somebody else is on its way.
    step.catch(() => this.#steps.delete(key));
    return step;
  }

  async #read(state: State, goal: Goal<Position>): Promise<Taken<State>> {
    const { tail, needs } = this.group;
    const step = await tail.step(state, goal.position);
    if (typeof step === 'string') return step;
    return { texts: await Promise.all(step.batches.map(needs.render)), next: step.next };
  }
}
