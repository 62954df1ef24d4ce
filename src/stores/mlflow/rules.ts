import { refuse } from '../../core/errors.js';
import { isStorableText } from '../../core/text.js';
import { isGiven } from '../conditions.js';
import type { CreateRun, LogDatasetInputs, LogMetrics, NewDatasetInput, NewSeries, UpdateRun } from '../run-writer.js';
import type { KeyValueRecord } from '../run-store.js';

/** MLflow's limits at the revision our database has, in characters (its columns) or in points. */
export const limits = {
  key: 250,
  param: 8_000,
  tag: 5_000,
  runName: 250,
  user: 256,
  experimentName: 256,
  artifactLocation: 256,
  idempotencyKey: 200,
  dataset: { name: 500, digest: 36, sourceType: 36, source: 65_535, schema: 1_048_575, profile: 16_777_215, tagKey: 255, tagValue: 500 },
  /** Points of one `logMetrics`. */
  points: 100_000,
} as const;

type Field = readonly string[];

/** A text that is there, fits, and that every store keeps as it is. */
export function checkText(text: string, maxLength: number, field: Field, what: string): void {
  if (text.length === 0) throw refuse('INVALID', `${what} is empty.`, field);
  checkOptionalText(text, maxLength, field, what);
}

/** As `checkText`, where the empty text is fine. */
export function checkOptionalText(text: string, maxLength: number, field: Field, what: string): void {
  if ([...text].length > maxLength)
    throw refuse('TOO_LARGE', `${what} has ${[...text].length} characters; at most ${maxLength} can be kept.`, field);
  if (!isStorableText(text))
    throw refuse('INVALID', `${what} holds a NUL character or half of a surrogate pair, which databases cannot keep.`, field);
}

export function checkKeyValues(entries: readonly KeyValueRecord[], maxLength: number, field: string, what: string): void {
  const seen = new Set<string>();
  entries.forEach(({ key, value }, index) => {
    checkText(key, limits.key, [field, String(index), 'key'], `The key of ${what} ${index}`);
    checkOptionalText(value, maxLength, [field, String(index), 'value'], `The value of ${what} ${JSON.stringify(key)}`);
    if (seen.has(key)) throw refuse('INVALID', `The key ${JSON.stringify(key)} is given twice.`, [field, String(index), 'key']);
    seen.add(key);
  });
}

/** Run tags: those that are also columns of the run must fit there. */
export function checkRunTags(tags: readonly KeyValueRecord[]): void {
  checkKeyValues(tags, limits.tag, 'tags', 'tag');
  const columns = { 'mlflow.runName': limits.runName, 'mlflow.user': limits.user } as const;
  tags.forEach(({ key, value }, index) => {
    const maxLength = key === 'mlflow.runName' || key === 'mlflow.user' ? columns[key] : limits.tag;
    checkOptionalText(value, maxLength, ['tags', String(index), 'value'], `The value of tag ${JSON.stringify(key)}`);
  });
}

export function checkIdempotencyKey(key: string | null | undefined): void {
  if (key !== null && key !== undefined) checkText(key, limits.idempotencyKey, ['idempotencyKey'], 'The idempotency key');
}

export function checkCreateRun(input: CreateRun): void {
  checkIdempotencyKey(input.idempotencyKey);
  if (input.name !== null && input.name !== undefined) checkOptionalText(input.name, limits.runName, ['name'], 'The name');
  for (const name of ['user', 'userId'] as const) if (isGiven(input[name])) checkOptionalText(input[name], limits.user, [name], 'The user');
  checkKeyValues(input.params, limits.param, 'params', 'param');
  checkRunTags(input.tags);
  const nameTag = input.tags.find(({ key }) => key === 'mlflow.runName')?.value;
  if (input.name && nameTag !== undefined && nameTag !== input.name) {
    throw refuse('INVALID', 'The name and the tag mlflow.runName say different things; give one of them.', ['name']);
  }
}

export function checkUpdateRun({ name, note, status }: UpdateRun): void {
  if (isGiven(name)) checkOptionalText(name, limits.runName, ['name'], 'The name');
  if (isGiven(note)) checkOptionalText(note, limits.tag, ['note'], 'The note');
  if (status === 'STALE' || status === 'UNKNOWN') {
    throw refuse('INVALID', `${status} is a status RunGraph finds out; it cannot be set.`, ['status']);
  }
}

export function checkDatasetInputs({ inputs, idempotencyKey }: LogDatasetInputs): void {
  checkIdempotencyKey(idempotencyKey);
  if (inputs.length === 0) throw refuse('INVALID', 'No input is given.', ['inputs']);
  inputs.forEach(checkDatasetInput);
}

function checkDatasetInput(input: NewDatasetInput, index: number): void {
  const field = (name: string): Field => ['inputs', String(index), name];
  for (const name of ['name', 'digest', 'sourceType', 'source'] as const) {
    checkText(input[name], limits.dataset[name], field(name), `The ${name} of input ${index}`);
  }
  for (const name of ['schema', 'profile'] as const) {
    checkOptionalText(input[name] ?? '', limits.dataset[name], field(name), `The ${name} of input ${index}`);
  }
  checkOptionalText(input.context ?? '', limits.dataset.tagValue, field('context'), `The context of input ${index}`);
  const keys = new Set(['mlflow.data.context']);
  input.tags.forEach(({ key, value }, position) => {
    const tag = [...field('tags'), String(position)];
    checkText(key, limits.dataset.tagKey, [...tag, 'key'], 'The key of a tag');
    checkOptionalText(value, limits.dataset.tagValue, [...tag, 'value'], `The value of tag ${JSON.stringify(key)}`);
    if (keys.has(key)) throw refuse('INVALID', `The tag ${JSON.stringify(key)} is given twice.`, [...tag, 'key']);
    keys.add(key);
  });
}

export function checkLogMetrics(input: LogMetrics): void {
  checkIdempotencyKey(input.idempotencyKey);
  if (input.series.length === 0) throw refuse('INVALID', 'No series is given.', ['series']);
  const points = input.series.reduce((sum, { values }) => sum + values.length, 0);
  if (points > limits.points)
    throw refuse('TOO_LARGE', `${points} points at once; send at most ${limits.points} and the rest in further calls.`, ['series']);
  input.series.forEach(checkSeries);
}

function checkSeries({ key, values, steps, timestamps }: NewSeries, index: number): void {
  const field = (name: string): Field => ['series', String(index), name];
  checkText(key, limits.key, field('key'), `The key of series ${index}`);
  if (values.length === 0) throw refuse('INVALID', `Series ${JSON.stringify(key)} has no values.`, field('values'));
  for (const [name, column] of [['steps', steps] as const, ['timestamps', timestamps] as const]) {
    if (column && column.length !== values.length) {
      throw refuse(
        'INVALID',
        `Series ${JSON.stringify(key)} has ${values.length} values and ${column.length} ${name}; give one for each value, or none at all.`,
        field(name),
      );
    }
  }
  const negative = timestamps?.findIndex((timestamp) => timestamp < 0n) ?? -1;
  if (negative >= 0)
    throw refuse('INVALID', `A timestamp of series ${JSON.stringify(key)} is before 1970.`, [...field('timestamps'), String(negative)]);
}
