import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  lexicographicSortSchema,
} from 'graphql';
import { tryDecodeId } from '../core/ids.js';
import { fail } from '../core/errors.js';

/** Loads an entity of a type by its id; null when it does not exist. */
export type LoadEntity = (type: string, id: string, context: unknown) => Promise<object | null>;

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

/** The SDL a gateway composes: with descriptions and federation directives, sorted so that a difference is a change. */
export const subgraphSdl = (schema: GraphQLSchema): string => `${link}\n\n${printSchemaWithDirectives(lexicographicSortSchema(schema))}\n`;

/**
 * Adds `_service` and `_entities` to a schema whose entities carry `@key(fields: "id")`.
 * Done here in 40 lines because the usual library depends on code that is not open source.
 */
export function toSubgraph(schema: GraphQLSchema, entityNames: readonly string[], load: LoadEntity): GraphQLSchema {
  const sdl = subgraphSdl(schema);
  const any = new GraphQLScalarType({ name: '_Any', description: 'Key of an entity: `{ __typename, id }`.' });
  const entity = new GraphQLUnionType({
    name: '_Entity',
    types: entityNames.map((name) => schema.getType(name) as GraphQLObjectType),
    resolveType: (value: { id: string }) => tryDecodeId(value.id)?.type,
  });
  const service = new GraphQLObjectType({ name: '_Service', fields: { sdl: { type: GraphQLString } } });
  const query = schema.getQueryType()!.toConfig();
  const config = schema.toConfig();
  return new GraphQLSchema({
    ...config,
    query: new GraphQLObjectType({
      ...query,
      fields: {
        ...query.fields,
        _service: { type: new GraphQLNonNull(service), resolve: () => ({ sdl }) },
        _entities: {
          type: new GraphQLNonNull(new GraphQLList(entity)),
          args: { representations: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(any))) } },
          resolve: (_root, args, context) =>
            (args as { representations: unknown[] }).representations.map((value) => resolveEntity(value, entityNames, load, context)),
        },
      },
    }),
    types: [...config.types.filter(({ name }) => name !== 'Query'), any, entity, service],
  });
}

function resolveEntity(value: unknown, entityNames: readonly string[], load: LoadEntity, context: unknown): Promise<object | null> {
  const { __typename: type, id } = (value ?? {}) as { __typename?: unknown; id?: unknown };
  if (typeof type !== 'string' || typeof id !== 'string' || !entityNames.includes(type)) {
    throw fail('BAD_USER_INPUT', `A representation must be { __typename, id } of one of ${entityNames.join(', ')}.`, {
      argument: 'representations',
    });
  }
  return tryDecodeId(id)?.type === type ? load(type, id, context) : Promise.resolve(null);
}
