import { Field, ID, InputType } from 'type-graphql';
import { JSONValue } from '../../schema-kit/scalars.js';
import { Split } from './dashai-enums.js';

const finishedRun = 'The run whose model it is; it must have finished.';
const explainerName = 'Class of the explainer, as DashAI registers it.';
const uniqueName = 'Name, unique among explainers of the kind. DashAI before 0.10 needs one; later ones know none.';
const explainerParameters = "The explainer's parameters, an object; its own defaults hold for what is left out.";

@InputType({ description: 'A DashAI run to start.' })
export class StartSessionRunInput {
  @Field(() => ID, { description: 'The run.' }) readonly run!: string;
}

@InputType({ description: 'A DashAI run to reset.' })
export class ResetSessionRunInput {
  @Field(() => ID, { description: 'The run.' }) readonly run!: string;
}

@InputType({ description: 'A job in the queue of a DashAI home.' })
export class CancelJobInput {
  @Field(() => String, { description: 'Name of the source.' }) readonly source!: string;
  @Field(() => String, { description: 'The job, as the mutation that queued it named it.' }) readonly jobId!: string;
}

@InputType({ description: 'What a trained model is to predict: a dataset, or rows given here.' })
export class PredictInput {
  @Field(() => ID, { description: finishedRun }) readonly run!: string;
  @Field(() => ID, { nullable: true, description: 'The dataset, of the same source; or give `rows`.' }) readonly dataset?: string | null;
  @Field(() => Split, {
    nullable: true,
    description: 'Only this part of the dataset the model was trained on, since DashAI 0.10; all rows when absent.',
  })
  readonly split?: keyof typeof Split | null;
  @Field(() => [JSONValue], { nullable: true, description: 'Rows: an object each, with a value per input column; or give `dataset`.' })
  readonly rows?: readonly unknown[] | null;
}

@InputType({ description: 'An explanation of a model as a whole.' })
export class ExplainGlobalInput {
  @Field(() => ID, { description: finishedRun }) readonly run!: string;
  @Field(() => String, { description: `${explainerName} For example \`PermutationFeatureImportance\`.` }) readonly explainerName!: string;
  @Field(() => String, { nullable: true, description: uniqueName }) readonly name?: string | null;
  @Field(() => JSONValue, { nullable: true, description: explainerParameters }) readonly parameters?: unknown;
}

@InputType({ description: 'An explanation of what a model says of single rows.' })
export class ExplainLocalInput {
  @Field(() => ID, { description: finishedRun }) readonly run!: string;
  @Field(() => ID, { description: 'The dataset the rows are of, of the same source.' }) readonly dataset!: string;
  @Field(() => String, { description: `${explainerName} For example \`KernelShap\`.` }) readonly explainerName!: string;
  @Field(() => String, { nullable: true, description: uniqueName }) readonly name?: string | null;
  @Field(() => JSONValue, { nullable: true, description: explainerParameters }) readonly parameters?: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Parameters of its fitting, an object.' }) readonly fitParameters?: unknown;
  @Field(() => JSONValue, {
    description:
      'Which rows: an object such as `{ split: "test", percentage: 20 }`; DashAI 0.10 also takes `mode`, `shuffle` and `row_indexes`.',
  })
  readonly scope!: unknown;
}

@InputType({ description: "A look at columns of a notebook's data." })
export class ExploreInput {
  @Field(() => ID, { description: 'The notebook.' }) readonly notebook!: string;
  @Field(() => String, { description: 'Class of the explorer, for example `HistogramPlotExplorer`.' }) readonly explorationType!: string;
  @Field(() => [JSONValue], { description: 'The columns: an object each with at least `columnName`.' })
  readonly columns!: readonly unknown[];
  @Field(() => JSONValue, { nullable: true, description: "The explorer's parameters, an object." }) readonly parameters?: unknown;
  @Field(() => String, { nullable: true, description: 'Name.' }) readonly name?: string | null;
}

@InputType({ description: "A step that changes a notebook's data." })
export class ConvertInput {
  @Field(() => ID, { description: 'The notebook.' }) readonly notebook!: string;
  @Field(() => String, { description: 'Class of the converter, for example `StandardScaler`.' }) readonly converter!: string;
  @Field(() => JSONValue, {
    description: 'An object with `order` (place among the converters, from 0), `params`, `scope` (`columns`, `rows`) and `target`.',
  })
  readonly parameters!: unknown;
}

@InputType({ description: 'A file for a generative model.' })
export class GenerationFileInput {
  @Field(() => String, { description: 'Its name, for example `cat.png`.' }) readonly name!: string;
  @Field(() => String, { description: 'Its media type, for example `image/png`.' }) readonly mediaType!: string;
  @Field(() => String, { description: 'Its content as base64.' }) readonly base64!: string;
}

@InputType({ description: 'Something a generative model is given: a text, or a file.' })
export class GenerationItemInput {
  @Field(() => String, { nullable: true, description: 'The text; or give `file`.' }) readonly text?: string | null;
  @Field(() => GenerationFileInput, { nullable: true, description: 'The file; or give `text`.' })
  readonly file?: GenerationFileInput | null;
}

@InputType({ description: 'A request to the model of a generative session.' })
export class GenerateInput {
  @Field(() => ID, { description: 'The generative session.' }) readonly session!: string;
  @Field(() => [GenerationItemInput], { description: 'What the model is given, in the order in which its task takes it.' })
  readonly inputs!: readonly GenerationItemInput[];
}
