import { Arg, Field, ObjectType, registerEnumType, Resolver, Root, Subscription } from 'type-graphql';
import { createBell } from '../../core/bell.js';
import { fail } from '../../core/errors.js';
import { Run } from '../../schema-kit/entities.js';
import { DateTime } from '../../schema-kit/scalars.js';
import { follow, type News } from '../../live/follow.js';
import { stoppable } from '../../live/stoppable.js';
import { isGiven } from '../../stores/conditions.js';
import type { RunFeed, StoredRunEvent } from '../../stores/feed.js';
import type { RunFilter as StoreRunFilter } from '../../stores/run-store.js';
import { requireAnswers } from '../../stores/sources.js';
import type { Context } from './context.js';
import { toRunNode, type RunNode } from './run-node.js';
import { toEventFilter, toRunOrder } from './run-query.js';
import { RunFilter } from './run.input.js';

const RunEventKind = {
  CREATED: 'CREATED',
  STATUS_CHANGED: 'STATUS_CHANGED',
  UPDATED: 'UPDATED',
  ENTERED: 'ENTERED',
  LEFT: 'LEFT',
  DELETED: 'DELETED',
} as const;
registerEnumType(RunEventKind, {
  name: 'RunEventKind',
  description: 'What happened to a run.',
  valuesConfig: {
    CREATED: { description: 'The run was created.' },
    STATUS_CHANGED: { description: 'Its status was set.' },
    UPDATED: { description: 'Its name, params or tags changed, or it was restored.' },
    ENTERED: {
      description: 'It now matches the filter. Not sent yet: a run that begins to match is told by the event that made it match.',
    },
    LEFT: { description: 'It no longer matches the filter. Not sent yet.' },
    DELETED: { description: 'It was marked deleted.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something that happened to a run.' })
class RunEvent {
  @Field(() => RunEventKind, { description: 'What happened.' }) readonly kind!: keyof typeof RunEventKind;
  @Field(() => Run, { description: 'The run as it is when the event is sent.' }) readonly run!: RunNode;
  @Field(() => DateTime, { description: 'When it happened.' }) readonly at!: number;
  @Field(() => String, { description: 'Position after this event; resume with it as `after`.' }) readonly cursor!: string;
}

const eventsPerRead = 200;

interface EventTail {
  readonly feed: RunFeed;
  readonly filter: StoreRunFilter | null;
  readonly after: bigint | null;
}

@Resolver()
export class RunEventSubscription {
  @Subscription(() => RunEvent, {
    description:
      'What happens to runs of the source `local`, from now on or after a cursor, in the order it was committed. What another process does to runs (an `mlflow` client on the same file) is not told here; its points come through `metricPoints`.',
    subscribe: ({ args, context }: { args: { filter?: RunFilter | null; after?: string | null }; context: Context }) => {
      const tail = readEventTail(args, context);
      return stoppable((signal) => runEvents(tail, context, signal));
    },
  })
  runEvents(
    @Root() event: RunEvent,
    @Arg('filter', () => RunFilter, {
      nullable: true,
      description: 'Only runs that match when the event is sent; runs of every lifecycle stage unless one is asked for.',
    })
    _filter?: RunFilter | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor of an event: go on after it.' }) _after?: string | null,
  ): RunEvent {
    return event;
  }
}

function readEventTail({ filter, after }: { filter?: RunFilter | null; after?: string | null }, context: Context): EventTail {
  const feed = context.stores.sources.get('local').feed!;
  let position: bigint | null = null;
  if (isGiven(after)) {
    const [epoch, sequence] = context.cursors.decode('run-events', after, 'after') as [string, number | bigint];
    if (epoch !== feed.epoch)
      throw fail('CURSOR_INVALID', 'The store was rewritten since; subscribe again without after.', { argument: 'after' });
    position = BigInt(sequence);
  }
  return { feed, filter: filter ? toEventFilter(filter) : null, after: position };
}

async function* runEvents({ feed, filter, after }: EventTail, context: Context, signal: AbortSignal): AsyncGenerator<RunEvent> {
  const bell = createBell();
  const unhang = feed.events.hang('all', bell);
  try {
    let position = after ?? (await feed.endOfEvents());
    const read = async (): Promise<News<RunEvent[]>> => {
      const events = await feed.eventsAfter(position, eventsPerRead);
      position = events.at(-1)?.sequence ?? position;
      const runs = await runsOf(events, filter, context);
      const told = events.flatMap((event) => {
        const run = runs.get(event.runId);
        if (!run) return [];
        return [{ kind: event.kind, run, at: event.at, cursor: context.cursors.encode('run-events', [feed.epoch, event.sequence]) }];
      });
      return { batch: told.length > 0 ? told : null, more: events.length === eventsPerRead };
    };
    for await (const events of follow({ bell, read, minIntervalMs: 0, clock: context.clock, signal })) yield* events;
  } finally {
    unhang();
  }
}

/** The runs of the events that match now, by native id. */
async function runsOf(events: readonly StoredRunEvent[], filter: StoreRunFilter | null, context: Context): Promise<Map<string, RunNode>> {
  const refs = [...new Set(events.map(({ runId }) => runId))].map((nativeId) => ({ source: 'local', nativeId }));
  if (refs.length === 0) return new Map();
  const query = { filter: { ...(filter ? { and: [filter] } : {}), id: { in: refs } }, orderBy: toRunOrder(null) };
  const page = await context.stores.runs.page(query, { limit: refs.length, backward: false, after: null, before: null });
  requireAnswers(page.sources); // or the events of runs that could not be read would be passed over
  return new Map(page.rows.map(({ record }) => [record.nativeId, toRunNode(record)]));
}
