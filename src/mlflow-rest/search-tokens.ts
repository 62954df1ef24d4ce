import { invalid } from './request-fields.js';

/** A piece of a filter or of an order, with its place in the text. */
export interface SearchToken {
  /** `word`: a bare name or keyword; `quotedName`: in backticks; `symbol`: in double quotes; `string`: in single quotes. */
  readonly kind: 'word' | 'quotedName' | 'symbol' | 'string' | 'number' | 'comparison' | 'open' | 'close' | 'dot' | 'sign';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

// As sqlparse reads SQL, by which MLflow reads filters: a doubled or escaped quote does not end a text, and stays in it.
const pieces: readonly (readonly [SearchToken['kind'], RegExp])[] = [
  ['quotedName', /`(?:``|[^`])*`/y],
  ['number', /-?\d+(?:\.\d+)?[eE]-?\d+(?!\w)/y],
  ['number', /-?(?:\d+\.\d*|\.\d+)(?![_\p{L}])/uy],
  ['number', /-?\d+(?![_\p{L}.])/uy],
  ['string', /'(?:''|\\'|[^'])*'/y],
  ['symbol', /"(?:""|\\"|[^"])*"/y],
  ['comparison', /[<>=~!]+/y],
  ['comparison', /(?:not\s+)?(?:like|ilike|rlike)\b/iy],
  ['word', /[\p{L}\p{N}_][\p{L}\p{N}_$#]*/uy],
  ['open', /\(/y],
  ['close', /\)/y],
  ['dot', /\./y],
];

/** As many as sqlparse takes, and by far more than a person writes. */
const maxTokens = 10_000;
const maxLength = 500_000;

/**
 * Cuts a text into pieces; white space is left out. What is none of the pieces is a `sign` of one character.
 * @throws INVALID_PARAMETER_VALUE when it is too long
 */
export function searchTokens(text: string): SearchToken[] {
  const tooLong = (what: string) => invalid(`Error on parsing filter '${text.slice(0, 100)}…': it has more than ${what}.`);
  if (text.length > maxLength) throw tooLong(`${maxLength} characters`);
  const tokens: SearchToken[] = [];
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const token = tokenAt(text, at, tokens.at(-1));
    if (tokens.push(token) > maxTokens) throw tooLong(`${maxTokens} words and signs`);
    at = token.end;
  }
  return tokens;
}

/** After a dot stands a name, also where it looks like a keyword (`params.like`). */
function tokenAt(text: string, start: number, before: SearchToken | undefined): SearchToken {
  const isMember = before?.kind === 'dot' && before.end === start;
  for (const [kind, pattern] of pieces) {
    if (isMember && (kind === 'comparison' || kind === 'number')) continue;
    pattern.lastIndex = start;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return { kind, text: found, start, end: start + found.length };
  }
  const sign = String.fromCodePoint(text.codePointAt(start)!);
  return { kind: 'sign', text: sign, start, end: start + sign.length };
}
