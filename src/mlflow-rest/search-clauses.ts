import { invalid } from './request-fields.js';
import { searchTokens, type SearchToken } from './search-tokens.js';

/** What stands right of a comparison. */
export type SearchValue =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  /** A name, or a text in double quotes, which SQL takes for one. */
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'list'; readonly text: string; readonly items: readonly SearchToken[] }
  | { readonly kind: 'other'; readonly text: string };

/** One condition of a filter as it is written. */
export interface SearchClause {
  /** With its prefix and its quotes: metrics.`val loss`. */
  readonly identifier: string;
  /** Upper case; signs as they are: `>=`, `LIKE`, `NOT IN`, `IS NULL`. */
  readonly comparator: string;
  /** Null after `IS NULL` and `IS NOT NULL`. */
  readonly value: SearchValue | null;
}

/** An operand or what cannot be one: one or more tokens. */
interface Unit {
  readonly kind: 'name' | 'number' | 'string' | 'list' | 'comparison' | 'keyword' | 'sign';
  readonly text: string;
  readonly items: readonly SearchToken[];
}

/**
 * Reads a filter of MLflow's search calls: conditions joined by `and`, which, as in MLflow, may also be left out.
 * @param quote what MLflow puts around each thing that is no condition, in the message about them
 * @throws INVALID_PARAMETER_VALUE in MLflow's words
 */
export function parseSearchFilter(filter: string, quote = "'"): SearchClause[] {
  const tokens = searchTokens(filter);
  const semicolon = tokens.findIndex(({ text }) => text === ';');
  if (semicolon >= 0 && semicolon < tokens.length - 1) {
    throw invalid(`Search filter contained multiple expression '${filter}'. Provide AND-ed expression list.`);
  }
  const units = unitsOf(filter, tokens);
  const clauses: (SearchClause | Unit)[] = [];
  const strays: Unit[] = [];
  for (let at = 0; at < units.length;) {
    const found = clauseAt(units, at);
    if (found) clauses.push(found.clause);
    else if (!isWord(units[at], 'AND')) strays.push(units[at]!);
    at += found?.length ?? 1;
  }
  if (strays.length > 0)
    throw invalid(`Invalid clause(s) in filter string: ${strays.map(({ text }) => `${quote}${text}${quote}`).join(', ')}`);
  if (clauses.length > maxClauses) throw invalid(`A filter can have at most ${maxClauses} conditions; this one has ${clauses.length}.`);
  return clauses as SearchClause[];
}

/** SQLite's expressions can be 1,000 deep, and every condition is a few. */
const maxClauses = 200;

const keywords = new Set(['AND', 'OR', 'NOT', 'IN', 'IS', 'NULL', 'BETWEEN', 'TRUE', 'FALSE', 'ASC', 'DESC']);

function unitsOf(text: string, tokens: readonly SearchToken[]): Unit[] {
  const units: Unit[] = [];
  const closing = closings(tokens);
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at]!;
    const end = token.kind === 'open' ? (closing.get(at) ?? at) : isName(token) ? nameEnd(tokens, at) : at;
    const items = tokens.slice(at, end + 1);
    units.push({ kind: unitKind(token, items.length), text: text.slice(token.start, tokens[end]!.end), items });
    at = end + 1;
  }
  return units;
}

const isName = ({ kind }: SearchToken): boolean => kind === 'word' || kind === 'quotedName' || kind === 'symbol';

function unitKind({ kind, text }: SearchToken, length: number): Unit['kind'] {
  switch (kind) {
    case 'word':
      return length === 1 && keywords.has(text.toUpperCase()) ? 'keyword' : 'name';
    case 'quotedName':
    case 'symbol':
      return 'name';
    case 'open':
      return length > 1 ? 'list' : 'sign';
    case 'number':
    case 'string':
    case 'comparison':
      return kind;
    default:
      return 'sign';
  }
}

/** The last token of a name with its members: `metrics.val.loss`. */
function nameEnd(tokens: readonly SearchToken[], start: number): number {
  let at = start;
  while (tokens[at + 1]?.kind === 'dot') {
    const member = tokens[at + 2];
    at += member && (isName(member) || member.kind === 'string') ? 2 : 1;
    if (tokens[at]!.kind === 'dot') break;
  }
  return at;
}

/** For each bracket that is closed, where. */
function closings(tokens: readonly SearchToken[]): Map<number, number> {
  const open: number[] = [];
  const found = new Map<number, number>();
  tokens.forEach(({ kind }, at) => {
    if (kind === 'open') open.push(at);
    const opened = kind === 'close' ? open.pop() : undefined;
    if (opened !== undefined) found.set(opened, at);
  });
  return found;
}

const isWord = (unit: Unit | undefined, word: string): boolean => unit?.kind === 'keyword' && unit.text.toUpperCase() === word;
const isOperand = (unit: Unit | undefined): unit is Unit =>
  unit !== undefined && (['name', 'number', 'string', 'list'].includes(unit.kind) || isWord(unit, 'NULL'));

function clauseAt(units: readonly Unit[], at: number): { clause: SearchClause; length: number } | null {
  const [left, ...rest] = units.slice(at, at + 4);
  if (!isOperand(left)) return null;
  if (rest[0]?.kind === 'comparison' && isOperand(rest[1])) {
    if (left.kind !== 'name') throw invalid(`Invalid comparison clause. Expected 'Identifier' found '${left.text}'`);
    return { clause: clauseOf(left, rest[0].text.toUpperCase().replace(/\s+/g, ' '), rest[1]), length: 3 };
  }
  if (left.kind !== 'name') return null;
  const words = rest.map((unit) => (unit.kind === 'keyword' ? unit.text.toUpperCase() : ''));
  if (words[0] === 'IN' && rest[1]?.kind === 'list') return { clause: clauseOf(left, 'IN', rest[1]), length: 3 };
  if (words[0] === 'NOT' && words[1] === 'IN' && rest[2]?.kind === 'list') return { clause: clauseOf(left, 'NOT IN', rest[2]), length: 4 };
  if (words[0] === 'IS' && words[1] === 'NULL') return { clause: clauseOf(left, 'IS NULL', null), length: 3 };
  if (words[0] === 'IS' && words[1] === 'NOT' && words[2] === 'NULL') return { clause: clauseOf(left, 'IS NOT NULL', null), length: 4 };
  return null;
}

const clauseOf = ({ text: identifier }: Unit, comparator: string, value: Unit | null): SearchClause => ({
  identifier,
  comparator,
  value: value && toValue(value),
});

function toValue({ kind, text, items }: Unit): SearchValue {
  if (kind === 'list') return { kind, text, items: items.slice(1, -1) };
  return kind === 'number' || kind === 'string' || kind === 'name' ? { kind, text } : { kind: 'other', text };
}
