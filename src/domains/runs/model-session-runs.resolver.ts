import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import { decodeId } from '../../core/ids.js';
import { ModelSession } from '../../schema-kit/entities.js';
import type { Context } from './context.js';
import { RunConnection } from './run-connection.js';
import { runsOfExperiment } from './runs-of-experiments.js';
import { RunsArgs } from './run.resolver.js';

/** A model session is an experiment of its home, under the same number. */
@Resolver(() => ModelSession)
export class ModelSessionRunsResolver {
  @FieldResolver(() => RunConnection, { description: 'Runs of this session.' })
  runs(
    @Root() session: { readonly id: string },
    @Args(() => RunsArgs) args: RunsArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return runsOfExperiment(decodeId('ModelSession', session.id, 'id'), args, context, info);
  }
}
