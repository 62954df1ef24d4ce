import type { RequestContext } from './context.js';
import type { NodeType } from '../core/ids.js';

/** Loads entities by id in one batch; null for those that do not exist. */
export type EntityLoader<Stores> = (id: string, context: RequestContext<Stores>) => Promise<object | null>;

/** One folder, one subgraph. */
export interface Domain<Stores> {
  readonly name: string;
  /** Resolver classes; together they are the subgraph's schema. */
  readonly resolvers: readonly NonNullable<unknown>[];
  /** Types the schema has besides those its fields reach. */
  readonly types: readonly NonNullable<unknown>[];
  /** Entities this domain can complete from their id, for the gateway. */
  readonly references: Readonly<Partial<Record<NodeType, EntityLoader<Stores>>>>;
  /** Entities this domain owns: only the owner can say whether one exists. */
  readonly owns: readonly NodeType[];
}

/** Declares a domain; the one export of its `index.ts`. */
export const defineDomain = <Stores>(domain: Domain<Stores>): Domain<Stores> => domain;
