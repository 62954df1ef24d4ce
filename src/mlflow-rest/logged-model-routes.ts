import type { LoggedModelRecord, LoggedModelStatus, LoggedModelStore } from '../stores/logged-model-store.js';
import { askOne } from '../stores/sources.js';
import { keyValuesOf } from './key-values.js';
import { parseModelSearch } from './logged-model-search.js';
import { streamPages, type PageSizes } from './page-stream.js';
import { fieldsOf, invalid, type Fields } from './request-fields.js';
import { RestError } from './rest-error.js';
import type { RestRequest, Route } from './route.js';
import { tokenPage, type PageLimits } from './token-page.js';
import { modelWriterOf, type TrackingNeeds } from './tracking-needs.js';

const root = '/2.0/mlflow/logged-models';
/** MLflow has no limit: its client asks for as many as it was asked for. */
const searchLimits: PageLimits = [100, 50_000];
const searchSizes: PageSizes = { perRead: 500, perPart: 500, perSlice: 100 };

/** MLflow's endpoints for logged models, over one source. */
export function createLoggedModelRoutes(needs: TrackingNeeds): Route[] {
  const api = createModelApi(needs);
  const idOf = ({ path }: RestRequest) => path.model_id!;
  return [
    { method: 'POST', path: root, answer: (request) => api.create(fieldsOf(request)) },
    { method: 'POST', path: `${root}/search`, answer: (request) => api.search(fieldsOf(request)) },
    { method: 'GET', path: `${root}/:model_id`, answer: (request) => api.get(idOf(request), fieldsOf(request)) },
    { method: 'PATCH', path: `${root}/:model_id`, answer: (request) => api.finalize(idOf(request), fieldsOf(request)) },
    { method: 'DELETE', path: `${root}/:model_id`, answer: (request) => api.delete(idOf(request)) },
    { method: 'POST', path: `${root}/:model_id/params`, answer: (request) => api.logParams(idOf(request), fieldsOf(request)) },
    { method: 'PATCH', path: `${root}/:model_id/tags`, answer: (request) => api.setTags(idOf(request), fieldsOf(request)) },
    { method: 'DELETE', path: `${root}/:model_id/tags/:key`, answer: (request) => api.deleteTag(idOf(request), request.path.key!) },
    { method: 'POST', path: '/2.0/mlflow/runs/outputs', answer: (request) => api.logOutputs(fieldsOf(request)) },
  ];
}

function createModelApi({ source, cursors }: TrackingNeeds) {
  const read = <T>(question: (models: LoggedModelStore) => Promise<T>) => askOne(source, ({ loggedModels }) => question(loggedModels));
  const writer = () => modelWriterOf(source);
  const modelAnswer = async (id: string, allowDeleted = false) => {
    const [model] = await read((models) => models.modelsByIds([id]));
    if (model && (allowDeleted || !model.isDeleted)) return { model: modelJson(model) };
    throw new RestError('RESOURCE_DOES_NOT_EXIST', `Logged model with ID '${id}' not found.`);
  };
  return {
    get: (id: string, fields: Fields) => modelAnswer(id, fields.text('allow_deleted')?.toLowerCase() === 'true'),
    async create(fields: Fields) {
      const { modelId } = await writer().createModel({
        experimentId: fields.requiredText('experiment_id'),
        name: fields.text('name') || null,
        modelType: fields.text('model_type') ?? null,
        sourceRunId: fields.text('source_run_id') ?? null,
        params: keyValuesOf(fields, 'params'),
        tags: keyValuesOf(fields, 'tags'),
      });
      return modelAnswer(modelId);
    },
    async finalize(modelId: string, fields: Fields) {
      await writer().setStatus({ modelId, status: readStatus(fields.requiredText('status')) });
      return modelAnswer(modelId, true);
    },
    delete: (modelId: string) => done(writer().deleteModel(modelId)),
    logParams: (modelId: string, fields: Fields) => done(writer().logParams({ modelId, params: keyValuesOf(fields, 'params') })),
    setTags: (modelId: string, fields: Fields) => done(writer().setTags({ modelId, tags: keyValuesOf(fields, 'tags') })),
    deleteTag: (modelId: string, key: string) => done(writer().deleteTag({ modelId, key })),
    logOutputs(fields: Fields) {
      const outputs = fields.objects('models').map((model) => ({
        modelId: model.requiredText('model_id'),
        step: model.integer('step') ?? 0n,
      }));
      return done(writer().logRunModels({ runId: fields.requiredText('run_id'), inputs: [], outputs }));
    },
    async search(fields: Fields) {
      const query = parseModelSearch(fields);
      const { request, nextToken } = tokenPage(cursors, fields, { list: 'logged models', orderBy: query.orderBy, limits: searchLimits });
      return streamPages({
        name: 'models',
        request,
        sizes: searchSizes,
        read: (part) => read((models) => models.page(query, part)),
        toAnswers: (models) => Promise.resolve(models.map(modelJson)),
        nextToken,
      });
    },
  };
}

/** What MLflow answers to a change that has nothing to say. */
const done = async (work: Promise<void>): Promise<object> => {
  await work;
  return {};
};

const statusNames: Readonly<Record<LoggedModelStatus, string>> = {
  UNSPECIFIED: 'LOGGED_MODEL_STATUS_UNSPECIFIED',
  PENDING: 'LOGGED_MODEL_PENDING',
  READY: 'LOGGED_MODEL_READY',
  FAILED: 'LOGGED_MODEL_UPLOAD_FAILED',
};

function readStatus(text: string): LoggedModelStatus {
  const found = Object.entries(statusNames).find(([, name]) => name === text);
  if (found) return found[0] as LoggedModelStatus;
  throw invalid(`Unknown model status: ${text.slice(0, 100)}`);
}

const orUndefined = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

const modelJson = (model: LoggedModelRecord): object => ({
  info: {
    model_id: model.nativeId,
    experiment_id: model.experimentId,
    name: model.name,
    creation_timestamp_ms: model.createdAt,
    last_updated_timestamp_ms: model.updatedAt,
    artifact_uri: model.artifactLocation,
    status: statusNames[model.status],
    model_type: model.modelType ?? '',
    source_run_id: model.sourceRunId ?? '',
    status_message: model.statusMessage ?? undefined,
    tags: orUndefined(model.tags),
  },
  data: {
    params: orUndefined(model.params),
    metrics: orUndefined(
      model.metrics.map(({ runId, datasetName, datasetDigest, ...point }) => ({
        ...point,
        value: Number.isFinite(point.value) ? point.value : String(point.value),
        model_id: model.nativeId,
        run_id: runId,
        dataset_name: datasetName ?? undefined,
        dataset_digest: datasetDigest ?? undefined,
      })),
    ),
  },
});
