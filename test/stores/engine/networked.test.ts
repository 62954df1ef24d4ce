import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compareCodePoints } from '../../../src/core/text.js';
import { readAddress } from '../../../src/stores/engine/mysql/address.js';
import { mysqlDatabase } from '../../../src/stores/engine/mysql/connection.js';
import * as mysql from '../../../src/stores/engine/mysql/pool.js';
import { openMysql } from '../../../src/stores/engine/mysql/reading.js';
import { postgresDatabase } from '../../../src/stores/engine/postgres/connection.js';
import * as postgres from '../../../src/stores/engine/postgres/pool.js';
import { openPostgres } from '../../../src/stores/engine/postgres/reading.js';
import type { OpenDatabase } from '../../../src/stores/engine/read-thread.js';
import { join, raw, sql, type Database, type Sql } from '../../../src/stores/engine/sql.js';
import { createServerDatabase, networkedEngines, type ServerDatabase } from '../../kit/database-servers.js';

// Equal to one another, or to nothing at all, under one collation or another.
const texts = [
  'a',
  'A',
  'a ',
  ' a',
  'á',
  'ä',
  'ae',
  'ß',
  'ss',
  '',
  ' ',
  '\u200d',
  'a\u0301',
  '%',
  '_',
  '\\',
  "'",
  '"',
  '?',
  '\n',
  '字',
  '\uffee',
  '😀',
  '🍷',
];
const doubles = [5e-324, 2.2250738585072014e-308, 1 / 3, 0.1, 1e23, 2 ** 53 + 2, Number.MAX_VALUE, -Number.MAX_VALUE, 1, 0];
const integers = [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];

describe.each(networkedEngines)('a database of %s that is read', { timeout: 60_000 }, (engine) => {
  let place: ServerDatabase;
  let opened: OpenDatabase<null>;
  let db: Database;

  beforeAll(async () => {
    place = await createServerDatabase(engine, engine === 'mysql' ? 'CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci' : '');
    await place.execute(`CREATE TABLE words (id VARCHAR(32) PRIMARY KEY, number INT, word VARCHAR(8000));
      CREATE TABLE numbers (real_number DOUBLE PRECISION, whole_number BIGINT, truth BOOLEAN)`);
    const parameter = (index: number) => (engine === 'mysql' ? '?' : `$${index}`);
    for (const [index, word] of texts.entries())
      await place.execute(`INSERT INTO words VALUES (${parameter(1)}, ${parameter(2)}, ${parameter(3)})`, [`id${index}`, index, word]);
    opened = (engine === 'mysql' ? openMysql : openPostgres)({ engine, url: place.url, foreign: true }, () => Promise.resolve(null));
    ({ db } = await opened.current());
  });
  afterAll(() => place.drop());

  const matching = async (condition: Sql) => {
    const rows = await db.all(sql`SELECT w.word FROM words w WHERE ${condition} ORDER BY w.number`);
    return rows.map(([word]) => word);
  };

  it('gives and takes numbers to the last bit', async () => {
    const selected = join([...doubles, ...integers].map((number) => sql`${number}`));
    expect(await db.all(sql`SELECT ${selected}`)).toEqual([
      [...doubles.map((number) => (Number.isSafeInteger(number) ? BigInt(number) : number)), ...integers],
    ]);
    for (const number of doubles) await place.execute(`INSERT INTO numbers VALUES (${number}, NULL, TRUE)`);
    for (const number of integers) await place.execute(`INSERT INTO numbers VALUES (NULL, ${number}, FALSE)`);
    for (const number of doubles)
      expect(await db.all(sql`SELECT real_number, truth FROM numbers WHERE real_number = ${number}`)).toEqual([[number, 1n]]);
    for (const number of integers)
      expect(await db.all(sql`SELECT whole_number, truth FROM numbers WHERE whole_number = ${number}`)).toEqual([[number, 0n]]);
    expect(
      await db.all(
        sql`SELECT SUM(whole_number), COUNT(*), MIN(real_number), MAX(real_number), NULL FROM numbers WHERE whole_number > ${0n} OR whole_number IS NULL`,
      ),
    ).toEqual([[2n ** 63n + 2n ** 53n, 12n, -Number.MAX_VALUE, Number.MAX_VALUE, null]]);
    expect(
      (await db.all(sql`SELECT n.whole_number FROM numbers n WHERE n.whole_number IN ${opened.dialect.integers(integers)}`)).length,
    ).toBe(integers.length);
  });

  it('compares texts by code point, whatever its collation takes for equal', async () => {
    const { dialect } = opened;
    const word = sql`w.word`;
    for (const text of texts) {
      const expected = [text];
      expect(await matching(dialect.equals(word, text)), JSON.stringify(text)).toEqual(expected);
      expect(await matching(dialect.oneOf(word, [text, 'nothing'])), JSON.stringify(text)).toEqual(expected);
      expect(await matching(sql`${word} IN ${dialect.texts([text, 'nothing'])}`), JSON.stringify(text)).toEqual(expected);
      expect(await matching(dialect.startsWith(word, text))).toEqual(texts.filter((other) => other.startsWith(text)));
      expect(await matching(dialect.endsWith(word, text))).toEqual(texts.filter((other) => other.endsWith(text)));
      expect(await matching(dialect.contains(word, text))).toEqual(texts.filter((other) => other.includes(text)));
    }
    expect(await matching(dialect.oneOf(word, []))).toEqual([]);
    expect(await matching(sql`NOT ${dialect.oneOf(word, [])}`)).toEqual(texts);
    const rows = await db.all(sql`SELECT w.word FROM words w ORDER BY ${dialect.byCodePoint(word)}`);
    expect(rows.map(([text]) => text)).toEqual(texts.toSorted(compareCodePoints));
  });

  it('takes long lists', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `many ${index}`);
    const { dialect } = opened;
    expect(await matching(dialect.oneOf(sql`w.word`, [...many, 'ä', 'ss']))).toEqual(['ä', 'ss']);
    expect(await matching(sql`w.word IN ${dialect.texts([...many, 'ä', 'ss'])}`)).toEqual(['ä', 'ss']);
    const places = dialect.places([...many, 'ä', 'ss'], [...many.keys(), -1, 0.5]);
    expect(
      await db.all(sql`SELECT w.word, p.place FROM words w JOIN ${places} p ON ${dialect.isAt(raw('p'), sql`w.word`)} ORDER BY p.place`),
    ).toEqual([
      ['ä', -1],
      ['ss', 0.5],
    ]);
  });

  it('takes texts that no column holds', async () => {
    const { dialect } = opened;
    for (const text of ['\0', 'a\0', '\ud800', 'a\udfff', '\uffff']) {
      const list = [text, ...Array.from({ length: 5_000 }, (_, index) => `${text}${index}`)];
      for (const condition of [
        dialect.equals(sql`w.word`, text),
        dialect.oneOf(sql`w.word`, [text]),
        dialect.oneOf(sql`w.word`, list),
        sql`w.word IN ${dialect.texts([text])}`,
        sql`w.word IN ${dialect.texts(list)}`,
        dialect.contains(sql`w.word`, text),
        dialect.startsWith(sql`w.word`, text),
        dialect.endsWith(sql`w.word`, text),
        dialect.like(sql`w.word`, text, false),
        dialect.like(sql`w.word`, text, true),
      ])
        expect(await matching(condition), JSON.stringify(text)).toEqual([]);
    }
  });

  it('finds ids by their index', async () => {
    await place.execute(
      engine === 'mysql'
        ? `CREATE TABLE ids (id VARCHAR(32) PRIMARY KEY); INSERT INTO ids WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT MD5(i) FROM n; ANALYZE TABLE ids`
        : `CREATE TABLE ids (id VARCHAR(32) PRIMARY KEY); INSERT INTO ids SELECT MD5(i::text) FROM generate_series(1, 200000) i; ANALYZE ids`,
    );
    const { dialect } = opened;
    for (const condition of [
      dialect.equals(raw('i.id'), 'c81e728d9d4c2f636f067f89cc14862c'),
      dialect.oneOf(raw('i.id'), ['c81e728d9d4c2f636f067f89cc14862c', 'x']),
    ]) {
      const plan = JSON.stringify((await db.all(sql`EXPLAIN SELECT i.id FROM ids i WHERE ${condition}`)).map((row) => row.map(String)));
      expect(plan).toMatch(engine === 'mysql' ? /"(const|range)"/ : /Index/);
    }
  });

  it('sorts long texts by all of their letters', async () => {
    const long = ['x', 'y', 'z'].map((last) => `${'🍷'.repeat(7_999)}${last}`);
    for (const [index, word] of [long[2]!, long[0]!, long[1]!].entries())
      await place.execute(`INSERT INTO words VALUES ('long${index}', ${100 + index}, '${word}')`);
    const rows = await db.all(sql`SELECT w.word FROM words w WHERE w.number >= ${100} ORDER BY ${opened.dialect.byCodePoint(sql`w.word`)}`);
    expect(rows.map(([word]) => String(word).slice(-1))).toEqual(['x', 'y', 'z']);
    await place.execute('DELETE FROM words WHERE number >= 100');
  });

  it('cannot be written', async () => {
    const write = db.run(sql`INSERT INTO words (id) VALUES ('new')`);
    expect(opened.toFailure(await write.catch((error: unknown) => error))).toMatchObject({
      reason: 'UNREADABLE',
      message: 'The database is read-only.',
    });
    expect(await db.all(sql`SELECT 1 FROM words WHERE id = 'new'`)).toEqual([]);
  });

  it('ends a statement that takes too long', async () => {
    const options = { max: 1, readOnly: true, connectTimeoutMs: 2_000, statementTimeoutMs: 1_000 };
    const pool =
      engine === 'mysql'
        ? mysql.openPool({ ...options, address: readAddress(place.url) })
        : postgres.openPool({ ...options, url: place.url });
    try {
      const slow = sql`SELECT COUNT(*) FROM words a, words b, words c, words d, words e, words f, words g WHERE a.word || b.word = c.word || d.word || e.word || f.word || g.word`;
      const database = 'execute' in pool ? mysqlDatabase(() => pool, 20_000) : postgresDatabase(pool);
      const error = await database.all(slow).catch((reason: unknown) => reason);
      expect(opened.toFailure(error)).toMatchObject({ reason: 'BUSY', message: expect.stringMatching(/took too long/) });
      expect(await database.all(sql`SELECT ${1}`)).toEqual([[1n]]);
    } finally {
      await pool.end();
    }
  });

  it('answers many questions at once, and says when a table is not there', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => db.all(sql`SELECT ${index}`)));
    expect(answers).toEqual(Array.from({ length: 50 }, (_, index) => [[BigInt(index)]]));
    const error = await db.all(sql`SELECT 1 FROM nowhere`).catch((reason: unknown) => reason);
    expect(opened.toFailure(error)).toMatchObject({ reason: 'BUSY', message: expect.stringMatching(/schema of the database changed/) });
  });
});
