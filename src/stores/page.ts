import { compareCodePoints } from '../core/text.js';
import type { NativeRef } from '../core/ids.js';

export type SortDirection = 'ASC' | 'DESC';

/** Where a value stands before its size is looked at, in both directions: values, then NaN, then missing. */
export const sortRank = { value: 0, nan: 1, missing: 2 } as const;

/** Integers beyond 2^53 are bigints, so that no two of them become one. */
export type SortValue = number | bigint | string;

/** What one sort term says of one record: its rank and, for rank `value`, the value. */
export type SortPart = readonly [rank: number, value: SortValue | null];

/** A record's place in the one total order over all sources: sort parts, then native id, then source. */
export interface SortPosition extends NativeRef {
  readonly parts: readonly SortPart[];
}

/** `limit` records after (or, read backwards, before) a position. */
export interface PageRequest {
  readonly limit: number;
  readonly backward: boolean;
  readonly after: SortPosition | null;
  readonly before: SortPosition | null;
}

/** Records in the order asked for, whichever way they were read, with their positions. */
export interface Page<T> {
  readonly rows: readonly { readonly record: T; readonly position: SortPosition }[];
  /** Whether more rows follow in the direction that was read. */
  readonly hasMore: boolean;
}

/** Compares two positions under the same order; `directions` has one entry per sort part. */
export function comparePositions(directions: readonly SortDirection[], a: SortPosition, b: SortPosition): number {
  for (const [index, direction] of directions.entries()) {
    const [rankA, valueA] = a.parts[index]!;
    const [rankB, valueB] = b.parts[index]!;
    if (rankA !== rankB) return rankA - rankB;
    const difference = compareValues(valueA, valueB);
    if (difference !== 0) return direction === 'ASC' ? difference : -difference;
  }
  return compareCodePoints(a.nativeId, b.nativeId) || compareCodePoints(a.source, b.source);
}

function compareValues(a: SortValue | null, b: SortValue | null): number {
  if (a === null || b === null) return 0; // NaN and missing: all equal
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Puts the sorted pages of several sources together under the one order and cuts at `limit`.
 * Each page must have been asked for `limit` rows, so nothing between two rows can be missing.
 */
export function mergePages<T>(pages: readonly Page<T>[], directions: readonly SortDirection[], request: PageRequest): Page<T> {
  if (pages.length === 1) return pages[0]!;
  const sorted = pages.flatMap((page) => page.rows).sort((a, b) => comparePositions(directions, a.position, b.position));
  const rows = request.backward ? sorted.slice(-request.limit) : sorted.slice(0, request.limit);
  return { rows, hasMore: sorted.length > request.limit || pages.some((page) => page.hasMore) };
}
