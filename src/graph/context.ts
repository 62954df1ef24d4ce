import type { Clock } from '../core/clock.js';
import type { CursorCodec } from '../core/cursor.js';
import type { Logger } from '../core/logger.js';
import type { RequestContext, ServerFacts } from '../schema-kit/context.js';
import type { Stores } from '../stores/open-stores.js';
import type { EntityResolver } from './schema.js';

export interface ContextNeeds {
  readonly stores: Stores;
  readonly cursors: CursorCodec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly server: ServerFacts;
  readonly entity: EntityResolver;
}

/** A new context: one per request, and one per event of a subscription, so that no loader remembers what was. */
export function createContext({ entity, ...needs }: ContextNeeds): RequestContext<Stores> {
  const made = new Map<unknown, unknown>();
  const context: RequestContext<Stores> = {
    ...needs,
    once<T>(create: (context: RequestContext<Stores>) => T): T {
      if (!made.has(create)) made.set(create, create(context));
      return made.get(create) as T;
    },
    forget: () => made.clear(),
    entity: (type, id) => entity(type, id, context),
  };
  return context;
}
