import { createHash } from 'node:crypto';
import type { CursorCodec } from '../core/cursor.js';
import { fail } from '../core/errors.js';

/** Rows one page may have. */
export const maxPageSize = 1_000;
export const defaultPageSize = 50;

/** Arguments of a page, as the API takes them. */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** A place in an order over several sources, as a cursor holds it. */
interface Position {
  readonly source: string;
  readonly nativeId: string;
  readonly parts: readonly (readonly [number, number | bigint | string | null])[];
}

/** What of a page's arguments a store needs. */
export interface PageRequestOf {
  readonly limit: number;
  readonly backward: boolean;
  readonly after: Position | null;
  readonly before: Position | null;
}

/** Cursors of one list under one order; a cursor made under another order is refused, for it would mean something else. */
export interface PageCursors {
  request(args: PageArguments): PageRequestOf;
  encode(position: Position): string;
}

/**
 * @param list what is listed, for example `runs`
 * @param order the sort terms, defaults included
 */
export function pageCursors(codec: CursorCodec, list: string, order: unknown): PageCursors {
  const kind = `${list} ${createHash('sha256').update(JSON.stringify(order)).digest('base64url').slice(0, 12)}`;
  const decode = (cursor: string | null | undefined, argument: string): Position | null => {
    if (cursor === null || cursor === undefined) return null;
    const [source, nativeId, parts] = codec.decode(kind, cursor, argument) as unknown as [string, string, Position['parts']];
    return { source, nativeId, parts };
  };
  return {
    request({ first, after, last, before }) {
      if (last !== null && last !== undefined && first !== null && first !== undefined) {
        throw fail('BAD_USER_INPUT', 'Give first or last, not both.', { argument: 'last' });
      }
      const backward = last !== null && last !== undefined;
      return {
        limit: checkPageSize(backward ? last : (first ?? defaultPageSize), backward ? 'last' : 'first'),
        backward,
        after: decode(after, 'after'),
        before: decode(before, 'before'),
      };
    },
    encode: ({ source, nativeId, parts }) => codec.encode(kind, [source, nativeId, parts]),
  };
}

/** @throws BAD_USER_INPUT when a page size is negative or above the limit */
export function checkPageSize(size: number, argument: string): number {
  if (size >= 0 && size <= maxPageSize) return size;
  throw fail('BAD_USER_INPUT', `${argument} must be 0 to ${maxPageSize}; got ${size}. Ask for more pages with a cursor.`, { argument });
}
