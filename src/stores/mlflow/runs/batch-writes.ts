import type { LogBatch } from '../../run-writer.js';
import { logLoggedModelMetrics } from '../traces/logged-model-writes.js';
import { appendSeries } from '../metrics/metric-writes.js';
import { insertParams, putTags, recordEvent, requireActiveRun } from './run-writes.js';
import type { WriteContext } from '../writes.js';

/** Writes params, points and tags of a run, and points of its models, all in the caller's transaction. */
export async function logBatch(context: WriteContext, { runId, params, series, tags, modelMetrics = [] }: LogBatch): Promise<null> {
  const { db, now } = context;
  await requireActiveRun(context, runId);
  await insertParams(db, runId, params);
  if (series.length > 0) await appendSeries(context, { runId, series });
  await putTags(context, runId, tags);
  if (modelMetrics.length > 0) await logLoggedModelMetrics(context, { runId, metrics: modelMetrics });
  if (params.length + tags.length > 0) await recordEvent(context, runId, 'UPDATED', now);
  return null;
}
