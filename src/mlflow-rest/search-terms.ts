import { invalid } from './request-fields.js';
import type { SearchClause, SearchValue } from './search-clauses.js';
import { searchTokens, type SearchToken } from './search-tokens.js';

/** An identifier taken apart: its prefix as it is written (null: none) and its key without quotes. */
export interface SearchKey {
  readonly prefix: string | null;
  readonly key: string;
}

/** Takes an identifier apart at its first dot. */
export function searchKey(identifier: string): SearchKey {
  const dot = identifier.indexOf('.');
  return {
    prefix: dot < 0 ? null : withoutQuotes(identifier.slice(0, dot), '`'),
    key: withoutQuotes(withoutQuotes(identifier.slice(dot + 1), `'"`), '`'),
  };
}

function withoutQuotes(text: string, quotes: string): string {
  const first = text[0] ?? '';
  return text.length >= 2 && quotes.includes(first) && text.endsWith(first) ? text.slice(1, -1) : text;
}

/**
 * A text value, which must stand in single or double quotes. There is no escape: what is between the quotes is the value.
 * @param expected MLflow's words for what should stand there
 */
export function textValue(value: SearchValue | null, expected: string): string {
  if (value?.kind !== 'string' && value?.kind !== 'name') throw invalid(`${expected} Got value ${value?.text ?? 'None'}`);
  const text = withoutQuotes(value.text, `'"`);
  if (text !== value.text) return text;
  throw invalid(
    `Parameter value is either not quoted or unidentified quote types used for string value ${value.text}. Use either single or double quotes.`,
  );
}

/** A number value. @param what MLflow's words for whose it is */
export function numberValue(value: SearchValue | null, what: string): number {
  if (value?.kind !== 'number') throw invalid(`Expected numeric value type for ${what}. Found ${value?.text ?? 'None'}`);
  return Number(value.text);
}

/** The texts of a list in brackets. */
export function listValue(value: Extract<SearchValue, { kind: 'list' }>): string[] {
  const texts: string[] = [];
  let expectsItem = true;
  for (const { kind, text } of value.items) {
    const isItem = kind === 'string' || kind === 'symbol';
    if (kind === 'number')
      throw invalid(`${inList} expected string value, punctuation, or whitespace, but got different type in list: ${value.text}`);
    if (isItem !== expectsItem || (!isItem && text !== ','))
      throw invalid(`${inList} expected a non-empty list of string values, but got ill-formed list.`);
    if (isItem) texts.push(text.slice(1, -1));
    expectsItem = !isItem;
  }
  if (texts.length === 0) throw invalid(`${inList} expected a non-empty list of string values, but got empty list`);
  return texts;
}

const inList = 'While parsing a list in the query,';

/** Refuses a comparator the key does not have. */
export function checkComparator({ comparator }: SearchClause, known: readonly string[]): void {
  if (known.includes(comparator)) return;
  throw invalid(`Invalid comparator '${comparator}' not one of '{${known.map((one) => `'${one}'`).join(', ')}}'`);
}

/** A set of names as Python prints it, but in an order of its own. */
export const pythonSet = (names: readonly string[]): string => `{${names.map((name) => `'${name}'`).join(', ')}}`;

/** One entry of `order_by`. */
export interface SearchOrder {
  readonly identifier: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Reads an entry of `order_by`: an identifier, and perhaps `asc` or `desc` in any case. */
export function parseSearchOrder(clause: string): SearchOrder {
  const tokens = searchTokens(clause);
  const last = tokens.at(-1);
  // In `metrics.desc` it is the name of a metric.
  const isDirected = tokens.length > 1 && isDirection(last) && tokens.at(-2)!.kind !== 'dot';
  const name = isDirected ? tokens.slice(0, -1) : tokens;
  if (name.length === 0 || !isIdentifier(name)) {
    const isTwoNames = name.length > 1 && name.every(({ kind }) => kind === 'word' || kind === 'dot' || kind === 'quotedName');
    throw invalid(
      isTwoNames && !isDirected
        ? `Invalid ordering key in order_by clause '${clause}'.`
        : `Invalid order_by clause '${clause}'. Could not be parsed.`,
    );
  }
  return {
    identifier: clause.slice(name[0]!.start, name.at(-1)!.end),
    direction: isDirected && last!.text.toUpperCase() === 'DESC' ? 'DESC' : 'ASC',
  };
}

const isDirection = (token: SearchToken | undefined): boolean => token?.kind === 'word' && /^(asc|desc)$/i.test(token.text);

const isName = (kind: SearchToken['kind']): boolean => kind === 'word' || kind === 'quotedName' || kind === 'symbol';

/** Names joined by dots without a gap; those after a dot may also stand in single quotes. */
const isIdentifier = (tokens: readonly SearchToken[]): boolean =>
  tokens.every(({ kind, start }, index) =>
    index % 2 === 1
      ? kind === 'dot' && index < tokens.length - 1
      : index === 0
        ? isName(kind)
        : (isName(kind) || kind === 'string') && tokens[index - 1]!.end === start,
  );
