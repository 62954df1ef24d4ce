import type { ModelStage } from '../stores/registry-store.js';
import type { KeyValueRecord } from '../stores/run-store.js';
import { checkKey } from './batch-rules.js';
import { keyValuesOf } from './key-values.js';
import { invalid, type Fields } from './request-fields.js';

/** The tags of a new model or version. @throws INVALID_PARAMETER_VALUE */
export function tagsOf(fields: Fields): KeyValueRecord[] {
  const tags = keyValuesOf(fields, 'tags');
  for (const { key } of tags) checkKey(key, 'key');
  return tags;
}

/** The key of a tag. @throws INVALID_PARAMETER_VALUE */
export function tagKeyOf(fields: Fields): string {
  const key = fields.requiredText('key');
  checkKey(key, 'key');
  return key;
}

/** The number of a version, which MLflow writes as text. @throws INVALID_PARAMETER_VALUE */
export function versionNumber(text: string): number {
  if (/^\s*[+-]?\d{1,9}\s*$/.test(text)) return Number(text);
  throw invalid(`Parameter 'version' must be an integer, got '${text}'.`);
}

const stages: Readonly<Record<string, ModelStage>> = { none: 'NONE', staging: 'STAGING', production: 'PRODUCTION', archived: 'ARCHIVED' };

/** A stage in MLflow's spelling, whatever its case. @throws INVALID_PARAMETER_VALUE */
export function stageOf(text: string): ModelStage {
  const key = text.toLowerCase();
  if (Object.hasOwn(stages, key)) return stages[key]!;
  throw invalid(`Invalid Model Version stage: ${text}. Value must be one of None, Staging, Production, Archived.`);
}
