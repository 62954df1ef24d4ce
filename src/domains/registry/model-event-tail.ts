import type { Tail } from '../../live/tail.js';
import type { ModelFeed } from '../../stores/model-feed.js';
import type { Context } from './context.js';
import { encodeModelCursor, type ModelEventPositions } from './model-event-cursor.js';
import type { ModelEventNode } from './model-event.type.js';

/** Where a subscriber is on its way to the others; null: it wants what happens from now on. */
export interface ModelEventState {
  readonly at: ModelEventPositions | null;
  readonly key: string;
}

/** A source whose registry can be followed. */
export interface FollowedRegistry {
  readonly name: string;
  readonly feed: ModelFeed;
}

interface NewEvents {
  readonly batches: readonly ModelEventNode[];
  readonly position: ModelEventPositions;
  readonly more: boolean;
}

const eventsPerRead = 200;

/** What happens in the registries of several sources, to all models or to those of one name. */
export function createModelEventTail(
  context: Context,
  { key, sources, model }: { readonly key: string; readonly sources: readonly FollowedRegistry[]; readonly model: string | null },
): Tail<ModelEventPositions, ModelEventState, ModelEventNode> {
  return {
    key,
    minIntervalMs: 0,
    hang(bell) {
      const taken = sources.map(({ feed }) => feed.events.hang(model === null ? 'all' : [model], bell));
      return () => {
        for (const unhang of taken) unhang();
      };
    },
    end: () => endOfModelEvents(sources),
    next: async (after) => eventsAfter(context, sources, { model, after, goal: null }),
    async step({ at, key: ofState }, goal) {
      if (!at) return { batches: [], next: null };
      if (isBeyond(at, goal)) return 'ahead';
      const { batches, position, more } = eventsAfter(context, sources, { model, after: at, goal });
      return { batches, next: more ? { at: position, key: ofState } : null };
    },
    behind: (_start, at) => ({ at, key: encodeModelCursor(context, at) }),
    rewritten: (start) => ({ ...start, at: null }),
    keyOf: ({ key: ofState }) => ofState,
  };
}

/** The newest event of each source. */
export async function endOfModelEvents(sources: readonly FollowedRegistry[]): Promise<ModelEventPositions> {
  const ends = sources.map(async ({ name, feed }) => [name, { epoch: feed.epoch, sequence: await feed.endOfEvents() }] as const);
  return new Map(await Promise.all(ends));
}

/**
 * Events after a position, source by source, up to another one if there is a goal. Of a source that was not there, or whose
 * process was another, nothing is known of what happened in between.
 */
function eventsAfter(
  context: Context,
  sources: readonly FollowedRegistry[],
  { model, after, goal }: { readonly model: string | null; readonly after: ModelEventPositions; readonly goal: ModelEventPositions | null },
): NewEvents {
  const position = new Map(after);
  const batches: ModelEventNode[] = [];
  let more = false;
  for (const { name, feed } of sources) {
    const known = after.get(name);
    const last = goal?.get(name);
    if (known?.epoch !== feed.epoch) {
      // Only who comes back with an old cursor can be there: the leader has been everywhere, in this process.
      if (last) position.set(name, last);
      continue;
    }
    const found = feed.eventsAfter(known.sequence, eventsPerRead).filter(({ sequence }) => !last || sequence <= last.sequence);
    more ||= found.length === eventsPerRead;
    for (const event of found) {
      position.set(name, { epoch: feed.epoch, sequence: event.sequence });
      if (model === null || event.model === model) batches.push({ ...event, source: name, cursor: encodeModelCursor(context, position) });
    }
  }
  return { batches, position, more };
}

/** Whether a reader has events that are not before the goal. */
const isBeyond = (after: ModelEventPositions, goal: ModelEventPositions): boolean =>
  [...goal].some(([source, { epoch, sequence }]) => after.get(source)?.epoch === epoch && after.get(source)!.sequence > sequence);
