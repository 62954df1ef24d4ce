import { randomBytes } from 'node:crypto';
import { refuse } from '../../core/errors.js';
import { pythonJson, type PythonValue } from '../../core/python-json.js';
import { isStorableText } from '../../core/text.js';
import { isGiven } from '../../stores/conditions.js';
import type { KeyValueRecord } from '../../stores/run-store.js';
import type { SpanRecord } from '../../stores/trace-store.js';
import type { SpanInput } from './trace-mutation.input.js';

const typeAttribute = 'mlflow.spanType';

/** Spans of the API as the stores keep them. @throws RuleError INVALID for attributes that are no JSON object */
export function toSpans(spans: readonly SpanInput[] | null | undefined): SpanRecord[] {
  return (spans ?? []).map((span, index) => {
    const field = (name: string) => ['spans', String(index), name];
    const attributes = toAttributes(span.attributes, field('attributes'));
    const type = span.type ?? 'UNKNOWN';
    const isTyped = attributes.some(({ key }) => key === typeAttribute);
    return {
      id: span.id ?? randomBytes(8).toString('hex'),
      parentId: span.parentId ?? null,
      name: span.name,
      type,
      status: span.status ?? 'UNSET',
      statusMessage: span.statusMessage ?? '',
      startedAtNs: span.startedAtNs,
      endedAtNs: isGiven(span.durationNs) ? span.startedAtNs + span.durationNs : null,
      attributes: isTyped ? attributes : [...attributes, { key: typeAttribute, value: JSON.stringify(type) }],
      events: (span.events ?? []).map(({ name, atNs, attributes: given }, position) => ({
        name,
        atNs,
        attributes: toObjectText(given, [...field('events'), String(position), 'attributes']),
      })),
      links: [],
    };
  });
}

const toAttributes = (given: unknown, field: readonly string[]): KeyValueRecord[] =>
  Object.entries(requireObject(given, field)).map(([key, value]) => ({ key, value: toText(value, field) }));

const toObjectText = (given: unknown, field: readonly string[]): string => toText(requireObject(given, field), field);

function requireObject(given: unknown, field: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isGiven(given)) return {};
  if (typeof given === 'object' && !Array.isArray(given)) return given as Readonly<Record<string, unknown>>;
  throw refuse('INVALID', 'Attributes are a JSON object.', field);
}

function toText(value: unknown, field: readonly string[]): string {
  const text = pythonJson(withIntegers(value));
  if (isStorableText(text)) return text;
  throw refuse('INVALID', 'An attribute holds half of a surrogate pair, which databases cannot keep.', field);
}

/** JSON has one kind of number, MLflow two: a whole number is meant as an integer. */
function withIntegers(value: unknown): PythonValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(withIntegers);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withIntegers(inner)]));
  }
  return value as PythonValue;
}
