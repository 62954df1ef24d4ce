/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/* Generated from schema/rungraph.graphql and sdk/operations by npm run generate; edit those. */
import { fragment, operation, type Requester, type Subscriber } from '../document.js';
/** Which value of a metric's history stands for it. */
export type Aggregate =
  /** The latest: the largest step, then time, then value (MLflow's rule). */
  | 'LAST'
  /** The greatest; NaN never wins. */
  | 'MAX'
  /** The least; NaN never wins. */
  | 'MIN';

/** What a batch of points is. */
export type BatchKind =
  /** Points that were there when the subscription began. */
  | 'HISTORY'
  /** Points that came since. */
  | 'LIVE'
  /** The store was rewritten: drop what you hold; history follows. */
  | 'RESET';

/** A job in the queue of a DashAI home. */
export type CancelJobInput = {
  /** The job, as the mutation that queued it named it. */
  jobId: string;
  /** Name of the source. */
  source: string;
};

/** A step that changes a notebook's data. */
export type ConvertInput = {
  /** Class of the converter, for example `StandardScaler`. */
  converter: string;
  /** The notebook. */
  notebook: string;
  /** An object with `order` (place among the converters, from 0), `params`, `scope` (`columns`, `rows`) and `target`. */
  parameters: unknown;
};

/** A new experiment. */
export type CreateExperimentInput = {
  /** Root of the artifacts of its runs; default `mlflow-artifacts:/<native id>`. */
  artifactLocation?: string | null | undefined;
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** Name, 1 to 256 characters, unique in its source, deleted experiments included. */
  name: string;
  /** Name of the source to create it in; it must be writable. */
  source?: string | null | undefined;
  /** Tags; values up to 5,000 characters. */
  tags?: Array<KeyValueInput> | null | undefined;
};

/** A new model session, on a dataset by id or by name. */
export type CreateModelSessionInput = {
  /** The dataset, which DashAI must have loaded; or give `datasetName`. */
  dataset?: string | null | undefined;
  /** Name of the dataset; or give `dataset`. The embedded home gets a dataset of this name when it has none. */
  datasetName?: string | null | undefined;
  /** How models are evaluated; default `HoldoutEvaluationStrategy`, the only one of homes before DashAI 0.10. */
  evaluationStrategy?: string | null | undefined;
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. Homes of DashAI itself cannot keep one. */
  idempotencyKey?: string | null | undefined;
  /** Columns the models are given. */
  inputColumns: Array<string>;
  /** Name, 1 to 250 characters, unique in its home. */
  name: string;
  /** Columns the models predict. */
  outputColumns: Array<string>;
  /** Name of the home that `datasetName` is of; default `dashai`. It must be writable. */
  source?: string | null | undefined;
  /** How the dataset is divided, an object: for example `{splitType: "random", train: 0.7, validation: 0.1, test: 0.2}`. */
  splits: unknown;
  /** Name of the task, for example `TabularClassificationTask`. */
  taskName: string;
  /** The test part: Names of the metrics to compute on it; default none. */
  testMetrics?: Array<string> | null | undefined;
  /** The training part: Names of the metrics to compute on it; default none. */
  trainMetrics?: Array<string> | null | undefined;
  /** The validation part: Names of the metrics to compute on it; default none. */
  validationMetrics?: Array<string> | null | undefined;
};

/** A new version of a registered model. Its number follows the highest that the model ever had. */
export type CreateModelVersionInput = {
  /** Free text, up to 5,000 characters. */
  description?: string | null | undefined;
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** The model; or give `name`. */
  model?: string | null | undefined;
  /** Name of the model; or give `model`. */
  name?: string | null | undefined;
  /** The run it comes from, of the same source. */
  run?: string | null | undefined;
  /** Link to the run, up to 500 characters. */
  runLink?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
  /** Where its files are, 1 to 500 characters. A `models:/` URI means the files of that version, and its run unless `run` is given; it is kept with the number that an alias or stage in it means now. A `runs:/` URI lies below the artifacts of that run. */
  sourceUri: string;
  /** Tags; values up to 5,000 characters. */
  tags?: Array<KeyValueInput> | null | undefined;
  /** Name of the user who registers it, up to 256 characters. */
  user?: string | null | undefined;
};

/** A new registered model. */
export type CreateRegisteredModelInput = {
  /** Free text, up to 5,000 characters. */
  description?: string | null | undefined;
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** Name, 1 to 256 characters without `/` and `:`, unique in its source. */
  name: string;
  /** Name of the source to create it in; it must be writable. */
  source?: string | null | undefined;
  /** Tags; values up to 5,000 characters. */
  tags?: Array<KeyValueInput> | null | undefined;
};

/** A new run; its status is RUNNING. */
export type CreateRunInput = {
  /** The experiment it belongs to, which must be active. */
  experiment: string;
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** Name, up to 250 characters; default the tag `mlflow.runName`, else a random one. */
  name?: string | null | undefined;
  /** Params; values up to 8,000 characters. */
  params?: Array<KeyValueInput> | null | undefined;
  /** The run it is nested in, of the same source. */
  parent?: string | null | undefined;
  /** Start time; default now. */
  startedAt?: Date | string | null | undefined;
  /** Tags; values up to 5,000 characters. */
  tags?: Array<KeyValueInput> | null | undefined;
  /** Name of the user, up to 256 characters; default the tag `mlflow.user`. */
  user?: string | null | undefined;
};

/** A new run of a model session. It is NOT_STARTED: creating it trains nothing. */
export type CreateSessionRunInput = {
  /** Free text, up to 5,000 characters. */
  description?: string | null | undefined;
  /** The metric that is optimised; an optimizer needs one. */
  goalMetric?: string | null | undefined;
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. Homes of DashAI itself cannot keep one. */
  idempotencyKey?: string | null | undefined;
  /** Class of the model, for example `RandomForestClassifier`. */
  modelName: string;
  /** The model session. */
  modelSession: string;
  /** Name, 1 to 250 characters; several runs may have the same. */
  name: string;
  /** What optimises the parameters, for example `OptunaOptimizer`; default nothing. */
  optimizerName?: string | null | undefined;
  /** Parameters of the optimizer, an object. */
  optimizerParameters?: unknown;
  /** Parameters, an object: values, or objects with a fixed value and bounds. Whole numbers are kept as integers. */
  parameters?: unknown;
};

/** A new trace; its status is IN_PROGRESS until `finishTrace`. Exactly one of experiment and run. */
export type CreateTraceInput = {
  /** Id your application gave its request, 1 to 50 characters; default none. */
  clientRequestId?: string | null | undefined;
  /** The experiment it belongs to, which must be active. */
  experiment?: string | null | undefined;
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** Metadata; values up to 8,000 characters. */
  metadata?: Array<KeyValueInput> | null | undefined;
  /** Name, 1 to 4,096 characters (tag `mlflow.traceName`); default none. */
  name?: string | null | undefined;
  /** What went in, up to 8,000 characters, mostly JSON; keep longer ones as `mlflow.spanInputs` of the root span. */
  request?: string | null | undefined;
  /** Id in the source, 1 to 50 characters, unique there; default `tr-` and 32 random hexadecimal digits. */
  requestId?: string | null | undefined;
  /** What came out so far, up to 8,000 characters. */
  response?: string | null | undefined;
  /** The run it is recorded in, which must be active; it belongs to its experiment. */
  run?: string | null | undefined;
  /** Steps so far, at most 10,000. */
  spans?: Array<SpanInput> | null | undefined;
  /** Start time; default now. */
  startedAt?: Date | string | null | undefined;
  /** Tags; values up to 8,000 characters. */
  tags?: Array<KeyValueInput> | null | undefined;
};

/** Which DashaiDataset rows. All given members hold together. */
export type DashaiDatasetFilter = {
  /** All of these hold. */
  and?: Array<DashaiDatasetFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Name of the dataset. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: DashaiDatasetFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<DashaiDatasetFilter> | null | undefined;
  /** State in DashAI's word, for example FINISHED. */
  rawStatus?: StringFilter | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** One sort term of a list of a DashAI home. */
export type DashaiOrder = {
  /** Default ASC. */
  direction?: Direction | null | undefined;
  /** The property. */
  field: DashaiOrderField;
};

/** A property of rows of a DashAI database to sort by; missing ones come last. */
export type DashaiOrderField =
  /** Time of creation. */
  | 'CREATED_AT'
  /** Number in DashAI's database, which uses numbers of deleted rows again. */
  | 'ID'
  /** Name, by code point. */
  | 'NAME'
  /** Time of the last change. */
  | 'UPDATED_AT';

/** State of something DashAI executes: a run, a prediction, an explainer, an explorer, a converter, a loading dataset. */
export type DashaiRunStatus =
  /** It waits in the job queue. */
  | 'DELIVERED'
  /** It ended with an error; the job says which. */
  | 'ERROR'
  /** It ended well. */
  | 'FINISHED'
  /** Nobody started it, or it was reset. */
  | 'NOT_STARTED'
  /** It is being executed. */
  | 'STARTED'
  /** Something this version does not know; the text itself stands beside it. */
  | 'UNKNOWN';

/** Condition on a dataset input; all given members must hold for one and the same input of the run. */
export type DatasetFilter = {
  /** What it was used for: `training`, `eval`, … */
  context?: StringFilter | null | undefined;
  /** Digest of the dataset. */
  digest?: StringFilter | null | undefined;
  /** Name of the dataset. */
  name?: StringFilter | null | undefined;
};

/** A dataset a run used. A dataset is one per experiment, name and digest; the source, schema and profile it was first logged with stay. */
export type DatasetInputInput = {
  /** What it was used for: `training`, `eval`, …; up to 500 characters. */
  context?: string | null | undefined;
  /** Digest, 1 to 36 characters. */
  digest: string;
  /** Name, 1 to 500 characters. */
  name: string;
  /** Its statistics, as JSON text. */
  profile?: string | null | undefined;
  /** Its columns, as JSON text. */
  schema?: string | null | undefined;
  /** Where it came from, as JSON text of 1 to 65,535 characters. */
  source: string;
  /** Kind of place it came from, 1 to 36 characters: `http`, `local`, … */
  sourceType: string;
  /** Tags of the input: keys up to 255, values up to 500 characters. */
  tags?: Array<KeyValueInput> | null | undefined;
};

/** Condition on an instant. All given members hold together. */
export type DateTimeFilter = {
  /** Is this or later (inclusive). */
  after?: Date | string | null | undefined;
  /** Is earlier than this (exclusive). */
  before?: Date | string | null | undefined;
  /** true: the value is missing; false: it is there. A missing value matches nothing else. */
  isNull?: boolean | null | undefined;
};

/** An alias of a registered model. */
export type DeleteModelAliasInput = {
  /** The alias. */
  alias: string;
  /** The model; or give `name`. */
  model?: string | null | undefined;
  /** Name of the model; or give `model`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
};

/** Tags of a model version to delete. */
export type DeleteModelVersionTagsInput = {
  /** Keys of the tags; when one of them is missing nothing is deleted. */
  keys: Array<string>;
  /** The version; or give `name` and `version`. */
  modelVersion?: string | null | undefined;
  /** Name of the model; or give `modelVersion`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
  /** Number of the version, together with `name`. */
  version?: number | null | undefined;
};

/** Tags of a registered model to delete. */
export type DeleteRegisteredModelTagsInput = {
  /** Keys of the tags; when one of them is missing nothing is deleted. */
  keys: Array<string>;
  /** The model; or give `name`. */
  model?: string | null | undefined;
  /** Name of the model; or give `model`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
};

/** Tags to delete. */
export type DeleteTagsInput = {
  /** Keys of the tags; when one of them is missing nothing is deleted. */
  keys: Array<string>;
  /** The run. */
  run: string;
};

/** Which way values are sorted. In both directions values come first, then NaN, then missing. */
export type Direction =
  /** Smallest first. */
  | 'ASC'
  /** Largest first. */
  | 'DESC';

/** Condition on a double, compared as IEEE 754 does: NaN matches only `neq` and `isNaN`. All given members hold together. */
export type DoubleFilter = {
  /** Equals; never holds for NaN. */
  eq?: number | null | undefined;
  /** Is greater. */
  gt?: number | null | undefined;
  /** Is greater or equal. */
  gte?: number | null | undefined;
  /** true: is NaN; false: is a number, infinities included. */
  isNaN?: boolean | null | undefined;
  /** true: the value is missing; false: it is there. A missing value matches nothing else. */
  isNull?: boolean | null | undefined;
  /** Is less. */
  lt?: number | null | undefined;
  /** Is less or equal. */
  lte?: number | null | undefined;
  /** Differs; always holds for NaN. */
  neq?: number | null | undefined;
};

/** Which experiments. All given members hold together. Deleted ones match only where `lifecycleStage` is asked for. */
export type ExperimentFilter = {
  /** All of these hold. */
  and?: Array<ExperimentFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Id of the experiment. */
  id?: IdFilter | null | undefined;
  /** Active or deleted; ACTIVE unless asked. */
  lifecycleStage?: LifecycleStage | null | undefined;
  /** Name of the experiment. */
  name?: StringFilter | null | undefined;
  /** Id in the source. */
  nativeId?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ExperimentFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<ExperimentFilter> | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** A tag. */
  tag?: KeyedFilter | null | undefined;
  /** Time of the last rename, deletion or restoration. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** An experiment. */
export type ExperimentInput = {
  /** The experiment. */
  experiment: string;
};

/** One sort term of experiments. Ties break by native id, then source. */
export type ExperimentOrder = {
  /** Smallest or largest first. */
  direction?: Direction | null | undefined;
  /** What to sort by. */
  field: ExperimentOrderField;
};

/** A property of experiments to sort by. */
export type ExperimentOrderField =
  /** Time of creation. */
  | 'CREATED_AT'
  /** Name, by code point. */
  | 'NAME'
  /** Id in the source, as text. */
  | 'NATIVE_ID'
  /** Time of the last rename, deletion or restoration. */
  | 'UPDATED_AT';

/** An explanation of a model as a whole. */
export type ExplainGlobalInput = {
  /** Class of the explainer, as DashAI registers it. For example `PermutationFeatureImportance`. */
  explainerName: string;
  /** Name, unique among explainers of the kind. DashAI before 0.10 needs one; later ones know none. */
  name?: string | null | undefined;
  /** The explainer's parameters, an object; its own defaults hold for what is left out. */
  parameters?: unknown;
  /** The run whose model it is; it must have finished. */
  run: string;
};

/** An explanation of what a model says of single rows. */
export type ExplainLocalInput = {
  /** The dataset the rows are of, of the same source. */
  dataset: string;
  /** Class of the explainer, as DashAI registers it. For example `KernelShap`. */
  explainerName: string;
  /** Parameters of its fitting, an object. */
  fitParameters?: unknown;
  /** Name, unique among explainers of the kind. DashAI before 0.10 needs one; later ones know none. */
  name?: string | null | undefined;
  /** The explainer's parameters, an object; its own defaults hold for what is left out. */
  parameters?: unknown;
  /** The run whose model it is; it must have finished. */
  run: string;
  /** Which rows: an object such as `{ split: "test", percentage: 20 }`; DashAI 0.10 also takes `mode`, `shuffle` and `row_indexes`. */
  scope: unknown;
};

/** A look at columns of a notebook's data. */
export type ExploreInput = {
  /** The columns: an object each with at least `columnName`. */
  columns: Array<unknown>;
  /** Class of the explorer, for example `HistogramPlotExplorer`. */
  explorationType: string;
  /** Name. */
  name?: string | null | undefined;
  /** The notebook. */
  notebook: string;
  /** The explorer's parameters, an object. */
  parameters?: unknown;
};

/** The end of a run. */
export type FinishRunInput = {
  /** End time; default now. */
  endedAt?: Date | string | null | undefined;
  /** The run. */
  run: string;
  /** FINISHED, FAILED or KILLED. */
  status?: RunStatus | null | undefined;
};

/** The end of a run in the embedded home. */
export type FinishSessionRunInput = {
  /** The run. */
  run: string;
  /** FINISHED, or ERROR, which DashAI keeps without an end time. */
  status?: DashaiRunStatus | null | undefined;
};

/** The end of a trace. One that has ended already gets the new end. */
export type FinishTraceInput = {
  /** End minus start in milliseconds, instead of endedAt. */
  durationMs?: bigint | number | null | undefined;
  /** End time, not together with durationMs; default now. */
  endedAt?: Date | string | null | undefined;
  /** Metadata to set; other stays. */
  metadata?: Array<KeyValueInput> | null | undefined;
  /** What came out, up to 8,000 characters; default what is there. */
  response?: string | null | undefined;
  /** Steps, at most 10,000; one whose id is known replaces it. */
  spans?: Array<SpanInput> | null | undefined;
  /** How it ended. */
  status?: TraceEndStatus | null | undefined;
  /** Tags to set; others stay. */
  tags?: Array<KeyValueInput> | null | undefined;
  /** The trace. */
  trace: string;
};

/** A request to the model of a generative session. */
export type GenerateInput = {
  /** What the model is given, in the order in which its task takes it. */
  inputs: Array<GenerationItemInput>;
  /** The generative session. */
  session: string;
};

/** A file for a generative model. */
export type GenerationFileInput = {
  /** Its content as base64. */
  base64: string;
  /** Its media type, for example `image/png`. */
  mediaType: string;
  /** Its name, for example `cat.png`. */
  name: string;
};

/** Something a generative model is given: a text, or a file. */
export type GenerationItemInput = {
  /** The file; or give `text`. */
  file?: GenerationFileInput | null | undefined;
  /** The text; or give `file`. */
  text?: string | null | undefined;
};

/** Which GenerativeSession rows. All given members hold together. */
export type GenerativeSessionFilter = {
  /** All of these hold. */
  and?: Array<GenerativeSessionFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Name of the model. */
  modelName?: StringFilter | null | undefined;
  /** Name of the session. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: GenerativeSessionFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<GenerativeSessionFilter> | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Name of the task. */
  taskName?: StringFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** What a subscription sends before it goes live. */
export type History =
  /** Every point. */
  | 'ALL'
  /** Nothing: only points that come from now on. */
  | 'NONE'
  /** At most `maxPoints` per series, the extremes kept. */
  | 'SAMPLED';

/** Condition on an id; ids of other types are refused. All given members hold together. */
export type IdFilter = {
  /** Is this id. */
  eq?: string | null | undefined;
  /** Is one of these; an empty list matches nothing. */
  in?: Array<string> | null | undefined;
  /** Is another id; matches nothing where there is no id. */
  neq?: string | null | undefined;
  /** Is none of these; matches nothing where there is no id. */
  nin?: Array<string> | null | undefined;
};

/** A key with a text value to write. */
export type KeyValueInput = {
  /** The key: 1 to 250 characters of any Unicode text. */
  key: string;
  /** The value; how long it may be depends on what it is for. */
  value: string;
};

/** Condition on a key with a text value. Matches only where the key exists; `exists: false` asks for the others. */
export type KeyedFilter = {
  /** Whether the key is there; default true. */
  exists?: boolean | null | undefined;
  /** The key. */
  key: string;
  /** Condition on the value read as a number, as `Param.number` does; a text that is no number counts as missing. */
  number?: DoubleFilter | null | undefined;
  /** Condition on the value as text. */
  string?: StringFilter | null | undefined;
};

/** What the steps of a metric count. */
export type Level =
  /** Batches; in DashAI's documents only. */
  | 'BATCH'
  /** Epochs. */
  | 'EPOCH'
  /** Folds of a cross-validation. */
  | 'FOLD'
  /** The value at the end; changed in place. */
  | 'LAST'
  /** The value over all outer folds. */
  | 'LAST_OUTER'
  /** Outer folds of a nested cross-validation. */
  | 'OUTER_FOLD'
  /** Steps of the optimizer. */
  | 'STEP'
  /** Trials of an optimizer of hyperparameters. */
  | 'TRIAL'
  /** Something this version does not know; the text itself stands beside it. */
  | 'UNKNOWN';

/** Whether a run or experiment is in use. Deleted ones are kept and can be restored. */
export type LifecycleStage =
  /** In use. */
  | 'ACTIVE'
  /** Marked deleted. */
  | 'DELETED';

/** Datasets a run used. One that is an input of the run already is left as it is. */
export type LogDatasetInputsInput = {
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** The datasets. */
  inputs: Array<DatasetInputInput>;
  /** The run. */
  run: string;
};

/** A line to log. */
export type LogLineInput = {
  /** When it was written; default now. It does not change the order of lines. */
  at?: Date | string | null | undefined;
  /** Level, any text up to 64 characters, for example `INFO`; default none. */
  level?: string | null | undefined;
  /** Any text up to 65,536 characters, kept as it is: it may be empty and have line breaks, NUL characters, lone surrogates and ANSI escape sequences. A longer one is TOO_LARGE. */
  message: string;
  /** Where it was written to, any text up to 64 characters, for example `stderr`; default none. */
  stream?: string | null | undefined;
};

/** Lines a run wrote; they follow the lines it has. */
export type LogLinesInput = {
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** The lines in their order, 1 to 10,000. */
  lines: Array<LogLineInput>;
  /** The run. */
  run: string;
};

/** New points of a run: at most 100,000 at once. A point that is there already (same key, step, timestamp and value) is accepted and kept once. */
export type LogMetricsInput = {
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** The run. */
  run: string;
  /** The points, metric by metric. */
  series: Array<MetricSeriesInput>;
};

/** Params to log. A param is set once: the same value again is fine, another is refused. */
export type LogParamsInput = {
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** The params; values up to 8,000 characters. */
  params: Array<KeyValueInput>;
  /** The run. */
  run: string;
};

/** New values of metrics of a run in the embedded home: at most 100,000 at once. */
export type LogSplitMetricsInput = {
  /** A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time. */
  idempotencyKey?: string | null | undefined;
  /** The run. */
  run: string;
  /** The values, metric by metric. */
  series: Array<SplitSeriesInput>;
};

/** Condition on a 64-bit integer. All given members hold together. */
export type LongFilter = {
  /** Equals. */
  eq?: bigint | number | null | undefined;
  /** Is greater. */
  gt?: bigint | number | null | undefined;
  /** Is greater or equal. */
  gte?: bigint | number | null | undefined;
  /** Is one of these; an empty list matches nothing. */
  in?: Array<bigint | number> | null | undefined;
  /** true: the value is missing; false: it is there. A missing value matches nothing else. */
  isNull?: boolean | null | undefined;
  /** Is less. */
  lt?: bigint | number | null | undefined;
  /** Is less or equal. */
  lte?: bigint | number | null | undefined;
  /** Differs. */
  neq?: bigint | number | null | undefined;
};

/** Condition on a metric. Matches only where the run has the metric; `exists: false` asks for the others. */
export type MetricFilter = {
  /** Which of its values is meant. */
  aggregate?: Aggregate | null | undefined;
  /** Whether the run has the metric; default true. */
  exists?: boolean | null | undefined;
  /** Key of the metric; any text. */
  key: string;
  /** Condition on that value. */
  value?: DoubleFilter | null | undefined;
};

/** Whose points to follow: `runIds`, or a `filter`, or the runs of `runIds` while they match the `filter`. */
export type MetricPointsInput = {
  /** A cursor of a batch, a series or logMetrics: go on after it, without a gap or a repeated point. */
  after?: string | null | undefined;
  /** Runs of all sources that match, also those that start to match later; the newest 1,000. */
  filter?: RunFilter | null | undefined;
  /** What to send of the past; with `after`, of runs the cursor does not know. */
  history?: History | null | undefined;
  /** Only these metric keys; all when absent. */
  keys?: Array<string> | null | undefined;
  /** Only metric keys that match. */
  match?: StringFilter | null | undefined;
  /** Points per series with SAMPLED history: 1 to 100,000, default 500. */
  maxPoints?: number | null | undefined;
  /** Live batches per second at most, above 0 to 100; what arrives in between comes together, never is it lost. */
  maxRateHz?: number | null | undefined;
  /** These runs, at most 1,000, of any sources. */
  runIds?: Array<string> | null | undefined;
};

/** A metric and which of its values is meant. */
export type MetricRef = {
  /** Which of its values is meant. */
  aggregate?: Aggregate | null | undefined;
  /** Key of the metric. */
  key: string;
};

/** New points of one metric, as equal-length columns. */
export type MetricSeriesInput = {
  /** Key of the metric, 1 to 250 characters. */
  key: string;
  /** Steps, one for each value; default: they go on counting from the number of points the metric has. */
  steps?: Array<bigint | number> | null | undefined;
  /** Times in milliseconds since the epoch, one for each value; default now. */
  timestamps?: Array<bigint | number> | null | undefined;
  /** Values; at least one. */
  values: Array<number>;
};

/** What happened to a registered model. */
export type ModelEventKind =
  /** An alias is gone. */
  | 'ALIAS_DELETED'
  /** An alias points to another version than before. */
  | 'ALIAS_SET'
  /** The model was created, or renamed to this name; its versions and aliases are told of next. */
  | 'CREATED'
  /** The model was deleted with all that was its, or has another name now. */
  | 'DELETED'
  /** A version went to another stage, or was archived because another one took its place. */
  | 'STAGE_CHANGED'
  /** Tags were set or deleted: of the version, or, when `versionNumber` is null, of the model. */
  | 'TAGS_CHANGED'
  /** Its description was written. */
  | 'UPDATED'
  /** A version was added. */
  | 'VERSION_CREATED'
  /** A version was deleted. */
  | 'VERSION_DELETED'
  /** The description of a version, or another property but its stage and tags, was written. */
  | 'VERSION_UPDATED';

/** Which ModelSession rows. All given members hold together. */
export type ModelSessionFilter = {
  /** All of these hold. */
  and?: Array<ModelSessionFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** How models are evaluated; missing before DashAI 0.10. */
  evaluationStrategy?: StringFilter | null | undefined;
  /** Name of the session. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ModelSessionFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<ModelSessionFilter> | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Name of the task, for example `TabularClassificationTask`. */
  taskName?: StringFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** Stage of a model version (MLflow; aliases are its successor). */
export type ModelStage =
  /** No longer in use. */
  | 'ARCHIVED'
  /** In no stage. */
  | 'NONE'
  /** In use. */
  | 'PRODUCTION'
  /** Being tried. */
  | 'STAGING';

/** Condition on the stage of a model version. */
export type ModelStageFilter = {
  /** Is this stage. */
  eq?: ModelStage | null | undefined;
  /** Is one of these; an empty list matches nothing. */
  in?: Array<ModelStage> | null | undefined;
};

/** Which model versions. All given members hold together. Deleted versions never match. */
export type ModelVersionFilter = {
  /** An alias of the version. */
  alias?: StringFilter | null | undefined;
  /** All of these hold. */
  and?: Array<ModelVersionFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Name of the model. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ModelVersionFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<ModelVersionFilter> | null | undefined;
  /** Id, in its source, of the run it came from. */
  runNativeId?: StringFilter | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Where it was registered from (`sourceUri`). */
  sourceUri?: StringFilter | null | undefined;
  /** Stage. */
  stage?: ModelStageFilter | null | undefined;
  /** A tag of the version; compares as text only. */
  tag?: KeyedFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Version number. */
  version?: LongFilter | null | undefined;
};

/** A model version, by id, or by name of the model, number and source. */
export type ModelVersionInput = {
  /** The version; or give `name` and `version`. */
  modelVersion?: string | null | undefined;
  /** Name of the model; or give `modelVersion`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
  /** Number of the version, together with `name`. */
  version?: number | null | undefined;
};

/** One sort term of model versions. */
export type ModelVersionOrder = {
  /** Smallest or largest first. */
  direction?: Direction | null | undefined;
  /** What to sort by. */
  field: ModelVersionOrderField;
};

/** A property of model versions to sort by. */
export type ModelVersionOrderField =
  /** Time of creation. */
  | 'CREATED_AT'
  /** Name of the model, by code point. */
  | 'NAME'
  /** Time of the last change. */
  | 'UPDATED_AT'
  /** Version number. */
  | 'VERSION';

/** Which Notebook rows. All given members hold together. */
export type NotebookFilter = {
  /** All of these hold. */
  and?: Array<NotebookFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Its free text. */
  description?: StringFilter | null | undefined;
  /** Name of the notebook. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: NotebookFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<NotebookFilter> | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** A param and how its text is read. */
export type ParamRef = {
  /** How its text is read. */
  as?: ParamType | null | undefined;
  /** Key of the param. */
  key: string;
};

/** How the text of a param is read for sorting. */
export type ParamType =
  /** As a number; texts that are none count as missing. */
  | 'NUMBER'
  /** As text, by code point. */
  | 'STRING';

/** Which Pipeline rows. All given members hold together. */
export type PipelineFilter = {
  /** All of these hold. */
  and?: Array<PipelineFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Name of the pipeline. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: PipelineFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<PipelineFilter> | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** Which Plugin rows. All given members hold together. */
export type PluginFilter = {
  /** All of these hold. */
  and?: Array<PluginFilter> | null | undefined;
  /** Who wrote it. */
  author?: StringFilter | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Name of the plugin. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: PluginFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<PluginFilter> | null | undefined;
  /** State in DashAI's word. */
  rawStatus?: StringFilter | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** State of a plugin. */
export type PluginStatus =
  /** Its installation failed. */
  | 'ERROR'
  /** Installed. */
  | 'INSTALLED'
  /** Known, not installed. */
  | 'REGISTERED'
  /** Something this version does not know; the text itself stands beside it. */
  | 'UNKNOWN';

/** What a trained model is to predict: a dataset, or rows given here. */
export type PredictInput = {
  /** The dataset, of the same source; or give `rows`. */
  dataset?: string | null | undefined;
  /** Rows: an object each, with a value per input column; or give `dataset`. */
  rows?: Array<unknown> | null | undefined;
  /** The run whose model it is; it must have finished. */
  run: string;
  /** Only this part of the dataset the model was trained on, since DashAI 0.10; all rows when absent. */
  split?: Split | null | undefined;
};

/** Which Prediction rows. All given members hold together. */
export type PredictionFilter = {
  /** All of these hold. */
  and?: Array<PredictionFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** This does not hold. */
  not?: PredictionFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<PredictionFilter> | null | undefined;
  /** State in DashAI's word, for example FINISHED. */
  rawStatus?: StringFilter | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** Which registered models. All given members hold together. */
export type RegisteredModelFilter = {
  /** All of these hold. */
  and?: Array<RegisteredModelFilter> | null | undefined;
  /** Time of creation. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Name of the model. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: RegisteredModelFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<RegisteredModelFilter> | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** A tag of the model; compares as text only. */
  tag?: KeyedFilter | null | undefined;
  /** Time of the last change. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** A registered model, by id, or by name and source. */
export type RegisteredModelInput = {
  /** The model; or give `name`. */
  model?: string | null | undefined;
  /** Name of the model; or give `model`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
};

/** One sort term of registered models. */
export type RegisteredModelOrder = {
  /** Smallest or largest first. */
  direction?: Direction | null | undefined;
  /** What to sort by. */
  field: RegisteredModelOrderField;
};

/** A property of registered models to sort by. */
export type RegisteredModelOrderField =
  /** Time of creation. */
  | 'CREATED_AT'
  /** Name, by code point. */
  | 'NAME'
  /** Time of the last change. */
  | 'UPDATED_AT';

/** Another name for a model session. */
export type RenameModelSessionInput = {
  /** The model session. */
  modelSession: string;
  /** Name, 1 to 250 characters, unique in its home. */
  name: string;
};

/** Another name for a registered model. */
export type RenameRegisteredModelInput = {
  /** The model; or give `name`. */
  model?: string | null | undefined;
  /** Name of the model; or give `model`. */
  name?: string | null | undefined;
  /** Name, 1 to 256 characters without `/` and `:`, unique in its source. */
  newName: string;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
};

/** A DashAI run to reset. */
export type ResetSessionRunInput = {
  /** The run. */
  run: string;
};

/** A run by its id, or by a natural key that fits exactly one run. */
export type RunBy = {
  /** Name of the experiment. */
  experiment?: string | null | undefined;
  /** Id of the run; then nothing else may be given. */
  id?: string | null | undefined;
  /** Name of the run. */
  name?: string | null | undefined;
  /** Id in the source. */
  nativeId?: string | null | undefined;
  /** Name of the source. */
  source?: string | null | undefined;
};

/** What happened to a run. */
export type RunEventKind =
  /** The run was created. */
  | 'CREATED'
  /** It was marked deleted. */
  | 'DELETED'
  /** It now matches the filter, and did not before; also when a metric made it match. */
  | 'ENTERED'
  /** It no longer matches the filter. After a resume it may come for a run that did not match before either: leave out what you do not have. */
  | 'LEFT'
  /** Its status was set. */
  | 'STATUS_CHANGED'
  /** Its name, params or tags changed, or it was restored. */
  | 'UPDATED';

/** Which runs. All given members hold together. Deleted runs match only where `lifecycleStage` is asked for, anywhere in the filter. */
export type RunFilter = {
  /** All of these hold; an empty list always does. */
  and?: Array<RunFilter> | null | undefined;
  /** Where the artifacts are. */
  artifactLocation?: StringFilter | null | undefined;
  /** A dataset input. */
  dataset?: DatasetFilter | null | undefined;
  /** End minus start in milliseconds; missing while the run has not ended. */
  durationMs?: LongFilter | null | undefined;
  /** End time; missing while the run has not ended. */
  endedAt?: DateTimeFilter | null | undefined;
  /** Name of the experiment. */
  experiment?: StringFilter | null | undefined;
  /** Id of the experiment. */
  experimentId?: IdFilter | null | undefined;
  /** Id of the run. */
  id?: IdFilter | null | undefined;
  /** Active or deleted; ACTIVE unless asked. */
  lifecycleStage?: LifecycleStage | null | undefined;
  /** A metric; for several use `and`. */
  metric?: MetricFilter | null | undefined;
  /** Name of the run. */
  name?: StringFilter | null | undefined;
  /** Id in the source. */
  nativeId?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: RunFilter | null | undefined;
  /** At least one of these holds; an empty list never does. */
  or?: Array<RunFilter> | null | undefined;
  /** A param; for several use `and`. */
  param?: KeyedFilter | null | undefined;
  /** Id of the parent run; runs without a parent match no condition. */
  parentId?: IdFilter | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** Start time. */
  startedAt?: DateTimeFilter | null | undefined;
  /** Status. */
  status?: RunStatusFilter | null | undefined;
  /** A tag; for several use `and`. */
  tag?: KeyedFilter | null | undefined;
  /** Name of the user. */
  user?: StringFilter | null | undefined;
};

/** What to group runs by: exactly one of param, tag, field. */
export type RunGroupBy = {
  /** A property of the run. */
  field?: RunGroupField | null | undefined;
  /** Key of a param. */
  param?: string | null | undefined;
  /** Key of a tag. */
  tag?: string | null | undefined;
};

/** A property of runs to group by. */
export type RunGroupField =
  /** Name of the experiment. */
  | 'EXPERIMENT'
  /** Name of the source. */
  | 'SOURCE'
  /** Status as the store writes it. */
  | 'STATUS'
  /** Name of the user. */
  | 'USER';

/** A run. */
export type RunInput = {
  /** The run. */
  run: string;
};

/** One sort term: exactly one of field, metric, param, tag. In both directions values come first, then NaN, then missing; ties break by start time (newest first), then native id, then source. */
export type RunOrder = {
  /** Smallest or largest first. */
  direction?: Direction | null | undefined;
  /** A property of the run. */
  field?: RunOrderField | null | undefined;
  /** A metric. */
  metric?: MetricRef | null | undefined;
  /** A param. */
  param?: ParamRef | null | undefined;
  /** Key of a tag; its value as text. */
  tag?: string | null | undefined;
};

/** A property of runs to sort by. */
export type RunOrderField =
  /** Where the artifacts are. */
  | 'ARTIFACT_LOCATION'
  /** End minus start. */
  | 'DURATION'
  /** End time; runs that have not ended are missing it. */
  | 'ENDED_AT'
  /** Name of the experiment. */
  | 'EXPERIMENT'
  /** Name, by code point. */
  | 'NAME'
  /** Id in the source. */
  | 'NATIVE_ID'
  /** Start time. */
  | 'STARTED_AT'
  /** Name of the status. */
  | 'STATUS'
  /** Name of the user. */
  | 'USER';

/** What a run is doing. Stores check no transitions: any status may follow any. */
export type RunStatus =
  /** Ended with an error. */
  | 'FAILED'
  /** Ended well. */
  | 'FINISHED'
  /** Was stopped. */
  | 'KILLED'
  /** Is running, as far as the store knows. */
  | 'RUNNING'
  /** Waits to start. */
  | 'SCHEDULED'
  /** The store records no end and nothing was written for a while. */
  | 'STALE'
  /** The store says nothing that can be understood. */
  | 'UNKNOWN';

/** Condition on the status of a run. */
export type RunStatusFilter = {
  /** Is this status. */
  eq?: RunStatus | null | undefined;
  /** Is one of these; an empty list matches nothing. */
  in?: Array<RunStatus> | null | undefined;
  /** Is another status. */
  neq?: RunStatus | null | undefined;
};

/** How a long series is thinned out. Every point returned is one that was logged; the first and the last always are. */
export type Sampling =
  /** Largest Triangle Three Buckets: keeps the shape of the curve. */
  | 'LTTB'
  /** The least and the greatest value of each bucket, so no spike is lost. */
  | 'MIN_MAX'
  /** The point nearest to each of evenly spaced steps; spikes may be missed. */
  | 'NEAREST'
  /** Every point, however many; more than 250,000 of one series are refused. */
  | 'NONE';

/** An alias, and the version it is to point to. */
export type SetModelAliasInput = {
  /** The alias: 1 to 255 letters, digits, underscores and dashes; case-sensitive. `latest`, and `v` with a number, mean something already. */
  alias: string;
  /** The model; or give `name`. */
  model?: string | null | undefined;
  /** Name of the model; or give `model`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
  /** Number of the version, which must exist. */
  version: number;
};

/** Tags of a model version to set; a tag that is there gets the new value. */
export type SetModelVersionTagsInput = {
  /** The version; or give `name` and `version`. */
  modelVersion?: string | null | undefined;
  /** Name of the model; or give `modelVersion`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
  /** Tags; values up to 5,000 characters. */
  tags: Array<KeyValueInput>;
  /** Number of the version, together with `name`. */
  version?: number | null | undefined;
};

/** Tags of a registered model to set; a tag that is there gets the new value. */
export type SetRegisteredModelTagsInput = {
  /** The model; or give `name`. */
  model?: string | null | undefined;
  /** Name of the model; or give `model`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
  /** Tags; values up to 5,000 characters. */
  tags: Array<KeyValueInput>;
};

/** Tags to set; a tag that is there gets the new value. */
export type SetTagsInput = {
  /** The run. */
  run: string;
  /** The tags; values up to 5,000 characters. */
  tags: Array<KeyValueInput>;
};

/** What wrote the source. */
export type SourceKind =
  /** DashAI. */
  | 'DASHAI'
  /** DreamLake. */
  | 'DREAMLAKE'
  /** ML-Dash. */
  | 'MLDASH'
  /** MLflow. */
  | 'MLFLOW'
  /** RunGraph itself. */
  | 'NATIVE'
  /** Trackio. */
  | 'TRACKIO';

/** How a source is at this moment. */
export type SourceState =
  /** It is being read in; what is there so far can be asked. */
  | 'CATCHING_UP'
  /** It is not what it was attached as, or of a version that is not supported. */
  | 'INCOMPATIBLE'
  /** There is nothing at its location. */
  | 'MISSING'
  /** It can be read. */
  | 'READY'
  /** It cannot be read now: locked, damaged, or not allowed. */
  | 'UNAVAILABLE';

/** Something that happened at one instant of a span. */
export type SpanEventInput = {
  /** When, in nanoseconds since the epoch. */
  atNs: bigint | number;
  /** Attributes by key: a JSON object; default none. */
  attributes?: unknown;
  /** Name of the event, for example `exception`. */
  name: string;
};

/** Condition on the spans of a trace; all given members must hold for one and the same span. */
export type SpanFilter = {
  /** Name of the span. */
  name?: StringFilter | null | undefined;
  /** Status of the span: `OK`, `ERROR`, `UNSET`. */
  status?: StringFilter | null | undefined;
  /** Type of the span: `LLM`, `TOOL`, `RETRIEVER`, … */
  type?: StringFilter | null | undefined;
};

/** One step of a trace. */
export type SpanInput = {
  /** Attributes by key: a JSON object; inputs and outputs are `mlflow.spanInputs` and `mlflow.spanOutputs`. */
  attributes?: unknown;
  /** End minus start in nanoseconds; none while it has not ended. */
  durationNs?: bigint | number | null | undefined;
  /** What happened while it ran. */
  events?: Array<SpanEventInput> | null | undefined;
  /** Id within the trace: 16 hexadecimal digits in lower case; default a random one. */
  id?: string | null | undefined;
  /** Name of the step. */
  name: string;
  /** Id of the span that this one is part of; none for a root. */
  parentId?: string | null | undefined;
  /** Start time in nanoseconds since the epoch. */
  startedAtNs: bigint | number;
  /** How it ended. */
  status?: SpanStatus | null | undefined;
  /** What went wrong; default nothing. */
  statusMessage?: string | null | undefined;
  /** Kind of step, up to 500 characters: `LLM`, `TOOL`, `RETRIEVER`, …; default `UNKNOWN`. */
  type?: string | null | undefined;
};

/** How a span ended, in the words of OpenTelemetry. */
export type SpanStatus =
  /** It failed. */
  | 'ERROR'
  /** It succeeded. */
  | 'OK'
  /** Nothing was said; usually it succeeded. */
  | 'UNSET';

/** The part of a dataset something was computed on. */
export type Split =
  /** What was kept for the end. */
  | 'TEST'
  /** What the model is fitted to. */
  | 'TRAIN'
  /** Something this version does not know; the text itself stands beside it. */
  | 'UNKNOWN'
  /** What models are compared on. */
  | 'VALIDATION';

/** New values of one metric on one part of the dataset. */
export type SplitSeriesInput = {
  /** What their steps count: EPOCH, STEP or TRIAL; or LAST for the one value at the end, which replaces the one before. */
  level?: Level | null | undefined;
  /** Name of the metric, for example `Accuracy`. */
  name: string;
  /** What they were computed on. */
  split: Split;
  /** Steps, one for each value; default: they go on after the last step of this split and level, at the distance of the last two, from 1. */
  steps?: Array<bigint | number> | null | undefined;
  /** Values; at least one. Those that are not finite are left out, as DashAI does, and their steps stay empty. */
  values: Array<number>;
};

/** A DashAI run to start. */
export type StartSessionRunInput = {
  /** The run. */
  run: string;
};

/** Condition on a text; texts compare by Unicode code point. All given members hold together; a missing text matches only `isNull: true`. */
export type StringFilter = {
  /** Has this part, case-sensitive. */
  contains?: string | null | undefined;
  /** Ends with this, case-sensitive. */
  endsWith?: string | null | undefined;
  /** Is this text. */
  eq?: string | null | undefined;
  /** As `like`, folding the case of every letter. */
  ilike?: string | null | undefined;
  /** Is one of these; an empty list matches nothing. */
  in?: Array<string> | null | undefined;
  /** true: the value is missing; false: it is there. A missing value matches nothing else. */
  isNull?: boolean | null | undefined;
  /** Fits the pattern: % any run of characters, _ any one; case-sensitive, without an escape character. At most 1,000 characters. */
  like?: string | null | undefined;
  /** Is another text. */
  neq?: string | null | undefined;
  /** Is none of these. */
  nin?: Array<string> | null | undefined;
  /** Begins with this, case-sensitive. */
  startsWith?: string | null | undefined;
};

/** How a trace ended. */
export type TraceEndStatus =
  /** The request failed. */
  | 'ERROR'
  /** The request was answered. */
  | 'OK';

/** Which traces. All given members hold together. Traces of deleted experiments match too. */
export type TraceFilter = {
  /** All of these hold; an empty list always does. */
  and?: Array<TraceFilter> | null | undefined;
  /** Id the application gave its request; missing where it gave none. */
  clientRequestId?: StringFilter | null | undefined;
  /** End minus start in milliseconds; missing while it has not ended. */
  durationMs?: LongFilter | null | undefined;
  /** End time; missing while it has not ended. */
  endedAt?: DateTimeFilter | null | undefined;
  /** Name of the experiment. */
  experiment?: StringFilter | null | undefined;
  /** Id of the experiment. */
  experimentId?: IdFilter | null | undefined;
  /** Id of the trace. */
  id?: IdFilter | null | undefined;
  /** Metadata; for several use `and`. Of `mlflow.trace.tokenUsage` and `mlflow.trace.cost`, which newer databases keep in columns, only `exists` can be asked there (FILTER_UNSUPPORTED). */
  metadata?: KeyedFilter | null | undefined;
  /** Name of the trace; missing where it has none. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: TraceFilter | null | undefined;
  /** At least one of these holds; an empty list never does. */
  or?: Array<TraceFilter> | null | undefined;
  /** Id in the source. */
  requestId?: StringFilter | null | undefined;
  /** Id of a run it was recorded in or linked to; `neq` and `nin` look at the run it was recorded in and match only where there is one. */
  runId?: IdFilter | null | undefined;
  /** Name of the source. */
  source?: StringFilter | null | undefined;
  /** A span; traces whose spans are not known match no condition. */
  span?: SpanFilter | null | undefined;
  /** Start time. */
  startedAt?: DateTimeFilter | null | undefined;
  /** Status as text: `IN_PROGRESS`, `OK`, `ERROR`. */
  status?: StringFilter | null | undefined;
  /** A tag; for several use `and`. */
  tag?: KeyedFilter | null | undefined;
};

/** One sort term of traces: exactly one of field, tag, metadata. In both directions values come first, then missing; ties break by start time (newest first), then request id, then source. */
export type TraceOrder = {
  /** Smallest or largest first. */
  direction?: Direction | null | undefined;
  /** A property of the trace. */
  field?: TraceOrderField | null | undefined;
  /** Key of metadata; its value as text. */
  metadata?: string | null | undefined;
  /** Key of a tag; its value as text. */
  tag?: string | null | undefined;
};

/** A property of traces to sort by. */
export type TraceOrderField =
  /** End minus start; missing while it has not ended. */
  | 'DURATION'
  /** Name of the experiment, by code point. */
  | 'EXPERIMENT'
  /** Name, by code point. */
  | 'NAME'
  /** Id in the source. */
  | 'REQUEST_ID'
  /** Start time. */
  | 'STARTED_AT'
  /** Status as text. */
  | 'STATUS';

/** The stage a model version goes to; any may follow any. */
export type TransitionModelVersionStageInput = {
  /** Whether the other versions in that stage become ARCHIVED; only on the way to STAGING or PRODUCTION. */
  archiveExistingVersions?: boolean | null | undefined;
  /** The version; or give `name` and `version`. */
  modelVersion?: string | null | undefined;
  /** Name of the model; or give `modelVersion`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
  /** The stage. */
  stage: ModelStage;
  /** Number of the version, together with `name`. */
  version?: number | null | undefined;
};

/** Changes to an experiment; absent fields stay as they are. */
export type UpdateExperimentInput = {
  /** The experiment. */
  experiment: string;
  /** New name. */
  name?: string | null | undefined;
  /** Tags to set; others stay. */
  tags?: Array<KeyValueInput> | null | undefined;
};

/** Another description of a model version. */
export type UpdateModelVersionInput = {
  /** Free text, up to 5,000 characters; null or absent takes the description away. */
  description?: string | null | undefined;
  /** The version; or give `name` and `version`. */
  modelVersion?: string | null | undefined;
  /** Name of the model; or give `modelVersion`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
  /** Number of the version, together with `name`. */
  version?: number | null | undefined;
};

/** Another description of a registered model. */
export type UpdateRegisteredModelInput = {
  /** Free text, up to 5,000 characters; null or absent takes the description away. */
  description?: string | null | undefined;
  /** The model; or give `name`. */
  model?: string | null | undefined;
  /** Name of the model; or give `model`. */
  name?: string | null | undefined;
  /** Name of the source that `name` is of; default `local`. It must be writable. */
  source?: string | null | undefined;
};

/** Changes to a run; absent fields stay as they are. */
export type UpdateRunInput = {
  /** End time. */
  endedAt?: Date | string | null | undefined;
  /** New name, up to 250 characters. */
  name?: string | null | undefined;
  /** New note (tag `mlflow.note.content`), up to 5,000 characters. */
  note?: string | null | undefined;
  /** The run. */
  run: string;
  /** New status; any may follow any. STALE and UNKNOWN cannot be set. */
  status?: RunStatus | null | undefined;
};

/** Changes to a run of a DashAI home; absent fields stay as they are. */
export type UpdateSessionRunInput = {
  /** Free text, up to 5,000 characters. Null takes it away. */
  description?: string | null | undefined;
  /** Name, 1 to 250 characters; several runs may have the same. */
  name?: string | null | undefined;
  /** The run. */
  run: string;
};

/** Which rule the input of a mutation broke. */
export type UserErrorCode =
  /** An object with this name exists. */
  | 'ALREADY_EXISTS'
  /** Make a backup first. */
  | 'BACKUP_REQUIRED'
  /** The store is locked by another process; try again. */
  | 'BUSY'
  /** The object is in a state that does not allow this, or the idempotency key was used for another request. */
  | 'CONFLICT'
  /** The store is damaged. */
  | 'CORRUPT'
  /** The system that executed this reported a failure, or what it did is not seen; the message says what remains. */
  | 'EXECUTOR_FAILED'
  /** The system that would execute this cannot be reached, or does not serve the source; the message says what is known. */
  | 'EXECUTOR_UNAVAILABLE'
  /** The value was set before and cannot change. */
  | 'IMMUTABLE'
  /** The value breaks a rule. */
  | 'INVALID'
  /** The object to change does not exist. */
  | 'NOT_FOUND'
  /** The source is attached read-only. */
  | 'READ_ONLY'
  /** The value is longer than the store can keep. */
  | 'TOO_LARGE'
  /** This source cannot do that. */
  | 'UNSUPPORTED';

export type ArtifactFieldsFragment = { path: string, isDirectory: boolean, bytes: bigint | null, modifiedAt: Date | null, url: string | null };

export type RunArtifactsQueryVariables = Exact<{
  by: RunBy;
  path?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withSha256?: boolean;
  withTotalCount?: boolean;
}>;


export type RunArtifactsQuery = { run: { id: string, artifacts: { totalCount?: number, nodes: Array<(
        { sha256?: string | null }
        & ArtifactFieldsFragment
      )>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } | null } | null };

export type ModelSessionFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string, taskName: string, inputColumns: Array<string>, outputColumns: Array<string>, splits: unknown, evaluationStrategy: string | null, trainMetrics: Array<string>, validationMetrics: Array<string>, testMetrics: Array<string>, createdAt: Date | null, updatedAt: Date | null, dataset: { id: string, name: string | null } | null };

export type DashaiDatasetFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string | null, status: DashaiRunStatus, rawStatus: string | null, filePath: string | null, totalRows: bigint | null, totalColumns: bigint | null, createdAt: Date | null, updatedAt: Date | null };

export type PredictionFieldsFragment = { id: string, nativeId: string, sourceName: string, status: DashaiRunStatus, rawStatus: string | null, split: Split | null, createdAt: Date | null, deliveredAt: Date | null, startedAt: Date | null, endedAt: Date | null, run: { id: string, name: string } | null, dataset: { id: string, name: string | null } | null };

export type GlobalExplainerFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string | null, explainerName: string | null, parameters: unknown, status: DashaiRunStatus, rawStatus: string | null, createdAt: Date | null };

export type LocalExplainerFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string | null, explainerName: string | null, parameters: unknown, fitParameters: unknown, scope: unknown, status: DashaiRunStatus, rawStatus: string | null, createdAt: Date | null };

export type ExplorerFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string | null, explorationType: string | null, columns: unknown, parameters: unknown, status: DashaiRunStatus, rawStatus: string | null, createdAt: Date | null, endedAt: Date | null };

export type ConverterFieldsFragment = { id: string, nativeId: string, sourceName: string, converter: string | null, parameters: unknown, status: DashaiRunStatus, rawStatus: string | null, createdAt: Date | null, endedAt: Date | null };

export type NotebookFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string | null, description: string | null, createdAt: Date | null, updatedAt: Date | null, dataset: { id: string, name: string | null } | null, explorers: Array<ExplorerFieldsFragment>, converters: Array<ConverterFieldsFragment> };

export type GenerativeProcessFieldsFragment = { id: string, nativeId: string, sourceName: string, status: DashaiRunStatus, rawStatus: string | null, createdAt: Date | null, endedAt: Date | null, inputs: Array<{ data: string | null, dataType: string | null }>, outputs: Array<{ data: string | null, dataType: string | null }> };

export type GenerativeSessionFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string | null, description: string | null, taskName: string | null, modelName: string | null, parameters: unknown, createdAt: Date | null, updatedAt: Date | null };

export type PluginFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string | null, author: string | null, installedVersion: string | null, latestVersion: string | null, status: PluginStatus, rawStatus: string | null, summary: string | null, verified: boolean | null, tags: Array<string> };

export type PipelineFieldsFragment = { id: string, nativeId: string, sourceName: string, name: string | null, steps: unknown, edges: unknown };

export type ModelSessionsQueryVariables = Exact<{
  filter?: ModelSessionFilter | null | undefined;
  orderBy?: Array<DashaiOrder> | DashaiOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type ModelSessionsQuery = { modelSessions: { totalCount?: number, nodes: Array<ModelSessionFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type DashaiDatasetsQueryVariables = Exact<{
  filter?: DashaiDatasetFilter | null | undefined;
  orderBy?: Array<DashaiOrder> | DashaiOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type DashaiDatasetsQuery = { dashaiDatasets: { totalCount?: number, nodes: Array<DashaiDatasetFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type PredictionsQueryVariables = Exact<{
  filter?: PredictionFilter | null | undefined;
  orderBy?: Array<DashaiOrder> | DashaiOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type PredictionsQuery = { predictions: { totalCount?: number, nodes: Array<PredictionFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type NotebooksQueryVariables = Exact<{
  filter?: NotebookFilter | null | undefined;
  orderBy?: Array<DashaiOrder> | DashaiOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type NotebooksQuery = { notebooks: { totalCount?: number, nodes: Array<NotebookFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type GenerativeSessionsQueryVariables = Exact<{
  filter?: GenerativeSessionFilter | null | undefined;
  orderBy?: Array<DashaiOrder> | DashaiOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type GenerativeSessionsQuery = { generativeSessions: { totalCount?: number, nodes: Array<GenerativeSessionFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type PluginsQueryVariables = Exact<{
  filter?: PluginFilter | null | undefined;
  orderBy?: Array<DashaiOrder> | DashaiOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type PluginsQuery = { plugins: { totalCount?: number, nodes: Array<PluginFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type PipelinesQueryVariables = Exact<{
  filter?: PipelineFilter | null | undefined;
  orderBy?: Array<DashaiOrder> | DashaiOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type PipelinesQuery = { pipelines: { totalCount?: number, nodes: Array<PipelineFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type CreateModelSessionMutationVariables = Exact<{
  input: CreateModelSessionInput;
}>;


export type CreateModelSessionMutation = { createModelSession: { modelSession: ModelSessionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type RenameModelSessionMutationVariables = Exact<{
  input: RenameModelSessionInput;
}>;


export type RenameModelSessionMutation = { renameModelSession: { modelSession: ModelSessionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type CreateSessionRunMutationVariables = Exact<{
  input: CreateSessionRunInput;
}>;


export type CreateSessionRunMutation = { createSessionRun: { run: RunFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type UpdateSessionRunMutationVariables = Exact<{
  input: UpdateSessionRunInput;
}>;


export type UpdateSessionRunMutation = { updateSessionRun: { run: RunFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type LogSplitMetricsMutationVariables = Exact<{
  input: LogSplitMetricsInput;
}>;


export type LogSplitMetricsMutation = { logSplitMetrics: { valuesAccepted: number | null, valuesSkipped: number | null, userErrors: Array<UserErrorFieldsFragment> } };

export type FinishSessionRunMutationVariables = Exact<{
  input: FinishSessionRunInput;
}>;


export type FinishSessionRunMutation = { finishSessionRun: { run: RunFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type StartSessionRunMutationVariables = Exact<{
  input: StartSessionRunInput;
}>;


export type StartSessionRunMutation = { startSessionRun: { jobId: string | null, run: RunFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type ResetSessionRunMutationVariables = Exact<{
  input: ResetSessionRunInput;
}>;


export type ResetSessionRunMutation = { resetSessionRun: { run: RunFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type CancelJobMutationVariables = Exact<{
  input: CancelJobInput;
}>;


export type CancelJobMutation = { cancelJob: { jobId: string | null, userErrors: Array<UserErrorFieldsFragment> } };

export type PredictMutationVariables = Exact<{
  input: PredictInput;
}>;


export type PredictMutation = { predict: { jobId: string | null, prediction: PredictionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type ExplainGlobalMutationVariables = Exact<{
  input: ExplainGlobalInput;
}>;


export type ExplainGlobalMutation = { explainGlobal: { jobId: string | null, globalExplainer: GlobalExplainerFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type ExplainLocalMutationVariables = Exact<{
  input: ExplainLocalInput;
}>;


export type ExplainLocalMutation = { explainLocal: { jobId: string | null, localExplainer: LocalExplainerFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type ExploreMutationVariables = Exact<{
  input: ExploreInput;
}>;


export type ExploreMutation = { explore: { jobId: string | null, explorer: ExplorerFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type ConvertMutationVariables = Exact<{
  input: ConvertInput;
}>;


export type ConvertMutation = { convert: { jobId: string | null, converter: ConverterFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type GenerateMutationVariables = Exact<{
  input: GenerateInput;
}>;


export type GenerateMutation = { generate: { jobId: string | null, generativeProcess: GenerativeProcessFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type ExperimentFieldsFragment = { id: string, nativeId: string, name: string, sourceName: string, lifecycleStage: LifecycleStage, createdAt: Date | null, updatedAt: Date | null, artifactLocation: string | null, tags: Array<TagFragment> };

export type ExperimentsQueryVariables = Exact<{
  filter?: ExperimentFilter | null | undefined;
  orderBy?: Array<ExperimentOrder> | ExperimentOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type ExperimentsQuery = { experiments: { totalCount?: number, nodes: Array<ExperimentFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type ExperimentQueryVariables = Exact<{
  id?: string | null | undefined;
  name?: string | null | undefined;
  source?: string | null | undefined;
}>;


export type ExperimentQuery = { experiment: (
    { metricKeys: Array<string>, paramKeys: Array<string> }
    & ExperimentFieldsFragment
  ) | null };

export type ExperimentRunsQueryVariables = Exact<{
  id?: string | null | undefined;
  name?: string | null | undefined;
  source?: string | null | undefined;
  filter?: RunFilter | null | undefined;
  orderBy?: Array<RunOrder> | RunOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type ExperimentRunsQuery = { experiment: { runs: { totalCount?: number, nodes: Array<RunFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } } | null };

export type CreateExperimentMutationVariables = Exact<{
  input: CreateExperimentInput;
}>;


export type CreateExperimentMutation = { createExperiment: { experiment: ExperimentFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type UpdateExperimentMutationVariables = Exact<{
  input: UpdateExperimentInput;
}>;


export type UpdateExperimentMutation = { updateExperiment: { experiment: ExperimentFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type DeleteExperimentMutationVariables = Exact<{
  input: ExperimentInput;
}>;


export type DeleteExperimentMutation = { deleteExperiment: { experiment: { id: string, lifecycleStage: LifecycleStage } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type RestoreExperimentMutationVariables = Exact<{
  input: ExperimentInput;
}>;


export type RestoreExperimentMutation = { restoreExperiment: { experiment: { id: string, lifecycleStage: LifecycleStage } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type SeriesOfRunsQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  keys?: Array<string> | string | null | undefined;
  fromStep?: bigint | number | null | undefined;
  toStep?: bigint | number | null | undefined;
  from?: Date | string | null | undefined;
  to?: Date | string | null | undefined;
  first?: number | null | undefined;
}>;


export type SeriesOfRunsQuery = { runs: { nodes: Array<{ id: string, series: Array<{ key: string, steps: BigInt64Array, timestamps: BigInt64Array, values: Float64Array }> }>, sources: Array<SourceAnswerFragment> } };

export type PageFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

export type SourceAnswerFragment = { source: string, ok: boolean, error: { code: string, message: string } | null };

export type TagFragment = { key: string, value: string };

export type UserErrorFieldsFragment = { field: Array<string> | null, code: UserErrorCode, message: string };

export type LogLineFieldsFragment = { cursor: string, at: Date | null, level: string | null, message: string, stream: string | null };

export type RunLogsQueryVariables = Exact<{
  by: RunBy;
  after?: string | null | undefined;
  first?: number | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type RunLogsQuery = { run: { id: string, logs: { totalCount: number, nodes: Array<LogLineFieldsFragment>, pageInfo: PageFieldsFragment } } | null };

export type LogLinesMutationVariables = Exact<{
  input: LogLinesInput;
}>;


export type LogLinesMutation = { logLines: { linesAccepted: number | null, cursor: string | null, userErrors: Array<UserErrorFieldsFragment> } };

export type NewLogLinesSubscriptionVariables = Exact<{
  runId: string;
  after?: string | null | undefined;
}>;


export type NewLogLinesSubscription = { logLines: { cursor: string, caughtUp: boolean, lines: Array<LogLineFieldsFragment> } };

export type ModelVersionPartsFragment = { id: string, version: number, uri: string, statusMessage: string | null, stage: ModelStage, description: string | null, user: string | null, sourceUri: string | null, storageLocation: string | null, runLink: string | null, createdAt: Date | null, updatedAt: Date | null, model: { id: string, name: string, sourceName: string }, run: { id: string, nativeId: string, name: string } | null, tags: Array<TagFragment> };

export type ModelVersionFieldsFragment = (
  { status: string, aliases: Array<string> }
  & ModelVersionPartsFragment
);

export type RegisteredModelFieldsFragment = { id: string, name: string, sourceName: string, description: string | null, createdAt: Date | null, updatedAt: Date | null, tags: Array<TagFragment>, aliases: Array<{ alias: string, version: { id: string, version: number } }>, latestVersions: Array<{ id: string, version: number, stage: ModelStage, uri: string }> };

export type RegisteredModelsQueryVariables = Exact<{
  filter?: RegisteredModelFilter | null | undefined;
  orderBy?: Array<RegisteredModelOrder> | RegisteredModelOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type RegisteredModelsQuery = { registeredModels: { totalCount?: number, nodes: Array<RegisteredModelFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type RegisteredModelQueryVariables = Exact<{
  name: string;
  source?: string | null | undefined;
}>;


export type RegisteredModelQuery = { registeredModel: RegisteredModelFieldsFragment | null };

export type RegisteredModelVersionsQueryVariables = Exact<{
  name: string;
  source?: string | null | undefined;
  filter?: ModelVersionFilter | null | undefined;
  orderBy?: Array<ModelVersionOrder> | ModelVersionOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type RegisteredModelVersionsQuery = { registeredModel: { versions: { totalCount?: number, nodes: Array<ModelVersionFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } } | null };

export type ModelVersionsQueryVariables = Exact<{
  filter?: ModelVersionFilter | null | undefined;
  orderBy?: Array<ModelVersionOrder> | ModelVersionOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type ModelVersionsQuery = { modelVersions: { totalCount?: number, nodes: Array<ModelVersionFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type ModelVersionQueryVariables = Exact<{
  uri: string;
  source?: string | null | undefined;
}>;


export type ModelVersionQuery = { modelVersion: ModelVersionFieldsFragment | null };

export type CreateRegisteredModelMutationVariables = Exact<{
  input: CreateRegisteredModelInput;
}>;


export type CreateRegisteredModelMutation = { createRegisteredModel: { registeredModel: RegisteredModelFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type RenameRegisteredModelMutationVariables = Exact<{
  input: RenameRegisteredModelInput;
}>;


export type RenameRegisteredModelMutation = { renameRegisteredModel: { registeredModel: RegisteredModelFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type UpdateRegisteredModelMutationVariables = Exact<{
  input: UpdateRegisteredModelInput;
}>;


export type UpdateRegisteredModelMutation = { updateRegisteredModel: { registeredModel: RegisteredModelFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type DeleteRegisteredModelMutationVariables = Exact<{
  input: RegisteredModelInput;
}>;


export type DeleteRegisteredModelMutation = { deleteRegisteredModel: { registeredModel: { id: string, name: string, sourceName: string } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type SetRegisteredModelTagsMutationVariables = Exact<{
  input: SetRegisteredModelTagsInput;
}>;


export type SetRegisteredModelTagsMutation = { setRegisteredModelTags: { registeredModel: RegisteredModelFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type DeleteRegisteredModelTagsMutationVariables = Exact<{
  input: DeleteRegisteredModelTagsInput;
}>;


export type DeleteRegisteredModelTagsMutation = { deleteRegisteredModelTags: { registeredModel: RegisteredModelFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type CreateModelVersionMutationVariables = Exact<{
  input: CreateModelVersionInput;
}>;


export type CreateModelVersionMutation = { createModelVersion: { modelVersion: ModelVersionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type UpdateModelVersionMutationVariables = Exact<{
  input: UpdateModelVersionInput;
}>;


export type UpdateModelVersionMutation = { updateModelVersion: { modelVersion: ModelVersionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type TransitionModelVersionStageMutationVariables = Exact<{
  input: TransitionModelVersionStageInput;
}>;


export type TransitionModelVersionStageMutation = { transitionModelVersionStage: { modelVersion: ModelVersionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type DeleteModelVersionMutationVariables = Exact<{
  input: ModelVersionInput;
}>;


export type DeleteModelVersionMutation = { deleteModelVersion: { modelVersion: { id: string, version: number, uri: string } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type SetModelVersionTagsMutationVariables = Exact<{
  input: SetModelVersionTagsInput;
}>;


export type SetModelVersionTagsMutation = { setModelVersionTags: { modelVersion: ModelVersionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type DeleteModelVersionTagsMutationVariables = Exact<{
  input: DeleteModelVersionTagsInput;
}>;


export type DeleteModelVersionTagsMutation = { deleteModelVersionTags: { modelVersion: ModelVersionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type SetModelAliasMutationVariables = Exact<{
  input: SetModelAliasInput;
}>;


export type SetModelAliasMutation = { setModelAlias: { registeredModel: RegisteredModelFieldsFragment | null, modelVersion: ModelVersionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type DeleteModelAliasMutationVariables = Exact<{
  input: DeleteModelAliasInput;
}>;


export type DeleteModelAliasMutation = { deleteModelAlias: { registeredModel: RegisteredModelFieldsFragment | null, modelVersion: ModelVersionFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type ModelEventCursorQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelEventCursorQuery = { modelEventCursor: string };

export type ModelEventsSubscriptionVariables = Exact<{
  model?: string | null | undefined;
  source?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type ModelEventsSubscription = { modelEvents: { kind: ModelEventKind, sourceName: string, modelName: string, versionNumber: number | null, alias: string | null, at: Date, cursor: string, model: RegisteredModelFieldsFragment | null, version: ModelVersionFieldsFragment | null } };

export type RunFieldsFragment = { id: string, nativeId: string, name: string, sourceName: string, status: RunStatus, statusReason: string | null, lifecycleStage: LifecycleStage, startedAt: Date | null, endedAt: Date | null, durationMs: bigint | null, user: string | null, note: string | null, experiment: { id: string, name: string } | null, params: Array<{ key: string, value: string, number: number | null }>, metrics: Array<{ key: string, value: number, step: bigint, timestamp: Date, min: number | null, minStep: bigint | null, max: number | null, maxStep: bigint | null, count: bigint }>, tags: Array<TagFragment> };

export type RunDetailsFragment = (
  { artifactLocation: string | null, parent: { id: string, name: string } | null, datasetInputs: Array<{ name: string, digest: string, context: string | null, source: string, sourceType: string, schema: string | null, profile: string | null, tags: Array<TagFragment> }>, modelVersions: Array<{ id: string, version: number, uri: string, stage: ModelStage }> | null }
  & RunFieldsFragment
);

export type RunsQueryVariables = Exact<{
  filter?: RunFilter | null | undefined;
  orderBy?: Array<RunOrder> | RunOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type RunsQuery = { runs: { totalCount?: number, nodes: Array<RunFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type RunQueryVariables = Exact<{
  by: RunBy;
}>;


export type RunQuery = { run: RunDetailsFragment | null };

export type RunSeriesQueryVariables = Exact<{
  by: RunBy;
  keys?: Array<string> | string | null | undefined;
  match?: StringFilter | null | undefined;
  maxPoints?: number | null | undefined;
  sampling?: Sampling | null | undefined;
  fromStep?: bigint | number | null | undefined;
  toStep?: bigint | number | null | undefined;
  from?: Date | string | null | undefined;
  to?: Date | string | null | undefined;
}>;


export type RunSeriesQuery = { run: { id: string, series: Array<{ key: string, steps: BigInt64Array, timestamps: BigInt64Array, values: Float64Array, totalPoints: bigint, sampled: boolean, isFinal: boolean, cursor: string }> } | null };

export type RunChildrenQueryVariables = Exact<{
  by: RunBy;
  first?: number | null | undefined;
  after?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type RunChildrenQuery = { run: { children: { totalCount?: number, nodes: Array<RunFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } } | null };

export type RunGroupsQueryVariables = Exact<{
  by: Array<RunGroupBy> | RunGroupBy;
  filter?: RunFilter | null | undefined;
  metrics?: Array<MetricRef> | MetricRef | null | undefined;
  best?: MetricRef | null | undefined;
  bestDirection?: Direction | null | undefined;
  first?: number | null | undefined;
}>;


export type RunGroupsQuery = { runGroups: Array<{ count: number, key: Array<TagFragment>, metrics: Array<{ key: string, count: number, mean: number | null, stddev: number | null, min: number | null, max: number | null }>, best: RunFieldsFragment | null }> };

export type CreateRunMutationVariables = Exact<{
  input: CreateRunInput;
}>;


export type CreateRunMutation = { createRun: { run: RunFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type UpdateRunMutationVariables = Exact<{
  input: UpdateRunInput;
}>;


export type UpdateRunMutation = { updateRun: { run: RunFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type FinishRunMutationVariables = Exact<{
  input: FinishRunInput;
}>;


export type FinishRunMutation = { finishRun: { run: RunFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type DeleteRunMutationVariables = Exact<{
  input: RunInput;
}>;


export type DeleteRunMutation = { deleteRun: { run: { id: string, lifecycleStage: LifecycleStage } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type RestoreRunMutationVariables = Exact<{
  input: RunInput;
}>;


export type RestoreRunMutation = { restoreRun: { run: { id: string, lifecycleStage: LifecycleStage } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type LogMetricsMutationVariables = Exact<{
  input: LogMetricsInput;
}>;


export type LogMetricsMutation = { logMetrics: { pointsAccepted: number | null, cursor: string | null, userErrors: Array<UserErrorFieldsFragment> } };

export type LogParamsMutationVariables = Exact<{
  input: LogParamsInput;
}>;


export type LogParamsMutation = { logParams: { run: { id: string } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type LogDatasetInputsMutationVariables = Exact<{
  input: LogDatasetInputsInput;
}>;


export type LogDatasetInputsMutation = { logDatasetInputs: { run: { id: string } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type SetTagsMutationVariables = Exact<{
  input: SetTagsInput;
}>;


export type SetTagsMutation = { setTags: { run: { id: string } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type DeleteTagsMutationVariables = Exact<{
  input: DeleteTagsInput;
}>;


export type DeleteTagsMutation = { deleteTags: { run: { id: string } | null, userErrors: Array<UserErrorFieldsFragment> } };

export type MetricPointsSubscriptionVariables = Exact<{
  input: MetricPointsInput;
}>;


export type MetricPointsSubscription = { metricPoints: { kind: BatchKind, cursor: string, caughtUp: boolean, series: Array<{ runId: string, key: string, steps: BigInt64Array, timestamps: BigInt64Array, values: Float64Array }> } };

export type RunEventCursorQueryVariables = Exact<{ [key: string]: never; }>;


export type RunEventCursorQuery = { runEventCursor: string };

export type RunEventsSubscriptionVariables = Exact<{
  filter?: RunFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type RunEventsSubscription = { runEvents: { kind: RunEventKind, at: Date, cursor: string, run: RunFieldsFragment } };

export type SourceFieldsFragment = { id: string, name: string, kind: SourceKind, location: string, layout: string | null, writable: boolean, state: SourceState, stateReason: string | null, schemaVersion: string | null, runCount: number, pointCount: bigint, connectedAt: Date | null, lastSyncedAt: Date | null };

export type SourcesQueryVariables = Exact<{ [key: string]: never; }>;


export type SourcesQuery = { sources: Array<SourceFieldsFragment> };

export type SourceQueryVariables = Exact<{
  name: string;
}>;


export type SourceQuery = { source: SourceFieldsFragment | null };

export type ServerQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerQuery = { server: { version: string, subgraphs: Array<string>, limits: { bodyBytes: number, documentDepth: number, documentTokens: number, pageSize: number, pointsPerLog: number, pointsPerSeries: number } } };

export type NodeQueryVariables = Exact<{
  id: string;
}>;


export type NodeQuery = { node:
    | { __typename: 'Converter', id: string }
    | { __typename: 'DashaiDataset', id: string }
    | (
      { __typename: 'Experiment', id: string }
      & ExperimentFieldsFragment
    )
    | { __typename: 'Explorer', id: string }
    | { __typename: 'GenerativeProcess', id: string }
    | { __typename: 'GenerativeSession', id: string }
    | { __typename: 'GlobalExplainer', id: string }
    | { __typename: 'LocalExplainer', id: string }
    | { __typename: 'ModelSession', id: string }
    | (
      { __typename: 'ModelVersion', id: string, versionStatus: string, versionAliases: Array<string> }
      & ModelVersionPartsFragment
    )
    | { __typename: 'Notebook', id: string }
    | { __typename: 'Pipeline', id: string }
    | { __typename: 'Plugin', id: string }
    | { __typename: 'Prediction', id: string }
    | (
      { __typename: 'RegisteredModel', id: string }
      & RegisteredModelFieldsFragment
    )
    | (
      { __typename: 'Run', id: string }
      & RunFieldsFragment
    )
    | (
      { __typename: 'Source', id: string }
      & SourceFieldsFragment
    )
    | { __typename: 'Trace', id: string }
   | null };

export type NodesQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type NodesQuery = { nodes: Array<
    | { __typename: 'Converter', id: string }
    | { __typename: 'DashaiDataset', id: string }
    | (
      { __typename: 'Experiment', id: string }
      & ExperimentFieldsFragment
    )
    | { __typename: 'Explorer', id: string }
    | { __typename: 'GenerativeProcess', id: string }
    | { __typename: 'GenerativeSession', id: string }
    | { __typename: 'GlobalExplainer', id: string }
    | { __typename: 'LocalExplainer', id: string }
    | { __typename: 'ModelSession', id: string }
    | (
      { __typename: 'ModelVersion', id: string, versionStatus: string, versionAliases: Array<string> }
      & ModelVersionPartsFragment
    )
    | { __typename: 'Notebook', id: string }
    | { __typename: 'Pipeline', id: string }
    | { __typename: 'Plugin', id: string }
    | { __typename: 'Prediction', id: string }
    | (
      { __typename: 'RegisteredModel', id: string }
      & RegisteredModelFieldsFragment
    )
    | (
      { __typename: 'Run', id: string }
      & RunFieldsFragment
    )
    | (
      { __typename: 'Source', id: string }
      & SourceFieldsFragment
    )
    | { __typename: 'Trace', id: string }
   | null> };

export type SpanFieldsFragment = { id: string, parentId: string | null, name: string, type: string | null, status: string, statusMessage: string, startedAt: Date, startedAtNs: bigint, durationNs: bigint | null, attributes: unknown, events: Array<{ name: string, atNs: bigint, attributes: unknown }> };

export type TraceFieldsFragment = { id: string, requestId: string, clientRequestId: string | null, sourceName: string, name: string | null, status: string, startedAt: Date, durationMs: bigint | null, request: string | null, response: string | null, tags: Array<TagFragment>, metadata: Array<TagFragment>, experiment: { id: string, name: string } | null, run: { id: string, name: string } | null };

export type TracesQueryVariables = Exact<{
  filter?: TraceFilter | null | undefined;
  orderBy?: Array<TraceOrder> | TraceOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  withTotalCount?: boolean;
}>;


export type TracesQuery = { traces: { totalCount?: number, nodes: Array<TraceFieldsFragment>, pageInfo: PageFieldsFragment, sources: Array<SourceAnswerFragment> } };

export type TraceQueryVariables = Exact<{
  id?: string | null | undefined;
  requestId?: string | null | undefined;
  source?: string | null | undefined;
}>;


export type TraceQuery = { trace: (
    { spans: Array<SpanFieldsFragment> | null }
    & TraceFieldsFragment
  ) | null };

export type RunTracesQueryVariables = Exact<{
  by: RunBy;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RunTracesQuery = { run: { id: string, traces: { totalCount: number, nodes: Array<TraceFieldsFragment>, pageInfo: PageFieldsFragment } } | null };

export type ExperimentTracesQueryVariables = Exact<{
  id?: string | null | undefined;
  name?: string | null | undefined;
  source?: string | null | undefined;
  filter?: TraceFilter | null | undefined;
  orderBy?: Array<TraceOrder> | TraceOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ExperimentTracesQuery = { experiment: { id: string, traces: { totalCount: number, nodes: Array<TraceFieldsFragment>, pageInfo: PageFieldsFragment } } | null };

export type CreateTraceMutationVariables = Exact<{
  input: CreateTraceInput;
}>;


export type CreateTraceMutation = { createTrace: { trace: TraceFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

export type FinishTraceMutationVariables = Exact<{
  input: FinishTraceInput;
}>;


export type FinishTraceMutation = { finishTrace: { trace: TraceFieldsFragment | null, userErrors: Array<UserErrorFieldsFragment> } };

const ArtifactFields = /*#__PURE__*/ fragment('fragment ArtifactFields on Artifact{path isDirectory bytes modifiedAt url}', { bytes: 'L', modifiedAt: 'T' });

const ModelSessionFields = /*#__PURE__*/ fragment('fragment ModelSessionFields on ModelSession{id nativeId sourceName name taskName dataset{id name}inputColumns outputColumns splits evaluationStrategy trainMetrics validationMetrics testMetrics createdAt updatedAt}', { createdAt: 'T', updatedAt: 'T' });

const DashaiDatasetFields = /*#__PURE__*/ fragment('fragment DashaiDatasetFields on DashaiDataset{id nativeId sourceName name status rawStatus filePath totalRows totalColumns createdAt updatedAt}', { totalRows: 'L', totalColumns: 'L', createdAt: 'T', updatedAt: 'T' });

const PredictionFields = /*#__PURE__*/ fragment('fragment PredictionFields on Prediction{id nativeId sourceName status rawStatus split run{id name}dataset{id name}createdAt deliveredAt startedAt endedAt}', { createdAt: 'T', deliveredAt: 'T', startedAt: 'T', endedAt: 'T' });

const GlobalExplainerFields = /*#__PURE__*/ fragment('fragment GlobalExplainerFields on GlobalExplainer{id nativeId sourceName name explainerName parameters status rawStatus createdAt}', { createdAt: 'T' });

const LocalExplainerFields = /*#__PURE__*/ fragment('fragment LocalExplainerFields on LocalExplainer{id nativeId sourceName name explainerName parameters fitParameters scope status rawStatus createdAt}', { createdAt: 'T' });

const ExplorerFields = /*#__PURE__*/ fragment('fragment ExplorerFields on Explorer{id nativeId sourceName name explorationType columns parameters status rawStatus createdAt endedAt}', { createdAt: 'T', endedAt: 'T' });

const ConverterFields = /*#__PURE__*/ fragment('fragment ConverterFields on Converter{id nativeId sourceName converter parameters status rawStatus createdAt endedAt}', { createdAt: 'T', endedAt: 'T' });

const NotebookFields = /*#__PURE__*/ fragment('fragment NotebookFields on Notebook{id nativeId sourceName name description dataset{id name}explorers{...ExplorerFields}converters{...ConverterFields}createdAt updatedAt}', { explorers: { '': [ExplorerFields] }, converters: { '': [ConverterFields] }, createdAt: 'T', updatedAt: 'T' });

const GenerativeProcessFields = /*#__PURE__*/ fragment('fragment GenerativeProcessFields on GenerativeProcess{id nativeId sourceName status rawStatus inputs{data dataType}outputs{data dataType}createdAt endedAt}', { createdAt: 'T', endedAt: 'T' });

const GenerativeSessionFields = /*#__PURE__*/ fragment('fragment GenerativeSessionFields on GenerativeSession{id nativeId sourceName name description taskName modelName parameters createdAt updatedAt}', { createdAt: 'T', updatedAt: 'T' });

const PluginFields = /*#__PURE__*/ fragment('fragment PluginFields on Plugin{id nativeId sourceName name author installedVersion latestVersion status rawStatus summary verified tags}', {});

const PipelineFields = /*#__PURE__*/ fragment('fragment PipelineFields on Pipeline{id nativeId sourceName name steps edges}', {});

const Tag = /*#__PURE__*/ fragment('fragment Tag on KeyValue{key value}', {});

const ExperimentFields = /*#__PURE__*/ fragment('fragment ExperimentFields on Experiment{id nativeId name sourceName lifecycleStage createdAt updatedAt artifactLocation tags{...Tag}}', { createdAt: 'T', updatedAt: 'T', tags: { '': [Tag] } });

const PageFields = /*#__PURE__*/ fragment('fragment PageFields on PageInfo{hasNextPage hasPreviousPage startCursor endCursor}', {});

const SourceAnswer = /*#__PURE__*/ fragment('fragment SourceAnswer on SourceResult{source ok error{code message}}', {});

const UserErrorFields = /*#__PURE__*/ fragment('fragment UserErrorFields on UserError{field code message}', {});

const LogLineFields = /*#__PURE__*/ fragment('fragment LogLineFields on LogLine{cursor at level message stream}', { at: 'T' });

const ModelVersionParts = /*#__PURE__*/ fragment('fragment ModelVersionParts on ModelVersion{id version uri statusMessage stage description user sourceUri storageLocation runLink createdAt updatedAt model{id name sourceName}run{id nativeId name}tags{...Tag}}', { createdAt: 'T', updatedAt: 'T', tags: { '': [Tag] } });

const ModelVersionFields = /*#__PURE__*/ fragment('fragment ModelVersionFields on ModelVersion{...ModelVersionParts status aliases}', { '': [ModelVersionParts] });

const RegisteredModelFields = /*#__PURE__*/ fragment('fragment RegisteredModelFields on RegisteredModel{id name sourceName description createdAt updatedAt tags{...Tag}aliases{alias version{id version}}latestVersions{id version stage uri}}', { createdAt: 'T', updatedAt: 'T', tags: { '': [Tag] } });

const RunFields = /*#__PURE__*/ fragment('fragment RunFields on Run{id nativeId name sourceName experiment{id name}status statusReason lifecycleStage startedAt endedAt durationMs user note params{key value number}metrics{key value step timestamp min minStep max maxStep count}tags{...Tag}}', { startedAt: 'T', endedAt: 'T', durationMs: 'L', params: { number: 'D' }, metrics: { value: 'D', step: 'L', timestamp: 'T', min: 'D', minStep: 'L', max: 'D', maxStep: 'L', count: 'L' }, tags: { '': [Tag] } });

const RunDetails = /*#__PURE__*/ fragment('fragment RunDetails on Run{...RunFields artifactLocation parent{id name}datasetInputs{name digest context source sourceType schema profile tags{...Tag}}modelVersions{id version uri stage}}', { '': [RunFields], datasetInputs: { tags: { '': [Tag] } } });

const SourceFields = /*#__PURE__*/ fragment('fragment SourceFields on Source{id name kind location layout writable state stateReason schemaVersion runCount pointCount connectedAt lastSyncedAt}', { pointCount: 'L', connectedAt: 'T', lastSyncedAt: 'T' });

const SpanFields = /*#__PURE__*/ fragment('fragment SpanFields on Span{id parentId name type status statusMessage startedAt startedAtNs durationNs attributes events{name atNs attributes}}', { startedAt: 'T', startedAtNs: 'L', durationNs: 'L', events: { atNs: 'L' } });

const TraceFields = /*#__PURE__*/ fragment('fragment TraceFields on Trace{id requestId clientRequestId sourceName name status startedAt durationMs request response tags{...Tag}metadata{...Tag}experiment{id name}run{id name}}', { startedAt: 'T', durationMs: 'L', tags: { '': [Tag] }, metadata: { '': [Tag] } });

/** The document of {@link runArtifacts}. */
export const RunArtifactsDocument = /*#__PURE__*/ operation<RunArtifactsQuery, RunArtifactsQueryVariables>(
  'query runArtifacts($by:RunBy!$path:String$first:Int$after:String$withSha256:Boolean!=false$withTotalCount:Boolean!=false){run(by:$by){id artifacts(path:$path first:$first after:$after){nodes{...ArtifactFields sha256@include(if:$withSha256)}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}}',
  { run: { artifacts: { nodes: { '': [ArtifactFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } } },
  [ArtifactFields, PageFields, SourceAnswer],
);
/**
 * Files and folders the run keeps, by name (that of a folder ends with a slash, as object stores order them). Of a run that keeps nothing an empty page. Null beside an error: NOT_FOUND when there is no such path, SOURCE_UNAVAILABLE with the reason when the place cannot be reached, is of a kind that is not known here (folders, `file:`, `s3:` and `mlflow-artifacts:` are), or lies outside of what this server may read of the source.
 * @example
 * const answer = await runArtifacts(client, { by });
 */
export const runArtifacts = (requester: Requester, variables: RunArtifactsQueryVariables): Promise<RunArtifactsQuery> =>
  requester.query(RunArtifactsDocument, variables);

/** The document of {@link modelSessions}. */
export const ModelSessionsDocument = /*#__PURE__*/ operation<ModelSessionsQuery, ModelSessionsQueryVariables>(
  'query modelSessions($filter:ModelSessionFilter$orderBy:[DashaiOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){modelSessions(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...ModelSessionFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { modelSessions: { nodes: { '': [ModelSessionFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [ModelSessionFields, PageFields, SourceAnswer],
);
/**
 * Model sessions of all attached DashAI homes.
 * @example
 * const answer = await modelSessions(client);
 */
export const modelSessions = (requester: Requester, variables?: ModelSessionsQueryVariables): Promise<ModelSessionsQuery> =>
  requester.query(ModelSessionsDocument, variables);

/** The document of {@link dashaiDatasets}. */
export const DashaiDatasetsDocument = /*#__PURE__*/ operation<DashaiDatasetsQuery, DashaiDatasetsQueryVariables>(
  'query dashaiDatasets($filter:DashaiDatasetFilter$orderBy:[DashaiOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){dashaiDatasets(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...DashaiDatasetFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { dashaiDatasets: { nodes: { '': [DashaiDatasetFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [DashaiDatasetFields, PageFields, SourceAnswer],
);
/**
 * Datasets of all attached DashAI homes.
 * @example
 * const answer = await dashaiDatasets(client);
 */
export const dashaiDatasets = (requester: Requester, variables?: DashaiDatasetsQueryVariables): Promise<DashaiDatasetsQuery> =>
  requester.query(DashaiDatasetsDocument, variables);

/** The document of {@link predictions}. */
export const PredictionsDocument = /*#__PURE__*/ operation<PredictionsQuery, PredictionsQueryVariables>(
  'query predictions($filter:PredictionFilter$orderBy:[DashaiOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){predictions(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...PredictionFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { predictions: { nodes: { '': [PredictionFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [PredictionFields, PageFields, SourceAnswer],
);
/**
 * Predictions of all attached DashAI homes.
 * @example
 * const answer = await predictions(client);
 */
export const predictions = (requester: Requester, variables?: PredictionsQueryVariables): Promise<PredictionsQuery> =>
  requester.query(PredictionsDocument, variables);

/** The document of {@link notebooks}. */
export const NotebooksDocument = /*#__PURE__*/ operation<NotebooksQuery, NotebooksQueryVariables>(
  'query notebooks($filter:NotebookFilter$orderBy:[DashaiOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){notebooks(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...NotebookFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { notebooks: { nodes: { '': [NotebookFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [NotebookFields, ExplorerFields, ConverterFields, PageFields, SourceAnswer],
);
/**
 * Notebooks of all attached DashAI homes.
 * @example
 * const answer = await notebooks(client);
 */
export const notebooks = (requester: Requester, variables?: NotebooksQueryVariables): Promise<NotebooksQuery> =>
  requester.query(NotebooksDocument, variables);

/** The document of {@link generativeSessions}. */
export const GenerativeSessionsDocument = /*#__PURE__*/ operation<GenerativeSessionsQuery, GenerativeSessionsQueryVariables>(
  'query generativeSessions($filter:GenerativeSessionFilter$orderBy:[DashaiOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){generativeSessions(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...GenerativeSessionFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { generativeSessions: { nodes: { '': [GenerativeSessionFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [GenerativeSessionFields, PageFields, SourceAnswer],
);
/**
 * Generative sessions of all attached DashAI homes.
 * @example
 * const answer = await generativeSessions(client);
 */
export const generativeSessions = (requester: Requester, variables?: GenerativeSessionsQueryVariables): Promise<GenerativeSessionsQuery> =>
  requester.query(GenerativeSessionsDocument, variables);

/** The document of {@link plugins}. */
export const PluginsDocument = /*#__PURE__*/ operation<PluginsQuery, PluginsQueryVariables>(
  'query plugins($filter:PluginFilter$orderBy:[DashaiOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){plugins(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...PluginFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { plugins: { nodes: { '': [PluginFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [PluginFields, PageFields, SourceAnswer],
);
/**
 * Plugins of all attached DashAI homes.
 * @example
 * const answer = await plugins(client);
 */
export const plugins = (requester: Requester, variables?: PluginsQueryVariables): Promise<PluginsQuery> =>
  requester.query(PluginsDocument, variables);

/** The document of {@link pipelines}. */
export const PipelinesDocument = /*#__PURE__*/ operation<PipelinesQuery, PipelinesQueryVariables>(
  'query pipelines($filter:PipelineFilter$orderBy:[DashaiOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){pipelines(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...PipelineFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { pipelines: { nodes: { '': [PipelineFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [PipelineFields, PageFields, SourceAnswer],
);
/**
 * Pipelines of all attached DashAI homes.
 * @example
 * const answer = await pipelines(client);
 */
export const pipelines = (requester: Requester, variables?: PipelinesQueryVariables): Promise<PipelinesQuery> =>
  requester.query(PipelinesDocument, variables);

/** The document of {@link createModelSession}. */
export const CreateModelSessionDocument = /*#__PURE__*/ operation<CreateModelSessionMutation, CreateModelSessionMutationVariables>(
  'mutation createModelSession($input:CreateModelSessionInput!){createModelSession(input:$input){modelSession{...ModelSessionFields}userErrors{...UserErrorFields}}}',
  { createModelSession: { modelSession: { '': [ModelSessionFields] }, userErrors: { '': [UserErrorFields] } } },
  [ModelSessionFields, UserErrorFields],
);
/**
 * Creates a model session in a DashAI home that is writable.
 * @example
 * const answer = await createModelSession(client, { input });
 */
export const createModelSession = (requester: Requester, variables: CreateModelSessionMutationVariables): Promise<CreateModelSessionMutation> =>
  requester.query(CreateModelSessionDocument, variables);

/** The document of {@link renameModelSession}. */
export const RenameModelSessionDocument = /*#__PURE__*/ operation<RenameModelSessionMutation, RenameModelSessionMutationVariables>(
  'mutation renameModelSession($input:RenameModelSessionInput!){renameModelSession(input:$input){modelSession{...ModelSessionFields}userErrors{...UserErrorFields}}}',
  { renameModelSession: { modelSession: { '': [ModelSessionFields] }, userErrors: { '': [UserErrorFields] } } },
  [ModelSessionFields, UserErrorFields],
);
/**
 * Renames a model session of a DashAI home that is writable.
 * @example
 * const answer = await renameModelSession(client, { input });
 */
export const renameModelSession = (requester: Requester, variables: RenameModelSessionMutationVariables): Promise<RenameModelSessionMutation> =>
  requester.query(RenameModelSessionDocument, variables);

/** The document of {@link createSessionRun}. */
export const CreateSessionRunDocument = /*#__PURE__*/ operation<CreateSessionRunMutation, CreateSessionRunMutationVariables>(
  'mutation createSessionRun($input:CreateSessionRunInput!){createSessionRun(input:$input){run{...RunFields}userErrors{...UserErrorFields}}}',
  { createSessionRun: { run: { '': [RunFields] }, userErrors: { '': [UserErrorFields] } } },
  [RunFields, Tag, UserErrorFields],
);
/**
 * Creates a run in a DashAI home that is writable. It is not started.
 * @example
 * const answer = await createSessionRun(client, { input });
 */
export const createSessionRun = (requester: Requester, variables: CreateSessionRunMutationVariables): Promise<CreateSessionRunMutation> =>
  requester.query(CreateSessionRunDocument, variables);

/** The document of {@link updateSessionRun}. */
export const UpdateSessionRunDocument = /*#__PURE__*/ operation<UpdateSessionRunMutation, UpdateSessionRunMutationVariables>(
  'mutation updateSessionRun($input:UpdateSessionRunInput!){updateSessionRun(input:$input){run{...RunFields}userErrors{...UserErrorFields}}}',
  { updateSessionRun: { run: { '': [RunFields] }, userErrors: { '': [UserErrorFields] } } },
  [RunFields, Tag, UserErrorFields],
);
/**
 * Changes name or description of a run in a DashAI home that is writable.
 * @example
 * const answer = await updateSessionRun(client, { input });
 */
export const updateSessionRun = (requester: Requester, variables: UpdateSessionRunMutationVariables): Promise<UpdateSessionRunMutation> =>
  requester.query(UpdateSessionRunDocument, variables);

/** The document of {@link logSplitMetrics}. */
export const LogSplitMetricsDocument = /*#__PURE__*/ operation<LogSplitMetricsMutation, LogSplitMetricsMutationVariables>(
  'mutation logSplitMetrics($input:LogSplitMetricsInput!){logSplitMetrics(input:$input){valuesAccepted valuesSkipped userErrors{...UserErrorFields}}}',
  { logSplitMetrics: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Logs metrics of a run in the embedded DashAI home: all of them, or none when one is refused. The first start the run.
 * @example
 * const answer = await logSplitMetrics(client, { input });
 */
export const logSplitMetrics = (requester: Requester, variables: LogSplitMetricsMutationVariables): Promise<LogSplitMetricsMutation> =>
  requester.query(LogSplitMetricsDocument, variables);

/** The document of {@link finishSessionRun}. */
export const FinishSessionRunDocument = /*#__PURE__*/ operation<FinishSessionRunMutation, FinishSessionRunMutationVariables>(
  'mutation finishSessionRun($input:FinishSessionRunInput!){finishSessionRun(input:$input){run{...RunFields}userErrors{...UserErrorFields}}}',
  { finishSessionRun: { run: { '': [RunFields] }, userErrors: { '': [UserErrorFields] } } },
  [RunFields, Tag, UserErrorFields],
);
/**
 * Ends a run in the embedded DashAI home. It still accepts metrics.
 * @example
 * const answer = await finishSessionRun(client, { input });
 */
export const finishSessionRun = (requester: Requester, variables: FinishSessionRunMutationVariables): Promise<FinishSessionRunMutation> =>
  requester.query(FinishSessionRunDocument, variables);

/** The document of {@link startSessionRun}. */
export const StartSessionRunDocument = /*#__PURE__*/ operation<StartSessionRunMutation, StartSessionRunMutationVariables>(
  'mutation startSessionRun($input:StartSessionRunInput!){startSessionRun(input:$input){run{...RunFields}jobId userErrors{...UserErrorFields}}}',
  { startSessionRun: { run: { '': [RunFields] }, userErrors: { '': [UserErrorFields] } } },
  [RunFields, Tag, UserErrorFields],
);
/**
 * Puts a DashAI run into the job queue of its home, through the DashAI that serves it. It is trained once more when it was trained before: nothing is reset. Refused (CONFLICT) while it waits or runs.
 * @example
 * const answer = await startSessionRun(client, { input });
 */
export const startSessionRun = (requester: Requester, variables: StartSessionRunMutationVariables): Promise<StartSessionRunMutation> =>
  requester.query(StartSessionRunDocument, variables);

/** The document of {@link resetSessionRun}. */
export const ResetSessionRunDocument = /*#__PURE__*/ operation<ResetSessionRunMutation, ResetSessionRunMutationVariables>(
  'mutation resetSessionRun($input:ResetSessionRunInput!){resetSessionRun(input:$input){run{...RunFields}userErrors{...UserErrorFields}}}',
  { resetSessionRun: { run: { '': [RunFields] }, userErrors: { '': [UserErrorFields] } } },
  [RunFields, Tag, UserErrorFields],
);
/**
 * Makes a DashAI run as if it had never started, through the DashAI that serves its home: its metrics, plots and model are deleted. A job of it that waits or runs is not cancelled.
 * @example
 * const answer = await resetSessionRun(client, { input });
 */
export const resetSessionRun = (requester: Requester, variables: ResetSessionRunMutationVariables): Promise<ResetSessionRunMutation> =>
  requester.query(ResetSessionRunDocument, variables);

/** The document of {@link cancelJob}. */
export const CancelJobDocument = /*#__PURE__*/ operation<CancelJobMutation, CancelJobMutationVariables>(
  'mutation cancelJob($input:CancelJobInput!){cancelJob(input:$input){jobId userErrors{...UserErrorFields}}}',
  { cancelJob: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Takes a job of a DashAI home out of its queue; since DashAI 0.10 also stops one that has started. Refused (CONFLICT) when it is over, or has started in an older DashAI. Whose DashAI it is cannot be looked at here: the job of that id is cancelled at the address set for the source.
 * @example
 * const answer = await cancelJob(client, { input });
 */
export const cancelJob = (requester: Requester, variables: CancelJobMutationVariables): Promise<CancelJobMutation> =>
  requester.query(CancelJobDocument, variables);

/** The document of {@link predict}. */
export const PredictDocument = /*#__PURE__*/ operation<PredictMutation, PredictMutationVariables>(
  'mutation predict($input:PredictInput!){predict(input:$input){prediction{...PredictionFields}jobId userErrors{...UserErrorFields}}}',
  { predict: { prediction: { '': [PredictionFields] }, userErrors: { '': [UserErrorFields] } } },
  [PredictionFields, UserErrorFields],
);
/**
 * Lets the model of a DashAI run predict, through the DashAI that serves its home. It is queued, not done.
 * @example
 * const answer = await predict(client, { input });
 */
export const predict = (requester: Requester, variables: PredictMutationVariables): Promise<PredictMutation> =>
  requester.query(PredictDocument, variables);

/** The document of {@link explainGlobal}. */
export const ExplainGlobalDocument = /*#__PURE__*/ operation<ExplainGlobalMutation, ExplainGlobalMutationVariables>(
  'mutation explainGlobal($input:ExplainGlobalInput!){explainGlobal(input:$input){globalExplainer{...GlobalExplainerFields}jobId userErrors{...UserErrorFields}}}',
  { explainGlobal: { globalExplainer: { '': [GlobalExplainerFields] }, userErrors: { '': [UserErrorFields] } } },
  [GlobalExplainerFields, UserErrorFields],
);
/**
 * Explains the model of a DashAI run as a whole, through the DashAI that serves its home. It is queued, not done.
 * @example
 * const answer = await explainGlobal(client, { input });
 */
export const explainGlobal = (requester: Requester, variables: ExplainGlobalMutationVariables): Promise<ExplainGlobalMutation> =>
  requester.query(ExplainGlobalDocument, variables);

/** The document of {@link explainLocal}. */
export const ExplainLocalDocument = /*#__PURE__*/ operation<ExplainLocalMutation, ExplainLocalMutationVariables>(
  'mutation explainLocal($input:ExplainLocalInput!){explainLocal(input:$input){localExplainer{...LocalExplainerFields}jobId userErrors{...UserErrorFields}}}',
  { explainLocal: { localExplainer: { '': [LocalExplainerFields] }, userErrors: { '': [UserErrorFields] } } },
  [LocalExplainerFields, UserErrorFields],
);
/**
 * Explains what the model of a DashAI run says of single rows, through the DashAI that serves its home. It is queued, not done.
 * @example
 * const answer = await explainLocal(client, { input });
 */
export const explainLocal = (requester: Requester, variables: ExplainLocalMutationVariables): Promise<ExplainLocalMutation> =>
  requester.query(ExplainLocalDocument, variables);

/** The document of {@link explore}. */
export const ExploreDocument = /*#__PURE__*/ operation<ExploreMutation, ExploreMutationVariables>(
  'mutation explore($input:ExploreInput!){explore(input:$input){explorer{...ExplorerFields}jobId userErrors{...UserErrorFields}}}',
  { explore: { explorer: { '': [ExplorerFields] }, userErrors: { '': [UserErrorFields] } } },
  [ExplorerFields, UserErrorFields],
);
/**
 * Looks at columns of a notebook's data, through the DashAI that serves its home. It is queued, not done.
 * @example
 * const answer = await explore(client, { input });
 */
export const explore = (requester: Requester, variables: ExploreMutationVariables): Promise<ExploreMutation> =>
  requester.query(ExploreDocument, variables);

/** The document of {@link convert}. */
export const ConvertDocument = /*#__PURE__*/ operation<ConvertMutation, ConvertMutationVariables>(
  'mutation convert($input:ConvertInput!){convert(input:$input){converter{...ConverterFields}jobId userErrors{...UserErrorFields}}}',
  { convert: { converter: { '': [ConverterFields] }, userErrors: { '': [UserErrorFields] } } },
  [ConverterFields, UserErrorFields],
);
/**
 * Changes a notebook's copy of its data, through the DashAI that serves its home. It is queued, not done.
 * @example
 * const answer = await convert(client, { input });
 */
export const convert = (requester: Requester, variables: ConvertMutationVariables): Promise<ConvertMutation> =>
  requester.query(ConvertDocument, variables);

/** The document of {@link generate}. */
export const GenerateDocument = /*#__PURE__*/ operation<GenerateMutation, GenerateMutationVariables>(
  'mutation generate($input:GenerateInput!){generate(input:$input){generativeProcess{...GenerativeProcessFields}jobId userErrors{...UserErrorFields}}}',
  { generate: { generativeProcess: { '': [GenerativeProcessFields] }, userErrors: { '': [UserErrorFields] } } },
  [GenerativeProcessFields, UserErrorFields],
);
/**
 * Asks the model of a generative session, through the DashAI that serves its home. It is queued, not done.
 * @example
 * const answer = await generate(client, { input });
 */
export const generate = (requester: Requester, variables: GenerateMutationVariables): Promise<GenerateMutation> =>
  requester.query(GenerateDocument, variables);

/** The document of {@link experiments}. */
export const ExperimentsDocument = /*#__PURE__*/ operation<ExperimentsQuery, ExperimentsQueryVariables>(
  'query experiments($filter:ExperimentFilter$orderBy:[ExperimentOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){experiments(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...ExperimentFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { experiments: { nodes: { '': [ExperimentFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [ExperimentFields, Tag, PageFields, SourceAnswer],
);
/**
 * Experiments of all sources in one order.
 * @example
 * const answer = await experiments(client);
 */
export const experiments = (requester: Requester, variables?: ExperimentsQueryVariables): Promise<ExperimentsQuery> =>
  requester.query(ExperimentsDocument, variables);

/** The document of {@link experiment}. */
export const ExperimentDocument = /*#__PURE__*/ operation<ExperimentQuery, ExperimentQueryVariables>(
  'query experiment($id:ID$name:String$source:String){experiment(id:$id name:$name source:$source){...ExperimentFields metricKeys paramKeys}}',
  { experiment: { '': [ExperimentFields] } },
  [ExperimentFields, Tag],
);
/**
 * One experiment by its id, or by its name; null when there is none. Deleted ones are found too.
 * @example
 * const answer = await experiment(client);
 */
export const experiment = (requester: Requester, variables?: ExperimentQueryVariables): Promise<ExperimentQuery> =>
  requester.query(ExperimentDocument, variables);

/** The document of {@link experimentRuns}. */
export const ExperimentRunsDocument = /*#__PURE__*/ operation<ExperimentRunsQuery, ExperimentRunsQueryVariables>(
  'query experimentRuns($id:ID$name:String$source:String$filter:RunFilter$orderBy:[RunOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){experiment(id:$id name:$name source:$source){runs(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...RunFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}}',
  { experiment: { runs: { nodes: { '': [RunFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } } },
  [RunFields, Tag, PageFields, SourceAnswer],
);
/**
 * Runs of this experiment.
 * @example
 * const answer = await experimentRuns(client);
 */
export const experimentRuns = (requester: Requester, variables?: ExperimentRunsQueryVariables): Promise<ExperimentRunsQuery> =>
  requester.query(ExperimentRunsDocument, variables);

/** The document of {@link createExperiment}. */
export const CreateExperimentDocument = /*#__PURE__*/ operation<CreateExperimentMutation, CreateExperimentMutationVariables>(
  'mutation createExperiment($input:CreateExperimentInput!){createExperiment(input:$input){experiment{...ExperimentFields}userErrors{...UserErrorFields}}}',
  { createExperiment: { experiment: { '': [ExperimentFields] }, userErrors: { '': [UserErrorFields] } } },
  [ExperimentFields, Tag, UserErrorFields],
);
/**
 * Creates an experiment.
 * @example
 * const answer = await createExperiment(client, { input });
 */
export const createExperiment = (requester: Requester, variables: CreateExperimentMutationVariables): Promise<CreateExperimentMutation> =>
  requester.query(CreateExperimentDocument, variables);

/** The document of {@link updateExperiment}. */
export const UpdateExperimentDocument = /*#__PURE__*/ operation<UpdateExperimentMutation, UpdateExperimentMutationVariables>(
  'mutation updateExperiment($input:UpdateExperimentInput!){updateExperiment(input:$input){experiment{...ExperimentFields}userErrors{...UserErrorFields}}}',
  { updateExperiment: { experiment: { '': [ExperimentFields] }, userErrors: { '': [UserErrorFields] } } },
  [ExperimentFields, Tag, UserErrorFields],
);
/**
 * Renames an experiment or sets its tags.
 * @example
 * const answer = await updateExperiment(client, { input });
 */
export const updateExperiment = (requester: Requester, variables: UpdateExperimentMutationVariables): Promise<UpdateExperimentMutation> =>
  requester.query(UpdateExperimentDocument, variables);

/** The document of {@link deleteExperiment}. */
export const DeleteExperimentDocument = /*#__PURE__*/ operation<DeleteExperimentMutation, DeleteExperimentMutationVariables>(
  'mutation deleteExperiment($input:ExperimentInput!){deleteExperiment(input:$input){experiment{id lifecycleStage}userErrors{...UserErrorFields}}}',
  { deleteExperiment: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Marks an experiment and all its runs deleted; both can be restored.
 * @example
 * const answer = await deleteExperiment(client, { input });
 */
export const deleteExperiment = (requester: Requester, variables: DeleteExperimentMutationVariables): Promise<DeleteExperimentMutation> =>
  requester.query(DeleteExperimentDocument, variables);

/** The document of {@link restoreExperiment}. */
export const RestoreExperimentDocument = /*#__PURE__*/ operation<RestoreExperimentMutation, RestoreExperimentMutationVariables>(
  'mutation restoreExperiment($input:ExperimentInput!){restoreExperiment(input:$input){experiment{id lifecycleStage}userErrors{...UserErrorFields}}}',
  { restoreExperiment: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Makes a deleted experiment and all its runs active again, also runs that were deleted before it (as MLflow does).
 * @example
 * const answer = await restoreExperiment(client, { input });
 */
export const restoreExperiment = (requester: Requester, variables: RestoreExperimentMutationVariables): Promise<RestoreExperimentMutation> =>
  requester.query(RestoreExperimentDocument, variables);

/** The document of {@link seriesOfRuns}. */
export const SeriesOfRunsDocument = /*#__PURE__*/ operation<SeriesOfRunsQuery, SeriesOfRunsQueryVariables>(
  'query seriesOfRuns($filter:RunFilter$keys:[String!]$fromStep:Long$toStep:Long$from:DateTime$to:DateTime$first:Int){runs(filter:$filter first:$first){nodes{id series(keys:$keys sampling:NONE fromStep:$fromStep toStep:$toStep from:$from to:$to){key steps timestamps values}}sources{...SourceAnswer}}}',
  { runs: { nodes: { series: { steps: 'LL', timestamps: 'LL', values: 'DD' } }, sources: { '': [SourceAnswer] } } },
  [SourceAnswer],
);
/**
 * What each source that was asked said.
 * @example
 * const answer = await seriesOfRuns(client);
 */
export const seriesOfRuns = (requester: Requester, variables?: SeriesOfRunsQueryVariables): Promise<SeriesOfRunsQuery> =>
  requester.query(SeriesOfRunsDocument, variables);

/** The document of {@link runLogs}. */
export const RunLogsDocument = /*#__PURE__*/ operation<RunLogsQuery, RunLogsQueryVariables>(
  'query runLogs($by:RunBy!$after:String$first:Int$last:Int$before:String){run(by:$by){id logs(after:$after first:$first last:$last before:$before){nodes{...LogLineFields}pageInfo{...PageFields}totalCount}}}',
  { run: { logs: { nodes: { '': [LogLineFields] }, pageInfo: { '': [PageFields] } } } },
  [LogLineFields, PageFields],
);
/**
 * Lines the run wrote, in the order they were committed. A page ends before `first` where its lines have more than 2 million characters together; `hasNextPage` says whether lines follow. Runs of an attached source have none.
 * @example
 * const answer = await runLogs(client, { by });
 */
export const runLogs = (requester: Requester, variables: RunLogsQueryVariables): Promise<RunLogsQuery> =>
  requester.query(RunLogsDocument, variables);

/** The document of {@link logLines}. */
export const LogLinesDocument = /*#__PURE__*/ operation<LogLinesMutation, LogLinesMutationVariables>(
  'mutation logLines($input:LogLinesInput!){logLines(input:$input){linesAccepted cursor userErrors{...UserErrorFields}}}',
  { logLines: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Appends lines to the log of a run: all of them, or none when one is refused. User errors: NOT_FOUND and CONFLICT for a run that does not exist or is deleted, TOO_LARGE with the line and field that is too long, INVALID without lines.
 * @example
 * const answer = await logLines(client, { input });
 */
export const logLines = (requester: Requester, variables: LogLinesMutationVariables): Promise<LogLinesMutation> =>
  requester.query(LogLinesDocument, variables);

/** The document of {@link newLogLines}. */
export const NewLogLinesDocument = /*#__PURE__*/ operation<NewLogLinesSubscription, NewLogLinesSubscriptionVariables>(
  'subscription newLogLines($runId:ID!$after:String){logLines(runId:$runId after:$after){cursor caughtUp lines{...LogLineFields}}}',
  { logLines: { lines: { '': [LogLineFields] } } },
  [LogLineFields],
);
/**
 * The lines, in the order they were committed; none only in the batch that says the history has ended.
 * @example
 * for await (const event of newLogLines(client, { runId })) console.log(event);
 */
export const newLogLines = (subscriber: Subscriber, variables: NewLogLinesSubscriptionVariables): AsyncIterable<NewLogLinesSubscription> =>
  subscriber.subscribe(NewLogLinesDocument, variables);

/** The document of {@link registeredModels}. */
export const RegisteredModelsDocument = /*#__PURE__*/ operation<RegisteredModelsQuery, RegisteredModelsQueryVariables>(
  'query registeredModels($filter:RegisteredModelFilter$orderBy:[RegisteredModelOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){registeredModels(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...RegisteredModelFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { registeredModels: { nodes: { '': [RegisteredModelFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [RegisteredModelFields, Tag, PageFields, SourceAnswer],
);
/**
 * Registered models of all sources.
 * @example
 * const answer = await registeredModels(client);
 */
export const registeredModels = (requester: Requester, variables?: RegisteredModelsQueryVariables): Promise<RegisteredModelsQuery> =>
  requester.query(RegisteredModelsDocument, variables);

/** The document of {@link registeredModel}. */
export const RegisteredModelDocument = /*#__PURE__*/ operation<RegisteredModelQuery, RegisteredModelQueryVariables>(
  'query registeredModel($name:String!$source:String){registeredModel(name:$name source:$source){...RegisteredModelFields}}',
  { registeredModel: { '': [RegisteredModelFields] } },
  [RegisteredModelFields, Tag],
);
/**
 * One registered model by name; null when there is none.
 * @example
 * const answer = await registeredModel(client, { name });
 */
export const registeredModel = (requester: Requester, variables: RegisteredModelQueryVariables): Promise<RegisteredModelQuery> =>
  requester.query(RegisteredModelDocument, variables);

/** The document of {@link registeredModelVersions}. */
export const RegisteredModelVersionsDocument = /*#__PURE__*/ operation<RegisteredModelVersionsQuery, RegisteredModelVersionsQueryVariables>(
  'query registeredModelVersions($name:String!$source:String$filter:ModelVersionFilter$orderBy:[ModelVersionOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){registeredModel(name:$name source:$source){versions(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...ModelVersionFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}}',
  { registeredModel: { versions: { nodes: { '': [ModelVersionFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } } },
  [ModelVersionFields, ModelVersionParts, Tag, PageFields, SourceAnswer],
);
/**
 * Versions that were not deleted.
 * @example
 * const answer = await registeredModelVersions(client, { name });
 */
export const registeredModelVersions = (requester: Requester, variables: RegisteredModelVersionsQueryVariables): Promise<RegisteredModelVersionsQuery> =>
  requester.query(RegisteredModelVersionsDocument, variables);

/** The document of {@link modelVersions}. */
export const ModelVersionsDocument = /*#__PURE__*/ operation<ModelVersionsQuery, ModelVersionsQueryVariables>(
  'query modelVersions($filter:ModelVersionFilter$orderBy:[ModelVersionOrder!]$first:Int$after:String$withTotalCount:Boolean!=false){modelVersions(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...ModelVersionFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { modelVersions: { nodes: { '': [ModelVersionFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [ModelVersionFields, ModelVersionParts, Tag, PageFields, SourceAnswer],
);
/**
 * Model versions of all sources.
 * @example
 * const answer = await modelVersions(client);
 */
export const modelVersions = (requester: Requester, variables?: ModelVersionsQueryVariables): Promise<ModelVersionsQuery> =>
  requester.query(ModelVersionsDocument, variables);

/** The document of {@link modelVersion}. */
export const ModelVersionDocument = /*#__PURE__*/ operation<ModelVersionQuery, ModelVersionQueryVariables>(
  'query modelVersion($uri:String!$source:String){modelVersion(uri:$uri source:$source){...ModelVersionFields}}',
  { modelVersion: { '': [ModelVersionFields] } },
  [ModelVersionFields, ModelVersionParts, Tag],
);
/**
 * The version a `models:/` URI means; null when there is none.
 * @example
 * const answer = await modelVersion(client, { uri });
 */
export const modelVersion = (requester: Requester, variables: ModelVersionQueryVariables): Promise<ModelVersionQuery> =>
  requester.query(ModelVersionDocument, variables);

/** The document of {@link createRegisteredModel}. */
export const CreateRegisteredModelDocument = /*#__PURE__*/ operation<CreateRegisteredModelMutation, CreateRegisteredModelMutationVariables>(
  'mutation createRegisteredModel($input:CreateRegisteredModelInput!){createRegisteredModel(input:$input){registeredModel{...RegisteredModelFields}userErrors{...UserErrorFields}}}',
  { createRegisteredModel: { registeredModel: { '': [RegisteredModelFields] }, userErrors: { '': [UserErrorFields] } } },
  [RegisteredModelFields, Tag, UserErrorFields],
);
/**
 * Creates a registered model.
 * @example
 * const answer = await createRegisteredModel(client, { input });
 */
export const createRegisteredModel = (requester: Requester, variables: CreateRegisteredModelMutationVariables): Promise<CreateRegisteredModelMutation> =>
  requester.query(CreateRegisteredModelDocument, variables);

/** The document of {@link renameRegisteredModel}. */
export const RenameRegisteredModelDocument = /*#__PURE__*/ operation<RenameRegisteredModelMutation, RenameRegisteredModelMutationVariables>(
  'mutation renameRegisteredModel($input:RenameRegisteredModelInput!){renameRegisteredModel(input:$input){registeredModel{...RegisteredModelFields}userErrors{...UserErrorFields}}}',
  { renameRegisteredModel: { registeredModel: { '': [RegisteredModelFields] }, userErrors: { '': [UserErrorFields] } } },
  [RegisteredModelFields, Tag, UserErrorFields],
);
/**
 * Renames a registered model with its versions, tags and aliases. Ids of the model and of its versions change.
 * @example
 * const answer = await renameRegisteredModel(client, { input });
 */
export const renameRegisteredModel = (requester: Requester, variables: RenameRegisteredModelMutationVariables): Promise<RenameRegisteredModelMutation> =>
  requester.query(RenameRegisteredModelDocument, variables);

/** The document of {@link updateRegisteredModel}. */
export const UpdateRegisteredModelDocument = /*#__PURE__*/ operation<UpdateRegisteredModelMutation, UpdateRegisteredModelMutationVariables>(
  'mutation updateRegisteredModel($input:UpdateRegisteredModelInput!){updateRegisteredModel(input:$input){registeredModel{...RegisteredModelFields}userErrors{...UserErrorFields}}}',
  { updateRegisteredModel: { registeredModel: { '': [RegisteredModelFields] }, userErrors: { '': [UserErrorFields] } } },
  [RegisteredModelFields, Tag, UserErrorFields],
);
/**
 * Changes the description of a registered model.
 * @example
 * const answer = await updateRegisteredModel(client, { input });
 */
export const updateRegisteredModel = (requester: Requester, variables: UpdateRegisteredModelMutationVariables): Promise<UpdateRegisteredModelMutation> =>
  requester.query(UpdateRegisteredModelDocument, variables);

/** The document of {@link deleteRegisteredModel}. */
export const DeleteRegisteredModelDocument = /*#__PURE__*/ operation<DeleteRegisteredModelMutation, DeleteRegisteredModelMutationVariables>(
  'mutation deleteRegisteredModel($input:RegisteredModelInput!){deleteRegisteredModel(input:$input){registeredModel{id name sourceName}userErrors{...UserErrorFields}}}',
  { deleteRegisteredModel: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Deletes a registered model with its versions, tags and aliases, for good. The files of its versions stay.
 * @example
 * const answer = await deleteRegisteredModel(client, { input });
 */
export const deleteRegisteredModel = (requester: Requester, variables: DeleteRegisteredModelMutationVariables): Promise<DeleteRegisteredModelMutation> =>
  requester.query(DeleteRegisteredModelDocument, variables);

/** The document of {@link setRegisteredModelTags}. */
export const SetRegisteredModelTagsDocument = /*#__PURE__*/ operation<SetRegisteredModelTagsMutation, SetRegisteredModelTagsMutationVariables>(
  'mutation setRegisteredModelTags($input:SetRegisteredModelTagsInput!){setRegisteredModelTags(input:$input){registeredModel{...RegisteredModelFields}userErrors{...UserErrorFields}}}',
  { setRegisteredModelTags: { registeredModel: { '': [RegisteredModelFields] }, userErrors: { '': [UserErrorFields] } } },
  [RegisteredModelFields, Tag, UserErrorFields],
);
/**
 * Sets tags of a registered model: all of them, or none when one is refused.
 * @example
 * const answer = await setRegisteredModelTags(client, { input });
 */
export const setRegisteredModelTags = (requester: Requester, variables: SetRegisteredModelTagsMutationVariables): Promise<SetRegisteredModelTagsMutation> =>
  requester.query(SetRegisteredModelTagsDocument, variables);

/** The document of {@link deleteRegisteredModelTags}. */
export const DeleteRegisteredModelTagsDocument = /*#__PURE__*/ operation<DeleteRegisteredModelTagsMutation, DeleteRegisteredModelTagsMutationVariables>(
  'mutation deleteRegisteredModelTags($input:DeleteRegisteredModelTagsInput!){deleteRegisteredModelTags(input:$input){registeredModel{...RegisteredModelFields}userErrors{...UserErrorFields}}}',
  { deleteRegisteredModelTags: { registeredModel: { '': [RegisteredModelFields] }, userErrors: { '': [UserErrorFields] } } },
  [RegisteredModelFields, Tag, UserErrorFields],
);
/**
 * Deletes tags of a registered model: all of them, or none when one is missing.
 * @example
 * const answer = await deleteRegisteredModelTags(client, { input });
 */
export const deleteRegisteredModelTags = (requester: Requester, variables: DeleteRegisteredModelTagsMutationVariables): Promise<DeleteRegisteredModelTagsMutation> =>
  requester.query(DeleteRegisteredModelTagsDocument, variables);

/** The document of {@link createModelVersion}. */
export const CreateModelVersionDocument = /*#__PURE__*/ operation<CreateModelVersionMutation, CreateModelVersionMutationVariables>(
  'mutation createModelVersion($input:CreateModelVersionInput!){createModelVersion(input:$input){modelVersion{...ModelVersionFields}userErrors{...UserErrorFields}}}',
  { createModelVersion: { modelVersion: { '': [ModelVersionFields] }, userErrors: { '': [UserErrorFields] } } },
  [ModelVersionFields, ModelVersionParts, Tag, UserErrorFields],
);
/**
 * Adds a version to a registered model. It is READY at once, in stage NONE.
 * @example
 * const answer = await createModelVersion(client, { input });
 */
export const createModelVersion = (requester: Requester, variables: CreateModelVersionMutationVariables): Promise<CreateModelVersionMutation> =>
  requester.query(CreateModelVersionDocument, variables);

/** The document of {@link updateModelVersion}. */
export const UpdateModelVersionDocument = /*#__PURE__*/ operation<UpdateModelVersionMutation, UpdateModelVersionMutationVariables>(
  'mutation updateModelVersion($input:UpdateModelVersionInput!){updateModelVersion(input:$input){modelVersion{...ModelVersionFields}userErrors{...UserErrorFields}}}',
  { updateModelVersion: { modelVersion: { '': [ModelVersionFields] }, userErrors: { '': [UserErrorFields] } } },
  [ModelVersionFields, ModelVersionParts, Tag, UserErrorFields],
);
/**
 * Changes the description of a model version.
 * @example
 * const answer = await updateModelVersion(client, { input });
 */
export const updateModelVersion = (requester: Requester, variables: UpdateModelVersionMutationVariables): Promise<UpdateModelVersionMutation> =>
  requester.query(UpdateModelVersionDocument, variables);

/** The document of {@link transitionModelVersionStage}. */
export const TransitionModelVersionStageDocument = /*#__PURE__*/ operation<TransitionModelVersionStageMutation, TransitionModelVersionStageMutationVariables>(
  'mutation transitionModelVersionStage($input:TransitionModelVersionStageInput!){transitionModelVersionStage(input:$input){modelVersion{...ModelVersionFields}userErrors{...UserErrorFields}}}',
  { transitionModelVersionStage: { modelVersion: { '': [ModelVersionFields] }, userErrors: { '': [UserErrorFields] } } },
  [ModelVersionFields, ModelVersionParts, Tag, UserErrorFields],
);
/**
 * Puts a model version into a stage. Moves the update times of the version and its model.
 * @example
 * const answer = await transitionModelVersionStage(client, { input });
 */
export const transitionModelVersionStage = (requester: Requester, variables: TransitionModelVersionStageMutationVariables): Promise<TransitionModelVersionStageMutation> =>
  requester.query(TransitionModelVersionStageDocument, variables);

/** The document of {@link deleteModelVersion}. */
export const DeleteModelVersionDocument = /*#__PURE__*/ operation<DeleteModelVersionMutation, DeleteModelVersionMutationVariables>(
  'mutation deleteModelVersion($input:ModelVersionInput!){deleteModelVersion(input:$input){modelVersion{id version uri}userErrors{...UserErrorFields}}}',
  { deleteModelVersion: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Deletes a model version and its aliases, for good. Its number is never used again; its files stay.
 * @example
 * const answer = await deleteModelVersion(client, { input });
 */
export const deleteModelVersion = (requester: Requester, variables: DeleteModelVersionMutationVariables): Promise<DeleteModelVersionMutation> =>
  requester.query(DeleteModelVersionDocument, variables);

/** The document of {@link setModelVersionTags}. */
export const SetModelVersionTagsDocument = /*#__PURE__*/ operation<SetModelVersionTagsMutation, SetModelVersionTagsMutationVariables>(
  'mutation setModelVersionTags($input:SetModelVersionTagsInput!){setModelVersionTags(input:$input){modelVersion{...ModelVersionFields}userErrors{...UserErrorFields}}}',
  { setModelVersionTags: { modelVersion: { '': [ModelVersionFields] }, userErrors: { '': [UserErrorFields] } } },
  [ModelVersionFields, ModelVersionParts, Tag, UserErrorFields],
);
/**
 * Sets tags of a model version: all of them, or none when one is refused.
 * @example
 * const answer = await setModelVersionTags(client, { input });
 */
export const setModelVersionTags = (requester: Requester, variables: SetModelVersionTagsMutationVariables): Promise<SetModelVersionTagsMutation> =>
  requester.query(SetModelVersionTagsDocument, variables);

/** The document of {@link deleteModelVersionTags}. */
export const DeleteModelVersionTagsDocument = /*#__PURE__*/ operation<DeleteModelVersionTagsMutation, DeleteModelVersionTagsMutationVariables>(
  'mutation deleteModelVersionTags($input:DeleteModelVersionTagsInput!){deleteModelVersionTags(input:$input){modelVersion{...ModelVersionFields}userErrors{...UserErrorFields}}}',
  { deleteModelVersionTags: { modelVersion: { '': [ModelVersionFields] }, userErrors: { '': [UserErrorFields] } } },
  [ModelVersionFields, ModelVersionParts, Tag, UserErrorFields],
);
/**
 * Deletes tags of a model version: all of them, or none when one is missing.
 * @example
 * const answer = await deleteModelVersionTags(client, { input });
 */
export const deleteModelVersionTags = (requester: Requester, variables: DeleteModelVersionTagsMutationVariables): Promise<DeleteModelVersionTagsMutation> =>
  requester.query(DeleteModelVersionTagsDocument, variables);

/** The document of {@link setModelAlias}. */
export const SetModelAliasDocument = /*#__PURE__*/ operation<SetModelAliasMutation, SetModelAliasMutationVariables>(
  'mutation setModelAlias($input:SetModelAliasInput!){setModelAlias(input:$input){registeredModel{...RegisteredModelFields}modelVersion{...ModelVersionFields}userErrors{...UserErrorFields}}}',
  { setModelAlias: { registeredModel: { '': [RegisteredModelFields] }, modelVersion: { '': [ModelVersionFields] }, userErrors: { '': [UserErrorFields] } } },
  [RegisteredModelFields, Tag, ModelVersionFields, ModelVersionParts, UserErrorFields],
);
/**
 * Lets an alias point to a version, from wherever it pointed before.
 * @example
 * const answer = await setModelAlias(client, { input });
 */
export const setModelAlias = (requester: Requester, variables: SetModelAliasMutationVariables): Promise<SetModelAliasMutation> =>
  requester.query(SetModelAliasDocument, variables);

/** The document of {@link deleteModelAlias}. */
export const DeleteModelAliasDocument = /*#__PURE__*/ operation<DeleteModelAliasMutation, DeleteModelAliasMutationVariables>(
  'mutation deleteModelAlias($input:DeleteModelAliasInput!){deleteModelAlias(input:$input){registeredModel{...RegisteredModelFields}modelVersion{...ModelVersionFields}userErrors{...UserErrorFields}}}',
  { deleteModelAlias: { registeredModel: { '': [RegisteredModelFields] }, modelVersion: { '': [ModelVersionFields] }, userErrors: { '': [UserErrorFields] } } },
  [RegisteredModelFields, Tag, ModelVersionFields, ModelVersionParts, UserErrorFields],
);
/**
 * Deletes an alias; the version it pointed to stays.
 * @example
 * const answer = await deleteModelAlias(client, { input });
 */
export const deleteModelAlias = (requester: Requester, variables: DeleteModelAliasMutationVariables): Promise<DeleteModelAliasMutation> =>
  requester.query(DeleteModelAliasDocument, variables);

/** The document of {@link modelEventCursor}. */
export const ModelEventCursorDocument = /*#__PURE__*/ operation<ModelEventCursorQuery, ModelEventCursorQueryVariables>(
  'query modelEventCursor{modelEventCursor}',
  {},
  [],
);
/**
 * The position after the newest event of the model registries of every source. A subscription that begins with it as `after` misses nothing that happens from now on while this server runs.
 * @example
 * const answer = await modelEventCursor(client);
 */
export const modelEventCursor = (requester: Requester): Promise<ModelEventCursorQuery> =>
  requester.query(ModelEventCursorDocument);

/** The document of {@link modelEvents}. */
export const ModelEventsDocument = /*#__PURE__*/ operation<ModelEventsSubscription, ModelEventsSubscriptionVariables>(
  'subscription modelEvents($model:String$source:String$after:String){modelEvents(model:$model source:$source after:$after){kind sourceName modelName model{...RegisteredModelFields}versionNumber version{...ModelVersionFields}alias at cursor}}',
  { modelEvents: { model: { '': [RegisteredModelFields] }, version: { '': [ModelVersionFields] }, at: 'T' } },
  [RegisteredModelFields, Tag, ModelVersionFields, ModelVersionParts],
);
/**
 * What happens to registered models of all sources, from now on or after a cursor. It is found by comparing the registry with how it was: after each write of this server, and within the poll interval for what others write, of which only the outcome counts. What happened while nobody listened is told to whoever goes on after a cursor from before. Errors: NOT_FOUND for a source that does not exist, CURSOR_INVALID for a cursor of something else.
 * @example
 * for await (const event of modelEvents(client)) console.log(event);
 */
export const modelEvents = (subscriber: Subscriber, variables?: ModelEventsSubscriptionVariables): AsyncIterable<ModelEventsSubscription> =>
  subscriber.subscribe(ModelEventsDocument, variables);

/** The document of {@link runs}. */
export const RunsDocument = /*#__PURE__*/ operation<RunsQuery, RunsQueryVariables>(
  'query runs($filter:RunFilter$orderBy:[RunOrder!]$first:Int$after:String$last:Int$before:String$withTotalCount:Boolean!=false){runs(filter:$filter orderBy:$orderBy first:$first after:$after last:$last before:$before){nodes{...RunFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { runs: { nodes: { '': [RunFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [RunFields, Tag, PageFields, SourceAnswer],
);
/**
 * Runs of all sources in one order.
 * @example
 * const answer = await runs(client);
 */
export const runs = (requester: Requester, variables?: RunsQueryVariables): Promise<RunsQuery> =>
  requester.query(RunsDocument, variables);

/** The document of {@link run}. */
export const RunDocument = /*#__PURE__*/ operation<RunQuery, RunQueryVariables>(
  'query run($by:RunBy!){run(by:$by){...RunDetails}}',
  { run: { '': [RunDetails] } },
  [RunDetails, RunFields, Tag],
);
/**
 * One run by its id or by a natural key; null when there is none. Deleted runs are found too.
 * @example
 * const answer = await run(client, { by });
 */
export const run = (requester: Requester, variables: RunQueryVariables): Promise<RunQuery> =>
  requester.query(RunDocument, variables);

/** The document of {@link runSeries}. */
export const RunSeriesDocument = /*#__PURE__*/ operation<RunSeriesQuery, RunSeriesQueryVariables>(
  'query runSeries($by:RunBy!$keys:[String!]$match:StringFilter$maxPoints:Int$sampling:Sampling$fromStep:Long$toStep:Long$from:DateTime$to:DateTime){run(by:$by){id series(keys:$keys match:$match maxPoints:$maxPoints sampling:$sampling fromStep:$fromStep toStep:$toStep from:$from to:$to){key steps timestamps values totalPoints sampled isFinal cursor}}}',
  { run: { series: { steps: 'LL', timestamps: 'LL', values: 'DD', totalPoints: 'L' } } },
  [],
);
/**
 * Histories of metrics, by key, each ordered by (step, timestamp).
 * @example
 * const answer = await runSeries(client, { by });
 */
export const runSeries = (requester: Requester, variables: RunSeriesQueryVariables): Promise<RunSeriesQuery> =>
  requester.query(RunSeriesDocument, variables);

/** The document of {@link runChildren}. */
export const RunChildrenDocument = /*#__PURE__*/ operation<RunChildrenQuery, RunChildrenQueryVariables>(
  'query runChildren($by:RunBy!$first:Int$after:String$withTotalCount:Boolean!=false){run(by:$by){children(first:$first after:$after){nodes{...RunFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}}',
  { run: { children: { nodes: { '': [RunFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } } },
  [RunFields, Tag, PageFields, SourceAnswer],
);
/**
 * Active runs nested in this one, the newest first.
 * @example
 * const answer = await runChildren(client, { by });
 */
export const runChildren = (requester: Requester, variables: RunChildrenQueryVariables): Promise<RunChildrenQuery> =>
  requester.query(RunChildrenDocument, variables);

/** The document of {@link runGroups}. */
export const RunGroupsDocument = /*#__PURE__*/ operation<RunGroupsQuery, RunGroupsQueryVariables>(
  'query runGroups($by:[RunGroupBy!]!$filter:RunFilter$metrics:[MetricRef!]$best:MetricRef$bestDirection:Direction$first:Int){runGroups(by:$by filter:$filter metrics:$metrics best:$best bestDirection:$bestDirection first:$first){key{...Tag}count metrics{key count mean stddev min max}best{...RunFields}}}',
  { runGroups: { key: { '': [Tag] }, metrics: { mean: 'D', stddev: 'D', min: 'D', max: 'D' }, best: { '': [RunFields] } } },
  [Tag, RunFields],
);
/**
 * Runs of all sources, grouped. Fails when a source does not answer, for its runs would be missing from every count; leave it out with `filter: { source: … }`.
 * @example
 * const answer = await runGroups(client, { by });
 */
export const runGroups = (requester: Requester, variables: RunGroupsQueryVariables): Promise<RunGroupsQuery> =>
  requester.query(RunGroupsDocument, variables);

/** The document of {@link createRun}. */
export const CreateRunDocument = /*#__PURE__*/ operation<CreateRunMutation, CreateRunMutationVariables>(
  'mutation createRun($input:CreateRunInput!){createRun(input:$input){run{...RunFields}userErrors{...UserErrorFields}}}',
  { createRun: { run: { '': [RunFields] }, userErrors: { '': [UserErrorFields] } } },
  [RunFields, Tag, UserErrorFields],
);
/**
 * Creates a run.
 * @example
 * const answer = await createRun(client, { input });
 */
export const createRun = (requester: Requester, variables: CreateRunMutationVariables): Promise<CreateRunMutation> =>
  requester.query(CreateRunDocument, variables);

/** The document of {@link updateRun}. */
export const UpdateRunDocument = /*#__PURE__*/ operation<UpdateRunMutation, UpdateRunMutationVariables>(
  'mutation updateRun($input:UpdateRunInput!){updateRun(input:$input){run{...RunFields}userErrors{...UserErrorFields}}}',
  { updateRun: { run: { '': [RunFields] }, userErrors: { '': [UserErrorFields] } } },
  [RunFields, Tag, UserErrorFields],
);
/**
 * Changes the name, note, status or end of a run.
 * @example
 * const answer = await updateRun(client, { input });
 */
export const updateRun = (requester: Requester, variables: UpdateRunMutationVariables): Promise<UpdateRunMutation> =>
  requester.query(UpdateRunDocument, variables);

/** The document of {@link finishRun}. */
export const FinishRunDocument = /*#__PURE__*/ operation<FinishRunMutation, FinishRunMutationVariables>(
  'mutation finishRun($input:FinishRunInput!){finishRun(input:$input){run{...RunFields}userErrors{...UserErrorFields}}}',
  { finishRun: { run: { '': [RunFields] }, userErrors: { '': [UserErrorFields] } } },
  [RunFields, Tag, UserErrorFields],
);
/**
 * Ends a run: sets its status and end time. A finished run still accepts metrics.
 * @example
 * const answer = await finishRun(client, { input });
 */
export const finishRun = (requester: Requester, variables: FinishRunMutationVariables): Promise<FinishRunMutation> =>
  requester.query(FinishRunDocument, variables);

/** The document of {@link deleteRun}. */
export const DeleteRunDocument = /*#__PURE__*/ operation<DeleteRunMutation, DeleteRunMutationVariables>(
  'mutation deleteRun($input:RunInput!){deleteRun(input:$input){run{id lifecycleStage}userErrors{...UserErrorFields}}}',
  { deleteRun: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Marks a run deleted; it can be restored. Its children stay as they are.
 * @example
 * const answer = await deleteRun(client, { input });
 */
export const deleteRun = (requester: Requester, variables: DeleteRunMutationVariables): Promise<DeleteRunMutation> =>
  requester.query(DeleteRunDocument, variables);

/** The document of {@link restoreRun}. */
export const RestoreRunDocument = /*#__PURE__*/ operation<RestoreRunMutation, RestoreRunMutationVariables>(
  'mutation restoreRun($input:RunInput!){restoreRun(input:$input){run{id lifecycleStage}userErrors{...UserErrorFields}}}',
  { restoreRun: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Makes a deleted run active again.
 * @example
 * const answer = await restoreRun(client, { input });
 */
export const restoreRun = (requester: Requester, variables: RestoreRunMutationVariables): Promise<RestoreRunMutation> =>
  requester.query(RestoreRunDocument, variables);

/** The document of {@link logMetrics}. */
export const LogMetricsDocument = /*#__PURE__*/ operation<LogMetricsMutation, LogMetricsMutationVariables>(
  'mutation logMetrics($input:LogMetricsInput!){logMetrics(input:$input){pointsAccepted cursor userErrors{...UserErrorFields}}}',
  { logMetrics: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Appends metric points to a run: all of them, or none when one is refused.
 * @example
 * const answer = await logMetrics(client, { input });
 */
export const logMetrics = (requester: Requester, variables: LogMetricsMutationVariables): Promise<LogMetricsMutation> =>
  requester.query(LogMetricsDocument, variables);

/** The document of {@link logParams}. */
export const LogParamsDocument = /*#__PURE__*/ operation<LogParamsMutation, LogParamsMutationVariables>(
  'mutation logParams($input:LogParamsInput!){logParams(input:$input){run{id}userErrors{...UserErrorFields}}}',
  { logParams: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Logs params: all of them, or none when one is refused.
 * @example
 * const answer = await logParams(client, { input });
 */
export const logParams = (requester: Requester, variables: LogParamsMutationVariables): Promise<LogParamsMutation> =>
  requester.query(LogParamsDocument, variables);

/** The document of {@link logDatasetInputs}. */
export const LogDatasetInputsDocument = /*#__PURE__*/ operation<LogDatasetInputsMutation, LogDatasetInputsMutationVariables>(
  'mutation logDatasetInputs($input:LogDatasetInputsInput!){logDatasetInputs(input:$input){run{id}userErrors{...UserErrorFields}}}',
  { logDatasetInputs: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Says which datasets a run used: all of them, or none when one is refused.
 * @example
 * const answer = await logDatasetInputs(client, { input });
 */
export const logDatasetInputs = (requester: Requester, variables: LogDatasetInputsMutationVariables): Promise<LogDatasetInputsMutation> =>
  requester.query(LogDatasetInputsDocument, variables);

/** The document of {@link setTags}. */
export const SetTagsDocument = /*#__PURE__*/ operation<SetTagsMutation, SetTagsMutationVariables>(
  'mutation setTags($input:SetTagsInput!){setTags(input:$input){run{id}userErrors{...UserErrorFields}}}',
  { setTags: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Sets tags: all of them, or none when one is refused.
 * @example
 * const answer = await setTags(client, { input });
 */
export const setTags = (requester: Requester, variables: SetTagsMutationVariables): Promise<SetTagsMutation> =>
  requester.query(SetTagsDocument, variables);

/** The document of {@link deleteTags}. */
export const DeleteTagsDocument = /*#__PURE__*/ operation<DeleteTagsMutation, DeleteTagsMutationVariables>(
  'mutation deleteTags($input:DeleteTagsInput!){deleteTags(input:$input){run{id}userErrors{...UserErrorFields}}}',
  { deleteTags: { userErrors: { '': [UserErrorFields] } } },
  [UserErrorFields],
);
/**
 * Deletes tags: all of them, or none when one is missing.
 * @example
 * const answer = await deleteTags(client, { input });
 */
export const deleteTags = (requester: Requester, variables: DeleteTagsMutationVariables): Promise<DeleteTagsMutation> =>
  requester.query(DeleteTagsDocument, variables);

/** The document of {@link metricPoints}. */
export const MetricPointsDocument = /*#__PURE__*/ operation<MetricPointsSubscription, MetricPointsSubscriptionVariables>(
  'subscription metricPoints($input:MetricPointsInput!){metricPoints(input:$input){kind cursor caughtUp series{runId key steps timestamps values}}}',
  { metricPoints: { series: { steps: 'LL', timestamps: 'LL', values: 'DD' } } },
  [],
);
/**
 * Metric points of runs: what is there, then what comes, for ever. Resume with the cursor of the last batch.
 * @example
 * for await (const event of metricPoints(client, { input })) console.log(event);
 */
export const metricPoints = (subscriber: Subscriber, variables: MetricPointsSubscriptionVariables): AsyncIterable<MetricPointsSubscription> =>
  subscriber.subscribe(MetricPointsDocument, variables);

/** The document of {@link runEventCursor}. */
export const RunEventCursorDocument = /*#__PURE__*/ operation<RunEventCursorQuery, RunEventCursorQueryVariables>(
  'query runEventCursor{runEventCursor}',
  {},
  [],
);
/**
 * The position after the newest event of every source. A subscription that begins with it as `after` misses nothing, also when its connection breaks before the first event.
 * @example
 * const answer = await runEventCursor(client);
 */
export const runEventCursor = (requester: Requester): Promise<RunEventCursorQuery> =>
  requester.query(RunEventCursorDocument);

/** The document of {@link runEvents}. */
export const RunEventsDocument = /*#__PURE__*/ operation<RunEventsSubscription, RunEventsSubscriptionVariables>(
  'subscription runEvents($filter:RunFilter$after:String){runEvents(filter:$filter after:$after){kind at cursor run{...RunFields}}}',
  { runEvents: { at: 'T', run: { '': [RunFields] } } },
  [RunFields, Tag],
);
/**
 * What happens to runs of all sources, from now on or after a cursor, in the order it was committed. What another system does to runs of an attached source is noticed while somebody listens, within the poll interval: new runs, status, name, lifecycle, new params and tags; a tag whose value changed is not.
 * @example
 * for await (const event of runEvents(client)) console.log(event);
 */
export const runEvents = (subscriber: Subscriber, variables?: RunEventsSubscriptionVariables): AsyncIterable<RunEventsSubscription> =>
  subscriber.subscribe(RunEventsDocument, variables);

/** The document of {@link sources}. */
export const SourcesDocument = /*#__PURE__*/ operation<SourcesQuery, SourcesQueryVariables>(
  'query sources{sources{...SourceFields}}',
  { sources: { '': [SourceFields] } },
  [SourceFields],
);
/**
 * Every source, `local` first.
 * @example
 * const answer = await sources(client);
 */
export const sources = (requester: Requester): Promise<SourcesQuery> =>
  requester.query(SourcesDocument);

/** The document of {@link source}. */
export const SourceDocument = /*#__PURE__*/ operation<SourceQuery, SourceQueryVariables>(
  'query source($name:String!){source(name:$name){...SourceFields}}',
  { source: { '': [SourceFields] } },
  [SourceFields],
);
/**
 * One source by name; null when there is none.
 * @example
 * const answer = await source(client, { name });
 */
export const source = (requester: Requester, variables: SourceQueryVariables): Promise<SourceQuery> =>
  requester.query(SourceDocument, variables);

/** The document of {@link server}. */
export const ServerDocument = /*#__PURE__*/ operation<ServerQuery, ServerQueryVariables>(
  'query server{server{version subgraphs limits{bodyBytes documentDepth documentTokens pageSize pointsPerLog pointsPerSeries}}}',
  {},
  [],
);
/**
 * What this server is and allows.
 * @example
 * const answer = await server(client);
 */
export const server = (requester: Requester): Promise<ServerQuery> =>
  requester.query(ServerDocument);

/** The document of {@link node}. */
export const NodeDocument = /*#__PURE__*/ operation<NodeQuery, NodeQueryVariables>(
  'query node($id:ID!){node(id:$id){__typename id ...on Run{...RunFields}...on Experiment{...ExperimentFields}...on RegisteredModel{...RegisteredModelFields}...on ModelVersion{...ModelVersionParts versionStatus:status versionAliases:aliases}...on Source{...SourceFields}}}',
  { node: { '': [RunFields, ExperimentFields, RegisteredModelFields, ModelVersionParts, SourceFields] } },
  [RunFields, Tag, ExperimentFields, RegisteredModelFields, ModelVersionParts, SourceFields],
);
/**
 * Anything by its id; null when it does not exist or the text is no id.
 * @example
 * const answer = await node(client, { id });
 */
export const node = (requester: Requester, variables: NodeQueryVariables): Promise<NodeQuery> =>
  requester.query(NodeDocument, variables);

/** The document of {@link nodes}. */
export const NodesDocument = /*#__PURE__*/ operation<NodesQuery, NodesQueryVariables>(
  'query nodes($ids:[ID!]!){nodes(ids:$ids){__typename id ...on Run{...RunFields}...on Experiment{...ExperimentFields}...on RegisteredModel{...RegisteredModelFields}...on ModelVersion{...ModelVersionParts versionStatus:status versionAliases:aliases}...on Source{...SourceFields}}}',
  { nodes: { '': [RunFields, ExperimentFields, RegisteredModelFields, ModelVersionParts, SourceFields] } },
  [RunFields, Tag, ExperimentFields, RegisteredModelFields, ModelVersionParts, SourceFields],
);
/**
 * Several by id, in the order of the ids; null for those that do not exist.
 * @example
 * const answer = await nodes(client, { ids });
 */
export const nodes = (requester: Requester, variables: NodesQueryVariables): Promise<NodesQuery> =>
  requester.query(NodesDocument, variables);

/** The document of {@link traces}. */
export const TracesDocument = /*#__PURE__*/ operation<TracesQuery, TracesQueryVariables>(
  'query traces($filter:TraceFilter$orderBy:[TraceOrder!]$first:Int$after:String$last:Int$before:String$withTotalCount:Boolean!=false){traces(filter:$filter orderBy:$orderBy first:$first after:$after last:$last before:$before){nodes{...TraceFields}pageInfo{...PageFields}sources{...SourceAnswer}totalCount@include(if:$withTotalCount)}}',
  { traces: { nodes: { '': [TraceFields] }, pageInfo: { '': [PageFields] }, sources: { '': [SourceAnswer] } } },
  [TraceFields, Tag, PageFields, SourceAnswer],
);
/**
 * Traces of all sources in one order.
 * @example
 * const answer = await traces(client);
 */
export const traces = (requester: Requester, variables?: TracesQueryVariables): Promise<TracesQuery> =>
  requester.query(TracesDocument, variables);

/** The document of {@link trace}. */
export const TraceDocument = /*#__PURE__*/ operation<TraceQuery, TraceQueryVariables>(
  'query trace($id:ID$requestId:String$source:String){trace(id:$id requestId:$requestId source:$source){...TraceFields spans{...SpanFields}}}',
  { trace: { '': [TraceFields], spans: { '': [SpanFields] } } },
  [TraceFields, Tag, SpanFields],
);
/**
 * One trace by its id or by its request id; null when there is none. BAD_USER_INPUT unless one of them is given.
 * @example
 * const answer = await trace(client);
 */
export const trace = (requester: Requester, variables?: TraceQueryVariables): Promise<TraceQuery> =>
  requester.query(TraceDocument, variables);

/** The document of {@link runTraces}. */
export const RunTracesDocument = /*#__PURE__*/ operation<RunTracesQuery, RunTracesQueryVariables>(
  'query runTraces($by:RunBy!$first:Int$after:String){run(by:$by){id traces(first:$first after:$after){nodes{...TraceFields}pageInfo{...PageFields}totalCount}}}',
  { run: { traces: { nodes: { '': [TraceFields] }, pageInfo: { '': [PageFields] } } } },
  [TraceFields, Tag, PageFields],
);
/**
 * Traces that were recorded in the run or linked to it, the newest first.
 * @example
 * const answer = await runTraces(client, { by });
 */
export const runTraces = (requester: Requester, variables: RunTracesQueryVariables): Promise<RunTracesQuery> =>
  requester.query(RunTracesDocument, variables);

/** The document of {@link experimentTraces}. */
export const ExperimentTracesDocument = /*#__PURE__*/ operation<ExperimentTracesQuery, ExperimentTracesQueryVariables>(
  'query experimentTraces($id:ID$name:String$source:String$filter:TraceFilter$orderBy:[TraceOrder!]$first:Int$after:String){experiment(id:$id name:$name source:$source){id traces(filter:$filter orderBy:$orderBy first:$first after:$after){nodes{...TraceFields}pageInfo{...PageFields}totalCount}}}',
  { experiment: { traces: { nodes: { '': [TraceFields] }, pageInfo: { '': [PageFields] } } } },
  [TraceFields, Tag, PageFields],
);
/**
 * Traces of this experiment.
 * @example
 * const answer = await experimentTraces(client);
 */
export const experimentTraces = (requester: Requester, variables?: ExperimentTracesQueryVariables): Promise<ExperimentTracesQuery> =>
  requester.query(ExperimentTracesDocument, variables);

/** The document of {@link createTrace}. */
export const CreateTraceDocument = /*#__PURE__*/ operation<CreateTraceMutation, CreateTraceMutationVariables>(
  'mutation createTrace($input:CreateTraceInput!){createTrace(input:$input){trace{...TraceFields}userErrors{...UserErrorFields}}}',
  { createTrace: { trace: { '': [TraceFields] }, userErrors: { '': [UserErrorFields] } } },
  [TraceFields, Tag, UserErrorFields],
);
/**
 * Begins a trace: one recorded request through an application. User errors: NOT_FOUND and CONFLICT for an experiment or run that does not exist or is deleted, ALREADY_EXISTS for a request id that is taken, TOO_LARGE and INVALID with the field.
 * @example
 * const answer = await createTrace(client, { input });
 */
export const createTrace = (requester: Requester, variables: CreateTraceMutationVariables): Promise<CreateTraceMutation> =>
  requester.query(CreateTraceDocument, variables);

/** The document of {@link finishTrace}. */
export const FinishTraceDocument = /*#__PURE__*/ operation<FinishTraceMutation, FinishTraceMutationVariables>(
  'mutation finishTrace($input:FinishTraceInput!){finishTrace(input:$input){trace{...TraceFields}userErrors{...UserErrorFields}}}',
  { finishTrace: { trace: { '': [TraceFields] }, userErrors: { '': [UserErrorFields] } } },
  [TraceFields, Tag, UserErrorFields],
);
/**
 * Ends a trace: sets its status and duration, and what came out. User errors: NOT_FOUND for a trace that does not exist, INVALID for an end before its start, TOO_LARGE and INVALID with the field.
 * @example
 * const answer = await finishTrace(client, { input });
 */
export const finishTrace = (requester: Requester, variables: FinishTraceMutationVariables): Promise<FinishTraceMutation> =>
  requester.query(FinishTraceDocument, variables);