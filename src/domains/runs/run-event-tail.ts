import { fail } from '../../core/errors.js';
import type { Tail } from '../../live/tail.js';
import type { RunFilter } from '../../stores/run-store.js';
import { concerned } from '../../stores/run-stores.js';
import type { Context } from './context.js';
import { encodeEventCursor, type EventPositions } from './run-event-cursor.js';
import { endOfEvents, eventsAfter, isBeyond } from './run-event-reader.js';
import { tellMissed, tellNew } from './run-event-teller.js';
import type { RunEvent } from './run-event.type.js';
import { createRunMembers } from './run-members.js';
import { createTouchedRuns } from './touched-runs.js';

/** Where a subscriber to events is on its way to the others; null: it wants what happens from now on. */
export interface EventState {
  readonly at: EventPositions | null;
  readonly key: string;
}

export interface EventTailOptions {
  readonly key: string;
  readonly filter: RunFilter | null;
  /** Whether new points can make a run match. */
  readonly byMetric: boolean;
}

/** What happens to runs, as a tail over the events of all sources the filter is about. */
export function createEventTail(context: Context, { key, filter, byMetric }: EventTailOptions): Tail<EventPositions, EventState, RunEvent> {
  const sources = concerned(context.stores.sources, filter ?? {}).filter(({ feed }) => feed !== null);
  const members = filter ? createRunMembers(context, filter) : null;
  let crossing = context.clock.now() * 1_000; // another leader, perhaps in another process, counted before
  const nextCrossing = () => ++crossing;
  const touched = createTouchedRuns(byMetric ? sources : []);
  return {
    key,
    minIntervalMs: 0,
    hang(bell) {
      const taken = [...sources.map(({ feed }) => feed!.events.hang('all', bell)), touched.hang(bell)];
      return () => {
        for (const unhang of taken) unhang();
      };
    },
    async end() {
      const end = await endOfEvents(sources);
      await members?.load();
      return end;
    },
    async next(after) {
      const runs = touched.take();
      const crossed = runs === 'all' ? await members!.differences() : runs;
      const { events, position, more } = await eventsAfter(sources, after, null);
      return { batches: await tellNew(context, { filter, members, after, nextCrossing }, { events, crossing: crossed }), position, more };
    },
    async step(state, goal) {
      if (!state.at) return { batches: [], next: null };
      if (isBeyond(state.at, goal)) {
        if (isBeyond(state.at, await endOfEvents(sources))) throw putBack();
        return 'ahead';
      }
      const { events, position, more } = await eventsAfter(sources, state.at, goal);
      return { batches: await tellMissed(context, { filter, after: state.at }, events), next: more ? { ...state, at: position } : null };
    },
    behind: (_start, at) => ({ at, key: encodeEventCursor(context, at) }),
    rewritten: (start) => ({ ...start, at: null }),
    keyOf: ({ key: ofState }) => ofState,
  };
}

const putBack = () =>
  fail('CURSOR_INVALID', 'The store was put back to an earlier state since; subscribe again without after.', { argument: 'after' });
