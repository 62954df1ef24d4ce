import type { RunFilter } from '../../stores/run-store.js';
import type { Context } from './context.js';
import { encodeEventCursor, type EventPositions } from './run-event-cursor.js';
import type { SourceEvent } from './run-event-reader.js';
import type { RunEvent } from './run-event.type.js';
import { nameOfRun, runsMatching, type MatchedRuns, type RunKey, type RunMembers } from './run-members.js';

/** What is told; `event` is null when points made the run cross the filter. */
type Told = Omit<RunEvent, 'cursor'> & { readonly event: SourceEvent | null };

/** Numbers what moves no position, so that no two messages have the same cursor. */
type NextCrossing = () => number;

const runOf = ({ source, runId }: SourceEvent): RunKey => ({ source, nativeId: runId });

/**
 * What those who follow are told: events of runs that match, and that a run began or ceased to match.
 * @param crossing runs that may have crossed the filter without an event
 */
export async function tellNew(
  context: Context,
  {
    filter,
    members,
    after,
    nextCrossing,
  }: { filter: RunFilter | null; members: RunMembers | null; after: EventPositions; nextCrossing: NextCrossing },
  { events, crossing }: { events: readonly SourceEvent[]; crossing: readonly RunKey[] },
): Promise<RunEvent[]> {
  const runs = await runsMatching(context, filter, [...events.map(runOf), ...crossing]);
  const changes = new Map<string, 'ENTERED' | 'LEFT' | null>();
  const changeOf = (name: string) => {
    if (changes.has(name)) return null; // told with its first event
    changes.set(name, members?.change(name, runs.matching.has(name)) ?? null);
    return changes.get(name)!;
  };
  const told = events.flatMap((event) => tellEvent(event, runs, changeOf(nameOfRun(runOf(event)))));
  const now = context.clock.now();
  const crossed = crossing.flatMap((key): Told[] => {
    const run = runs.all.get(nameOfRun(key));
    const change = changeOf(nameOfRun(key));
    return run && change ? [{ kind: change, run, at: now, event: null }] : [];
  });
  return withCursors(context, after, { told: [...told, ...crossed], nextCrossing });
}

function tellEvent(event: SourceEvent, { all, matching }: MatchedRuns, change: 'ENTERED' | 'LEFT' | null): Told[] {
  const name = nameOfRun(runOf(event));
  const run = all.get(name);
  if (!run || (!matching.has(name) && change !== 'LEFT')) return [];
  // That a run was created or deleted says more than that it came or went with it.
  const saysMore = event.kind === 'DELETED' || (event.kind === 'CREATED' && change === 'ENTERED');
  return [{ kind: change && !saysMore ? change : event.kind, run, at: event.at, event }];
}

/** What somebody is told who comes back: nobody knows any more what matched before, so what does not match now has left. */
export async function tellMissed(
  context: Context,
  { filter, after }: { filter: RunFilter | null; after: EventPositions },
  events: readonly SourceEvent[],
): Promise<RunEvent[]> {
  const { all, matching } = await runsMatching(context, filter, events.map(runOf));
  const last = new Map(events.map((event) => [nameOfRun(runOf(event)), event]));
  const told = events.flatMap((event): Told[] => {
    const name = nameOfRun(runOf(event));
    const run = all.get(name);
    if (!run || (!matching.has(name) && last.get(name) !== event)) return [];
    return [{ kind: matching.has(name) || event.kind === 'DELETED' ? event.kind : 'LEFT', run, at: event.at, event }];
  });
  return withCursors(context, after, { told, nextCrossing: () => 0 });
}

/** Each event with the position after it. */
function withCursors(
  context: Context,
  after: EventPositions,
  { told, nextCrossing }: { told: readonly Told[]; nextCrossing: NextCrossing },
): RunEvent[] {
  const position = new Map(after);
  return told.map(({ event, ...rest }) => {
    if (event) position.set(event.source, { ...position.get(event.source)!, sequence: event.sequence });
    return { ...rest, cursor: encodeEventCursor(context, position, event ? 0 : nextCrossing()) };
  });
}
