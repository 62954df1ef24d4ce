import type { PageFieldsFragment, SourceAnswerFragment } from './generated/operations.js';

/** Rows of a list, and where they are in it. */
export interface Page<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: PageFieldsFragment;
  /** What each source said; rows of one that failed are missing. */
  readonly sources: readonly SourceAnswerFragment[];
  /** All rows that match; only with `withTotalCount`. */
  readonly totalCount?: number | undefined;
}

/** A list that can be read by page or row by row. */
export interface Listing<Args, Row> {
  /** One page. */
  (args?: Args): Promise<Page<Row>>;
  /**
   * Every row, page after page. `first` is the size of a page.
   * @example
   * for await (const run of client.runs.all({ filter: { status: { eq: 'FINISHED' } } })) console.log(run.name);
   */
  all(args?: Args): AsyncGenerator<Row, void, undefined>;
}

interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

const defaultPageSize = 100;

export function listing<Args extends PageArgs, Row>(page: (args: Args) => Promise<Page<Row>>): Listing<Args, Row> {
  async function* all(args: Args = {} as Args): AsyncGenerator<Row, void, undefined> {
    for (let after = args.after; ;) {
      const { nodes, pageInfo } = await page({ first: defaultPageSize, ...args, after });
      yield* nodes;
      if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return;
      after = pageInfo.endCursor;
    }
  }
  return Object.assign((args: Args = {} as Args) => page(args), { all });
}
