import { Connection } from './connection.js';
import type { PageArguments, PageCursors } from './page-cursors.js';

interface ReadPage<R> {
  readonly rows: readonly { readonly record: R; readonly position: Parameters<PageCursors['encode']>[0] }[];
  readonly hasMore: boolean;
  readonly sources: readonly { readonly source: string; readonly error: { readonly code: string; readonly message: string } | null }[];
}

/** A page that was read, as a connection of `nodes`, which stand in the order of its rows. */
export function toConnection<R, T>(
  page: ReadPage<R>,
  nodes: readonly T[],
  args: PageArguments,
  cursors: PageCursors,
  count: () => Promise<number>,
): Connection<T> {
  const backward = args.last !== null && args.last !== undefined;
  return new Connection({
    nodes,
    cursorOf: (index) => cursors.encode(page.rows[index]!.position),
    // What lies beyond a cursor that was given is not looked at: the row it came from is there.
    hasNextPage: backward ? Boolean(args.before) : page.hasMore,
    hasPreviousPage: backward ? page.hasMore : Boolean(args.after),
    sources: page.sources.map(({ source, error }) => ({ source, ok: error === null, error })),
    count,
  });
}
