import { isLosslessNumber, parse, type LosslessNumber } from 'lossless-json';

/** A JSON value whose numbers keep the text they were written with: 64-bit integers and the difference of 1 and 1.0 survive. */
export type ExactJson = null | boolean | string | LosslessNumber | readonly ExactJson[] | { readonly [name: string]: ExactJson };

/** Values `pythonJson` writes: bigints are integers, numbers are doubles. */
export type PythonValue = null | boolean | string | number | bigint | readonly PythonValue[] | { readonly [name: string]: PythonValue };

/**
 * Writes JSON as Python's `json.dumps` does, which is how MLflow stores and compares such texts:
 * a space after commas and colons, 1e-05 for 0.00001, the bare words NaN and Infinity.
 */
export function pythonJson(value: PythonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return pythonNumber(value);
  if (Array.isArray(value)) return `[${(value as readonly PythonValue[]).map(pythonJson).join(', ')}]`;
  return `{${Object.entries(value as { readonly [name: string]: PythonValue })
    .map(([name, inner]) => `${JSON.stringify(name)}: ${pythonJson(inner)}`)
    .join(', ')}}`;
}

/** A double as Python prints it: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16 on. */
export function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const [digits, exponentText] = value.toExponential().split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const sign = Object.is(value, -0) ? '-' : '';
  const plain = Math.abs(exponent) < 21 ? expand(value, exponent) : digits;
  return `${sign}${/\./.test(plain) ? plain : `${plain}.0`}`;
}

// JavaScript writes 0.00001 as 1e-5, but everything in Python's plain range as plain digits.
const expand = (value: number, exponent: number): string => (exponent >= -6 ? String(value) : value.toFixed(-exponent));

// Texts are skipped, so that a NaN in one stays a text.
const bareWords = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** Reads JSON, also what Python writes beyond it: NaN and ±Infinity become texts. Null when it is no JSON. */
export function readPythonJson(text: string): { readonly value: ExactJson } | null {
  try {
    const strict = text.includes('NaN') || text.includes('Infinity') ? text.replace(bareWords, quoted) : text;
    return { value: parse(strict) as ExactJson };
  } catch {
    return null;
  }
}

const quoted = (match: string): string => (match.startsWith('"') ? match : `"${match}"`);

/** A value as GraphQL and plain JSON can carry it: integers beyond 2^53 become texts. */
export function plainJson(value: ExactJson): unknown {
  if (isLosslessNumber(value)) {
    const number = Number(value.value);
    return isInteger(value.value) && !Number.isSafeInteger(number) ? value.value : number;
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly ExactJson[]).map(plainJson);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainJson(inner)]));
}

/** Whether a number was written as an integer. */
export const isInteger = (text: string): boolean => /^-?\d+$/.test(text);
