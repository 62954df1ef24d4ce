import { refuse } from '../../../core/errors.js';
import { checkIds, createdId, listOf } from './answers.js';
import type { CallNeeds } from './call-needs.js';
import { ExecutorError } from './executor-error.js';
import { jsonText } from './json-text.js';
import type { JsonObject, Transport } from './transport.js';

/** A model session to create. */
export interface NewSession {
  readonly datasetId: number;
  readonly taskName: string;
  /** Unique in the home. */
  readonly name: string;
  readonly inputColumns: readonly string[];
  readonly outputColumns: readonly string[];
  readonly trainMetrics: readonly string[];
  readonly validationMetrics: readonly string[];
  readonly testMetrics: readonly string[];
  /** How the rows are split: `{train: 0.7, validation: 0.1, test: 0.2, shuffle: true, splitType: 'random', …}`. */
  readonly splits: JsonObject;
  /** Holdout when left out, which is all that DashAI before 0.10 does. */
  readonly evaluationStrategy?: string | null;
}

/** A run to create in a session. It does not start. */
export interface NewRun {
  readonly modelSessionId: number;
  readonly modelName: string;
  readonly name: string;
  /** Per parameter a value or `{optimize, fixed_value, lower_bound, upper_bound}`. */
  readonly parameters: JsonObject;
  /** Left out or empty for no search. */
  readonly optimizerName?: string | null;
  readonly optimizerParameters?: JsonObject | null;
  /** What the optimizer aims at; needed with one. */
  readonly goalMetric?: string | null;
  readonly description?: string | null;
  /** Nested cross-validation, since DashAI 0.10. */
  readonly nested?: JsonObject | null;
}

/** Sessions and their runs. */
export interface RunCalls {
  createSession(session: NewSession): Promise<{ readonly modelSessionId: number }>;
  createRun(run: NewRun): Promise<{ readonly runId: number }>;
  /** Queues the training. DashAI itself does not mind queuing a run twice: ask for its state first. */
  startRun(runId: number): Promise<{ readonly runId: number; readonly jobId: string }>;
  /** Makes the run as if it had never started: its metrics, plots and model are deleted. */
  resetRun(runId: number): Promise<{ readonly runId: number }>;
}

const holdout = 'HoldoutEvaluationStrategy';

export function createRunCalls({ transport, jobs, registry, release }: CallNeeds): RunCalls {
  return {
    async createSession(session) {
      checkIds({ datasetId: session.datasetId });
      const { sessionsTakeStrategy } = await release();
      const strategy = session.evaluationStrategy ?? holdout;
      if (!sessionsTakeStrategy && strategy !== holdout)
        throw refuse('UNSUPPORTED', 'This release of DashAI knows no evaluation strategy but holdout.', ['evaluationStrategy']);
      await registry.check(namesOf(session, sessionsTakeStrategy ? strategy : null));
      const json = { ...sessionBody(session), ...(sessionsTakeStrategy && { evaluation_strategy: strategy }) };
      const created = await transport.send({ method: 'POST', path: '/model-session/', json }).catch(async (error: unknown) => {
        throw (await isNameTaken(transport, error, session.name)) ? sessionExists(error as ExecutorError, session.name) : error;
      });
      return { modelSessionId: createdId(created, 'model session') };
    },

    async createRun(run) {
      checkIds({ modelSessionId: run.modelSessionId });
      if (run.optimizerName && !run.goalMetric)
        throw refuse('INVALID', 'A run with an optimizer needs the metric to aim at.', ['goalMetric']);
      if (run.nested && !(await release()).runsTakeNested)
        throw refuse('UNSUPPORTED', 'This release of DashAI knows no nested cross-validation.', ['nested']);
      await registry.check([
        { type: 'Model', name: run.modelName, field: ['modelName'] },
        ...(run.optimizerName ? [{ type: 'Optimizer', name: run.optimizerName, field: ['optimizerName'] }] : []),
        ...(run.goalMetric ? [{ type: 'Metric', name: run.goalMetric, field: ['goalMetric'] }] : []),
      ]);
      return { runId: createdId(await transport.send({ method: 'POST', path: '/run/', json: runBody(run) }), 'run') };
    },

    async startRun(runId) {
      checkIds({ runId });
      try {
        return { runId, jobId: await jobs.queue('ModelJob', { run_id: runId }) };
      } catch (error) {
        throw error instanceof ExecutorError && error.status === 500 ? await whyNotQueued(transport, error, runId) : error;
      }
    },

    async resetRun(runId) {
      checkIds({ runId });
      await transport.send({ method: 'PATCH', path: `/run/${runId}/reset` });
      return { runId };
    },
  };
}

const delivered = 1;

/**
 * "Job not delivered" is all DashAI says when there is no such run; the run itself tells. One it marked as delivered before the
 * queue failed stays so.
 */
async function whyNotQueued(transport: Transport, error: ExecutorError, runId: number): Promise<ExecutorError> {
  const run = await transport.send({ method: 'GET', path: `/run/${runId}` }).catch((failure: unknown) => failure);
  if (run instanceof ExecutorError) return run.code === 'NOT_FOUND' ? run.as('NOT_FOUND', `DashAI has no run ${runId}.`, ['runId']) : error;
  if ((run as { readonly status?: unknown } | null)?.status !== delivered) return error;
  return error.with(`DashAI shows run ${runId} as delivered; if no job of it is queued, reset the run before starting it again.`);
}

/**
 * Whether a session could not be created because of its name. DashAI 0.10 says so; before, a broken constraint is an internal
 * error, and the list tells. Looking after the failure leaves no gap for others, as looking before would.
 */
async function isNameTaken(transport: Transport, error: unknown, name: string): Promise<boolean> {
  if (!(error instanceof ExecutorError)) return false;
  if (error.status !== 500) return error.status === 409;
  const sessions = await transport.send({ method: 'GET', path: '/model-session/' }).then(listOf, () => []);
  return sessions.some((session) => session.name === name);
}

const sessionExists = (error: ExecutorError, name: string): ExecutorError =>
  error.as('ALREADY_EXISTS', `A model session called ${JSON.stringify(name)} exists.`, ['name']);

function namesOf(session: NewSession, strategy: string | null) {
  const metrics = (['trainMetrics', 'validationMetrics', 'testMetrics'] as const).flatMap((list) =>
    session[list].map((name, index) => ({ type: 'Metric', name, field: [list, String(index)] })),
  );
  return [
    { type: 'Task', name: session.taskName, field: ['taskName'] },
    ...metrics,
    ...(strategy === null ? [] : [{ type: 'EvaluationStrategy', name: strategy, field: ['evaluationStrategy'] }]),
  ];
}

const sessionBody = (session: NewSession): JsonObject => ({
  dataset_id: session.datasetId,
  task_name: session.taskName,
  name: session.name,
  input_columns: session.inputColumns,
  output_columns: session.outputColumns,
  train_metrics: session.trainMetrics,
  validation_metrics: session.validationMetrics,
  test_metrics: session.testMetrics,
  // A text inside the JSON: that is how DashAI stores it.
  splits: jsonText(session.splits),
});

const runBody = (run: NewRun): JsonObject => ({
  model_session_id: run.modelSessionId,
  model_name: run.modelName,
  name: run.name,
  parameters: run.parameters,
  optimizer_name: run.optimizerName ?? '',
  optimizer_parameters: run.optimizerParameters ?? {},
  // DashAI writes the paths of the plots itself; creating a run without them is an error.
  plot_history_path: '',
  plot_slice_path: '',
  plot_contour_path: '',
  plot_importance_path: '',
  goal_metric: run.goalMetric ?? '',
  description: run.description ?? null,
  ...(run.nested && { nested: run.nested }),
});
