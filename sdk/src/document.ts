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

/**
 * A document that this SDK was generated with. Its answers are decoded: Long as `bigint`, Double as `number`,
 * DateTime as `Date`, columns as typed arrays.
 */
export class TypedDocumentString<Result, Variables> implements TypedDocument<Result, Variables> {
  declare readonly __apiType?: (variables: Variables) => Result;

  constructor(
    readonly kind: 'query' | 'mutation' | 'subscription',
    readonly text: string,
    /** Where its scalars are. */
    readonly shape: Shape,
  ) {}

  /** The document as it is sent. */
  toString(): string {
    return this.text;
  }
}

/** Sends queries and mutations. {@link RunGraph} does. */
export interface Requester {
  query<Result, Variables>(document: TypedDocument<Result, Variables>, variables?: Variables): Promise<Result>;
}

/** Sends subscriptions. {@link RunGraph} does. */
export interface Subscriber {
  subscribe<Result, Variables>(document: TypedDocument<Result, Variables>, variables?: Variables): AsyncIterable<Result>;
}

export const fragment = (text: string, shape: Shape): Fragment => ({ text, shape });

export const operation = <Result, Variables>(
  kind: TypedDocumentString<Result, Variables>['kind'],
  text: string,
  shape: Shape,
  fragments: readonly Fragment[],
): TypedDocumentString<Result, Variables> => new TypedDocumentString(kind, [text, ...fragments.map((each) => each.text)].join(' '), shape);
