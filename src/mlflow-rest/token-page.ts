import type { CursorCodec } from '../core/cursor.js';
import type { Page, PageRequest } from '../stores/page.js';
import { createSortedPageTokens } from './page-tokens.js';
import { invalid, type Fields } from './request-fields.js';

/** Rows of a page where nothing else is asked, and at most. */
export type PageLimits = readonly [standard: number, most: number];

/** A page as a request asks for it, and the token of the next one: a place in the order, so pages stay right while rows arrive. */
export interface TokenPage {
  readonly request: PageRequest;
  nextToken(page: Page<unknown>): string | undefined;
}

/**
 * @param list what is listed; the token of one list and order is refused by another
 * @throws INVALID_PARAMETER_VALUE for a size or a token that is not allowed
 */
export function tokenPage(
  cursors: CursorCodec,
  fields: Fields,
  { list, orderBy, limits }: { readonly list: string; readonly orderBy: unknown; readonly limits: PageLimits },
): TokenPage {
  const tokens = createSortedPageTokens(cursors, list, orderBy);
  return {
    request: { limit: pageSize(fields, limits), backward: false, after: tokens.read(fields.text('page_token')), before: null },
    nextToken({ rows, hasMore }) {
      const last = rows.at(-1);
      return hasMore && last ? tokens.write(last.position) : undefined;
    },
  };
}

/** How many rows a request asks for. @throws INVALID_PARAMETER_VALUE */
export function pageSize(fields: Fields, [standard, most]: PageLimits): number {
  const asked = Number(fields.integer('max_results') ?? standard);
  if (asked < 1) throw invalid(`Invalid value ${asked} for parameter 'max_results' supplied. It must be a positive integer`);
  if (asked > most) throw invalid(`Invalid value ${asked} for parameter 'max_results' supplied. It must be at most ${most}`);
  return asked;
}
