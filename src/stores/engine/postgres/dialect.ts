import type { Dialect } from '../dialect.js';
import { regularExpressionOf } from '../letter-forms.js';
import { raw, sql } from '../sql.js';
import { sendable } from './statement.js';

/** PostgreSQL's way. Lists are bound as JSON, so a statement keeps its text and its types whatever their length. */
export const postgresDialect: Dialect = {
  engine: 'postgres',
  hasInfinity: true,
  columns: raw(`/* columns */ SELECT t.relname, c.attname FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
    WHERE t.relkind IN ('r', 'p') AND c.attnum > 0 AND NOT c.attisdropped AND pg_table_is_visible(t.oid)`),
  texts: (values) => sql`(SELECT jsonb_array_elements_text(${JSON.stringify(values.map(sendable))}::jsonb))`,
  integers: (values) => sql`(SELECT CAST(jsonb_array_elements_text(${JSON.stringify(values.map(String))}::jsonb) AS bigint))`,
  places: (texts, places) => {
    const pairs = JSON.stringify(texts.map((text, index) => [sendable(text), places[index]]));
    return sql`(SELECT pair ->> 0 AS text, CAST(pair ->> 1 AS double precision) AS place FROM jsonb_array_elements(${pairs}::jsonb) AS pair)`;
  },
  isAt: (place, value) => sql`${place}.text = ${value}`,
  equals: (value, text) => sql`${value} = ${text}`,
  oneOf: (value, texts) => sql`${value} IN ${postgresDialect.texts(texts)}`,
  contains: (value, part) => sql`strpos(${value}, ${part}) > 0`,
  startsWith: (value, part) => sql`starts_with(${value}, ${part})`,
  endsWith: (value, part) => sql`right(${value}, CAST(${[...part].length} AS integer)) = ${part}`,
  // Without an escape a backslash is a letter. ILIKE folds by the database's locale, which may know ASCII only; a
  // regular expression of letters in all their forms does not ask it.
  like: (value, pattern, foldCase) =>
    foldCase ? sql`${value} ~ ${regularExpressionOf(pattern)}` : sql`${value} LIKE ${pattern} ESCAPE ''`,
  byCodePoint: (value) => sql`${value} COLLATE "C"`,
  text: (value) => sql`CAST(${value} AS text)`,
  integer: (value) => value,
  orReplace: (key, column) => raw(`ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${column} = excluded.${column}`),
  boolean: (value) => raw(value ? 'TRUE' : 'FALSE'),
  forUpdate: raw('FOR UPDATE'),
  forShare: raw('FOR SHARE'),
  lock: (name) => sql`/* lock */ SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`,
};
