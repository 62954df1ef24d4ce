import { LosslessNumber } from 'lossless-json';
import { parseNumber } from '../core/number-text.js';
import { RestError } from './rest-error.js';
import { toPythonJson } from './rest-json.js';
import type { JsonValue, RestRequest } from './route.js';

/** What MLflow ends messages about a request's form with. */
export const seeDocs = 'See the API docs for more information about request parameters.';

export const invalid = (message: string): RestError => new RestError('INVALID_PARAMETER_VALUE', message);

/** MLflow's words for a value that breaks a rule. */
export const invalidValue = (path: string, value: JsonValue, reason: string): RestError =>
  invalid(`Invalid value ${shown(value)} for parameter '${path}' supplied${reason && ': '}${reason || '.'}`);

function shown(value: JsonValue): string {
  const text = toPythonJson(value);
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

/** Characters of a value that a message repeats. */
const maxShown = 500;

export const missing = (path: string): RestError => invalid(`Missing value for required parameter '${path}'. ${seeDocs}`);

/** MLflow's words for a value of the wrong type. */
export const wrongType = (path: string, value: JsonValue): RestError =>
  invalidValue(path, value, ` Hint: Value was of type '${pythonType(value)}'. ${seeDocs}`);

function pythonType(value: JsonValue): string {
  if (value === null) return 'NoneType';
  if (value instanceof LosslessNumber) return /^-?\d+$/.test(value.value) ? 'int' : 'float';
  if (Array.isArray(value)) return 'list';
  return { string: 'str', boolean: 'bool' }[typeof value as string] ?? 'dict';
}

/** Members of a request or of an object in it; what is null counts as absent. */
export interface Fields {
  /** A text; absent: undefined. */
  text(name: string): string | undefined;
  /** A text that must be there and not be empty. */
  requiredText(name: string): string;
  /** A 64-bit integer, written as a number or as a text. */
  integer(name: string): bigint | undefined;
  requiredInteger(name: string): bigint;
  /** Milliseconds since the epoch, written as an integer, that a date can be made of; absent: undefined. */
  time(name: string): number | undefined;
  /** A double, written as a number or as a text (`"NaN"`, `"-Infinity"`). */
  requiredDouble(name: string): number;
  /** A boolean; absent: undefined. */
  flag(name: string): boolean | undefined;
  /** A list of texts; absent: empty. */
  texts(name: string): string[];
  /** A list of objects; absent: empty. */
  objects(name: string): Fields[];
  /** An object; absent: undefined. */
  object(name: string): Fields | undefined;
  /** As it came; absent: undefined. */
  raw(name: string): JsonValue | undefined;
}

/** The fields of a request: those of the body, or of the query string where there is no body. */
export function fieldsOf({ body, query }: Pick<RestRequest, 'body' | 'query'>): Fields {
  const fromQuery = Object.keys(body).length === 0;
  const lookUp = (name: string) => (fromQuery ? query.get(name) : Object.hasOwn(body, name) ? body[name] : undefined) ?? undefined;
  const list = (name: string) => (fromQuery ? query.getAll(name) : lookUp(name));
  return createFields(lookUp, list, '');
}

/** The id of the run a request is about; older clients call it `run_uuid`. */
export const runIdOf = (fields: Fields): string => fields.text('run_id') || fields.text('run_uuid') || fields.requiredText('run_id');

type LookUp = (name: string) => JsonValue | undefined;

function createFields(lookUp: LookUp, listOf: LookUp, within: string): Fields {
  const path = (name: string) => `${within}${name}`;
  const required = <T>(name: string, value: T | undefined): T => {
    if (value === undefined) throw missing(path(name));
    return value;
  };
  const text = (name: string) => {
    const value = lookUp(name);
    if (value !== undefined && typeof value !== 'string') throw wrongType(path(name), value);
    return value;
  };
  const integer = (name: string) => {
    const value = lookUp(name);
    return value === undefined || value === '' ? undefined : toInteger(value, path(name));
  };
  const items = (name: string): readonly JsonValue[] => {
    const value = listOf(name) ?? [];
    if (!Array.isArray(value)) throw wrongType(path(name), value);
    return value as readonly JsonValue[];
  };
  return {
    text,
    requiredText: (name) => required(name, text(name) || undefined),
    integer,
    requiredInteger: (name) => required(name, integer(name)),
    time(name) {
      const value = integer(name);
      return value === undefined ? undefined : toTime(value, path(name));
    },
    requiredDouble: (name) => toDouble(required(name, lookUp(name)), path(name)),
    flag: (name) => {
      const value = lookUp(name);
      if (value !== undefined && typeof value !== 'boolean') throw wrongType(path(name), value);
      return value;
    },
    texts: (name) =>
      items(name).map((item, _index, all) => {
        if (typeof item !== 'string') throw wrongType(path(name), all);
        return item;
      }),
    objects: (name) =>
      items(name).map((item, index, all) => {
        if (!isObject(item)) throw wrongType(path(name), all);
        return fieldsIn(item, `${path(name)}[${index}].`);
      }),
    object: (name) => {
      const value = lookUp(name);
      if (value === undefined) return undefined;
      if (!isObject(value)) throw wrongType(path(name), value);
      return fieldsIn(value, `${path(name)}.`);
    },
    raw: lookUp,
  };
}

type JsonObject = RestRequest['body'];

const isObject = (value: JsonValue): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof LosslessNumber);

function fieldsIn(object: JsonObject, within: string): Fields {
  const lookUp: LookUp = (name) => (Object.hasOwn(object, name) ? object[name] : undefined) ?? undefined;
  return createFields(lookUp, lookUp, within);
}

// Where MLflow goes on with a 0 when it could not read a number (1.5 as a step, 2^63), we refuse: it would be another point.
function toInteger(value: JsonValue, path: string): bigint {
  const text = value instanceof LosslessNumber ? value.value : typeof value === 'string' ? value.trim() : '';
  const integer = /^[+-]?\d{1,40}$/.test(text) ? BigInt(text.replace('+', '')) : text !== '' ? wholeNumber(Number(text)) : null;
  if (integer === null || BigInt.asIntN(64, integer) !== integer) throw wrongType(path, value);
  return integer;
}

/** The farthest day from the epoch, either way, that a date can be made of; years beyond 275,000. */
const maxTimeMs = 8_640_000_000_000_000n;

/** @throws INVALID_PARAMETER_VALUE when no date is so many milliseconds from the epoch */
export function toTime(value: bigint, path: string): number {
  if (value >= -maxTimeMs && value <= maxTimeMs) return Number(value);
  throw invalid(`Invalid value ${value} for parameter '${path}' supplied: it is no time in milliseconds since the epoch. ${seeDocs}`);
}

/** `1.0` and `1e3` are integers too, as in JSON. */
const wholeNumber = (number: number): bigint | null => (Number.isSafeInteger(number) ? BigInt(number) : null);

function toDouble(value: JsonValue, path: string): number {
  if (typeof value === 'boolean') return Number(value);
  const text = value instanceof LosslessNumber ? value.value : typeof value === 'string' ? value : '';
  const number = parseNumber(text);
  // 1e400 is a number, but no double.
  if (number === null || (!Number.isFinite(number) && /\d/.test(text))) throw wrongType(path, value);
  return number;
}
