import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { decodeId } from '../../core/ids.js';
import { Experiment } from '../../schema-kit/entities.js';
import { KeyValue } from '../../schema-kit/key-value.type.js';
import { ForwardPageArgs } from '../../schema-kit/page.args.js';
import { checkPageSize } from '../../schema-kit/page-cursors.js';
import { DateTime } from '../../schema-kit/scalars.js';
import { isGiven } from '../../stores/conditions.js';
import { requireAnswers } from '../../stores/sources.js';
import type { Context } from './context.js';
import { createRunLoaders } from './loaders.js';
import { ExperimentConnection, experimentConnection, RunConnection } from './run-connection.js';
import { runsOfExperiment } from './runs-of-experiments.js';
import { LifecycleStage } from './run-enums.js';
import { toExperimentNode, type ExperimentNode } from './run-node.js';
import { toExperimentFilter, toExperimentOrder } from './run-query.js';
import { RunsArgs } from './run.resolver.js';
import { ExperimentFilter, ExperimentOrder } from './run.input.js';

@ArgsType()
class ExperimentsArgs extends ForwardPageArgs {
  @Field(() => ExperimentFilter, { nullable: true, description: 'Which experiments; all active ones when absent.' })
  readonly filter?: ExperimentFilter | null;
  @Field(() => [ExperimentOrder], { nullable: true, description: 'Sort terms; the newest first when absent.' }) readonly orderBy?:
    ExperimentOrder[] | null;
}

@ArgsType()
class ExperimentArgs {
  @Field(() => ID, { nullable: true, description: 'Its id; then nothing else may be given.' }) readonly id?: string | null;
  @Field(() => String, { nullable: true, description: 'Its name.' }) readonly name?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of its source; needed when several sources have an experiment of the name.' })
  readonly source?: string | null;
}

@ArgsType()
class KeysArgs {
  @Field(() => String, { nullable: true, description: 'Only keys that begin with this.' }) readonly startsWith?: string | null;
  @Field(() => Int, { nullable: true, defaultValue: 200, description: 'Keys at most: 0 to 1,000.' }) readonly first?: number | null;
}

@Resolver(() => Experiment)
export class ExperimentResolver {
  @Query(() => ExperimentConnection, { description: 'Experiments of all sources in one order.' })
  experiments(@Args(() => ExperimentsArgs) args: ExperimentsArgs, @Ctx() context: Context) {
    return experimentConnection({ filter: toExperimentFilter(args.filter), orderBy: toExperimentOrder(args.orderBy) }, args, context);
  }

  @Query(() => Experiment, {
    nullable: true,
    description: 'One experiment by its id, or by its name; null when there is none. Deleted ones are found too.',
  })
  experiment(@Args(() => ExperimentArgs) args: ExperimentArgs, @Ctx() context: Context) {
    return findExperiment(args, context);
  }

  @FieldResolver(() => String, { description: 'Name of the source the experiment is in.' })
  sourceName(@Root() experiment: ExperimentNode) {
    return experiment.source;
  }

  @FieldResolver(() => String, { description: 'Id in the source; in MLflow a number.' })
  nativeId(@Root() experiment: ExperimentNode) {
    return experiment.nativeId;
  }

  @FieldResolver(() => String, { description: 'Name, unique within its source.' })
  name(@Root() experiment: ExperimentNode) {
    return experiment.name;
  }

  @FieldResolver(() => LifecycleStage, { description: 'Whether it is in use or marked deleted.' })
  lifecycleStage(@Root() experiment: ExperimentNode) {
    return experiment.lifecycleStage;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Root of the artifacts of runs created later.' })
  artifactLocation(@Root() experiment: ExperimentNode) {
    return experiment.artifactLocation;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Time of creation.' })
  createdAt(@Root() experiment: ExperimentNode) {
    return experiment.createdAt;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Time of the last rename, deletion or restoration.' })
  updatedAt(@Root() experiment: ExperimentNode) {
    return experiment.updatedAt;
  }

  @FieldResolver(() => [KeyValue], { description: 'Tags, by key.' })
  tags(@Root() experiment: ExperimentNode, @Ctx() context: Context) {
    return context.once(createRunLoaders).experimentTags.load(experiment);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Value of one tag; null when there is none with this key.' })
  async tag(
    @Root() experiment: ExperimentNode,
    @Ctx() context: Context,
    @Arg('key', () => String, { description: 'Its key.' }) key: string,
  ) {
    const tags = await context.once(createRunLoaders).experimentTags.load(experiment);
    return tags.find((tag) => tag.key === key)?.value ?? null;
  }

  @FieldResolver(() => RunConnection, { description: 'Runs of this experiment.' })
  runs(
    @Root() experiment: ExperimentNode,
    @Args(() => RunsArgs) args: RunsArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return runsOfExperiment(experiment, args, context, info);
  }

  @FieldResolver(() => [String], { description: 'Keys of the metrics its runs have, by code point.' })
  metricKeys(@Root() experiment: ExperimentNode, @Args(() => KeysArgs) args: KeysArgs, @Ctx() context: Context) {
    return context.stores.runs.keys(experiment, 'metric', args.startsWith ?? '', checkPageSize(args.first ?? 200, 'first'));
  }

  @FieldResolver(() => [String], { description: 'Keys of the params its runs have, by code point.' })
  paramKeys(@Root() experiment: ExperimentNode, @Args(() => KeysArgs) args: KeysArgs, @Ctx() context: Context) {
    return context.stores.runs.keys(experiment, 'param', args.startsWith ?? '', checkPageSize(args.first ?? 200, 'first'));
  }
}

async function findExperiment({ id, name, source }: ExperimentArgs, context: Context): Promise<ExperimentNode | null> {
  if (isGiven(id)) {
    if (isGiven(name) || isGiven(source)) throw fail('BAD_USER_INPUT', 'Give id alone, or name.', { argument: 'id' });
    return context.once(createRunLoaders).experiment.load(decodeId('Experiment', id, 'id'));
  }
  if (!isGiven(name)) throw fail('BAD_USER_INPUT', 'Give id or name.', { argument: 'name' });
  if (isGiven(source)) context.stores.sources.get(source);
  const filter = { name: { eq: name }, source: isGiven(source) ? { eq: source } : undefined };
  const page = await context.stores.runs.experimentPage(
    { filter, orderBy: toExperimentOrder(null) },
    { limit: 2, backward: false, after: null, before: null },
  );
  if (page.rows.length > 1)
    throw fail('BAD_USER_INPUT', 'Several sources have an experiment of this name; add source.', { argument: 'source' });
  if (page.rows.length === 0) requireAnswers(page.sources);
  return page.rows[0] ? toExperimentNode(page.rows[0].record) : null;
}
