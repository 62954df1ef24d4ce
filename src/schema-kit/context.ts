import type { Logger } from '../core/logger.js';
import type { CursorCodec } from '../core/cursor.js';
import type { NodeType } from '../core/ids.js';
import type { Clock } from '../core/clock.js';

/** What a server is and allows. */
export interface ServerFacts {
  readonly version: string;
  readonly subgraphs: readonly string[];
  readonly maxBodyBytes: number;
  readonly maxTokens: number;
  readonly maxDepth: number;
}

/** What a resolver gets: one per request, one per subscription event. */
export interface RequestContext<Stores> {
  readonly stores: Stores;
  readonly cursors: CursorCodec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly server: ServerFacts;
  /** The value that `create` makes, made once per request: for loaders. */
  once<T>(create: (context: RequestContext<Stores>) => T): T;
  /** Forgets what `once` made: loaders of any domain remember what was before a write of this request. */
  forget(): void;
  /** An entity of any domain by its id: in full where its owner is part of this server, else its key alone; null when it does not exist. */
  entity(type: NodeType, id: string): Promise<object | null>;
}
