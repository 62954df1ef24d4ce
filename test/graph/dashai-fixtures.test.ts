import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { asInstant, contentOf, dashaiNodes, homeVersions, openHome, type HomeFixture } from '../kit/dashai-home.js';
import { startTestServer, type TestServer } from '../kit/server.js';

type Row = Readonly<Record<string, any>>;

describe.each(homeVersions)('a home of DashAI %s, attached', (version) => {
  let home: HomeFixture | null;
  let server: TestServer;
  let before: Record<string, string>;
  beforeAll(async () => {
    home = openHome(version);
    if (!home) return;
    before = contentOf(home.folder);
    server = await startTestServer(['--attach', `dashai=${home.folder},name=home`], { env: { RUNGRAPH_DASHAI_TIME_ZONE: 'UTC' } });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    home?.close();
  });

  const rowsOf = (table: string): readonly Row[] => home!.expected.tables[table] ?? [];
  const withId = <T extends Row>(rows: readonly T[], id: number) => rows.find(({ nativeId }) => nativeId === String(id));
  async function ask(query: string): Promise<any> {
    const { data, errors } = await server.query(query);
    expect(errors).toBeUndefined();
    return data;
  }
  const written = (row: Row) => ({ createdAt: asInstant(row.created), updatedAt: asInstant(row.last_modified) });
  const executed = (row: Row) => ({
    status: row.status,
    rawStatus: row.status,
    deliveredAt: asInstant(row.delivery_time),
    startedAt: asInstant(row.start_time),
    endedAt: asInstant(row.end_time),
  });
  const writtenFields = 'nativeId createdAt updatedAt';
  const executedFields = `${writtenFields} status rawStatus deliveredAt startedAt endedAt`;

  it('is a source that can be read', async (context) => {
    if (!home) return context.skip();
    const { source } = await ask('{ source(name: "home") { kind state schemaVersion runCount writable } }');
    expect(source).toEqual({
      kind: 'DASHAI',
      state: 'READY',
      schemaVersion: home.expected.alembic_version[0],
      runCount: home.expected.counts.run,
      writable: false,
    });
  });

  it('has every dataset and every model session with all their columns', async (context) => {
    if (!home) return context.skip();
    const { dashaiDatasets, modelSessions } = await ask(`{
      dashaiDatasets { totalCount nodes { ${writtenFields} name status rawStatus filePath totalRows totalColumns modelSessions { nativeId } } }
      modelSessions { totalCount nodes { ${writtenFields} name taskName dataset { nativeId } inputColumns outputColumns splits evaluationStrategy
        trainMetrics validationMetrics testMetrics experiment { nativeId name createdAt } } } }`);
    expect(dashaiDatasets.totalCount).toBe(home.expected.counts.dataset);
    for (const row of rowsOf('dataset')) {
      expect(withId(dashaiDatasets.nodes, row.id)).toEqual({
        ...{
          nativeId: String(row.id),
          ...written(row),
          name: row.name,
          status: row.status,
          rawStatus: row.status,
          filePath: row.file_path,
        },
        ...{ totalRows: row.total_rows ?? null, totalColumns: row.total_columns ?? null },
        modelSessions: rowsOf('model_session')
          .filter(({ dataset_id }) => dataset_id === row.id)
          .map(({ id }) => ({ nativeId: String(id) })),
      });
    }
    expect(modelSessions.totalCount).toBe(home.expected.counts.model_session);
    for (const row of rowsOf('model_session')) {
      expect(withId(modelSessions.nodes, row.id)).toEqual({
        ...{
          nativeId: String(row.id),
          ...written(row),
          name: row.name,
          taskName: row.task_name,
          dataset: { nativeId: String(row.dataset_id) },
        },
        ...{ inputColumns: row.input_columns, outputColumns: row.output_columns, splits: row.splits_decoded },
        ...{ evaluationStrategy: row.evaluation_strategy ?? null, trainMetrics: row.train_metrics ?? [] },
        ...{ validationMetrics: row.validation_metrics ?? [], testMetrics: row.test_metrics ?? [] },
        experiment: { nativeId: String(row.id), name: row.name, createdAt: asInstant(row.created) },
      });
    }
  });

  it('has every run, in DashAI’s words and as a run like any other', async (context) => {
    if (!home) return context.skip();
    const statuses: Row = { NOT_STARTED: 'SCHEDULED', DELIVERED: 'SCHEDULED', STARTED: 'RUNNING', FINISHED: 'FINISHED', ERROR: 'FAILED' };
    const { runs } = await ask(`{ runs(filter: { source: { eq: "home" } }, first: 1000) { totalCount nodes {
      nativeId name status startedAt endedAt experiment { nativeId } datasetInputs { name } tag(key: "dashai.model_name") param(key: "random_state") { value }
      dashai { modelName parameters optimizerName optimizerParameters goalMetric description status rawStatus deliveredAt createdAt updatedAt } } } }`);
    expect(runs.totalCount).toBe(home.expected.counts.run);
    for (const row of rowsOf('run')) {
      const session = rowsOf('model_session').find(({ id }) => id === row.model_session_id)!;
      expect(withId(runs.nodes, row.id)).toEqual({
        ...{ nativeId: String(row.id), name: row.name, status: statuses[row.status] },
        ...{ startedAt: asInstant(row.start_time), endedAt: asInstant(row.end_time), experiment: { nativeId: String(session.id) } },
        datasetInputs: [{ name: rowsOf('dataset').find(({ id }) => id === session.dataset_id)!.name }],
        tag: row.model_name,
        param: row.parameters.random_state === undefined ? null : { value: paramText(row.parameters.random_state) },
        dashai: {
          ...{ modelName: row.model_name, parameters: row.parameters, optimizerName: row.optimizer_name || null },
          ...{ optimizerParameters: row.optimizer_parameters, goalMetric: row.goal_metric || null, description: row.description },
          ...{ status: row.status, rawStatus: row.status, deliveredAt: asInstant(row.delivery_time), ...written(row) },
        },
      });
    }
  });

  it('has every metric of every run, by split and level', async (context) => {
    if (!home) return context.skip();
    const { runs } = await ask(`{ runs(filter: { source: { eq: "home" } }, first: 1000) { nodes {
      nativeId dashai { splitMetrics { split level name value step timestamp } } } } }`);
    for (const { nativeId, dashai } of runs.nodes) {
      const found: Row[] = dashai.splitMetrics;
      const expected = home.expected.metrics[nativeId] ?? {};
      const curves = Object.entries(expected).flatMap(([split, levels]) =>
        Object.entries(levels).flatMap(([level, names]) => Object.entries(names).map(([name, curve]) => ({ split, level, name, curve }))),
      );
      expect(found.length).toBe(curves.reduce((sum, { curve }) => sum + curve.count, 0));
      for (const { split, level, name, curve } of curves) {
        const points = found.filter((metric) => metric.split === split && metric.level === level && metric.name === name);
        const asAnswered = ({ value, step, timestamp }: { value: number; step: number; timestamp: string }) =>
          expect.objectContaining({ value, step, timestamp: asInstant(timestamp) });
        expect(points[0]).toEqual(asAnswered(curve.first));
        expect(points.at(-1)).toEqual(asAnswered(curve.last));
        expect(Math.min(...points.map(({ value }) => value))).toBe(curve.min);
        expect(Math.max(...points.map(({ value }) => value))).toBe(curve.max);
        if (curve.points) expect(points).toEqual(curve.points.map(asAnswered));
      }
    }
  });

  it('has the metrics of its runs under split and name, each series with the steps of one level', async (context) => {
    if (!home) return context.skip();
    const { runs } = await ask(`{ runs(filter: { source: { eq: "home" } }, first: 1000) { nodes {
      nativeId metrics { key value } series(sampling: NONE) { key steps values } } } }`);
    for (const { nativeId, metrics, series } of runs.nodes) {
      const levelsOf = home.expected.metrics[nativeId] ?? {};
      const latest = Object.entries(home.expected.last_metrics[nativeId] ?? {});
      for (const [split, values] of latest) {
        for (const [name, value] of Object.entries(values ?? {})) expect(metrics).toContainEqual({ key: `${split}/${name}`, value });
      }
      for (const [split, levels] of Object.entries(levelsOf)) {
        for (const [level, names] of Object.entries(levels)) {
          for (const [name, { points, count }] of Object.entries(names)) {
            const isPlain = level === 'EPOCH' || (level === 'STEP' && !levels.EPOCH?.[name]);
            const isOnly = level === 'LAST' && !levels.EPOCH?.[name] && !levels.STEP?.[name];
            const suffix = isPlain || isOnly ? '' : ` (${level.toLowerCase().replace('_', ' ')})`;
            const found = series.find(({ key }: Row) => key === `${split.toLowerCase()}/${name}${suffix}`);
            expect(found?.steps.length, `${nativeId} ${split} ${level} ${name}`).toBe(count);
            if (points) expect(found.values).toEqual([...points].sort((a, b) => a.step - b.step).map(({ value }) => value));
          }
        }
      }
    }
  });

  it('has predictions and explainers with their runs and datasets', async (context) => {
    if (!home) return context.skip();
    const { predictions, runs } = await ask(`{
      predictions { totalCount nodes { ${executedFields} run { nativeId } dataset { nativeId } split resultsPath } }
      runs(filter: { source: { eq: "home" } }, first: 1000) { nodes { nativeId dashai {
        globalExplainers { nativeId createdAt name status rawStatus explainerName parameters plotOverrides run { nativeId } }
        localExplainers { nativeId createdAt name status rawStatus explainerName parameters plotOverrides run { nativeId } fitParameters scope dataset { nativeId } } } } } }`);
    expect(predictions.totalCount).toBe(home.expected.counts.prediction);
    for (const row of rowsOf('prediction')) {
      expect(withId(predictions.nodes, row.id)).toEqual({
        ...{ nativeId: String(row.id), ...written(row), ...executed(row), run: { nativeId: String(row.run_id) } },
        ...{ dataset: row.dataset_id && { nativeId: String(row.dataset_id) }, split: row.split ?? null, resultsPath: row.results_path },
      });
    }
    const explainer = (row: Row) => ({
      ...{ nativeId: String(row.id), createdAt: asInstant(row.created), name: row.name, status: row.status, rawStatus: row.status },
      ...{
        explainerName: row.explainer_name,
        parameters: row.parameters,
        plotOverrides: row.plot_overrides ?? null,
        run: { nativeId: String(row.run_id) },
      },
    });
    const runCreated = (id: number) => rowsOf('run').find((run) => run.id === id)?.created;
    // An explainer of a deleted run stays, and its run's number was given to another one.
    const living = (row: Row) => runCreated(row.run_id) !== undefined && row.created >= runCreated(row.run_id);
    for (const row of rowsOf('global_explainer').filter(living)) {
      expect(withId(withId<Row>(runs.nodes, row.run_id)!.dashai.globalExplainers, row.id)).toEqual(explainer(row));
    }
    for (const row of rowsOf('local_explainer').filter(living)) {
      expect(withId(withId<Row>(runs.nodes, row.run_id)!.dashai.localExplainers, row.id)).toEqual({
        ...explainer(row),
        ...{ fitParameters: row.fit_parameters, scope: row.scope, dataset: { nativeId: String(row.dataset_id) } },
      });
    }
    const shown = runs.nodes.flatMap(({ dashai }: Row) => dashai.globalExplainers);
    expect(shown.length).toBe(rowsOf('global_explainer').filter(living).length);
  });

  it('has notebooks with their explorers, and their converters in order', async (context) => {
    if (!home) return context.skip();
    const { notebooks } = await ask(`{ notebooks { totalCount nodes { ${writtenFields} name description dataset { nativeId } filePath
      explorers { ${executedFields} name explorationType columns parameters plotOverrides notebook { nativeId } }
      converters { ${executedFields} converter parameters notebook { nativeId } } } } }`);
    expect(notebooks.totalCount).toBe(home.expected.counts.notebook);
    for (const row of rowsOf('notebook')) {
      const notebook = { nativeId: String(row.id) };
      const own = (table: string) => rowsOf(table).filter(({ notebook_id }) => notebook_id === row.id);
      expect(withId(notebooks.nodes, row.id)).toEqual({
        ...{ ...notebook, ...written(row), name: row.name, description: row.description, filePath: row.file_path },
        dataset: { nativeId: String(row.dataset_id) },
        explorers: own('explorer').map((one) => ({
          ...{ nativeId: String(one.id), ...written(one), ...executed(one), name: one.name, explorationType: one.exploration_type },
          ...{ columns: one.columns, parameters: one.parameters, plotOverrides: one.plot_overrides ?? null, notebook },
        })),
        converters: own('converter')
          .sort((a, b) => a.parameters.order - b.parameters.order)
          .map((one) => ({
            ...{
              nativeId: String(one.id),
              ...written(one),
              ...executed(one),
              converter: one.converter,
              parameters: one.parameters,
              notebook,
            },
          })),
      });
    }
  });

  it('has generative sessions with processes and history, plugins with tags, pipelines', async (context) => {
    if (!home) return context.skip();
    const { generativeSessions, plugins, pipelines } = await ask(`{
      generativeSessions { totalCount nodes { ${writtenFields} name description taskName modelName parameters
        processes { ${executedFields} inputs { data dataType } outputs { data dataType } }
        parameterHistory { parameters modelName modifiedAt } } }
      plugins { totalCount nodes { ${writtenFields} name author installedVersion latestVersion status rawStatus summary description descriptionContentType verified tags } }
      pipelines { totalCount nodes { nativeId name steps edges exploration train prediction } } }`);
    expect([generativeSessions.totalCount, plugins.totalCount, pipelines.totalCount]).toEqual([
      home.expected.counts.generative_session,
      home.expected.counts.plugin,
      home.expected.counts.pipeline,
    ]);
    for (const row of rowsOf('generative_session')) {
      const data = (process: Row, isInput: boolean) =>
        rowsOf('process_data')
          .filter(({ process_id, is_input }) => process_id === process.id && is_input === isInput)
          .map(({ data: text, data_type }) => ({ data: text, dataType: data_type }));
      expect(withId(generativeSessions.nodes, row.id)).toEqual({
        ...{ nativeId: String(row.id), ...written(row), name: row.name, description: row.description },
        ...{ taskName: row.task_name, modelName: row.model_name, parameters: row.parameters },
        processes: rowsOf('generative_process')
          .filter(({ session_id }) => session_id === row.id)
          .map((one) => ({
            ...{ nativeId: String(one.id), ...written(one), ...executed(one) },
            ...{ inputs: data(one, true), outputs: data(one, false) },
          })),
        parameterHistory: rowsOf('parameter_history')
          .filter(({ session_id }) => session_id === row.id)
          .map((one) => ({ parameters: one.parameters, modelName: one.model_name ?? null, modifiedAt: asInstant(one.modified_at) })),
      });
    }
    for (const row of rowsOf('plugin')) {
      expect(withId(plugins.nodes, row.id)).toEqual({
        ...{ nativeId: String(row.id), ...written(row), name: row.name, author: row.author, installedVersion: row.installed_version },
        ...{ latestVersion: row.lastest_version, status: row.status, rawStatus: row.status, summary: row.summary },
        ...{ description: row.description, descriptionContentType: row.description_content_type, verified: row.verified ?? null },
        tags: rowsOf('tag')
          .filter(({ plugin_id }) => plugin_id === row.id)
          .map(({ name }) => name),
      });
    }
    for (const row of rowsOf('pipeline')) {
      const { steps, edges, exploration, train, prediction } = row;
      expect(withId(pipelines.nodes, row.id)).toEqual({
        nativeId: String(row.id),
        name: row.name,
        steps,
        edges,
        exploration,
        train,
        prediction,
      });
    }
  });

  it('answers each of its things by its id, and its source', async (context) => {
    if (!home) return context.skip();
    for (const type of dashaiNodes) {
      const id = `${type}:home:1`;
      const { node } = await ask(`{ node(id: "${id}") { __typename id ... on ${type} { nativeId sourceName source { name } } } }`);
      expect(node).toEqual({ __typename: type, id, nativeId: '1', sourceName: 'home', source: { name: 'home' } });
      expect((await ask(`{ node(id: "${type}:home:4711") { id } }`)).node).toBeNull();
    }
  });

  it('shows what lies in the files of its datasets, and rows of them', async (context) => {
    if (!home) return context.skip();
    const fields =
      'files { rowCount columns { name dashaiType arrowType } splitSizes { train } statistics { generalInfo nan } } rows(offset: 1, limit: 3) { columns { name } rows }';
    const { dashaiDatasets, notebooks, predictions } = await ask(
      `{ dashaiDatasets { nodes { name totalRows ${fields} } } notebooks { nodes { dataset { name } ${fields} } } predictions { nodes { status ${fields} } } }`,
    );
    const iris = dashaiDatasets.nodes.find(({ name }: Row) => name === 'iris');
    expect(iris.files.rowCount).toBe(150);
    expect(iris.files.columns.map(({ name }: Row) => name)).toEqual([
      'sepal_length',
      'sepal_width',
      'petal_length',
      'petal_width',
      'species',
    ]);
    expect(iris.files.columns[4].dashaiType).toBe('Categorical');
    expect(iris.files.statistics.nan).toMatchObject({ species: 0 });
    expect(iris.rows.rows).toEqual([
      [4.9, 3, 1.4, 0.2, 'setosa'],
      [4.7, 3.2, 1.3, 0.2, 'setosa'],
      [4.6, 3.1, 1.5, 0.2, 'setosa'],
    ]);
    expect(notebooks.nodes.every(({ files }: Row) => files !== null && files.rowCount > 0)).toBe(true);
    for (const { status, files, rows } of predictions.nodes)
      expect([files !== null, rows !== null]).toEqual(Array(2).fill(status === 'FINISHED'));
    const { errors } = await server.query('{ dashaiDatasets(first: 1) { nodes { rows(limit: 1001) { rows } } } }');
    expect(errors![0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', argument: 'limit' } });
  });

  it('shows plots of optimisations, explanations and explorers, and what only Python can read says so', async (context) => {
    if (!home) return context.skip();
    const { runs, notebooks } = await ask(`{
      runs(filter: { source: { eq: "home" } }, first: 1000) { nodes { nativeId dashai { optimizerName status plots(decoded: true) { name kind problem content }
        globalExplainers { status plots { name kind problem } } localExplainers { status plots { name kind problem } } } } }
      notebooks { nodes { explorers { explorationType status results(decoded: true) { name kind problem content } } } } }`);
    const optimised = runs.nodes.filter(({ dashai }: Row) => dashai.optimizerName && dashai.status === 'FINISHED');
    expect(optimised.length).toBeGreaterThan(0);
    for (const { dashai } of optimised) {
      expect(dashai.plots.map(({ name }: Row) => name)).toContain('history');
      for (const { kind, content, problem } of dashai.plots) {
        expect([kind, problem]).toEqual(['PLOTLY', null]);
        expect(Array.isArray(content.data)).toBe(true);
        expect(JSON.stringify(content)).not.toContain('bdata');
      }
    }
    for (const { dashai } of runs.nodes.filter(({ dashai: { optimizerName } }: Row) => !optimizerName)) expect(dashai.plots).toEqual([]);
    const explainers = runs.nodes.flatMap(({ dashai }: Row) => [...dashai.globalExplainers, ...dashai.localExplainers]);
    for (const { status, plots } of explainers) {
      if (status !== 'FINISHED') continue;
      expect(plots.filter(({ name }: Row) => name === 'plot').every(({ problem }: Row) => problem === null)).toBe(true);
      for (const { problem } of plots) expect(problem ?? 'Python').toContain('Python');
    }
    const finished = notebooks.nodes.flatMap(({ explorers }: Row) => explorers).filter(({ status }: Row) => status === 'FINISHED');
    expect(finished.length).toBeGreaterThan(3);
    for (const { results } of finished) expect(results.map(({ problem }: Row) => problem)).toEqual(results.map(() => null));
  });

  it('says of a run what its job says, also why it failed', async (context) => {
    if (!home) return context.skip();
    const { runs } = await ask(
      '{ runs(filter: { source: { eq: "home" } }, first: 1000) { nodes { nativeId dashai { rawStatus job { id status taskType error enqueuedAt progress } } } } }',
    );
    const jobOf = (id: string | null) => home!.expected.jobs.find((job) => job.id === id);
    for (const row of rowsOf('run')) {
      const { dashai } = withId<Row>(runs.nodes, row.id)!;
      const job = jobOf(row.huey_id);
      if (!job) expect(dashai.job).toBeNull();
      else
        expect(dashai.job).toMatchObject({
          ...{ id: row.huey_id, status: job.status, taskType: job.task_type, error: job.error_msg, progress: job.progress ?? null },
          enqueuedAt: asInstant(job.enqueued_at),
        });
    }
    expect(runs.nodes.some(({ dashai }: Row) => dashai.rawStatus === 'ERROR' && dashai.job?.error)).toBe(true);
  });

  it('is left as it was, and never shows what it keeps secret', async (context) => {
    if (!home) return context.skip();
    const after = Object.entries(contentOf(home.folder)).filter(([path]) => !/-(wal|shm)$/.test(path)); // DashAI's queue is in WAL mode
    expect(Object.fromEntries(after)).toEqual(before);
    const schema = await server.query('{ __schema { types { name fields { name } } } }');
    expect(JSON.stringify(schema.data)).not.toMatch(/encrypted|credential/i);
  });
});

/** A value of a run's parameters as the text of a param. */
function paramText(value: Row | string | number | boolean | null): string {
  const plain: unknown = typeof value === 'object' && value !== null && 'optimize' in value ? value.fixed_value : value;
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}
