import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { StringFilter } from '../../schema-kit/filters.input.js';
import { History } from './metric-batch.type.js';
import { RunFilter } from './run.input.js';

@InputType({ description: 'Whose points to follow: `runIds`, or a `filter`, or the runs of `runIds` while they match the `filter`.' })
export class MetricPointsInput {
  @Field(() => [ID], { nullable: true, description: 'These runs, at most 1,000, of any sources.' }) readonly runIds?: string[] | null;
  @Field(() => RunFilter, {
    nullable: true,
    description: 'Runs of all sources that match, also those that start to match later; the newest 1,000.',
  })
  readonly filter?: RunFilter | null;
  @Field(() => [String], { nullable: true, description: 'Only these metric keys; all when absent.' }) readonly keys?: string[] | null;
  @Field(() => StringFilter, { nullable: true, description: 'Only metric keys that match.' }) readonly match?: StringFilter | null;
  @Field(() => String, {
    nullable: true,
    description: 'A cursor of a batch, a series or logMetrics: go on after it, without a gap or a repeated point.',
  })
  readonly after?: string | null;
  @Field(() => History, {
    nullable: true,
    defaultValue: 'ALL',
    description: 'What to send of the past; with `after`, of runs the cursor does not know.',
  })
  readonly history?: keyof typeof History | null;
  @Field(() => Int, { nullable: true, description: 'Points per series with SAMPLED history: 1 to 100,000, default 500.' })
  readonly maxPoints?: number | null;
  @Field(() => Float, {
    nullable: true,
    defaultValue: 2,
    description: 'Live batches per second at most, above 0 to 100; what arrives in between comes together, never is it lost.',
  })
  readonly maxRateHz?: number | null;
}
