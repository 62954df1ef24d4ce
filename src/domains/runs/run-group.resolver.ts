import { Args, ArgsType, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { Direction } from '../../schema-kit/direction.js';
import { Run } from '../../schema-kit/entities.js';
import { KeyValue } from '../../schema-kit/key-value.type.js';
import { checkPageSize } from '../../schema-kit/page-cursors.js';
import type { GroupMetric as StoredGroupMetric, GroupTerm, RunGroupRecord } from '../../stores/run-store.js';
import type { Context } from './context.js';
import { createRunLoaders } from './loaders.js';
import { GroupMetric } from './metric.type.js';
import { toGroupTerm, toMetricTerm, toRunFilter } from './run-query.js';
import { MetricRef, RunFilter, RunGroupBy } from './run.input.js';

@ObjectType({ simpleResolvers: true, description: 'One group of runs that agree in what they are grouped by.' })
class RunGroup {
  @Field(() => [KeyValue], { description: 'What the runs agree in; a param or tag that they all lack is absent.' })
  readonly key!: KeyValue[];
  @Field(() => Int, { description: 'Runs in the group.' }) readonly count!: number;
  @Field(() => [GroupMetric], { description: 'The metrics that were asked for.' }) readonly metrics!: GroupMetric[];
  readonly bestRun!: RunGroupRecord['best'];
}

@ArgsType()
class RunGroupsArgs {
  @Field(() => RunFilter, { nullable: true, description: 'Which runs; all active ones when absent.' }) readonly filter?: RunFilter | null;
  @Field(() => [RunGroupBy], { description: 'What to group by: 1 to 5 terms.' }) readonly by!: RunGroupBy[];
  @Field(() => [MetricRef], { nullable: true, description: 'Metrics to summarise per group.' }) readonly metrics?: MetricRef[] | null;
  @Field(() => MetricRef, {
    nullable: true,
    description: 'The metric that tells the best run of each group; groups are then sorted by it, otherwise the largest comes first.',
  })
  readonly best?: MetricRef | null;
  @Field(() => Direction, {
    nullable: true,
    defaultValue: 'DESC',
    description: 'Whether the largest (DESC) or the smallest (ASC) value is the best.',
  })
  readonly bestDirection?: Direction | null;
  @Field(() => Int, { nullable: true, defaultValue: 100, description: 'Groups at most: 0 to 1,000.' }) readonly first?: number | null;
}

@Resolver(() => RunGroup)
export class RunGroupResolver {
  @Query(() => [RunGroup], {
    description:
      'Runs of all sources, grouped. Fails when a source does not answer, for its runs would be missing from every count; leave it out with `filter: { source: … }`.',
  })
  async runGroups(@Args(() => RunGroupsArgs) args: RunGroupsArgs, @Ctx() context: Context) {
    if (args.by.length < 1 || args.by.length > 5) throw fail('BAD_USER_INPUT', 'by must have 1 to 5 terms.', { argument: 'by' });
    const by = args.by.map(toGroupTerm);
    const limit = checkPageSize(args.first ?? 100, 'first');
    const groups = await context.stores.runs.groups({
      filter: toRunFilter(args.filter),
      by,
      metrics: (args.metrics ?? []).map(toMetricTerm),
      best: args.best ? toMetricTerm(args.best) : null,
      bestDirection: args.bestDirection ?? 'DESC',
    });
    return groups.slice(0, limit).map((group) => toGroup(group, by));
  }

  @FieldResolver(() => Run, {
    nullable: true,
    description: 'The best run; null when no run of the group has the metric, or none was asked for.',
  })
  best(@Root() group: RunGroup, @Ctx() context: Context) {
    return group.bestRun ? context.once(createRunLoaders).run.load(group.bestRun) : null;
  }
}

function toGroup({ key, count, metrics, best }: RunGroupRecord, by: readonly GroupTerm[]): RunGroup {
  const entries = key.map((value, index) => ({ key: nameOf(by[index]!), value }));
  return { key: entries.filter((entry): entry is KeyValue => entry.value !== null), count, metrics: metrics.map(toMetric), bestRun: best };
}

const nameOf = (term: GroupTerm): string => (term.by === 'field' ? term.field : term.key);

const toMetric = ({ key, count, mean, min, max, squares }: StoredGroupMetric): GroupMetric => ({
  key,
  count,
  mean,
  min,
  max,
  stddev: count > 1 ? Math.sqrt(squares / (count - 1)) : null,
});
