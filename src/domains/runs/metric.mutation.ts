import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, Info, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { asPayload } from '../../schema-kit/user-error.type.js';
import type { NewSeries } from '../../stores/run-writer.js';
import type { Context } from './context.js';
import { LogMetricsInput, type MetricSeriesInput } from './run-mutation.input.js';
import { freshRunIfSelected, RunPayload } from './run.mutation.js';
import { encodeRunCursor } from './tail-cursor.js';
import { writable } from './writable.js';

@ObjectType({ simpleResolvers: true, description: 'Answer of logMetrics. An answer without user errors means committed.' })
class LogMetricsPayload extends RunPayload {
  @Field(() => Int, { nullable: true, description: 'Points taken, repeated ones included; null when a rule was broken.' })
  readonly pointsAccepted?: number;
  @Field(() => String, { nullable: true, description: 'Position after these points; continues with `Subscription.metricPoints`.' })
  readonly cursor?: string;
}

@Resolver()
export class MetricMutation {
  @Mutation(() => LogMetricsPayload, { description: 'Appends metric points to a run: all of them, or none when one is refused.' })
  logMetrics(
    @Arg('input', () => LogMetricsInput, { description: 'The points.' }) input: LogMetricsInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return asPayload(async () => {
      const { writer, ...ref } = writable(context, 'Run', input.run, 'run');
      const logged = await writer.logMetrics({
        runId: ref.nativeId,
        series: input.series.map(toColumns),
        idempotencyKey: input.idempotencyKey,
      });
      const run = await freshRunIfSelected(context, ref, info, 'LogMetricsPayload');
      return { run, pointsAccepted: logged.accepted, cursor: encodeRunCursor(context, ref, logged.position) };
    });
  }
}

const toColumns = ({ key, values, steps, timestamps }: MetricSeriesInput): NewSeries => ({
  key,
  values: Float64Array.from(values),
  steps: steps ? BigInt64Array.from(steps) : null,
  timestamps: timestamps ? BigInt64Array.from(timestamps) : null,
});
