import { Field, ID, InterfaceType } from 'type-graphql';
import { tryDecodeId } from '../core/ids.js';

/** Anything with a global id. */
@InterfaceType({
  description: 'Anything that can be fetched again by its id.',
  // A subgraph must not pull in the types of the other domains through this interface.
  autoRegisterImplementations: false,
  resolveType: (value: { id: string }) => tryDecodeId(value.id)?.type,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque, stable and safe in a URL; encodes type, source and native id.' })
  readonly id!: string;
}
