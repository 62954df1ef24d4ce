import { posix } from 'node:path';
import { limits } from '../stores/mlflow/rules.js';
import type { KeyValueRecord } from '../stores/run-store.js';
import { invalid, invalidValue } from './request-fields.js';

/** MLflow's limits of one request and of values, in entries and in characters. */
export const batchLimits = { metrics: 1_000, params: 100, tags: 100, all: 1_000, datasets: 1_000, paramValue: 6_000 } as const;

// Python's \w: letters, numbers and the underscore of any script; its `$` also stands before a newline that ends the text.
const keyPattern = /^[/\p{L}\p{N}_.\- :]*\n?$/u;
const badCharacters =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).';

/**
 * A key as MLflow takes it: its characters, and a path that means itself, because a file store makes one of it.
 * @param path what the key is called in messages, `params[0].key`
 */
export function checkKey(key: string, path: string): void {
  if (!keyPattern.test(key)) throw invalidValue(path, key, badCharacters);
  const normal = posix.normalize(key).replace(/(?<=.)\/$/, '');
  if (normal === key && key !== '.' && !key.startsWith('..') && !key.startsWith('/')) return;
  const reason = `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal}'`;
  throw invalidValue(path, key, reason);
}

export function checkLength(text: string, limit: number, what: string): void {
  if (text.length > limit && [...text].length > limit) throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
}

/** A param as it is kept: values that are too long are cut off, as MLflow does. */
export function checkedParam(key: string, value: string, path: string): KeyValueRecord {
  checkKey(key, path);
  checkLength(key, limits.key, 'Param key');
  return { key, value: cutOff(value, batchLimits.paramValue) };
}

/** A run's tag as it is kept: values that are longer than the column are cut off. */
export function checkedTag(key: string, value: string, path: string): KeyValueRecord {
  checkKey(key, path);
  checkLength(key, limits.key, path);
  return { key, value: cutOff(value, limits.tag) };
}

const cutOff = (text: string, limit: number): string => (text.length > limit ? [...text].slice(0, limit).join('') : text);

export function checkBatchSize(metrics: number, params: number, tags: number): void {
  checkCount('metrics', metrics, batchLimits.metrics);
  checkCount('params', params, batchLimits.params);
  checkCount('tags', tags, batchLimits.tags);
  checkCount('metrics, params, and tags', metrics + params + tags, batchLimits.all);
}

export function checkCount(what: string, count: number, limit: number): void {
  if (count <= limit) return;
  throw invalid(
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}

/** Params of one batch: each key once, even with equal values. */
export function checkUniqueKeys(params: readonly KeyValueRecord[]): void {
  const seen = new Set<string>();
  const repeated = params.map(({ key }) => key).filter((key) => seen.size === seen.add(key).size);
  if (repeated.length === 0) return;
  const names = repeated.map((key) => `'${key}'`).join(', ');
  throw invalid(
    `Duplicate parameter keys have been submitted: [${names}]. Please ensure the request contains only one param value per param key.`,
  );
}
