/**
 * Orders texts by Unicode code point, as SQLite's BINARY and PostgreSQL's "C" collations do.
 * JavaScript's own `<` compares UTF-16 units and puts emoji before some CJK.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return aboveSurrogates(left) - aboveSurrogates(right);
  }
  return a.length - b.length;
}

// Surrogates (0xD800–0xDFFF) stand for code points above all others of the plane below.
const aboveSurrogates = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Whether every store keeps the text as it is: no lone surrogates (not UTF-8) and no NUL (ends a text in SQLite and is refused by PostgreSQL). */
export const isStorableText = (text: string): boolean =>
  !text.includes('\0') && !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
