import type { Found, Step, Tail } from '../../live/tail.js';
import type { StoredRunEvent } from '../../stores/feed.js';
import type { RunFilter } from '../../stores/run-store.js';
import { concerned } from '../../stores/run-stores.js';
import type { Context } from './context.js';
import { encodeEventCursor, type EventPositions } from './run-event-cursor.js';
import type { RunEvent } from './run-event.type.js';
import type { RunNode } from './run-node.js';
import { createRunMembers, runsMatching, type RunKey } from './run-members.js';
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

const eventsPerRead = 200;

/** An event of one source, as it was stored. */
interface SourceEvent extends StoredRunEvent {
  readonly source: string;
}

/** What is told; `event` is null when points made the run cross the filter. */
interface ToldEvent {
  readonly kind: RunEvent['kind'];
  readonly run: RunNode;
  readonly event: SourceEvent | null;
  readonly at: number;
}

interface NewEvents {
  readonly events: readonly SourceEvent[];
  readonly position: EventPositions;
  readonly more: boolean;
}

/** What happens to runs, as a tail over the events of all sources the filter is about. */
export function createEventTail(context: Context, { key, filter, byMetric }: EventTailOptions): Tail<EventPositions, EventState, RunEvent> {
  const sources = concerned(context.stores.sources, filter ?? {}).filter(({ feed }) => feed !== null);
  const members = filter ? createRunMembers(context, filter) : null;
  const touched = createTouchedRuns(byMetric ? sources : []);

  async function readAfter(after: EventPositions, goal: EventPositions | null): Promise<NewEvents> {
    const position = new Map(after);
    const events: SourceEvent[] = [];
    let more = false;
    for (const { name, feed } of sources) {
      const known = after.get(name);
      const last = goal?.get(name);
      // A log this position is not of: nothing is known of what happened in between.
      if (!known || known.epoch !== feed!.eventEpoch) {
        position.set(name, last ?? { epoch: feed!.eventEpoch, sequence: await feed!.endOfEvents() });
        continue;
      }
      const found = await feed!.eventsAfter(known.sequence, eventsPerRead);
      const wanted = found.filter(({ sequence }) => !last || sequence <= last.sequence);
      more ||= found.length === eventsPerRead && wanted.length === found.length;
      events.push(...wanted.map((event) => ({ ...event, source: name })));
      if (wanted.length > 0) position.set(name, { ...known, sequence: wanted.at(-1)!.sequence });
    }
    return { events, position, more };
  }

  /** Events with their runs; each has the cursor of the position after it. */
  function tell(after: EventPositions, told: readonly ToldEvent[]): RunEvent[] {
    const position = new Map(after);
    return told.map(({ kind, run, event, at }) => {
      if (event) position.set(event.source, { epoch: position.get(event.source)!.epoch, sequence: event.sequence });
      return { kind, run, at, cursor: encodeEventCursor(context, position) };
    });
  }

  async function next(after: EventPositions): Promise<Found<EventPositions, RunEvent>> {
    const { events, position, more } = await readAfter(after, null);
    const runs = await changesOf(events);
    return { batches: tell(after, runs), position, more };
  }

  /** What the leader tells: events of runs that match, and runs that begin or cease to match. */
  async function changesOf(events: readonly SourceEvent[]): Promise<ToldEvent[]> {
    const withPoints = touched.take();
    const crossing = withPoints === 'all' ? await members!.differences() : withPoints;
    const candidates = [...events.map(({ source, runId }): RunKey => ({ source, nativeId: runId })), ...crossing];
    const { matching, all } = await runsMatching(context, filter, candidates);
    const now = context.clock.now();
    const seen = new Set<string>();
    const told = events.flatMap((event): ToldEvent[] => {
      const name = `${event.source}\0${event.runId}`;
      const change = seen.has(name) ? null : (members?.change(name, matching.has(name)) ?? null);
      seen.add(name);
      const run = all.get(name);
      if (!run) return [];
      if (change === 'LEFT') return [{ kind: event.kind === 'DELETED' ? 'DELETED' : change, run, event, at: event.at }];
      if (!matching.has(name)) return [];
      return [
        {
          kind: change === 'ENTERED' && event.kind !== 'CREATED' && event.kind !== 'DELETED' ? change : event.kind,
          run,
          event,
          at: event.at,
        },
      ];
    });
    const crossed = candidates.flatMap(({ source, nativeId }): ToldEvent[] => {
      const name = `${source}\0${nativeId}`;
      if (seen.has(name)) return [];
      seen.add(name);
      const change = members?.change(name, matching.has(name));
      const run = all.get(name);
      return change && run ? [{ kind: change, run, event: null, at: now }] : [];
    });
    return [...told, ...crossed];
  }

  /** Between a cursor and the leader nobody knows what matched before: what does not match now is told to have left. */
  async function step(state: EventState, goal: EventPositions): Promise<Step<EventState, RunEvent> | 'ahead'> {
    const after = state.at;
    if (!after) return { batches: [], next: null };
    const isAhead = [...goal].some(
      ([source, { epoch, sequence }]) => after.get(source)?.epoch === epoch && after.get(source)!.sequence > sequence,
    );
    if (isAhead) return 'ahead';
    const { events, position, more } = await readAfter(after, goal);
    const { matching, all } = await runsMatching(
      context,
      filter,
      events.map(({ source, runId }) => ({ source, nativeId: runId })),
    );
    const last = new Map(events.map((event) => [`${event.source}\0${event.runId}`, event]));
    const told = events.flatMap((event) => {
      const name = `${event.source}\0${event.runId}`;
      const run = all.get(name);
      if (!run || (!matching.has(name) && last.get(name) !== event)) return [];
      const kind = matching.has(name) || event.kind === 'DELETED' ? event.kind : ('LEFT' as const);
      return [{ kind, run, event, at: event.at }];
    });
    return { batches: tell(after, told), next: more ? { ...state, at: position } : null };
  }

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
      const ends = await Promise.all(
        sources.map(async ({ name, feed }) => [name, { epoch: feed!.eventEpoch, sequence: await feed!.endOfEvents() }] as const),
      );
      await members?.load();
      return new Map(ends);
    },
    next,
    step,
    behind: (_start, at) => ({ at, key: encodeEventCursor(context, at) }),
    rewritten: (start) => ({ ...start, at: null }),
    keyOf: ({ key: ofState }) => ofState,
  };
}
