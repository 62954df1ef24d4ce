/** One condition of an MLflow filter: `metrics.acc > 0.7`, `tags.team IS NULL`, `run_id IN ('a', 'b')`. */
export interface Clause {
  /** Singular; keys without a prefix are attributes. */
  readonly entity: string;
  readonly key: string;
  readonly operator: string;
  readonly value: string | number | readonly string[] | null;
}

/** A sort term of MLflow. */
export interface OrderTerm {
  readonly entity: string;
  readonly key: string;
  readonly direction: 'ASC' | 'DESC';
}

const entities: Readonly<Record<string, string>> = {
  metric: 'metric',
  metrics: 'metric',
  param: 'param',
  params: 'param',
  parameter: 'param',
  parameters: 'param',
  tag: 'tag',
  tags: 'tag',
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
  dataset: 'dataset',
  datasets: 'dataset',
};

const token = /\s*(?:(`[^`]*`|"[^"]*"|'[^']*')|(!=|>=|<=|[=<>(),.])|(-?\d*\.?\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*))/y;

interface Token {
  readonly kind: 'quoted' | 'sign' | 'number' | 'word';
  readonly text: string;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (!match) throw new Error(`No MLflow filter: ${text}`);
    const [, quoted, sign, number, word] = match;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.slice(1, -1) });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'word', text: word! });
  }
  return tokens;
}

/**
 * Reads a filter of MLflow: alternatives (`or`, which MLflow itself refuses) of clauses joined by `and`.
 * @throws when the text is not of the grammar
 */
export function parseFilter(text: string): Clause[][] {
  const tokens = tokensOf(text);
  const next = () => tokens.shift() ?? fail(text);
  const isNext = (word: string) => tokens[0]?.text.toUpperCase() === word;
  const alternatives: Clause[][] = [[]];
  while (tokens.length > 0) {
    alternatives.at(-1)!.push(clause());
    if (isNext('OR')) alternatives.push([]);
    if (isNext('AND') || isNext('OR')) next();
  }
  return alternatives;

  function clause(): Clause {
    const name = identifier(next, isNext);
    const operator = next().text.toUpperCase();
    if (operator === 'IS') {
      const negated = isNext('NOT') && next();
      if (next().text.toUpperCase() !== 'NULL') fail(text);
      return { ...name, operator: negated ? 'IS NOT NULL' : 'IS NULL', value: null };
    }
    if (operator === 'IN') return { ...name, operator, value: list() };
    if (operator === 'NOT') return { ...name, operator: `NOT ${next().text.toUpperCase()}`, value: list() };
    if (isNext('(')) return { ...name, operator, value: list() };
    const { kind, text: value } = next();
    return { ...name, operator, value: kind === 'number' ? Number(value) : value };
  }

  function list(): string[] {
    const values: string[] = [];
    next();
    while (!isNext(')')) {
      if (isNext(',')) next();
      values.push(next().text);
    }
    next();
    return values;
  }
}

/** Reads one entry of `order_by`; ascending unless it says otherwise. */
export function parseOrder(text: string): OrderTerm {
  const tokens = tokensOf(text);
  const name = identifier(
    () => tokens.shift() ?? fail(text),
    (sign) => tokens[0]?.text === sign,
  );
  return { ...name, direction: tokens[0]?.text.toUpperCase() === 'DESC' ? 'DESC' : 'ASC' };
}

function identifier(next: () => Token, isNext: (sign: string) => boolean): { entity: string; key: string } {
  const first = next().text;
  if (!isNext('.')) return { entity: 'attribute', key: first };
  next();
  return { entity: entities[first] ?? first, key: next().text };
}

function fail(text: string): never {
  throw new Error(`No MLflow filter: ${text}`);
}
