import type { Readable } from 'node:stream';
import type { CursorCodec } from '../core/cursor.js';
import type { MetricColumns } from '../core/metric-columns.js';
import { fieldsOf, invalid, missing, runIdOf, seeDocs, type Fields } from './request-fields.js';
import { streamList } from './json-stream.js';
import { createPageTokens } from './page-tokens.js';
import type { RestRequest, Route } from './route.js';
import { toMetricAnswer } from './run-answer.js';
import type { TrackingNeeds } from './tracking-needs.js';
import type { HistoryPosition } from '../stores/run-store.js';

/** Runs of one request and points of one run that `get-history-bulk-interval` answers. */
const maxRuns = 100;
const maxPointsPerRun = 2_500;
/** Points that one page of the page's own `get-history-bulk` has. */
const maxBulkPoints = 25_000;
/** Points that are written at once. */
const pointsPerSlice = 1_000;

/** Histories of metrics: whole, in pages, or thinned out evenly. Without `max_results` the whole history is one page. */
export function createHistoryRoutes({ source, cursors }: TrackingNeeds): Route[] {
  const { runs } = source;

  async function getHistory(request: RestRequest): Promise<Readable> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    const key = fields.requiredText('metric_key');
    const limit = fields.integer('max_results');
    if (limit !== undefined && limit <= 0n) {
      throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer.`);
    }
    const tokens = historyTokens(cursors, runId, key);
    const query = { runId, key, after: tokens.read(fields.text('page_token')), limit: limit === undefined ? null : Number(limit) };
    const { points, hasMore } = await runs.history(query);
    const rest = { next_page_token: hasMore ? tokens.write(lastOf(points)) : undefined };
    return streamList('metrics', metricSlices([{ points, runId: undefined }], key), () => rest);
  }

  async function getInterval(request: RestRequest): Promise<Readable> {
    const fields = fieldsOf(request);
    const key = fields.requiredText('metric_key');
    const runIds = fields.texts('run_ids');
    if (runIds.length === 0) throw missing('run_ids');
    if (runIds.length > maxRuns) {
      const message = `GetMetricHistoryBulkInterval request must specify at most ${maxRuns} run_ids. Received ${runIds.length} run_ids.`;
      throw invalid(`${message} ${seeDocs}`);
    }
    const maxPoints = Number(fields.integer('max_results') ?? maxPointsPerRun);
    if (maxPoints < 1 || maxPoints > maxPointsPerRun) throw invalid(`max_results must be between 1 and ${maxPointsPerRun}. ${seeDocs}`);
    const range = stepsOf(fields);
    const found: Found[] = [];
    for (const runId of runIds) found.push({ runId, points: await runs.spread({ runId, key, maxPoints, ...range }) });
    return streamList('metrics', metricSlices(found, key), () => ({}));
  }

  async function getBulk(request: RestRequest): Promise<Readable> {
    const fields = fieldsOf(request);
    const runIds = [...new Set(fields.texts('run_id'))].sort();
    if (runIds.length === 0) throw invalid('GetMetricHistoryBulk request must specify at least one run_id.');
    if (runIds.length > maxRuns) {
      throw invalid(`GetMetricHistoryBulk request cannot specify more than ${maxRuns} run_ids. Received ${runIds.length} run_ids.`);
    }
    const key = fields.requiredText('metric_key');
    const found: Found[] = [];
    for (let left = Math.min(Number(fields.integer('max_results') ?? maxBulkPoints), maxBulkPoints); left > 0 && runIds.length > 0;) {
      const runId = runIds.shift()!;
      const { points } = await runs.history({ runId, key, after: null, limit: left });
      found.push({ runId, points });
      left -= points.values.length;
    }
    return streamList('metrics', metricSlices(found, key), () => ({}));
  }

  return [
    { method: 'GET', path: '/2.0/mlflow/metrics/get-history', answer: getHistory },
    { method: 'GET', path: '/2.0/mlflow/metrics/get-history-bulk-interval', answer: getInterval },
    { method: 'GET', path: '/2.0/mlflow/metrics/get-history-bulk', answer: getBulk },
  ];
}

const historyTokens = (cursors: CursorCodec, runId: string, key: string) =>
  createPageTokens<HistoryPosition>(cursors, ['history', runId, key], {
    pack: ({ timestamp, step, value }) => [timestamp, step, value],
    unpack: (packed) => {
      const [timestamp, step, value] = packed as unknown as [bigint, bigint, number];
      return { timestamp, step, value };
    },
  });

function stepsOf(fields: Fields): { fromStep?: bigint; toStep?: bigint } {
  const [fromStep, toStep] = [fields.integer('start_step'), fields.integer('end_step')];
  if ((fromStep === undefined) !== (toStep === undefined)) {
    throw invalid('If either start step or end step are specified, both must be specified.');
  }
  if (fromStep !== undefined && toStep !== undefined && fromStep > toStep) {
    throw invalid(`end_step must be greater than start_step. Found start_step=${fromStep} and end_step=${toStep}.`);
  }
  return { fromStep, toStep };
}

/** Points of one run; its id is shown where there are several. */
interface Found {
  readonly runId: string | undefined;
  readonly points: MetricColumns;
}

async function* metricSlices(found: readonly Found[], key: string): AsyncGenerator<object[]> {
  for (const { runId, points } of found) {
    const { values, steps, timestamps } = points;
    for (let from = 0; from < values.length; from += pointsPerSlice) {
      yield await Promise.resolve(
        Array.from(values.subarray(from, from + pointsPerSlice), (value, index) => ({
          ...toMetricAnswer(key, value, timestamps[from + index]!, steps[from + index]!),
          run_id: runId,
        })),
      );
    }
  }
}

const lastOf = ({ values, steps, timestamps }: MetricColumns): HistoryPosition => ({
  timestamp: timestamps.at(-1)!,
  step: steps.at(-1)!,
  value: values.at(-1)!,
});
