import { fail } from '../../core/errors.js';
import type { Found, Tail } from '../../live/tail.js';
import type { RunFilter } from '../../stores/run-store.js';
import { concerned } from '../../stores/run-stores.js';
import type { Source } from '../../stores/sources.js';
import type { Context } from './context.js';
import { encodeEventCursor, type EventPositions } from './run-event-cursor.js';
import { endOfEvents, eventsAfter, isBeyond } from './run-event-reader.js';
import { tellMissed, tellNew } from './run-event-teller.js';
import type { RunEvent } from './run-event.type.js';
import { createRunMembers, type RunMembers } from './run-members.js';
import { createTouchedRuns, type TouchedRuns } from './touched-runs.js';
import { unlessDown } from './unless-down.js';

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

/** A source, which of its runs match, and which of them got points. */
interface FollowedSource {
  readonly source: Source;
  readonly members: RunMembers | null;
  readonly touched: TouchedRuns | null;
}

/** What happens to runs, as a tail over the events of all sources the filter is about. */
export function createEventTail(context: Context, { key, filter, byMetric }: EventTailOptions): Tail<EventPositions, EventState, RunEvent> {
  const sources = concerned(context.stores.sources, filter ?? {}).filter(({ feed }) => feed !== null);
  const followed = sources.map((source): FollowedSource => ({
    source,
    members: filter ? createRunMembers(context, filter, source.name) : null,
    touched: byMetric ? createTouchedRuns(source) : null,
  }));
  let crossing = context.clock.now() * 1_000; // another leader, perhaps in another process, counted before
  const nextCrossing = () => ++crossing;

  async function nextOf({ source, members, touched }: FollowedSource, after: EventPositions): Promise<Found<EventPositions, RunEvent>> {
    await members?.load();
    const runs = touched?.take() ?? [];
    const crossed = runs === 'all' ? await members!.differences() : runs;
    const { events, position, more } = await eventsAfter([source], after, null);
    return { batches: await tellNew(context, { filter, members, after, nextCrossing }, { events, crossing: crossed }), position, more };
  }

  return {
    key,
    minIntervalMs: 0,
    hang(bell) {
      const taken = followed.flatMap(({ source, touched }) => [
        source.feed!.events.hang('all', bell),
        ...(touched ? [touched.hang(bell)] : []),
      ]);
      return () => {
        for (const unhang of taken) unhang();
      };
    },
    async end() {
      const end = await endOfEvents(sources);
      for (const { source, members } of followed) await unlessDown(source.feed!, members?.load() ?? Promise.resolve());
      return end;
    },
    next: (after) => nextOfEach(followed, after, nextOf),
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

/** Each source on its own: one that cannot be read now is told of when it can, and neither ends nor holds up the others' events. */
async function nextOfEach(
  followed: readonly FollowedSource[],
  after: EventPositions,
  nextOf: (source: FollowedSource, after: EventPositions) => Promise<Found<EventPositions, RunEvent>>,
): Promise<Found<EventPositions, RunEvent>> {
  const batches: RunEvent[] = [];
  let [position, more] = [after, false];
  for (const each of followed) {
    const found = await unlessDown(each.source.feed!, nextOf(each, position));
    if (!found) {
      each.touched?.giveBack();
      continue;
    }
    batches.push(...found.batches);
    position = found.position;
    more ||= found.more;
  }
  return { batches, position, more };
}

const putBack = () =>
  fail('CURSOR_INVALID', 'The store was put back to an earlier state since; subscribe again without after.', { argument: 'after' });
