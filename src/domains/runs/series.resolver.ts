import type { GraphQLResolveInfo } from 'graphql';
import { Args, ArgsType, Ctx, Field, FieldResolver, Info, Int, Resolver, Root } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { Run } from '../../schema-kit/entities.js';
import { StringFilter } from '../../schema-kit/filters.input.js';
import { DateTime, Long } from '../../schema-kit/scalars.js';
import { selectedFields } from '../../schema-kit/selection.js';
import type { Sampling as SamplingName } from '../../stores/run-store.js';
import type { Context } from './context.js';
import { maxSampledPoints } from './metric-tail.js';
import { MetricSeries } from './metric.type.js';
import { Sampling } from './run-enums.js';
import type { RunNode } from './run-node.js';
import { encodeRunCursor } from './tail-cursor.js';

@ArgsType()
class SeriesArgs {
  @Field(() => [String], { nullable: true, description: 'Only these metric keys; all when absent.' }) readonly keys?: string[] | null;
  @Field(() => StringFilter, { nullable: true, description: 'Only keys that match.' }) readonly match?: StringFilter | null;
  @Field(() => Int, {
    nullable: true,
    defaultValue: 500,
    description: 'Points per series at most, 1 to 100,000; ignored with sampling NONE.',
  })
  readonly maxPoints?: number | null;
  @Field(() => Sampling, { nullable: true, defaultValue: 'MIN_MAX', description: 'How a longer series is thinned out.' })
  readonly sampling?: SamplingName | null;
  @Field(() => Long, { nullable: true, description: 'First step (inclusive).' }) readonly fromStep?: bigint | null;
  @Field(() => Long, { nullable: true, description: 'Last step (inclusive).' }) readonly toStep?: bigint | null;
  @Field(() => DateTime, { nullable: true, description: 'Points from this time on (inclusive).' }) readonly from?: number | null;
  @Field(() => DateTime, { nullable: true, description: 'Points before this time (exclusive).' }) readonly to?: number | null;
}

@Resolver(() => Run)
export class SeriesResolver {
  @FieldResolver(() => [MetricSeries], { description: 'Histories of metrics, by key, each ordered by (step, timestamp).' })
  async series(@Root() run: RunNode, @Args(() => SeriesArgs) args: SeriesArgs, @Ctx() context: Context, @Info() info: GraphQLResolveInfo) {
    const maxPoints = args.maxPoints ?? 500;
    if (maxPoints < 1 || maxPoints > maxSampledPoints) {
      throw fail('BAD_USER_INPUT', `maxPoints must be 1 to ${maxSampledPoints}; got ${maxPoints}. Use sampling NONE for every point.`, {
        argument: 'maxPoints',
      });
    }
    const { keys, match, sampling, fromStep, toStep, from, to } = args;
    const query = {
      runId: run.nativeId,
      keys: keys ?? ('all' as const),
      match,
      sampling: sampling ?? ('MIN_MAX' as const),
      maxPoints,
      fromStep,
      toStep,
      from,
      to,
      isContinued: selectedFields(info, 'MetricSeries', [[]]).some(({ name }) => name === 'cursor'),
    };
    const { series, position } = await context.stores.runs.series(run.source, query);
    const cursor = encodeRunCursor(context, run, position);
    const isFinal = run.endedAt !== null && run.status !== 'RUNNING' && run.status !== 'SCHEDULED';
    return series.map((columns) => ({ ...columns, run, isFinal, cursor }));
  }
}
