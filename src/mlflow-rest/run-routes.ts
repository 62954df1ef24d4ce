import type { RunStatus } from '../stores/run-store.js';
import { toExperimentId } from './experiment-search.js';
import { keyValuesOf } from './key-values.js';
import { fieldsOf, invalid, runIdOf, wrongType, type Fields } from './request-fields.js';
import { inWordsOf } from './rest-failure.js';
import type { RestRequest, Route } from './route.js';
import { runAnswers, toRunInfo } from './run-answer.js';
import { noSuchExperiment, noSuchRun, writerOf, writingRun, type TrackingNeeds } from './tracking-needs.js';
import { limits } from '../stores/mlflow/rules.js';

/** Runs themselves: made, read, changed, deleted and restored. */
export function createRunRoutes({ source }: TrackingNeeds): Route[] {
  const { runs } = source;

  async function recordOf(runId: string) {
    const [record] = await runs.runsByIds([runId]);
    if (record) return record;
    throw noSuchRun(runId);
  }

  async function create(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const experimentId = toExperimentId(fields.requiredText('experiment_id'));
    const tags = keyValuesOf(fields, 'tags').map(({ key, value }) => ({ key, value: cutTag(value) }));
    const name = fields.text('run_name') || null;
    const startedAt = fields.time('start_time') ?? null;
    checkNames(name, tags);
    const input = { experimentId, name, tags, params: [], userId: fields.text('user_id') ?? '' };
    const { runId } = await inWordsOf(writerOf(source).createRun({ ...input, startedAt }), ({ code, field }) => {
      if (field?.[0] !== 'experiment') return undefined;
      return code === 'NOT_FOUND'
        ? noSuchExperiment(experimentId)
        : invalid(`The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`);
    });
    return read(runId);
  }

  async function read(runId: string): Promise<object> {
    const [run] = await runAnswers(source, [await recordOf(runId)]);
    return { run };
  }

  async function update(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    const change = {
      name: fields.text('run_name') || null,
      status: statusOf(fields),
      endedAt: fields.time('end_time') ?? null,
    };
    await writingRun(runId, writerOf(source).updateRun({ runId, ...change }));
    return { run_info: toRunInfo(await recordOf(runId)) };
  }

  const changeStage = (change: 'deleteRun' | 'restoreRun') => async (request: RestRequest) => {
    const runId = runIdOf(fieldsOf(request));
    await writingRun(runId, writerOf(source)[change](runId));
    return {};
  };

  return [
    { method: 'POST', path: '/2.0/mlflow/runs/create', answer: create },
    { method: 'GET', path: '/2.0/mlflow/runs/get', answer: (request) => read(runIdOf(fieldsOf(request))) },
    { method: 'POST', path: '/2.0/mlflow/runs/update', answer: update },
    { method: 'POST', path: '/2.0/mlflow/runs/delete', answer: changeStage('deleteRun') },
    { method: 'POST', path: '/2.0/mlflow/runs/restore', answer: changeStage('restoreRun') },
  ];
}

/** MLflow takes any tag at creation; what does not fit the column is cut off as it is later. */
const cutTag = (value: string): string => (value.length > limits.tag ? [...value].slice(0, limits.tag).join('') : value);

function checkNames(name: string | null, tags: readonly { readonly key: string; readonly value: string }[]): void {
  const tag = tags.find(({ key }) => key === 'mlflow.runName')?.value;
  if (!name || !tag || name === tag) return;
  throw invalid(
    `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${tag}').`,
  );
}

/** MLflow's numbers of its statuses; the names are sent too. */
const statuses: readonly RunStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

/** Where MLflow passes over a status it does not know, we refuse it. */
function statusOf(fields: Fields): RunStatus | null {
  const raw = fields.raw('status');
  if (raw === undefined) return null;
  const status = statuses.find(
    (known, index) => raw === known || (typeof raw !== 'string' && fields.integer('status') === BigInt(index + 1)),
  );
  if (status) return status;
  throw wrongType('status', raw);
}
