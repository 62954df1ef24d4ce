import type { RequestOptions } from './http.js';

/** What decodes a scalar: Long, a column of them, Double, a column of them, DateTime. */
type Codec = 'L' | 'LL' | 'D' | 'DD' | 'T';

/** Where the scalars of an answer are; under the empty key are the fragments that say more about the same object. */
export interface Shape {
  readonly [field: string]: Codec | Shape | readonly Fragment[];
}

/** A fragment of the generated documents. */
export interface Fragment {
  readonly text: string;
  readonly shape: Shape;
}

/** A document of which the types of its answer and variables are known; also what other generators print as `TypedDocumentString`. */
export interface TypedDocument<Result, Variables> {
  /** Carries the types; never there at run time. */
  readonly __apiType?: (variables: Variables) => Result;
  toString(): string;
}

/** What is given with a document: its variables, which may be left out where none is required, and options. */
export type Given<Variables, Options> =
  Record<never, never> extends Variables ? [variables?: Variables, options?: Options] : [variables: Variables, options?: Options];

/**
 * A document that this SDK was generated with. Its answers are decoded: Long as `bigint`, Double as `number`,
 * DateTime as `Date`, columns as typed arrays.
 */
export class TypedDocumentString<Result, Variables> implements TypedDocument<Result, Variables> {
  declare readonly __apiType?: (variables: Variables) => Result;

  constructor(
    readonly text: string,
    /** Where its scalars are. */
    readonly shape: Shape,
  ) {}

  /** What it does, by its text alone; a document that could be a mutation is taken for one. */
  get kind(): 'query' | 'mutation' | 'subscription' {
    return kindOf(this.text);
  }

  /** The document as it is sent. */
  toString(): string {
    return this.text;
  }
}

/** Sends queries and mutations. {@link RunGraph} does. */
export interface Requester {
  query<Result, Variables>(document: TypedDocument<Result, Variables>, ...given: Given<Variables, RequestOptions>): Promise<Result>;
}

/** How a subscription is ended from outside. */
export interface SubscribeOptions {
  /** Ends it, without an error. */
  readonly signal?: AbortSignal | undefined;
}

/** Sends subscriptions. {@link RunGraph} does. */
export interface Subscriber {
  subscribe<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    ...given: Given<Variables, SubscribeOptions>
  ): AsyncIterable<Result>;
}

/**
 * A document of your own, with the types you say it has. Nothing is generated and nothing checked: Long and Double come as
 * they are on the wire (`number | string`) and DateTime as text, unless `shape` says where they are.
 * @param shape `L` decodes a Long to `bigint`, `LL` a list of them to `BigInt64Array`, `D` a Double to `number`, `DD` a list
 * of them to `Float64Array`, `T` a DateTime to `Date`
 * @example
 * const LastSync = graphql<{ source: { lastSyncedAt: Date | null } | null }, { name: string }>(
 *   'query ($name: String!) { source(name: $name) { lastSyncedAt } }',
 *   { source: { lastSyncedAt: 'T' } },
 * );
 * const { source } = await client.query(LastSync, { name: 'local' });
 */
export const graphql = <Result, Variables = Record<string, never>>(
  text: string,
  shape: Shape = {},
): TypedDocumentString<Result, Variables> => new TypedDocumentString(text, shape);

/** What a document does, by its text alone; one that could be a mutation is taken for one. */
export const kindOf = (text: string): TypedDocumentString<unknown, unknown>['kind'] =>
  /\bmutation\b/.test(text) ? 'mutation' : /(^|[}\n])\s*subscription\b/.test(text) ? 'subscription' : 'query';

export const fragment = (text: string, shape: Shape): Fragment => ({ text, shape });

export const operation = <Result, Variables>(
  text: string,
  shape: Shape,
  fragments: readonly Fragment[],
): TypedDocumentString<Result, Variables> => new TypedDocumentString([text, ...fragments.map((each) => each.text)].join(' '), shape);
