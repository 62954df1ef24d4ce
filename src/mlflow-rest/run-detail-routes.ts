import { batchLimits, checkCount, checkedTag } from './batch-rules.js';
import { checkedInput } from './dataset-input.js';
import { fieldsOf, runIdOf } from './request-fields.js';
import { RestError } from './rest-error.js';
import type { RestRequest, Route } from './route.js';
import { modelWriterOf, writerOf, writingRun, type TrackingNeeds } from './tracking-needs.js';

/** Tags of runs, and the datasets and models runs used. */
export function createRunDetailRoutes({ source }: TrackingNeeds): Route[] {
  async function setTag(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    const tag = checkedTag(fields.requiredText('key'), fields.text('value') ?? '', 'key');
    await writingRun(runId, writerOf(source).setTags({ runId, tags: [tag] }));
    return {};
  }

  async function deleteTag(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    const key = fields.requiredText('key');
    await writingRun(runId, writerOf(source).deleteTags({ runId, keys: [key] }), ({ code, field }) =>
      code === 'NOT_FOUND' && field?.[0] === 'keys'
        ? new RestError('RESOURCE_DOES_NOT_EXIST', `No tag with name: ${key} in run with id ${runId}`)
        : undefined,
    );
    return {};
  }

  /** Datasets and logged models a run used. */
  async function logInputs(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    const datasets = fields.objects('datasets');
    checkCount('datasets', datasets.length, batchLimits.datasets);
    const inputs = datasets.map(checkedInput);
    const models = fields.objects('models').map((model) => ({ modelId: model.requiredText('model_id') }));
    // Without an input only whether the run may be written is answered.
    const written =
      inputs.length > 0 ? writerOf(source).logDatasetInputs({ runId, inputs }) : writerOf(source).logBatch({ runId, ...nothing });
    await writingRun(runId, written);
    if (models.length > 0) await writingRun(runId, modelWriterOf(source).logRunModels({ runId, inputs: models, outputs: [] }));
    return {};
  }

  return [
    { method: 'POST', path: '/2.0/mlflow/runs/log-inputs', answer: logInputs },
    { method: 'POST', path: '/2.0/mlflow/runs/set-tag', answer: setTag },
    { method: 'POST', path: '/2.0/mlflow/runs/delete-tag', answer: deleteTag },
  ];
}

const nothing = { params: [], series: [], tags: [] };
