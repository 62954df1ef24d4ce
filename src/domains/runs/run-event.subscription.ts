import { Arg, Ctx, Query, Resolver, Root, Subscription } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { LiveStream } from '../../live/tail.js';
import { isGiven } from '../../stores/conditions.js';
import type { Context } from './context.js';
import { createEventTail, type EventState } from './run-event-tail.js';
import { endOfEvents } from './run-event-reader.js';
import { RunEvent } from './run-event.type.js';
import { decodeEventCursor, encodeEventCursor, type EventPositions } from './run-event-cursor.js';
import { toEventFilter } from './run-query.js';
import { RunFilter } from './run.input.js';
import { streamKey } from './stream-key.js';

interface RunEventArgs {
  readonly filter?: RunFilter | null;
  readonly after?: string | null;
}

@Resolver()
export class RunEventSubscription {
  @Query(() => String, {
    description:
      'The position after the newest event of every source. A subscription that begins with it as `after` misses nothing, also when its connection breaks before the first event.',
  })
  async runEventCursor(@Ctx() context: Context): Promise<string> {
    const sources = context.stores.sources.all.filter(({ feed }) => feed !== null);
    return encodeEventCursor(context, await endOfEvents(sources));
  }

  @Subscription(() => RunEvent, {
    description:
      'What happens to runs of all sources, from now on or after a cursor, in the order it was committed. What another system does to runs of an attached source is noticed while somebody listens, within the poll interval: new runs, status, name, lifecycle, new params and tags; a tag whose value changed is not.',
    subscribe: ({ args, context }: { args: RunEventArgs; context: Context }) => openEventStream(args, context),
  })
  runEvents(
    @Root() event: RunEvent,
    @Arg('filter', () => RunFilter, {
      nullable: true,
      description:
        'Only runs that match when the event is sent, runs of every lifecycle stage unless one is asked for; ENTERED and LEFT tell when a run begins and ceases to match. It may match 100,000 runs.',
    })
    _filter?: RunFilter | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'A cursor of an event: go on after it. Attached sources go on from now when the server was restarted meanwhile.',
    })
    _after?: string | null,
  ): RunEvent {
    return event;
  }
}

function openEventStream({ filter, after }: RunEventArgs, context: Context): LiveStream<EventPositions, EventState, RunEvent> {
  const tail = createEventTail(context, {
    key: streamKey(['run-events', filter]),
    filter: isGiven(filter) ? toEventFilter(filter) : null,
    byMetric: isGiven(filter) && mentionsMetric(filter),
  });
  return new LiveStream(tail, { at: isGiven(after) ? readCursor(context, after) : null, key: after ?? '' });
}

function readCursor(context: Context, after: string): EventPositions {
  const positions = decodeEventCursor(context, after, 'after');
  const local = context.stores.sources.get('local').feed!;
  if (positions.get('local') && positions.get('local')!.epoch !== local.eventEpoch)
    throw fail('CURSOR_INVALID', 'The store was rewritten since; subscribe again without after.', { argument: 'after' });
  return positions;
}

const mentionsMetric = ({ metric, and, or, not }: RunFilter): boolean =>
  isGiven(metric) || [...(and ?? []), ...(or ?? []), ...(not ? [not] : [])].some(mentionsMetric);
