import { Field, ID, InputType } from 'type-graphql';
import { idempotencyKey } from '../../schema-kit/idempotency-key.js';
import { Double, JSONValue, Long } from '../../schema-kit/scalars.js';
import { DashaiRunStatus, Level, Split } from './dashai-enums.js';

const keptKey = `${idempotencyKey} Homes of DashAI itself cannot keep one.`;
const metricList = 'Names of the metrics to compute on it; default none.';
const runName = 'Name, 1 to 250 characters; several runs may have the same.';
const runDescription = 'Free text, up to 5,000 characters.';

@InputType({ description: 'A new model session, on a dataset by id or by name.' })
export class CreateModelSessionInput {
  @Field(() => String, { description: 'Name, 1 to 250 characters, unique in its home.' }) readonly name!: string;
  @Field(() => String, { description: 'Name of the task, for example `TabularClassificationTask`.' }) readonly taskName!: string;
  @Field(() => ID, { nullable: true, description: 'The dataset, which DashAI must have loaded; or give `datasetName`.' })
  readonly dataset?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Name of the dataset; or give `dataset`. The embedded home gets a dataset of this name when it has none.',
  })
  readonly datasetName?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the home that `datasetName` is of; default `dashai`. It must be writable.' })
  readonly source?: string | null;
  @Field(() => [String], { description: 'Columns the models are given.' }) readonly inputColumns!: string[];
  @Field(() => [String], { description: 'Columns the models predict.' }) readonly outputColumns!: string[];
  @Field(() => JSONValue, {
    description: 'How the dataset is divided, an object: for example `{splitType: "random", train: 0.7, validation: 0.1, test: 0.2}`.',
  })
  readonly splits!: unknown;
  @Field(() => [String], { nullable: true, description: `The training part: ${metricList}` }) readonly trainMetrics?: string[] | null;
  @Field(() => [String], { nullable: true, description: `The validation part: ${metricList}` }) readonly validationMetrics?:
    string[] | null;
  @Field(() => [String], { nullable: true, description: `The test part: ${metricList}` }) readonly testMetrics?: string[] | null;
  @Field(() => String, {
    nullable: true,
    description: 'How models are evaluated; default `HoldoutEvaluationStrategy`, the only one of homes before DashAI 0.10.',
  })
  readonly evaluationStrategy?: string | null;
  @Field(() => String, { nullable: true, description: keptKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Another name for a model session.' })
export class RenameModelSessionInput {
  @Field(() => ID, { description: 'The model session.' }) readonly modelSession!: string;
  @Field(() => String, { description: 'Name, 1 to 250 characters, unique in its home.' }) readonly name!: string;
}

@InputType({ description: 'A new run of a model session. It is NOT_STARTED: creating it trains nothing.' })
export class CreateSessionRunInput {
  @Field(() => ID, { description: 'The model session.' }) readonly modelSession!: string;
  @Field(() => String, { description: runName }) readonly name!: string;
  @Field(() => String, { description: 'Class of the model, for example `RandomForestClassifier`.' }) readonly modelName!: string;
  @Field(() => JSONValue, {
    nullable: true,
    description: 'Parameters, an object: values, or objects with a fixed value and bounds. Whole numbers are kept as integers.',
  })
  readonly parameters?: unknown;
  @Field(() => String, { nullable: true, description: runDescription }) readonly description?: string | null;
  @Field(() => String, { nullable: true, description: 'What optimises the parameters, for example `OptunaOptimizer`; default nothing.' })
  readonly optimizerName?: string | null;
  @Field(() => JSONValue, { nullable: true, description: 'Parameters of the optimizer, an object.' })
  readonly optimizerParameters?: unknown;
  @Field(() => String, { nullable: true, description: 'The metric that is optimised; an optimizer needs one.' })
  readonly goalMetric?: string | null;
  @Field(() => String, { nullable: true, description: keptKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'A run of a DashAI home.' })
export class SessionRunInput {
  @Field(() => ID, { description: 'The run.' }) readonly run!: string;
}

@InputType({ description: 'Changes to a run of a DashAI home; absent fields stay as they are.' })
export class UpdateSessionRunInput extends SessionRunInput {
  @Field(() => String, { nullable: true, description: runName }) readonly name?: string | null;
  @Field(() => String, { nullable: true, description: `${runDescription} Null takes it away.` }) readonly description?: string | null;
}

@InputType({ description: 'New values of one metric on one part of the dataset.' })
export class SplitSeriesInput {
  @Field(() => Split, { description: 'What they were computed on.' }) readonly split!: string;
  @Field(() => Level, {
    nullable: true,
    defaultValue: 'EPOCH',
    description: 'What their steps count: EPOCH, STEP or TRIAL; or LAST for the one value at the end, which replaces the one before.',
  })
  readonly level?: string | null;
  @Field(() => String, { description: 'Name of the metric, for example `Accuracy`.' }) readonly name!: string;
  @Field(() => [Double], {
    description: 'Values; at least one. Those that are not finite are left out, as DashAI does, and their steps stay empty.',
  })
  readonly values!: number[];
  @Field(() => [Long], {
    nullable: true,
    description:
      'Steps, one for each value; default: they go on after the last step of this split and level, at the distance of the last two, from 1.',
  })
  readonly steps?: bigint[] | null;
}

@InputType({ description: 'New values of metrics of a run in the embedded home: at most 100,000 at once.' })
export class LogSplitMetricsInput extends SessionRunInput {
  @Field(() => [SplitSeriesInput], { description: 'The values, metric by metric.' }) readonly series!: SplitSeriesInput[];
  @Field(() => String, { nullable: true, description: idempotencyKey }) readonly idempotencyKey?: string | null;
}

@InputType({ description: 'The end of a run in the embedded home.' })
export class FinishSessionRunInput extends SessionRunInput {
  @Field(() => DashaiRunStatus, {
    nullable: true,
    defaultValue: 'FINISHED',
    description: 'FINISHED, or ERROR, which DashAI keeps without an end time.',
  })
  readonly status?: string | null;
}
