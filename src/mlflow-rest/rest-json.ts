import { LosslessNumber, parse } from 'lossless-json';
import { RestError } from './rest-error.js';
import type { JsonValue, RestRequest } from './route.js';

type JsonObject = RestRequest['body'];

/** An integer that may be too large for a double. In a text it does no harm: such a body is only read more slowly. */
const longInteger = /[:,[\s]-?\d{16,}(?=[\s,}\]])/;

/**
 * Reads a body. As in Python the last of equal keys counts; what is no object is refused.
 * @throws BAD_REQUEST when the text is no JSON; `NaN` and `Infinity` are none, their texts in quotes are
 */
export function parseBody(text: string): JsonObject {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = parseJson(text);
    if (typeof value === 'string') value = parseJson(value); // old clients encode their bodies twice
  } catch (error) {
    throw new RestError(
      'BAD_REQUEST',
      `The body is not JSON: ${(error as Error).message}. Write numbers that are none as "NaN", "Infinity".`,
    );
  }
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value) && !(value instanceof LosslessNumber)) return value as JsonObject;
  throw new RestError('BAD_REQUEST', 'The body must be a JSON object.');
}

// The engine's own parser is ten times as fast, and what it made of the numbers can be written down again without loss.
const parseJson = (text: string): unknown =>
  withNumbers(longInteger.test(text) ? parse(text, null, { onDuplicateKey: ({ newValue }) => newValue }) : JSON.parse(text), maxDepth);

/** No request of MLflow's is half as deep. */
const maxDepth = 20;

/** Numbers of a parsed value as they would be written; the value is changed in place. */
function withNumbers(value: unknown, depth: number): unknown {
  if (typeof value === 'number') return new LosslessNumber(writtenNumber(value));
  if (value === null || typeof value !== 'object' || value instanceof LosslessNumber) return value;
  if (depth === 0) throw new Error(`it is more than ${maxDepth} levels deep`);
  const parent = value as Record<string, unknown>;
  for (const name of Object.keys(parent)) parent[name] = withNumbers(parent[name], depth - 1);
  return value;
}

function writtenNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : value > 0 ? '1e999' : '-1e999'; // more than a double can hold was written
}

/**
 * Writes an answer: bigints as plain numbers, doubles so that they come back to the bit (-0 as 0, as MLflow's database keeps it),
 * NaN and ±Infinity as texts; members that are undefined are left out.
 */
export function toJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (value instanceof LosslessNumber) return value.toString();
      if (Array.isArray(value)) return `[${value.map(toJson).join()}]`;
      return `{${membersOf(value)}}`;
    default:
      return 'null';
  }
}

function membersOf(value: object): string {
  let text = '';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    text += `${text && ','}${JSON.stringify(name)}:${toJson(member)}`;
  }
  return text;
}

/** A value as Python's `json.dumps` writes it into messages: keys sorted, everything beyond ASCII escaped. */
export const toPythonJson = (value: JsonValue): string =>
  toJson(sorted(value)).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

function sorted(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object' || value instanceof LosslessNumber) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
