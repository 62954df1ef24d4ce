import { createHash } from 'node:crypto';
import type { CursorCodec, CursorValue } from '../core/cursor.js';
import { RequestError } from '../core/errors.js';
import type { SortPosition } from '../stores/page.js';
import { invalid } from './request-fields.js';

/**
 * Tokens of one list. They hold the place of the last row, so rows that come or go meanwhile shift nothing (MLflow's hold an
 * offset), and are signed: a token of another list or order is refused.
 */
export interface PageTokens<T> {
  /** Null: from the start. @throws INVALID_PARAMETER_VALUE when it was not made here for this list */
  read(token: string | undefined): T | null;
  write(place: T): string;
}

/** @param list what is listed, with everything on which the meaning of a place depends */
export function createPageTokens<T>(
  cursors: CursorCodec,
  list: unknown,
  { pack, unpack }: { readonly pack: (place: T) => CursorValue; readonly unpack: (value: CursorValue) => T },
): PageTokens<T> {
  const kind = `mlflow-rest ${createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 16)}`;
  return {
    read(token) {
      if (!token) return null;
      try {
        return unpack(cursors.decode(kind, token, 'page_token'));
      } catch (error) {
        if (error instanceof RequestError) throw invalid('Invalid page token: it was not given by this server for this request.');
        throw error;
      }
    },
    write: (place) => cursors.encode(kind, pack(place)),
  };
}

/** Tokens of a list that a store sorts. */
export const createSortedPageTokens = (cursors: CursorCodec, list: string, order: unknown): PageTokens<SortPosition> =>
  createPageTokens(cursors, [list, order], {
    pack: ({ source, nativeId, parts }) => [source, nativeId, parts],
    unpack: (value) => {
      const [source, nativeId, parts] = value as unknown as [string, string, SortPosition['parts']];
      return { source, nativeId, parts };
    },
  });
