import { Field, ID, InputType } from 'type-graphql';
import { DateTimeFilter, DoubleFilter, IdFilter, KeyedFilter, LongFilter, StringFilter } from '../../schema-kit/filters.input.js';
import { Direction } from '../../schema-kit/direction.js';
import type * as store from '../../stores/run-store.js';
import { Aggregate, ExperimentOrderField, LifecycleStage, ParamType, RunGroupField, RunOrderField, RunStatus } from './run-enums.js';

@InputType({ description: 'Condition on the status of a run.' })
export class RunStatusFilter {
  @Field(() => RunStatus, { nullable: true, description: 'Is this status.' }) readonly eq?: store.RunStatus | null;
  @Field(() => RunStatus, { nullable: true, description: 'Is another status.' }) readonly neq?: store.RunStatus | null;
  @Field(() => [RunStatus], { nullable: true, description: 'Is one of these; an empty list matches nothing.' }) readonly in?:
    store.RunStatus[] | null;
}

@InputType({ description: 'Condition on a metric. Matches only where the run has the metric; `exists: false` asks for the others.' })
export class MetricFilter {
  @Field(() => String, { description: 'Key of the metric; any text.' }) readonly key!: string;
  @Field(() => Aggregate, { nullable: true, defaultValue: 'LAST', description: 'Which of its values is meant.' })
  readonly aggregate?: store.Aggregate | null;
  @Field(() => DoubleFilter, { nullable: true, description: 'Condition on that value.' }) readonly value?: DoubleFilter | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the run has the metric; default true.' }) readonly exists?: boolean | null;
}

@InputType({ description: 'Condition on a dataset input; all given members must hold for one and the same input of the run.' })
export class DatasetFilter {
  @Field(() => StringFilter, { nullable: true, description: 'Name of the dataset.' }) readonly name?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Digest of the dataset.' }) readonly digest?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'What it was used for: `training`, `eval`, …' })
  readonly context?: StringFilter | null;
}

@InputType({
  description:
    'Which runs. All given members hold together. Deleted runs match only where `lifecycleStage` is asked for, anywhere in the filter.',
})
export class RunFilter {
  @Field(() => [RunFilter], { nullable: true, description: 'All of these hold; an empty list always does.' }) readonly and?:
    RunFilter[] | null;
  @Field(() => [RunFilter], { nullable: true, description: 'At least one of these holds; an empty list never does.' }) readonly or?:
    RunFilter[] | null;
  @Field(() => RunFilter, { nullable: true, description: 'This does not hold.' }) readonly not?: RunFilter | null;
  @Field(() => IdFilter, { nullable: true, description: 'Id of the run.' }) readonly id?: IdFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the source.' }) readonly source?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the run.' }) readonly name?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the experiment.' }) readonly experiment?: StringFilter | null;
  @Field(() => IdFilter, { nullable: true, description: 'Id of the experiment.' }) readonly experimentId?: IdFilter | null;
  @Field(() => RunStatusFilter, { nullable: true, description: 'Status.' }) readonly status?: RunStatusFilter | null;
  @Field(() => LifecycleStage, { nullable: true, description: 'Active or deleted; ACTIVE unless asked.' })
  readonly lifecycleStage?: store.LifecycleStage | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'Start time.' }) readonly startedAt?: DateTimeFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'End time; missing while the run has not ended.' })
  readonly endedAt?: DateTimeFilter | null;
  @Field(() => LongFilter, { nullable: true, description: 'End minus start in milliseconds; missing while the run has not ended.' })
  readonly durationMs?: LongFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the user.' }) readonly user?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Id in the source.' }) readonly nativeId?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Where the artifacts are.' }) readonly artifactLocation?: StringFilter | null;
  @Field(() => MetricFilter, { nullable: true, description: 'A metric; for several use `and`.' }) readonly metric?: MetricFilter | null;
  @Field(() => KeyedFilter, { nullable: true, description: 'A param; for several use `and`.' }) readonly param?: KeyedFilter | null;
  @Field(() => KeyedFilter, { nullable: true, description: 'A tag; for several use `and`.' }) readonly tag?: KeyedFilter | null;
  @Field(() => DatasetFilter, { nullable: true, description: 'A dataset input.' }) readonly dataset?: DatasetFilter | null;
  @Field(() => IdFilter, { nullable: true, description: 'Id of the parent run; runs without a parent match no condition.' })
  readonly parentId?: IdFilter | null;
}

@InputType({ description: 'A metric and which of its values is meant.' })
export class MetricRef {
  @Field(() => String, { description: 'Key of the metric.' }) readonly key!: string;
  @Field(() => Aggregate, { nullable: true, defaultValue: 'LAST', description: 'Which of its values is meant.' })
  readonly aggregate?: store.Aggregate | null;
}

@InputType({ description: 'A param and how its text is read.' })
export class ParamRef {
  @Field(() => String, { description: 'Key of the param.' }) readonly key!: string;
  @Field(() => ParamType, { nullable: true, defaultValue: 'NUMBER', description: 'How its text is read.' }) readonly as?:
    keyof typeof ParamType | null;
}

@InputType({
  description:
    'One sort term: exactly one of field, metric, param, tag. In both directions values come first, then NaN, then missing; ties break by start time (newest first), then native id, then source.',
})
export class RunOrder {
  @Field(() => RunOrderField, { nullable: true, description: 'A property of the run.' }) readonly field?: store.RunOrderField | null;
  @Field(() => MetricRef, { nullable: true, description: 'A metric.' }) readonly metric?: MetricRef | null;
  @Field(() => ParamRef, { nullable: true, description: 'A param.' }) readonly param?: ParamRef | null;
  @Field(() => String, { nullable: true, description: 'Key of a tag; its value as text.' }) readonly tag?: string | null;
  @Field(() => Direction, { nullable: true, defaultValue: 'DESC', description: 'Smallest or largest first.' })
  readonly direction?: Direction | null;
}

@InputType({ description: 'A run by its id, or by a natural key that fits exactly one run.' })
export class RunBy {
  @Field(() => ID, { nullable: true, description: 'Id of the run; then nothing else may be given.' }) readonly id?: string | null;
  @Field(() => String, { nullable: true, description: 'Id in the source.' }) readonly nativeId?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the source.' }) readonly source?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the run.' }) readonly name?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the experiment.' }) readonly experiment?: string | null;
}

@InputType({ description: 'What to group runs by: exactly one of param, tag, field.' })
export class RunGroupBy {
  @Field(() => String, { nullable: true, description: 'Key of a param.' }) readonly param?: string | null;
  @Field(() => String, { nullable: true, description: 'Key of a tag.' }) readonly tag?: string | null;
  @Field(() => RunGroupField, { nullable: true, description: 'A property of the run.' }) readonly field?: store.GroupField | null;
}

@InputType({
  description: 'Which experiments. All given members hold together. Deleted ones match only where `lifecycleStage` is asked for.',
})
export class ExperimentFilter {
  @Field(() => [ExperimentFilter], { nullable: true, description: 'All of these hold.' }) readonly and?: ExperimentFilter[] | null;
  @Field(() => [ExperimentFilter], { nullable: true, description: 'At least one of these holds.' }) readonly or?: ExperimentFilter[] | null;
  @Field(() => ExperimentFilter, { nullable: true, description: 'This does not hold.' }) readonly not?: ExperimentFilter | null;
  @Field(() => IdFilter, { nullable: true, description: 'Id of the experiment.' }) readonly id?: IdFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the source.' }) readonly source?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the experiment.' }) readonly name?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Id in the source.' }) readonly nativeId?: StringFilter | null;
  @Field(() => LifecycleStage, { nullable: true, description: 'Active or deleted; ACTIVE unless asked.' })
  readonly lifecycleStage?: store.LifecycleStage | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'Time of creation.' }) readonly createdAt?: DateTimeFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'Time of the last rename, deletion or restoration.' })
  readonly updatedAt?: DateTimeFilter | null;
  @Field(() => KeyedFilter, { nullable: true, description: 'A tag.' }) readonly tag?: KeyedFilter | null;
}

@InputType({ description: 'One sort term of experiments. Ties break by native id, then source.' })
export class ExperimentOrder {
  @Field(() => ExperimentOrderField, { description: 'What to sort by.' }) readonly field!: store.ExperimentOrderField;
  @Field(() => Direction, { nullable: true, defaultValue: 'DESC', description: 'Smallest or largest first.' })
  readonly direction?: Direction | null;
}
