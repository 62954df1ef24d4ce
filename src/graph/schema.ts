import 'reflect-metadata';
import { lexicographicSortSchema, printSchema, type GraphQLInterfaceType, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { tryDecodeId, type NodeType } from '../core/ids.js';
import { subgraphSdl, toSubgraph } from '../federation/to-subgraph.js';
import type { RequestContext } from '../schema-kit/context.js';
import type { Domain } from '../schema-kit/domain.js';
import type { Stores } from '../stores/open-stores.js';
import { loadDomains, type DomainName } from './domains.js';

/** Completes an entity from its id through its owner, or answers its key alone where the owner is not part of this server. */
export type EntityResolver = (type: NodeType, id: string, context: RequestContext<Stores>) => Promise<object | null>;

export interface Graph {
  /** What is executed: the domains' schema with `_service` and `_entities`. */
  readonly schema: GraphQLSchema;
  readonly entity: EntityResolver;
  readonly domainNames: readonly DomainName[];
  /** The API as its users see it, sorted. */
  publicSdl(): string;
  /** The same as a gateway composes it. */
  subgraphSdl(): string;
}

/** Builds the schema of these domains; one per process, for type-graphql's store of metadata is global. */
export async function buildGraph(names: readonly DomainName[]): Promise<Graph> {
  const domains = await loadDomains(names);
  const schema = buildSchemaSync({
    resolvers: domains.flatMap((domain) => domain.resolvers) as unknown as NonEmptyArray<NewableFunction>,
    orphanedTypes: domains.flatMap((domain) => domain.types) as NewableFunction[],
    validate: false, // inputs are checked by the stores' rules, which hold for every writer
    skipCheck: true,
    emitSchemaFile: false,
    pubSub: neverPublished,
  });
  // type-graphql wraps this into an async function; compiled documents need the type at once.
  const node = schema.getType('Node') as GraphQLInterfaceType;
  node.resolveType = (value: { id: string }) => tryDecodeId(value.id)?.type;
  const entity = createEntityResolver(domains);
  const entityNames = [...new Set(domains.flatMap((domain) => Object.keys(domain.references)))];
  return {
    schema: toSubgraph(schema, entityNames, (type, id, context) => entity(type as NodeType, id, context as RequestContext<Stores>)),
    entity,
    domainNames: names,
    publicSdl: () => `${printSchema(lexicographicSortSchema(schema))}\n`,
    subgraphSdl: () => subgraphSdl(schema),
  };
}

function createEntityResolver(domains: readonly Domain<Stores>[]): EntityResolver {
  return async (type, id, context) => {
    const owner = domains.find(({ owns }) => owns.includes(type)) ?? domains.find(({ references }) => references[type]);
    return owner?.references[type] ? owner.references[type](id, context) : { id };
  };
}

// Subscriptions read from the stores by cursor; type-graphql only wants to see that there is one.
const neverPublished = {
  publish: () => {},
  subscribe: (): never => {
    throw new Error('Subscriptions have their own sources.');
  },
};
