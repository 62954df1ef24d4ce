import type { KeyValueRecord } from '../stores/run-store.js';
import type { Fields } from './request-fields.js';

/** `[{ key, value }]` of a request, of equal keys the last; a value may be absent. */
export const keyValuesOf = (fields: Fields, name: string): KeyValueRecord[] =>
  lastOfEach(fields.objects(name).map((entry) => ({ key: entry.requiredText('key'), value: entry.text('value') ?? '' })));

/** An object of texts as keys and values. */
export function textMapOf(fields: Fields, name: string): KeyValueRecord[] {
  const texts = fields.object(name);
  return texts ? Object.keys(fields.raw(name) as object).map((key) => ({ key, value: texts.text(key) ?? '' })) : [];
}

/** The tags with each key once; the last value counts. */
export const lastOfEach = (tags: readonly KeyValueRecord[]): KeyValueRecord[] =>
  [...new Map(tags.map(({ key, value }) => [key, value]))].map(([key, value]) => ({ key, value }));
