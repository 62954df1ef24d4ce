import { refuse } from '../../../core/errors.js';
import { checkIds, createdId, listOf } from './answers.js';
import { ExecutorError } from './executor-error.js';
import type { CallNeeds } from './call-needs.js';
import { jsonText } from './json-text.js';
import type { JsonObject, Transport } from './transport.js';

/** A prediction to make with a finished run: of a data set, or of rows given here. */
export interface NewPrediction {
  readonly runId: number;
  readonly datasetId: number | null;
  /** Only `train`, `validation` or `test` rows, since DashAI 0.10; the whole data set when left out. */
  readonly split?: string | null;
  /** Rows to predict instead of a data set, by column name. */
  readonly rows?: readonly JsonObject[] | null;
}

/** An explanation of a model as a whole. */
export interface NewGlobalExplanation {
  readonly runId: number;
  readonly explainerName: string;
  /** Unique among global explainers; needed before DashAI 0.10, which knows no names and drops it. */
  readonly name?: string | null;
  readonly parameters: JsonObject;
}

/** An explanation of single predictions. */
export interface NewLocalExplanation extends NewGlobalExplanation {
  readonly datasetId: number;
  readonly fitParameters: JsonObject;
  /** Which rows: `{split: 'test', percentage: 20}`; DashAI 0.10 also takes `mode`, `shuffle` and `row_indexes`. */
  readonly scope: JsonObject;
}

export interface StartedExplanation {
  readonly explainerId: number;
  readonly jobId: string;
}

/** What is asked of trained models. */
export interface EvaluationCalls {
  predict(prediction: NewPrediction): Promise<{ readonly predictionId: number; readonly jobId: string }>;
  explainGlobal(explanation: NewGlobalExplanation): Promise<StartedExplanation>;
  explainLocal(explanation: NewLocalExplanation): Promise<StartedExplanation>;
}

export function createEvaluationCalls({ transport, jobs, registry, release }: CallNeeds): EvaluationCalls {
  const explain = async (kind: 'global' | 'local', explanation: NewGlobalExplanation, more: JsonObject): Promise<StartedExplanation> => {
    const { explainersTakeName } = await release();
    if (explainersTakeName && !explanation.name) throw refuse('INVALID', 'This release of DashAI needs a name for an explainer.', ['name']);
    const type = kind === 'global' ? 'GlobalExplainer' : 'LocalExplainer';
    await registry.check([{ type, name: explanation.explainerName, field: ['explainerName'] }]);
    const json = {
      ...(explainersTakeName && { name: explanation.name }),
      run_id: explanation.runId,
      explainer_name: explanation.explainerName,
      parameters: explanation.parameters,
      ...more,
    };
    const path = `/explainer/${kind}`;
    const created = await transport.send({ method: 'POST', path, json }).catch(async (error: unknown) => {
      throw explainersTakeName ? await withNameTaken(transport, error, path, explanation.name!) : error;
    });
    const explainerId = createdId(created, 'explainer');
    const jobId = await jobs.queueFor({ noun: `${kind} explainer`, id: explainerId, remove: `${path}/${explainerId}` }, 'ExplainerJob', {
      explainer_id: explainerId,
      explainer_scope: kind,
    });
    return { explainerId, jobId };
  };

  return {
    async predict(prediction) {
      const { runId, datasetId, split, rows } = prediction;
      checkIds({ runId, ...(datasetId !== null && { datasetId }) });
      if ((datasetId === null) === !rows?.length) throw refuse('INVALID', 'Give either a data set or rows to predict.', ['datasetId']);
      // Before the prediction is created: its job would be refused for them.
      jsonText(rows ?? null);
      if (split && !(await release()).predictionsTakeSplit)
        throw refuse('UNSUPPORTED', 'This release of DashAI predicts whole data sets only; leave the split out.', ['split']);
      const json = { run_id: runId, dataset_id: datasetId, ...(split && { split }) };
      const predictionId = createdId(await transport.send({ method: 'POST', path: '/predict/', json }), 'prediction');
      const jobId = await jobs.queueFor({ noun: 'prediction', id: predictionId, remove: `/predict/${predictionId}` }, 'PredictJob', {
        prediction_id: predictionId,
        ...(rows?.length && { manual_input_data: rows }),
      });
      return { predictionId, jobId };
    },
    async explainGlobal(explanation) {
      checkIds({ runId: explanation.runId });
      return explain('global', explanation, {});
    },
    async explainLocal(explanation) {
      const { runId, datasetId, fitParameters, scope } = explanation;
      checkIds({ runId, datasetId });
      return explain('local', explanation, { dataset_id: datasetId, fit_parameters: fitParameters, scope });
    },
  };
}

/** A taken name is an internal error to DashAI; whether it was the name, the list of explainers tells. */
async function withNameTaken(transport: Transport, error: unknown, path: string, name: string): Promise<unknown> {
  if (!(error instanceof ExecutorError) || error.status !== 500) return error;
  const explainers = await transport.send({ method: 'GET', path }).then(listOf, () => []);
  if (!explainers.some((explainer) => explainer.name === name)) return error;
  return error.as('ALREADY_EXISTS', `An explainer called ${JSON.stringify(name)} exists.`, ['name']);
}
