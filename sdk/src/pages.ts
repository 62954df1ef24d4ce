import type { Given, Requester, TypedDocument } from './document.js';
import { RequestFailed, RunGraphError } from './errors.js';
import type { PageFieldsFragment, SourceAnswerFragment } from './generated/operations.js';

/** The least a page must have to be followed by the next. */
export interface PageOf<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: Pick<PageFieldsFragment, 'hasNextPage' | 'endCursor'>;
}

/** Rows of a list, and where they are in it. */
export interface Page<Row> extends PageOf<Row> {
  readonly pageInfo: PageFieldsFragment;
  /** What each source said; rows of one that failed are missing. */
  readonly sources: readonly SourceAnswerFragment[];
  /** All rows that match; only with `withTotalCount`. */
  readonly totalCount?: number | undefined;
}

/** How the reading of a list is given up. */
export interface ListOptions {
  /** Gives it up: the reader gets the reason of the signal as an error, for half a list must not look like a whole one. */
  readonly signal?: AbortSignal | undefined;
}

/** A list that can be read by page or row by row. However long it is, one page is held at a time. */
export interface Listing<Args, Row, P extends PageOf<Row> = Page<Row>> {
  /** One page. */
  (...given: Given<Args, ListOptions>): Promise<P>;
  /**
   * Every page, each asked for when the one before has been looked at. `first` is its size, 100 by default.
   * @example
   * for await (const { nodes, sources } of client.runs.pages({ first: 500 })) console.log(nodes.length, sources);
   */
  pages(...given: Given<Args, ListOptions>): AsyncGenerator<P, void, undefined>;
  /**
   * Every row, page after page.
   * @example
   * for await (const run of client.runs.all({ filter: { status: { eq: 'FINISHED' } } })) console.log(run.name);
   */
  all(...given: Given<Args, ListOptions>): AsyncGenerator<Row, void, undefined>;
}

/** Variables of a document that asks for a page. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

const defaultPageSize = 100;

/** The list that a document asks for a page of, wherever in its answer that page is. */
export function listing<Result, Args extends PageArgs, P extends PageOf<unknown>>(
  requester: Requester,
  document: TypedDocument<Result, Args>,
  connection: (result: Result) => P | null | undefined,
): Listing<Args, P['nodes'][number], P> {
  async function page(args: Args, options?: ListOptions): Promise<P> {
    const found = connection(await requester.query(document, ...([args, options] as unknown as Given<Args, ListOptions>)));
    if (found) return found;
    throw new RequestFailed([{ message: 'What holds this list does not exist.', extensions: { code: 'NOT_FOUND' } }]);
  }

  async function* pages(...[given, options]: Given<Args, ListOptions>): AsyncGenerator<P, void, undefined> {
    const args = { first: defaultPageSize, ...given } as Args;
    for (let { after } = args; ;) {
      options?.signal?.throwIfAborted();
      const found = await page({ ...args, after }, options);
      yield found;
      const { hasNextPage, endCursor } = found.pageInfo;
      if (!hasNextPage || endCursor === null) return;
      if (endCursor === after) throw new RunGraphError('The document does not hand $after on to its list.', { code: 'BAD_USER_INPUT' });
      after = endCursor;
    }
  }

  async function* all(...given: Given<Args, ListOptions>): AsyncGenerator<unknown, void, undefined> {
    for await (const { nodes } of pages(...given)) {
      for (const row of nodes) {
        yield row;
        given[1]?.signal?.throwIfAborted();
      }
    }
  }

  const onePage = (...[args, options]: Given<Args, ListOptions>) => page((args ?? {}) as Args, options);
  return Object.assign(onePage, { pages, all });
}
