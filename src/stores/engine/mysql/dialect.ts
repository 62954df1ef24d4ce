import { createHash } from 'node:crypto';
import type { Dialect } from '../dialect.js';
import { regularExpressionOf } from '../letter-forms.js';
import { join, raw, sql, type Sql } from '../sql.js';

// Compares by code point, and a space at the end counts. MariaDB reads the comment that begins with M!, MySQL the one with a version.
const collate = raw('COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */');

/** Up to so many texts are bound one by one and looked up; more are brought as a table of hashes. */
const maxLookups = 4_096;

/** MySQL's and MariaDB's way. Columns fold case and pad with spaces as their collation says; nothing here does. */
export const mysqlDialect: Dialect = {
  engine: 'mysql',
  hasInfinity: false,
  columns: raw(`/* columns */ SELECT c.table_name, c.column_name FROM information_schema.columns c WHERE c.table_schema = DATABASE()`),
  texts: (values) => (values.length > maxLookups ? sql`(SELECT t.text FROM ${textTable(values)})` : listOf(values)),
  integers: (values) => sql`(SELECT t.number FROM JSON_TABLE(${`[${values.join(',')}]`}, '$[*]' COLUMNS (number BIGINT PATH '$')) t)`,
  places: (texts, places) => {
    const pairs = JSON.stringify(texts.map((text, index) => [hashOf(text), places[index]]));
    // DISTINCT: a table that is made once, with an index on the hash; otherwise the JSON would be read for every row.
    return sql`(SELECT DISTINCT t.text, t.place FROM JSON_TABLE(${pairs}, '$[*]' COLUMNS (${hash('text', '$[0]')}, place DOUBLE PATH '$[1]')) t)`;
  },
  isAt: (place, value) => sql`${place}.text = ${hashed(value)}`,
  equals: (value, text) => (hasIndex(value, [text]) ? sql`(${value} = ${text} AND ${exactly(value, text)})` : exactly(value, text)),
  oneOf(value, texts) {
    if (texts.length > maxLookups)
      return sql`${hashed(value)} IN (SELECT t.hash FROM JSON_TABLE(${JSON.stringify(texts.map(hashOf))}, '$[*]' COLUMNS (${hash('hash', '$')})) t)`;
    const exactly = sql`${value} IN ${mysqlDialect.texts(texts)}`;
    return texts.length > 0 && hasIndex(value, texts) ? sql`(${value} IN (${padded(texts)}) AND ${exactly})` : exactly;
  },
  contains: (value, part) => sql`LOCATE(${part} ${collate}, ${value}) > 0`,
  startsWith: (value, part) => sql`LEFT(${value}, ${[...part].length}) = ${part} ${collate}`,
  endsWith: (value, part) => sql`RIGHT(${value}, ${[...part].length}) = ${part} ${collate}`,
  // In this session a backslash escapes nothing.
  like: (value, pattern, foldCase) =>
    foldCase ? sql`${value} REGEXP ${regularExpressionOf(pattern, '(?s)')} ${collate}` : sql`${value} LIKE ${pattern} ${collate}`,
  byCodePoint: (value) => sql`CONVERT(${value} USING utf8mb4) ${collate}`,
  text: (value) => sql`CAST(${value} AS CHAR CHARACTER SET utf8mb4)`,
  integer: (value) => value,
  orReplace: (_key, column) => raw(`ON DUPLICATE KEY UPDATE ${column} = VALUES(${column})`),
  boolean: (value) => raw(value ? 'TRUE' : 'FALSE'),
  forUpdate: raw('FOR UPDATE'),
  forShare: raw('LOCK IN SHARE MODE'),
  // Locks with a name belong to the session there, not to the transaction; a row's do. This table has one row in every MLflow database.
  lock: () => sql`/* lock */ SELECT version_num FROM alembic_version FOR UPDATE`,
};

const exactly = (value: Sql, text: string): Sql => sql`${value} = ${text} ${collate}`;

/** Whether a comparison under the column's own collation finds all rows, and fast. A column of an old character set takes ASCII only. */
const hasIndex = (value: Sql, texts: readonly string[]): boolean =>
  /^(\w+\.)?"?\w+"?$/.test(value.text) && value.values.length === 0 && texts.every((text) => /^[\x20-\x7e]*$/.test(text));

/** Texts to be looked up. */
const listOf = (texts: readonly string[]): Sql =>
  texts.length === 0 ? sql`(SELECT NULL FROM DUAL WHERE 1 = 0)` : sql`(${texts[0]!} ${collate}, ${padded(texts)})`;

/** The texts, the last one repeated until there are a power of two: few statements are prepared then. */
function padded(texts: readonly string[]): Sql {
  const length = 2 ** Math.ceil(Math.log2(texts.length));
  return join(Array.from({ length }, (_, index) => sql`${texts[Math.min(index, texts.length - 1)]!}`));
}

const textTable = (texts: readonly string[]): Sql =>
  sql`JSON_TABLE(${JSON.stringify(texts.map((text) => text.toWellFormed()))}, '$[*]' COLUMNS (text LONGTEXT CHARACTER SET utf8mb4 ${collate} PATH '$')) t`;

// Long texts are not indexed, their hashes are. No two texts with the same SHA-256 are known.
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const hashed = (value: Sql): Sql => sql`SHA2(CONVERT(${value} USING utf8mb4), 256)`;
const hash = (column: string, path: string): Sql => raw(`${column} CHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '${path}'`);
