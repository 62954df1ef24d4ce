/**
 * Conditions on one value. All given members of one condition hold together; `undefined` and `null` members are not given.
 * A missing value (null) matches only `isNull: true`. Texts compare by code point.
 */
type Given<T> = T | null | undefined;

export interface StringCondition {
  readonly eq?: Given<string>;
  readonly neq?: Given<string>;
  readonly in?: Given<readonly string[]>;
  readonly nin?: Given<readonly string[]>;
  readonly contains?: Given<string>;
  readonly startsWith?: Given<string>;
  readonly endsWith?: Given<string>;
  /** `%` any run of characters, `_` any one; case-sensitive; no escape. */
  readonly like?: Given<string>;
  /** As `like`, folding case of every letter. */
  readonly ilike?: Given<string>;
  readonly isNull?: Given<boolean>;
}

/** IEEE comparison: NaN matches only `neq` and `isNaN`. */
export interface DoubleCondition {
  readonly eq?: Given<number>;
  readonly neq?: Given<number>;
  readonly lt?: Given<number>;
  readonly lte?: Given<number>;
  readonly gt?: Given<number>;
  readonly gte?: Given<number>;
  readonly isNaN?: Given<boolean>;
  readonly isNull?: Given<boolean>;
}

export interface LongCondition {
  readonly eq?: Given<bigint>;
  readonly neq?: Given<bigint>;
  readonly in?: Given<readonly bigint[]>;
  readonly lt?: Given<bigint>;
  readonly lte?: Given<bigint>;
  readonly gt?: Given<bigint>;
  readonly gte?: Given<bigint>;
  readonly isNull?: Given<boolean>;
}

/** `before` is exclusive, `after` inclusive; milliseconds since the epoch. */
export interface TimeCondition {
  readonly before?: Given<number>;
  readonly after?: Given<number>;
  readonly isNull?: Given<boolean>;
}

/** On a key with a text value (param, tag). Matches only where the key exists; `exists: false` asks for the others. */
export interface KeyedCondition {
  readonly key: string;
  readonly string?: Given<StringCondition>;
  readonly number?: Given<DoubleCondition>;
  readonly exists?: Given<boolean>;
}

export const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** The one definition of what a `DoubleCondition` means; `null` stands for a value that is no number. */
export function matchesDouble(condition: DoubleCondition, value: number | null): boolean {
  if (isGiven(condition.isNull) && condition.isNull !== (value === null)) return false;
  if (isGiven(condition.isNaN) && (value === null || condition.isNaN !== Number.isNaN(value))) return false;
  const compares: readonly [number | null | undefined, (a: number, b: number) => boolean][] = [
    [condition.eq, (a, b) => a === b],
    [condition.neq, (a, b) => a !== b],
    [condition.lt, (a, b) => a < b],
    [condition.lte, (a, b) => a <= b],
    [condition.gt, (a, b) => a > b],
    [condition.gte, (a, b) => a >= b],
  ];
  return compares.every(([bound, holds]) => !isGiven(bound) || (value !== null && holds(value, bound)));
}
