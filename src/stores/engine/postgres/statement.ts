import { isStorableText } from '../../../core/text.js';
import type { SqlValue, Statement } from '../sql.js';

/**
 * A statement as PostgreSQL takes it: numbered placeholders that say what type they have. Without it the server would
 * take `CASE … THEN $1` for a text. Our texts hold no question mark but placeholders.
 */
export function numbered({ text, values }: Statement): { text: string; values: unknown[] } {
  let next = 0;
  return {
    text: text.replaceAll('?', () => {
      const value = values[next++]!;
      return `$${next}${castOf(value)}`;
    }),
    values: values.map(toParameter),
  };
}

function castOf(value: SqlValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return '::text';
  if (typeof value === 'bigint') return '::int8';
  if (typeof value === 'number') return isPlainInteger(value) ? '::int8' : '::float8';
  return '::bytea';
}

// -0 is a double and nothing else.
const isPlainInteger = (value: number): boolean => Number.isSafeInteger(value) && !Object.is(value, -0);

/**
 * A text the server takes. It knows no NUL and no half of a surrogate pair, and answers them with an error. Rules keep both out of
 * what is written; in a condition they become a character that no text has, because nothing can equal them.
 */
export const sendable = (text: string): string => (isStorableText(text) ? text : text.toWellFormed().replaceAll('\0', '\uffff'));

/** Numbers go as text: JavaScript's shortest text of a double is read back by PostgreSQL to the last bit. */
function toParameter(value: SqlValue): unknown {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return sendable(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}
