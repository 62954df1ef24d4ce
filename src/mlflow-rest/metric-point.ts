import { limits } from '../stores/mlflow/rules.js';
import type { LogModelMetrics } from '../stores/logged-model-writer.js';
import type { NewSeries } from '../stores/run-writer.js';
import { checkKey, checkLength } from './batch-rules.js';
import { invalidValue, type Fields } from './request-fields.js';
import { LosslessNumber } from 'lossless-json';

/** One point of one metric of a run and, where one is named, of a model. */
export interface Point {
  readonly key: string;
  readonly value: number;
  readonly step: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint;
  readonly modelId: string | null;
  /** What the model was measured on. */
  readonly datasetName: string | null;
  readonly datasetDigest: string | null;
}

/**
 * A metric of a request. The step is 0 where none is given.
 * @param path what its members are called in messages: `metrics[0].`
 */
export function checkedPoint(fields: Fields, path: string): Point {
  const key = fields.requiredText('key');
  const value = fields.requiredDouble('value');
  const timestamp = fields.requiredInteger('timestamp');
  checkKey(key, `${path}name`);
  if (timestamp < 0n) {
    const reason = `metric '${key}' (value=${value}). Timestamp must be a nonnegative long (64-bit integer) `;
    throw invalidValue(`${path}timestamp`, new LosslessNumber(String(timestamp)), reason);
  }
  checkLength(key, limits.key, 'Metric name');
  const [datasetName, datasetDigest] = [fields.text('dataset_name') || null, fields.text('dataset_digest') || null];
  checkLength(datasetName ?? '', limits.dataset.name, 'dataset_name');
  checkLength(datasetDigest ?? '', limits.dataset.digest, 'dataset_digest');
  const step = fields.integer('step') ?? 0n;
  return { key, value, step, timestamp, modelId: fields.text('model_id') || null, datasetName, datasetDigest };
}

/** The points that are also those of a model. */
export const toModelMetrics = (points: readonly Point[]): LogModelMetrics['metrics'] =>
  points.flatMap(({ modelId, ...point }) => (modelId === null ? [] : [{ ...point, modelId }]));

/** Points of one request as series, each in the order in which it came. */
export function toSeries(points: readonly Point[]): NewSeries[] {
  const byKey = new Map<string, Point[]>();
  for (const point of points) {
    const known = byKey.get(point.key);
    if (known) known.push(point);
    else byKey.set(point.key, [point]);
  }
  return [...byKey].map(([key, ofKey]) => ({
    key,
    values: Float64Array.from(ofKey, ({ value }) => value),
    steps: BigInt64Array.from(ofKey, ({ step }) => step),
    timestamps: BigInt64Array.from(ofKey, ({ timestamp }) => timestamp),
  }));
}
