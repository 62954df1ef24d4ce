import type { RuleError } from '../core/errors.js';
import type { KeyValueRecord } from '../stores/run-store.js';
import type { RunWriter } from '../stores/run-writer.js';
import { checkBatchSize, checkedParam, checkedTag, checkUniqueKeys } from './batch-rules.js';
import { lastOfEach } from './key-values.js';
import { checkedPoint, toModelMetrics, toSeries } from './metric-point.js';
import { fieldsOf, invalid, invalidValue, runIdOf } from './request-fields.js';
import type { RestError } from './rest-error.js';
import type { RestRequest, Route } from './route.js';
import { writerOf, writingRun, type TrackingNeeds } from './tracking-needs.js';

/** Metrics and params that training code writes into a run, and batches of both and of tags. Metrics may also be those of a model. The points go through the same writer as those of GraphQL, so who follows the run gets them at once. */
export function createLogRoutes({ source }: TrackingNeeds): Route[] {
  async function logMetric(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    await writingRun(runId, writePoint(writerOf(source), runId, checkedPoint(fields, '')));
    return {};
  }

  async function logParam(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    const param = checkedParam(fields.requiredText('key'), fields.text('value') ?? '', 'key');
    await writingRun(runId, writerOf(source).logParams({ runId, params: [param] }), async (error) => {
      const before = await valueBefore(error, runId, param.key);
      return before === undefined
        ? undefined
        : invalid(
            `Changing param values is not allowed. Param with key='${param.key}' was already logged with value='${before}' for run ID='${runId}'. Attempted logging new value '${param.value}'.`,
          );
    });
    return {};
  }

  /** Everything is checked before anything is written, and all is written or nothing; MLflow writes params, metrics and tags one after the other. */
  async function logBatch(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(runId)) throw invalidValue('run_id', runId, '');
    const [metrics, params, tags] = [fields.objects('metrics'), fields.objects('params'), fields.objects('tags')];
    checkBatchSize(metrics.length, params.length, tags.length);
    const points = metrics.map((metric, index) => checkedPoint(metric, `metrics[${index}].`));
    const newParams = params.map((param, index) =>
      checkedParam(param.requiredText('key'), param.text('value') ?? '', `params[${index}].key`),
    );
    const newTags = tags.map((tag, index) => checkedTag(tag.requiredText('key'), tag.text('value') ?? '', `tags[${index}].key`));
    checkUniqueKeys(newParams);
    const batch = { runId, params: newParams, series: toSeries(points), tags: lastOfEach(newTags), modelMetrics: toModelMetrics(points) };
    await writingRun(runId, writerOf(source).logBatch(batch), (error) => changedParam(error, runId, newParams));
    return {};
  }

  async function changedParam(error: RuleError, runId: string, params: readonly KeyValueRecord[]): Promise<RestError | undefined> {
    const param = params[Number(error.field?.[1])];
    const before = param && (await valueBefore(error, runId, param.key));
    if (before === undefined) return undefined;
    const difference = `{'key': '${param!.key}', 'old_value': '${before}', 'new_value': '${param!.value}'}`;
    return invalid(`Changing param values is not allowed. Params were already logged='[${difference}]' for run ID='${runId}'.`);
  }

  /** The value that stands where another was to be written. */
  async function valueBefore(error: RuleError, runId: string, key: string): Promise<string | undefined> {
    if (error.code !== 'IMMUTABLE') return undefined;
    const [parts] = await source.runs.parts([runId], { params: [key] });
    return parts?.params?.[0]?.value;
  }

  return [
    { method: 'POST', path: '/2.0/mlflow/runs/log-metric', answer: logMetric },
    { method: 'POST', path: '/2.0/mlflow/runs/log-parameter', answer: logParam },
    { method: 'POST', path: '/2.0/mlflow/runs/log-batch', answer: logBatch },
  ];
}

/** One that is also a model's is a batch, so that both are there or neither. */
function writePoint(writer: RunWriter, runId: string, point: ReturnType<typeof checkedPoint>): Promise<unknown> {
  const [series, modelMetrics] = [toSeries([point]), toModelMetrics([point])];
  if (modelMetrics.length === 0) return writer.logMetrics({ runId, series });
  return writer.logBatch({ runId, series, modelMetrics, params: [], tags: [] });
}
