/** A letter in all the forms that folding case makes equal, each one character; the letter alone when it has no others. */
export function formsOf(letter: string): string[] {
  const known = lettersOfManyForms.find((forms) => forms.includes(letter));
  const forms = new Set(known ?? [letter, letter.toLowerCase(), letter.toUpperCase()]);
  return [...forms].filter((form) => [...form].length === 1);
}

// Letters whose forms are not just one upper and one lower case of each other (Σ, σ and ς), as Unicode's simple case folding
// and the flags `iu` of a regular expression have them. The dotless ı is a letter of its own there.
const lettersOfManyForms = (
  'Kk\u212a Ssſ \u00b5Μμ Åå\u212b ßẞ Ǆǅǆ Ǉǈǉ Ǌǋǌ Ǳǲǳ \u0345Ιι\u1fbe Ββϐ Εεϵ Θθϑϴ Κκϰ Ππϖ Ρρϱ Σςσ Φφϕ Ωω\u2126 ' +
  'Вв\u1c80 Дд\u1c81 Оо\u1c82 Сс\u1c83 Тт\u1c84\u1c85 Ъъ\u1c86 Ѣѣ\u1c87 \u1c88Ꙋꙋ Ṡṡẛ ᾀᾈ ᾁᾉ ᾂᾊ ᾃᾋ ᾄᾌ ᾅᾍ ᾆᾎ ᾇᾏ ᾐᾘ ' +
  'ᾑᾙ ᾒᾚ ᾓᾛ ᾔᾜ ᾕᾝ ᾖᾞ ᾗᾟ ᾠᾨ ᾡᾩ ᾢᾪ ᾣᾫ ᾤᾬ ᾥᾭ ᾦᾮ ᾧᾯ ᾳᾼ ῃῌ ῳῼ ı'
).split(' ');

/**
 * A pattern of `%` and `_`, without an escape, as a regular expression in which every letter stands in all its forms.
 * @param flags what stands before it, as the engine wants it: a dot must match a line break
 */
export function regularExpressionOf(pattern: string, flags = ''): string {
  return `${flags}^(?:${[...pattern].map(expressionOf).join('')})$`;
}

function expressionOf(character: string): string {
  if (character === '%') return '.*';
  if (character === '_') return '.';
  const forms = formsOf(character);
  if (forms.length > 1) return `[${forms.join('')}]`;
  // A backslash before a letter or a digit would mean something; all other ASCII characters stand for themselves behind one.
  return /^[\x20-\x7e]$/.test(character) && !/[A-Za-z0-9]/.test(character) ? `\\${character}` : character;
}
