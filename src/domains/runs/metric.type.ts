import { Field, Int, ObjectType } from 'type-graphql';
import { Run } from '../../schema-kit/entities.js';
import { DateTime, Double, Long } from '../../schema-kit/scalars.js';
import { KeyValue } from '../../schema-kit/key-value.type.js';

@ObjectType({ simpleResolvers: true, description: 'A param of a run: set once, never changed.' })
export class Param {
  @Field(() => String, { description: 'The key.' }) readonly key!: string;
  @Field(() => String, { description: 'The value as it was logged.' }) readonly value!: string;
  @Field(() => Double, {
    nullable: true,
    description: 'The value read as a number: decimal notation, and `nan`, `inf`, `-inf`; null for other texts.',
  })
  readonly number!: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'One metric of one run: its latest point and its extremes.' })
export class Metric {
  @Field(() => String, { description: 'The key.' }) readonly key!: string;
  @Field(() => Double, { description: "Value of the latest point: the one with the largest step, then time, then value (MLflow's rule)." })
  readonly value!: number;
  @Field(() => Long, { description: 'Step of the latest point.' }) readonly step!: bigint;
  @Field(() => DateTime, { description: 'Time of the latest point.' }) readonly timestamp!: number;
  @Field(() => Double, { nullable: true, description: 'Least value; NaN never wins. Null when every point is NaN.' }) readonly min!:
    number | null;
  @Field(() => Double, { nullable: true, description: 'Greatest value; NaN never wins. Null when every point is NaN.' }) readonly max!:
    number | null;
  @Field(() => Long, { nullable: true, description: 'The smallest step that has the least value.' }) readonly minStep!: bigint | null;
  @Field(() => Long, { nullable: true, description: 'The smallest step that has the greatest value.' }) readonly maxStep!: bigint | null;
  @Field(() => Long, { description: 'Number of points, NaN included.' }) readonly count!: bigint;
}

@ObjectType({ simpleResolvers: true, description: 'The history of one metric as equal-length columns, ordered by (step, timestamp).' })
export class MetricSeries {
  @Field(() => Run, { description: 'The run it belongs to.' }) readonly run!: unknown;
  @Field(() => String, { description: 'Key of the metric.' }) readonly key!: string;
  @Field(() => [Long], { description: 'Steps.' }) readonly steps!: BigInt64Array;
  @Field(() => [Long], { description: 'Times in milliseconds since the epoch, UTC.' }) readonly timestamps!: BigInt64Array;
  @Field(() => [Double], { description: 'Values.' }) readonly values!: Float64Array;
  @Field(() => Long, { description: 'Points within the asked range, before sampling.' }) readonly totalPoints!: number;
  @Field(() => Boolean, { description: 'Whether points were left out by sampling.' }) readonly sampled!: boolean;
  @Field(() => Boolean, { description: 'Whether the run has ended, so that no more points are expected.' }) readonly isFinal!: boolean;
  @Field(() => String, { description: 'Continues with `Subscription.metricPoints(input: { after })`, without a gap or a repeated point.' })
  readonly cursor!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A dataset a run used (MLflow dataset input).' })
export class DatasetInput {
  @Field(() => String, { description: 'Name of the dataset.' }) readonly name!: string;
  @Field(() => String, { description: 'Digest of the dataset.' }) readonly digest!: string;
  @Field(() => String, { nullable: true, description: 'What it was used for (`mlflow.data.context`): `training`, `eval`, …' })
  readonly context!: string | null;
  @Field(() => String, { description: 'Kind of place it came from: `http`, `local`, …' }) readonly sourceType!: string;
  @Field(() => String, { description: 'Where it came from, as JSON text.' }) readonly source!: string;
  @Field(() => String, { nullable: true, description: 'Its columns, as JSON text.' }) readonly schema!: string | null;
  @Field(() => String, { nullable: true, description: 'Its statistics, as JSON text.' }) readonly profile!: string | null;
  @Field(() => [KeyValue], { description: 'Tags of the input, by key.' }) readonly tags!: KeyValue[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'Mean and spread of one metric over the runs of a group; NaN and missing values are left out.',
})
export class GroupMetric {
  @Field(() => String, { description: 'Key of the metric.' }) readonly key!: string;
  @Field(() => Int, { description: 'Runs that have a value.' }) readonly count!: number;
  @Field(() => Double, { nullable: true, description: 'Mean.' }) readonly mean!: number | null;
  @Field(() => Double, { nullable: true, description: 'Least value.' }) readonly min!: number | null;
  @Field(() => Double, { nullable: true, description: 'Greatest value.' }) readonly max!: number | null;
  @Field(() => Double, {
    nullable: true,
    description: 'Standard deviation of the group (divided by n - 1); null for fewer than two values.',
  })
  readonly stddev!: number | null;
}
