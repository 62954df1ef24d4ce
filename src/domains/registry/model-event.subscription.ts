import { Arg, Ctx, Query, Resolver, Root, Subscription } from 'type-graphql';
import { LiveStream } from '../../live/tail.js';
import { isGiven } from '../../stores/conditions.js';
import type { Context } from './context.js';
import { decodeModelCursor, encodeModelCursor, type ModelEventPositions } from './model-event-cursor.js';
import { createModelEventTail, endOfModelEvents, type FollowedRegistry, type ModelEventState } from './model-event-tail.js';
import { ModelEvent, type ModelEventNode } from './model-event.type.js';

interface ModelEventArgs {
  readonly model?: string | null;
  readonly source?: string | null;
  readonly after?: string | null;
}

@Resolver()
export class ModelEventSubscription {
  @Query(() => String, {
    description:
      'The position after the newest event of the model registries of every source. A subscription that begins with it as `after` misses nothing that happens from now on while this server runs.',
  })
  async modelEventCursor(@Ctx() context: Context): Promise<string> {
    return encodeModelCursor(context, await endOfModelEvents(followed(context, null)));
  }

  @Subscription(() => ModelEvent, {
    description:
      'What happens to registered models of all sources, from now on or after a cursor. It is found by comparing the registry with how it was: after each write of this server, and within the poll interval for what others write, of which only the outcome counts. What happened while nobody listened is told to whoever goes on after a cursor from before. Errors: NOT_FOUND for a source that does not exist, CURSOR_INVALID for a cursor of something else.',
    subscribe: ({ args, context }: { args: ModelEventArgs; context: Context }) => openModelStream(args, context),
  })
  modelEvents(
    @Root() event: ModelEventNode,
    @Arg('model', () => String, { nullable: true, description: 'Name of a model; all when absent. It need not exist yet.' })
    _model?: string | null,
    @Arg('source', () => String, { nullable: true, description: 'Name of a source; all when absent.' }) _source?: string | null,
    @Arg('after', () => String, {
      nullable: true,
      description:
        'A cursor of an event, or `modelEventCursor`: go on after it. After a restart of the server, and for all but the newest 10,000 events, from what is known on.',
    })
    _after?: string | null,
  ): ModelEvent {
    return event;
  }
}

function openModelStream(
  { model, source, after }: ModelEventArgs,
  context: Context,
): LiveStream<ModelEventPositions, ModelEventState, ModelEventNode> {
  const tail = createModelEventTail(context, {
    key: JSON.stringify(['model-events', model ?? null, source ?? null]),
    sources: followed(context, source ?? null),
    model: model ?? null,
  });
  const at = isGiven(after) ? decodeModelCursor(context, after, 'after') : null;
  return new LiveStream(tail, { at, key: after ?? '' });
}

function followed({ stores: { sources } }: Context, source: string | null): FollowedRegistry[] {
  const wanted = source === null ? sources.all : [sources.get(source)];
  return wanted.flatMap(({ name, modelFeed }) => (modelFeed ? [{ name, feed: modelFeed }] : []));
}
