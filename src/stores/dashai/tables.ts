/**
 * How a column is read. `json` is decoded, also where it was encoded twice; `time` is milliseconds since the epoch, UTC;
 * `id` is a number of a row as text.
 */
export type ColumnKind = 'id' | 'text' | 'integer' | 'number' | 'flag' | 'json' | 'time';

/** A column under the name its value has with us. */
interface Column {
  readonly column: string;
  readonly kind: ColumnKind;
}

interface Table {
  /** Its name in the database. */
  readonly table: string;
  readonly columns: Readonly<Record<string, Column>>;
}

const id = (column: string): Column & { kind: 'id' } => ({ column, kind: 'id' });
const text = (column: string): Column & { kind: 'text' } => ({ column, kind: 'text' });
const integer = (column: string): Column & { kind: 'integer' } => ({ column, kind: 'integer' });
const number = (column: string): Column & { kind: 'number' } => ({ column, kind: 'number' });
const flag = (column: string): Column & { kind: 'flag' } => ({ column, kind: 'flag' });
const json = (column: string): Column & { kind: 'json' } => ({ column, kind: 'json' });
const time = (column: string): Column & { kind: 'time' } => ({ column, kind: 'time' });

const written = { createdAt: time('created'), updatedAt: time('last_modified') };
const executed = {
  rawStatus: text('status'),
  deliveredAt: time('delivery_time'),
  startedAt: time('start_time'),
  endedAt: time('end_time'),
};

/**
 * The tables of DashAI that are answered, with their columns. What a release does not have yet, or no longer, is null.
 * Lists of row numbers (`split_indexes`), keys of services (`credential`) and blobs are left out on purpose.
 */
export const dashaiTables = {
  dataset: {
    table: 'dataset',
    columns: {
      ...written,
      name: text('name'),
      rawStatus: text('status'),
      filePath: text('file_path'),
      totalRows: integer('total_rows'),
      totalColumns: integer('total_columns'),
      jobId: text('huey_id'),
    },
  },
  modelSession: {
    table: 'model_session',
    columns: {
      ...written,
      name: text('name'),
      taskName: text('task_name'),
      datasetId: id('dataset_id'),
      inputColumns: json('input_columns'),
      outputColumns: json('output_columns'),
      trainMetrics: json('train_metrics'),
      validationMetrics: json('validation_metrics'),
      testMetrics: json('test_metrics'),
      splits: json('splits'),
      evaluationStrategy: text('evaluation_strategy'),
    },
  },
  run: {
    table: 'run',
    columns: {
      ...written,
      ...executed,
      name: text('name'),
      description: text('description'),
      sessionId: id('model_session_id'),
      modelName: text('model_name'),
      parameters: json('parameters'),
      optimizerName: text('optimizer_name'),
      optimizerParameters: json('optimizer_parameters'),
      goalMetric: text('goal_metric'),
      nested: json('nested'),
      jobId: text('huey_id'),
      historyPlotPath: text('plot_history_path'),
      slicePlotPath: text('plot_slice_path'),
      contourPlotPath: text('plot_contour_path'),
      importancePlotPath: text('plot_importance_path'),
    },
  },
  metric: {
    table: 'metric',
    columns: {
      runId: id('run_id'),
      rawSplit: text('split'),
      rawLevel: text('level'),
      name: text('name'),
      value: number('value'),
      step: integer('step'),
      timestamp: time('timestamp'),
      stdValue: number('std_value'),
      fold: integer('fold_index'),
      innerFold: integer('inner_fold_index'),
    },
  },
  prediction: {
    table: 'prediction',
    columns: {
      ...written,
      ...executed,
      runId: id('run_id'),
      datasetId: id('dataset_id'),
      rawSplit: text('split'),
      resultsPath: text('results_path'),
      jobId: text('huey_id'),
    },
  },
  globalExplainer: {
    table: 'global_explainer',
    columns: {
      name: text('name'),
      rawStatus: text('status'),
      createdAt: time('created'),
      runId: id('run_id'),
      explainerName: text('explainer_name'),
      parameters: json('parameters'),
      explanationPath: text('explanation_path'),
      plotPath: text('plot_path'),
      plotOverrides: json('plot_overrides'),
    },
  },
  localExplainer: {
    table: 'local_explainer',
    columns: {
      name: text('name'),
      rawStatus: text('status'),
      createdAt: time('created'),
      runId: id('run_id'),
      datasetId: id('dataset_id'),
      explainerName: text('explainer_name'),
      parameters: json('parameters'),
      fitParameters: json('fit_parameters'),
      scope: json('scope'),
      explanationPath: text('explanation_path'),
      plotPath: text('plots_path'),
      inputDatasetPath: text('input_dataset_path'),
      plotOverrides: json('plot_overrides'),
    },
  },
  notebook: {
    table: 'notebook',
    columns: {
      ...written,
      name: text('name'),
      description: text('description'),
      datasetId: id('dataset_id'),
      filePath: text('file_path'),
    },
  },
  explorer: {
    table: 'explorer',
    columns: {
      ...written,
      ...executed,
      name: text('name'),
      notebookId: id('notebook_id'),
      explorationType: text('exploration_type'),
      columns: json('columns'),
      parameters: json('parameters'),
      explorationPath: text('exploration_path'),
      artifactsPath: text('artifacts_path'),
      plotOverrides: json('plot_overrides'),
      jobId: text('huey_id'),
    },
  },
  converter: {
    table: 'converter',
    columns: {
      ...written,
      ...executed,
      notebookId: id('notebook_id'),
      converter: text('converter'),
      parameters: json('parameters'),
      jobId: text('huey_id'),
    },
  },
  generativeSession: {
    table: 'generative_session',
    columns: {
      ...written,
      name: text('name'),
      description: text('description'),
      taskName: text('task_name'),
      modelName: text('model_name'),
      parameters: json('parameters'),
    },
  },
  generativeProcess: {
    table: 'generative_process',
    columns: { ...written, ...executed, sessionId: id('session_id') },
  },
  processData: {
    table: 'process_data',
    columns: { processId: id('process_id'), data: text('data'), dataType: text('data_type'), isInput: flag('is_input') },
  },
  parameterVersion: {
    table: 'parameter_history',
    columns: {
      sessionId: id('session_id'),
      parameters: json('parameters'),
      modelName: text('model_name'),
      modifiedAt: time('modified_at'),
    },
  },
  plugin: {
    table: 'plugin',
    columns: {
      ...written,
      name: text('name'),
      author: text('author'),
      installedVersion: text('installed_version'),
      latestVersion: text('lastest_version'), // sic
      rawStatus: text('status'),
      summary: text('summary'),
      description: text('description'),
      descriptionContentType: text('description_content_type'),
      verified: flag('verified'),
    },
  },
  pluginTag: { table: 'tag', columns: { pluginId: id('plugin_id'), name: text('name') } },
  pipeline: {
    table: 'pipeline',
    columns: {
      name: text('name'),
      steps: json('steps'),
      edges: json('edges'),
      exploration: json('exploration'),
      train: json('train'),
      prediction: json('prediction'),
    },
  },
} as const satisfies Record<string, Table>;

export type DashaiTable = keyof typeof dashaiTables;

interface ValueOf {
  readonly id: string | null;
  readonly text: string | null;
  readonly integer: bigint | null;
  readonly number: number | null;
  readonly flag: boolean | null;
  readonly json: unknown;
  readonly time: number | null;
}

type ColumnsOf<Name extends DashaiTable> = (typeof dashaiTables)[Name]['columns'];

/** A row of a table under our names. */
export type DashaiRow<Name extends DashaiTable> = {
  readonly [Property in keyof ColumnsOf<Name>]: ColumnsOf<Name>[Property] extends { kind: infer Kind extends ColumnKind }
    ? ValueOf[Kind]
    : never;
};
