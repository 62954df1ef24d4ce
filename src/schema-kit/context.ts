import type { Logger } from '../core/logger.js';
import type { CursorCodec } from '../core/cursor.js';
import type { NodeType } from '../core/ids.js';
import type { Clock } from '../core/clock.js';

/** Who asks. Results that depend on it must not be shared between viewers of another scope. */
export interface Viewer {
  /** What may be done; everything without tokens on loopback. */
  readonly scope: 'admin' | 'write' | 'read';
}

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
  readonly viewer: Viewer;
  readonly cursors: CursorCodec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly server: ServerFacts;
  /** The value that `create` makes, made once per request: for loaders. */
  once<T>(create: (context: RequestContext<Stores>) => T): T;
  /** An entity of any domain by its id: in full where its owner is part of this server, else its key alone; null when it does not exist. */
  entity(type: NodeType, id: string): Promise<object | null>;
}
