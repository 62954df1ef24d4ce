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

/** Reads JSON, also what Python writes beyond it: NaN and ±Infinity become texts. Null when it is no JSON. */
export function readPythonJson(text: string): { readonly value: ExactJson } | null {
  try {
    const strict = text.includes('NaN') || text.includes('Infinity') ? strictJson(text) : text;
    return strict === null ? null : { value: parse(strict) as ExactJson };
  } catch {
    return null;
  }
}

/**
 * JSON with Python's words NaN and ±Infinity put into quotes, in one pass: an expression would look from every quote of a
 * damaged text to its end. Null when a text in it does not end, a word is another one, or it is nested deeper than `maxDepth`.
 */
export function strictJson(text: string, maxDepth = Infinity): string | null {
  const pieces: string[] = [];
  let [depth, done] = [0, 0];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === quote) {
      index = endOfText(text, index);
      if (index < 0) return null;
    } else if (unit === 0x5b || unit === 0x7b) depth++;
    else if (unit === 0x5d || unit === 0x7d) depth--;
    else if (unit === 0x4e || unit === 0x49) {
      const word = unit === 0x4e ? 'NaN' : 'Infinity';
      if (!text.startsWith(word, index)) return null;
      const start = word === 'Infinity' && text[index - 1] === '-' ? index - 1 : index;
      pieces.push(text.slice(done, start), '"', text.slice(start, index + word.length), '"');
      done = index + word.length;
      index = done - 1;
    }
    if (depth > maxDepth) return null;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(done);
}

const quote = 0x22;
const backslash = 0x5c;

/** Where the quote is that ends the text which begins at `start`; -1 when there is none. */
function endOfText(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === quote) return index;
    if (unit === backslash) index++;
  }
  return -1;
}

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
