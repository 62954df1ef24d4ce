import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Double, Long } from '../../schema-kit/scalars.js';

export const BatchKind = { HISTORY: 'HISTORY', LIVE: 'LIVE', RESET: 'RESET' } as const;
registerEnumType(BatchKind, {
  name: 'BatchKind',
  description: 'What a batch of points is.',
  valuesConfig: {
    HISTORY: { description: 'Points that were there when the subscription began.' },
    LIVE: { description: 'Points that came since.' },
    RESET: { description: 'The store was rewritten: drop what you hold; history follows.' },
  },
});

export const History = { ALL: 'ALL', SAMPLED: 'SAMPLED', NONE: 'NONE' } as const;
registerEnumType(History, {
  name: 'History',
  description: 'What a subscription sends before it goes live.',
  valuesConfig: {
    ALL: { description: 'Every point.' },
    SAMPLED: { description: 'At most `maxPoints` per series, the extremes kept.' },
    NONE: { description: 'Nothing: only points that come from now on.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Points of one metric of one run as equal-length columns, in the order they were committed.',
})
export class MetricPoints {
  @Field(() => ID, { description: 'Id of the run.' }) readonly runId!: string;
  @Field(() => String, { description: 'Key of the metric.' }) readonly key!: string;
  @Field(() => [Long], { description: 'Steps.' }) readonly steps!: BigInt64Array;
  @Field(() => [Long], { description: 'Times in milliseconds since the epoch, UTC.' }) readonly timestamps!: BigInt64Array;
  @Field(() => [Double], { description: 'Values.' }) readonly values!: Float64Array;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Points that came together. Every committed point comes once; a client that resumes with `cursor` misses none and gets none twice.',
})
export class MetricBatch {
  @Field(() => BatchKind, { description: 'What these points are.' }) readonly kind!: keyof typeof BatchKind;
  @Field(() => String, { description: 'Position after this batch; resume with it as `after`.' }) readonly cursor!: string;
  @Field(() => [MetricPoints], { description: 'The points, run by run and metric by metric.' }) readonly series!: MetricPoints[];
  @Field(() => Boolean, { description: 'Whether nothing more was there when this batch was read.' }) readonly caughtUp!: boolean;
  @Field(() => Int, { description: 'Points that were left out; always 0, for points are merged and never dropped.' })
  readonly dropped!: number;
}
