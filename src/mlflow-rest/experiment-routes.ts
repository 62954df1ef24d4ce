import { limits } from '../stores/mlflow/rules.js';
import type { ExperimentRecord } from '../stores/run-store.js';
import { checkKey, checkLength } from './batch-rules.js';
import { toExperimentAnswer } from './experiment-answer.js';
import { parseExperimentOrder, toExperimentId } from './experiment-search.js';
import { fieldsOf, invalid, type Fields } from './request-fields.js';
import { RestError } from './rest-error.js';
import { inWordsOf } from './rest-failure.js';
import type { RestRequest, Route } from './route.js';
import { noSuchExperiment, writerOf, writingExperiment, type TrackingNeeds } from './tracking-needs.js';

/** Experiments: made, found by id or name, renamed, deleted and restored, and their tags. */
export function createExperimentRoutes({ source }: TrackingNeeds): Route[] {
  const { runs } = source;

  async function answerOf(record: ExperimentRecord | undefined, absent: () => RestError): Promise<object> {
    if (!record) throw absent();
    const [tags] = await runs.experimentTags([record.nativeId]);
    return { experiment: toExperimentAnswer(record, tags!) };
  }

  async function create(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const name = fields.requiredText('name');
    checkLength(name, limits.experimentName, 'name');
    const artifactLocation = fields.text('artifact_location') || null;
    if (artifactLocation?.startsWith('runs:')) throw invalid(`Artifact location cannot be a runs:/ URI. Given: '${artifactLocation}'`);
    const tags = fields.objects('tags').map(experimentTag);
    const record = await inWordsOf(writerOf(source).createExperiment({ name, tags, artifactLocation }), (error) =>
      error.code === 'ALREADY_EXISTS'
        ? new RestError('RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists. ${error.message}`)
        : undefined,
    );
    return { experiment_id: record.nativeId };
  }

  async function get(request: RestRequest): Promise<object> {
    const id = experimentIdOf(fieldsOf(request));
    return answerOf((await runs.experimentsByIds([id]))[0], () => noSuchExperiment(id));
  }

  async function getByName(request: RestRequest): Promise<object> {
    const name = fieldsOf(request).requiredText('experiment_name');
    const query = { filter: { name: { eq: name } }, orderBy: parseExperimentOrder([]) };
    const { rows } = await runs.experimentPage(query, { limit: 1, backward: false, after: null, before: null });
    return answerOf(rows[0]?.record, () => new RestError('RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name}'`));
  }

  async function update(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const experimentId = experimentIdOf(fields);
    const name = fields.requiredText('new_name');
    checkLength(name, limits.experimentName, 'name');
    await writingExperiment(experimentId, writerOf(source).updateExperiment({ experimentId, name, tags: [] }), ({ code, field }) =>
      code === 'CONFLICT' && field?.[0] === 'experiment'
        ? new RestError('INVALID_STATE', 'Cannot rename a non-active experiment.')
        : undefined,
    );
    return {};
  }

  /** MLflow finds no deleted experiment to delete, and no active one to restore. */
  const changeStage = (change: 'deleteExperiment' | 'restoreExperiment') => async (request: RestRequest) => {
    const experimentId = experimentIdOf(fieldsOf(request));
    await writingExperiment(experimentId, writerOf(source)[change](experimentId), ({ code }) =>
      code === 'CONFLICT' ? noSuchExperiment(experimentId) : undefined,
    );
    return {};
  };

  return [
    { method: 'POST', path: '/2.0/mlflow/experiments/create', answer: create },
    { method: 'GET', path: '/2.0/mlflow/experiments/get', answer: get },
    { method: 'GET', path: '/2.0/mlflow/experiments/get-by-name', answer: getByName },
    { method: 'POST', path: '/2.0/mlflow/experiments/update', answer: update },
    { method: 'POST', path: '/2.0/mlflow/experiments/delete', answer: changeStage('deleteExperiment') },
    { method: 'POST', path: '/2.0/mlflow/experiments/restore', answer: changeStage('restoreExperiment') },
    ...createTagRoutes(source),
  ];
}

/** Tags of experiments. They do not move the time of the last change. */
function createTagRoutes(source: TrackingNeeds['source']): Route[] {
  async function setTag(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const experimentId = experimentIdOf(fields);
    await writingExperiment(experimentId, writerOf(source).updateExperiment({ experimentId, tags: [experimentTag(fields)] }));
    return {};
  }

  async function deleteTag(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const experimentId = experimentIdOf(fields);
    const key = fields.requiredText('key');
    await writingExperiment(experimentId, writerOf(source).deleteExperimentTags({ experimentId, keys: [key] }), ({ code, field }) =>
      code === 'NOT_FOUND' && field?.[0] === 'keys'
        ? new RestError('RESOURCE_DOES_NOT_EXIST', `No tag with name: ${key} in experiment with id ${experimentId}`)
        : undefined,
    );
    return {};
  }

  return [
    { method: 'POST', path: '/2.0/mlflow/experiments/set-experiment-tag', answer: setTag },
    { method: 'POST', path: '/2.0/mlflow/experiments/delete-experiment-tag', answer: deleteTag },
  ];
}

const experimentIdOf = (fields: Fields): string => toExperimentId(fields.requiredText('experiment_id'));

/** Values that are too long are refused here and not cut off, as in MLflow. */
function experimentTag(fields: Fields): { key: string; value: string } {
  const tag = { key: fields.requiredText('key'), value: fields.text('value') ?? '' };
  checkKey(tag.key, 'key');
  checkLength(tag.key, limits.key, 'key');
  checkLength(tag.value, limits.tag, 'value');
  return tag;
}
