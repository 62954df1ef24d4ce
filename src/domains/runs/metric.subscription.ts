import { Arg, Ctx, FieldResolver, Resolver, Root, Subscription } from 'type-graphql';
import { Run } from '../../schema-kit/entities.js';
import type { Context } from './context.js';
import { loadRun } from './loaders.js';
import { MetricBatch, MetricPoints } from './metric-batch.type.js';
import { MetricPointsInput } from './metric-points.input.js';
import { readMetricTail } from './metric-tail.js';

@Resolver(() => MetricPoints)
export class MetricSubscription {
  @Subscription(() => MetricBatch, {
    description: 'Metric points of runs: what is there, then what comes, for ever. Resume with the cursor of the last batch.',
    subscribe: ({ args, context }: { args: { input: MetricPointsInput }; context: Context }) => readMetricTail(args.input, context),
  })
  metricPoints(
    @Root() batch: MetricBatch,
    @Arg('input', () => MetricPointsInput, { description: 'Whose points to follow, and how.' }) _input: MetricPointsInput,
  ): MetricBatch {
    return batch;
  }

  @FieldResolver(() => Run, {
    nullable: true,
    description: 'The run; null when it is gone. Asking for it in every batch costs a read each time.',
  })
  run(@Root() points: MetricPoints, @Ctx() context: Context) {
    return loadRun(points.runId, context);
  }
}
