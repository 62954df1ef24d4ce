import { refuse } from '../../../core/errors.js';
import { pythonJson, type PythonValue } from '../../../core/python-json.js';

type Field = readonly string[];

/** Deeper values are no parameters of a model, and would exhaust the stack of whoever reads them. */
const maxDepth = 100;

/** A JSON object as DashAI keeps it. @throws a broken rule when it is something else */
export function objectText(value: unknown, field: Field, what: string): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw refuse('INVALID', `${what} must be a JSON object.`, field);
  return ascii(pythonJson(toPython(value, field, maxDepth)));
}

/** A list of texts as DashAI keeps it. */
export const listText = (texts: readonly string[]): string => ascii(pythonJson(texts));

/** JSON that is kept as a JSON text, as DashAI does with `splits`. */
export const encodedTwice = (text: string): string => pythonJson(text);

/** JSON's numbers have lost whether they were written as integers; a model that wants an integer refuses 100.0. */
function toPython(value: unknown, field: Field, depth: number): PythonValue {
  if (depth === 0) throw refuse('INVALID', `The value is nested more than ${maxDepth} deep.`, field);
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item: unknown) => toPython(item, field, depth - 1));
  if (value === null || typeof value !== 'object') return value as PythonValue;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toPython(inner, field, depth - 1)]));
}

// Python escapes everything beyond ASCII, unit by unit.
const ascii = (json: string): string => json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
