import type { Dialect } from '../dialect.js';
import { formsOf } from '../letter-forms.js';
import { nothing, raw, sql } from '../sql.js';

const codePoints = (text: string): number => [...text].length;

/** SQLite's way. Texts compare by code point there already (the BINARY collation). */
export const sqliteDialect: Dialect = {
  engine: 'sqlite',
  hasInfinity: true,
  columns: raw(`/* columns */ SELECT t.name, c.name
    FROM (SELECT name FROM sqlite_master WHERE type = 'table' UNION SELECT name FROM sqlite_temp_master WHERE type IN ('table', 'view')) t JOIN pragma_table_info(t.name) c`),
  texts: (values) => sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`,
  integers: (values) => sql`(SELECT value FROM json_each(${`[${values.join(',')}]`}))`,
  places: (texts, places) => {
    // CAST: only with the affinity of the column it is joined to can SQLite index the list; without, it is read once per row.
    const pairs = JSON.stringify(texts.map((text, index) => [text, places[index]]));
    return sql`(SELECT CAST(value ->> 0 AS TEXT) AS text, value ->> 1 AS place FROM json_each(${pairs}))`;
  },
  isAt: (place, value) => sql`${place}.text = ${value}`,
  equals: (value, text) => sql`${value} = ${text}`,
  oneOf: (value, texts) => sql`${value} IN ${sqliteDialect.texts(texts)}`,
  contains: (value, part) => sql`instr(${value}, ${part}) > 0`,
  startsWith: (value, part) => sql`substr(${value}, 1, ${codePoints(part)}) = ${part}`,
  endsWith: (value, part) => (part === '' ? sql`${value} IS NOT NULL` : sql`substr(${value}, ${-codePoints(part)}) = ${part}`),
  like: (value, pattern, foldCase) => (pattern === '' ? sql`${value} = ''` : sql`${value} GLOB ${globOf(pattern, foldCase)}`),
  byCodePoint: (value) => value,
  text: (value) => sql`CAST(${value} AS TEXT)`,
  integer: (value) => sql`CAST(${value} AS INTEGER)`,
  orReplace: (key, column) => raw(`ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${column} = excluded.${column}`),
  boolean: (value) => raw(value ? '1' : '0'),
  // One writing transaction at a time has the whole file.
  forUpdate: nothing,
  forShare: nothing,
  lock: () => null,
};

/**
 * SQLite's LIKE folds ASCII only and needs a pragma to be case-sensitive; GLOB is exact, and a character class
 * per letter folds the case of every script.
 */
function globOf(pattern: string, foldCase: boolean): string {
  return [...pattern].map((character) => globCharacter(character, foldCase)).join('');
}

function globCharacter(character: string, foldCase: boolean): string {
  if (character === '%') return '*';
  if (character === '_') return '?';
  if (character === '*' || character === '?' || character === '[') return `[${character}]`;
  if (!foldCase) return character;
  const forms = formsOf(character);
  return forms.length > 1 ? `[${forms.join('')}]` : character;
}
