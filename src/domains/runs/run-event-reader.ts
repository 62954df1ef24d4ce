import type { StoredRunEvent } from '../../stores/feed.js';
import type { Source } from '../../stores/sources.js';
import type { EventPositions } from './run-event-cursor.js';

/** An event of one of several sources. */
export interface SourceEvent extends StoredRunEvent {
  readonly source: string;
}

export interface NewEvents {
  /** Source by source, each oldest first. */
  readonly events: readonly SourceEvent[];
  readonly position: EventPositions;
  readonly more: boolean;
}

const eventsPerRead = 200;

/** The newest event of each source. */
export async function endOfEvents(sources: readonly Source[]): Promise<EventPositions> {
  const ends = sources.map(async ({ name, feed }) => [name, { epoch: feed!.eventEpoch, sequence: await feed!.endOfEvents() }] as const);
  return new Map(await Promise.all(ends));
}

/**
 * Events after a position, up to another one if there is a goal.
 * Of a source whose events were forgotten since, or that was not there, nothing is known of what happened in between.
 */
export async function eventsAfter(sources: readonly Source[], after: EventPositions, goal: EventPositions | null): Promise<NewEvents> {
  const position = new Map(after);
  const events: SourceEvent[] = [];
  let more = false;
  for (const { name, feed } of sources) {
    const known = after.get(name);
    const last = goal?.get(name);
    if (!known || known.epoch !== feed!.eventEpoch) {
      position.set(name, last ?? { epoch: feed!.eventEpoch, sequence: await feed!.endOfEvents() });
      continue;
    }
    const found = await feed!.eventsAfter(known.sequence, eventsPerRead);
    const wanted = found.filter(({ sequence }) => !last || sequence <= last.sequence);
    more ||= wanted.length === eventsPerRead;
    events.push(...wanted.map((event) => ({ ...event, source: name })));
    if (wanted.length > 0) position.set(name, { ...known, sequence: wanted.at(-1)!.sequence });
  }
  return { events, position, more };
}

/** Whether a reader has events that are not before the goal. */
export const isBeyond = (after: EventPositions, goal: EventPositions): boolean =>
  [...goal].some(([source, { epoch, sequence }]) => after.get(source)?.epoch === epoch && after.get(source)!.sequence > sequence);
