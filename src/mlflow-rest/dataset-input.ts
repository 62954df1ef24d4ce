import { limits } from '../stores/mlflow/rules.js';
import type { NewDatasetInput } from '../stores/run-writer.js';
import { checkLength } from './batch-rules.js';
import { keyValuesOf } from './key-values.js';
import { invalid, type Fields } from './request-fields.js';

const contextTag = 'mlflow.data.context';

/** A dataset of `log-inputs`: `{ tags, dataset: { name, digest, source_type, source, schema, profile } }`. */
export function checkedInput(fields: Fields): NewDatasetInput {
  const dataset = fields.object('dataset');
  if (!dataset) throw invalid('Dataset cannot be None');
  const required = (name: string): string => {
    const text = dataset.text(name);
    if (text) return text;
    throw invalid(`Dataset ${name} cannot be None`);
  };
  const texts = {
    name: required('name'),
    digest: required('digest'),
    source: required('source'),
    schema: dataset.text('schema') ?? null,
    profile: dataset.text('profile') ?? null,
  };
  for (const name of ['name', 'digest', 'source', 'schema', 'profile'] as const) checkLength(texts[name] ?? '', limits.dataset[name], name);
  const tags = keyValuesOf(fields, 'tags');
  for (const { key, value } of tags) {
    checkLength(key, limits.dataset.tagKey, 'key');
    checkLength(value, limits.dataset.tagValue, 'value');
  }
  return {
    ...texts,
    sourceType: required('source_type'),
    context: tags.find(({ key }) => key === contextTag)?.value ?? null,
    tags: tags.filter(({ key }) => key !== contextTag),
  };
}
