import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { tryDecodeId } from '../../core/ids.js';
import { Node } from '../../schema-kit/node.type.js';
import type { Context } from './context.js';

/** Ids one `nodes` may have. */
const maxNodes = 1_000;

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'Anything by its id; null when it does not exist or the text is no id.' })
  node(@Arg('id', () => ID, { description: 'Its id.' }) id: string, @Ctx() context: Context) {
    return nodeOf(id, context);
  }

  @Query(() => [Node], { nullable: 'items', description: 'Several by id, in the order of the ids; null for those that do not exist.' })
  nodes(@Arg('ids', () => [ID], { description: 'Their ids, at most 1,000.' }) ids: string[], @Ctx() context: Context) {
    if (ids.length > maxNodes) throw fail('QUERY_TOO_COMPLEX', `At most ${maxNodes} ids at once; got ${ids.length}.`, { argument: 'ids' });
    return Promise.all(ids.map((id) => nodeOf(id, context)));
  }
}

async function nodeOf(id: string, context: Context): Promise<object | null> {
  const decoded = tryDecodeId(id);
  return decoded ? context.entity(decoded.type, id) : null;
}
