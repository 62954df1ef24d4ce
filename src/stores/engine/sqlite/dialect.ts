import type { Dialect } from '../dialect.js';
import { sql } from '../sql.js';

const codePoints = (text: string): number => [...text].length;

/** SQLite's way. Texts compare by code point there already (the BINARY collation). */
export const sqliteDialect: Dialect = {
  engine: 'sqlite',
  texts: (values) => sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`,
  integers: (values) => sql`(SELECT value FROM json_each(${`[${values.join(',')}]`}))`,
  places: (texts, places) => {
    // CAST: only with the affinity of the column it is joined to can SQLite index the list; without, it is read once per row.
    const pairs = JSON.stringify(texts.map((text, index) => [text, places[index]]));
    return sql`(SELECT CAST(value ->> 0 AS TEXT) AS text, value ->> 1 AS place FROM json_each(${pairs}))`;
  },
  contains: (value, part) => sql`instr(${value}, ${part}) > 0`,
  startsWith: (value, part) => sql`substr(${value}, 1, ${codePoints(part)}) = ${part}`,
  endsWith: (value, part) => (part === '' ? sql`${value} IS NOT NULL` : sql`substr(${value}, ${-codePoints(part)}) = ${part}`),
  like: (value, pattern, foldCase) => (pattern === '' ? sql`${value} = ''` : sql`${value} GLOB ${globOf(pattern, foldCase)}`),
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
  const known = lettersOfManyForms.find((letter) => letter.includes(character));
  const forms = new Set(known ?? [character, character.toLowerCase(), character.toUpperCase()]);
  const single = [...forms].filter((form) => codePoints(form) === 1);
  return single.length > 1 ? `[${single.join('')}]` : character;
}

// Letters whose forms are not just one upper and one lower case of each other (Σ, σ and ς), as Unicode's simple case folding
// and the flags `iu` of a regular expression have them. The dotless ı is a letter of its own there.
const lettersOfManyForms = (
  'Kk\u212a Ssſ \u00b5Μμ Åå\u212b ßẞ Ǆǅǆ Ǉǈǉ Ǌǋǌ Ǳǲǳ \u0345Ιι\u1fbe Ββϐ Εεϵ Θθϑϴ Κκϰ Ππϖ Ρρϱ Σςσ Φφϕ Ωω\u2126 ' +
  'Вв\u1c80 Дд\u1c81 Оо\u1c82 Сс\u1c83 Тт\u1c84\u1c85 Ъъ\u1c86 Ѣѣ\u1c87 \u1c88Ꙋꙋ Ṡṡẛ ᾀᾈ ᾁᾉ ᾂᾊ ᾃᾋ ᾄᾌ ᾅᾍ ᾆᾎ ᾇᾏ ᾐᾘ ' +
  'ᾑᾙ ᾒᾚ ᾓᾛ ᾔᾜ ᾕᾝ ᾖᾞ ᾗᾟ ᾠᾨ ᾡᾩ ᾢᾪ ᾣᾫ ᾤᾬ ᾥᾭ ᾦᾮ ᾧᾯ ᾳᾼ ῃῌ ῳῼ ı'
).split(' ');
