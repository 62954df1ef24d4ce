import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from 'graphql';

/** A literal in the document is pointed at; a variable is named by graphql-js. */
const invalid = (message: string, node?: ValueNode) => new GraphQLError(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT' } });

/** Beyond this a JavaScript date cannot be written; stores may hold such times (nanoseconds logged as milliseconds). */
const maxDateMs = 8.64e15;

/** An instant; in code it is milliseconds since the epoch. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description:
    'RFC 3339 instant, UTC, millisecond precision: `2026-01-31T12:00:00.000Z`. Input may have another offset or fewer digits. A time that no date can hold is answered as the last one that can; the exact number is in the `timestamps` of a series.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize(value) {
    const ms = Number(value);
    return new Date(Math.max(-maxDateMs, Math.min(maxDateMs, ms))).toISOString();
  },
  parseValue: (value) => parseDateTime(value),
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined, node),
});

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;

/** Date.parse reads 30 February as 2 March. */
const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day);

function parseDateTime(value: unknown, node?: ValueNode): number {
  const ms = typeof value === 'string' && rfc3339.test(value) && isDay(value.slice(0, 10)) ? Date.parse(value.replace(' ', 'T')) : NaN;
  if (Number.isNaN(ms)) throw invalid(`DateTime must be an RFC 3339 instant like "2026-01-31T12:00:00Z"; got ${printed(value)}.`, node);
  return ms;
}

const longMin = -(2n ** 63n);
const longMax = 2n ** 63n - 1n;

/** A 64-bit integer; in code it is a bigint. Small ones may also be given as numbers. */
export const Long = new GraphQLScalarType<bigint, number | string>({
  name: 'Long',
  description: '64-bit integer: a JSON number while |n| <= 2^53-1, otherwise a decimal string. Input takes both forms for every value.',
  serialize(value) {
    if (typeof value === 'number') return value;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  },
  parseValue: (value) => parseLong(value),
  parseLiteral: (node) => parseLong(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined, node),
});

function parseLong(value: unknown, node?: ValueNode): bigint {
  if (
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^-?\d{1,19}$/.test(value))
  ) {
    const long = BigInt(value);
    if (long >= longMin && long <= longMax) return long;
  }
  throw invalid(`Long must be a whole number between -2^63 and 2^63-1, as a string when it is beyond 2^53; got ${printed(value)}.`, node);
}

const namedDoubles: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

/** A double, exact to the bit; in code it is a number. */
export const Double = new GraphQLScalarType<number, number | string>({
  name: 'Double',
  description:
    'IEEE-754 double, exact: a JSON number, or the strings "NaN", "Infinity", "-Infinity", and "-0", whose sign JSON numbers lose in many readers.',
  serialize(value) {
    const number = value as number;
    // JSON.stringify would turn -0 into 0.
    if (Number.isFinite(number)) return number === 0 && Object.is(number, -0) ? '-0' : number;
    return String(number);
  },
  parseValue: (value) => parseDouble(value),
  parseLiteral: (node) =>
    parseDouble(
      node.kind === Kind.INT || node.kind === Kind.FLOAT ? Number(node.value) : node.kind === Kind.STRING ? node.value : undefined,
      node,
    ),
});

function parseDouble(value: unknown, node?: ValueNode): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string') {
    if (Object.hasOwn(namedDoubles, value)) return namedDoubles[value]!;
    if (value === '-0') return -0;
  }
  throw invalid(`Double must be a finite number or one of "NaN", "Infinity", "-Infinity"; got ${printed(value)}.`, node);
}

/** Any JSON; in code it is what JSON.parse gives. */
export const JSONValue = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value: null, a boolean, a number, a text, a list or an object.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

const printed = (value: unknown): string =>
  (typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing')).slice(0, 100);
