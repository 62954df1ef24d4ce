import { Field, ID, InputType } from 'type-graphql';
import { idempotencyKey } from '../../schema-kit/idempotency-key.js';
import { KeyValueInput } from '../../schema-kit/key-value.input.js';
import { DateTime, Double, Long } from '../../schema-kit/scalars.js';
import type * as store from '../../stores/run-store.js';
import { RunStatus } from './run-enums.js';

export { idempotencyKey };

@InputType({ description: 'A new experiment.' })
export class CreateExperimentInput {
  @Field(() => String, { description: 'Name, 1 to 256 characters, unique in its source, deleted experiments included.' })
  readonly name!: string;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Tags; values up to 5,000 characters.' }) readonly tags?:
    KeyValueInput[] | null;
  @Field(() => String, { nullable: true, description: 'Root of the artifacts of its runs; default `mlflow-artifacts:/<native id>`.' })
  readonly artifactLocation?: string | null;
  @Field(() => String, { nullable: true, defaultValue: 'local', description: 'Name of the source to create it in; it must be writable.' })
  readonly source?: string | null;
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Changes to an experiment; absent fields stay as they are.' })
export class UpdateExperimentInput {
  @Field(() => ID, { description: 'The experiment.' }) readonly experiment!: string;
  @Field(() => String, { nullable: true, description: 'New name.' }) readonly name?: string | null;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Tags to set; others stay.' }) readonly tags?: KeyValueInput[] | null;
}

@InputType({ description: 'An experiment.' })
export class ExperimentInput {
  @Field(() => ID, { description: 'The experiment.' }) readonly experiment!: string;
}

@InputType({ description: 'A new run; its status is RUNNING.' })
export class CreateRunInput {
  @Field(() => ID, { description: 'The experiment it belongs to, which must be active.' }) readonly experiment!: string;
  @Field(() => String, { nullable: true, description: 'Name, up to 250 characters; default the tag `mlflow.runName`, else a random one.' })
  readonly name?: string | null;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Tags; values up to 5,000 characters.' }) readonly tags?:
    KeyValueInput[] | null;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Params; values up to 8,000 characters.' }) readonly params?:
    KeyValueInput[] | null;
  @Field(() => ID, { nullable: true, description: 'The run it is nested in, of the same source.' }) readonly parent?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Start time; default now.' }) readonly startedAt?: number | null;
  @Field(() => String, { nullable: true, description: 'Name of the user, up to 256 characters; default the tag `mlflow.user`.' })
  readonly user?: string | null;
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'A run.' })
export class RunInput {
  @Field(() => ID, { description: 'The run.' }) readonly run!: string;
}

@InputType({ description: 'Changes to a run; absent fields stay as they are.' })
export class UpdateRunInput extends RunInput {
  @Field(() => String, { nullable: true, description: 'New name, up to 250 characters.' }) readonly name?: string | null;
  @Field(() => String, { nullable: true, description: 'New note (tag `mlflow.note.content`), up to 5,000 characters.' }) readonly note?:
    string | null;
  @Field(() => RunStatus, { nullable: true, description: 'New status; any may follow any. STALE and UNKNOWN cannot be set.' })
  readonly status?: store.RunStatus | null;
  @Field(() => DateTime, { nullable: true, description: 'End time.' }) readonly endedAt?: number | null;
}

@InputType({ description: 'The end of a run.' })
export class FinishRunInput extends RunInput {
  @Field(() => RunStatus, { nullable: true, defaultValue: 'FINISHED', description: 'FINISHED, FAILED or KILLED.' })
  readonly status?: store.RunStatus | null;
  @Field(() => DateTime, { nullable: true, description: 'End time; default now.' }) readonly endedAt?: number | null;
}

@InputType({ description: 'New points of one metric, as equal-length columns.' })
export class MetricSeriesInput {
  @Field(() => String, { description: 'Key of the metric, 1 to 250 characters.' }) readonly key!: string;
  @Field(() => [Double], { description: 'Values; at least one.' }) readonly values!: number[];
  @Field(() => [Long], {
    nullable: true,
    description: 'Steps, one for each value; default: they go on counting from the number of points the metric has.',
  })
  readonly steps?: bigint[] | null;
  @Field(() => [Long], { nullable: true, description: 'Times in milliseconds since the epoch, one for each value; default now.' })
  readonly timestamps?: bigint[] | null;
}

@InputType({
  description:
    'New points of a run: at most 100,000 at once. A point that is there already (same key, step, timestamp and value) is accepted and kept once.',
})
export class LogMetricsInput extends RunInput {
  @Field(() => [MetricSeriesInput], { description: 'The points, metric by metric.' }) readonly series!: MetricSeriesInput[];
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Params to log. A param is set once: the same value again is fine, another is refused.' })
export class LogParamsInput extends RunInput {
  @Field(() => [KeyValueInput], { description: 'The params; values up to 8,000 characters.' }) readonly params!: KeyValueInput[];
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({
  description:
    'A dataset a run used. A dataset is one per experiment, name and digest; the source, schema and profile it was first logged with stay.',
})
export class DatasetInputInput {
  @Field(() => String, { description: 'Name, 1 to 500 characters.' }) readonly name!: string;
  @Field(() => String, { description: 'Digest, 1 to 36 characters.' }) readonly digest!: string;
  @Field(() => String, { nullable: true, description: 'What it was used for: `training`, `eval`, …; up to 500 characters.' })
  readonly context?: string | null;
  @Field(() => String, { description: 'Kind of place it came from, 1 to 36 characters: `http`, `local`, …' }) readonly sourceType!: string;
  @Field(() => String, { description: 'Where it came from, as JSON text of 1 to 65,535 characters.' }) readonly source!: string;
  @Field(() => String, { nullable: true, description: 'Its columns, as JSON text.' }) readonly schema?: string | null;
  @Field(() => String, { nullable: true, description: 'Its statistics, as JSON text.' }) readonly profile?: string | null;
  @Field(() => [KeyValueInput], { nullable: true, description: 'Tags of the input: keys up to 255, values up to 500 characters.' })
  readonly tags?: KeyValueInput[] | null;
}

@InputType({ description: 'Datasets a run used. One that is an input of the run already is left as it is.' })
export class LogDatasetInputsInput extends RunInput {
  @Field(() => [DatasetInputInput], { description: 'The datasets.' }) readonly inputs!: DatasetInputInput[];
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Tags to set; a tag that is there gets the new value.' })
export class SetTagsInput extends RunInput {
  @Field(() => [KeyValueInput], { description: 'The tags; values up to 5,000 characters.' }) readonly tags!: KeyValueInput[];
}

@InputType({ description: 'Tags to delete.' })
export class DeleteTagsInput extends RunInput {
  @Field(() => [String], { description: 'Keys of the tags; when one of them is missing nothing is deleted.' }) readonly keys!: string[];
}
