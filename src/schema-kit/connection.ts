import { Directive, Field, FieldResolver, Int, ObjectType, Resolver, Root, type ClassType } from 'type-graphql';

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'Where a page stands among all its rows (Relay).' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more rows follow; true too when the page was cut by `before`.' })
  readonly hasNextPage!: boolean;
  @Field(() => Boolean, { description: 'Whether rows come before; true too when the page was cut by `after`.' })
  readonly hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null on an empty page.' }) readonly startCursor!:
    string | null;
  @Field(() => String, { nullable: true, description: 'Cursor of the last row; null on an empty page.' }) readonly endCursor!:
    string | null;
}

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'Why a source did not answer.' })
export class SourceError {
  @Field(() => String, { description: '`SOURCE_UNAVAILABLE` or `SOURCE_TIMEOUT`.' }) readonly code!: string;
  @Field(() => String, { description: 'The reason, for people.' }) readonly message!: string;
}

@Directive('@shareable')
@ObjectType({
  simpleResolvers: true,
  description: "What one source said to a question that went to several. Rows of a source that failed are absent; the others' are there.",
})
export class SourceResult {
  @Field(() => String, { description: 'Name of the source.' }) readonly source!: string;
  @Field(() => Boolean, { description: 'Whether it answered.' }) readonly ok!: boolean;
  @Field(() => SourceError, { nullable: true, description: 'Why it did not; null when it did.' }) readonly error!: SourceError | null;
}

/** Rows of a page as a Relay connection. Cursors are made only when they are asked for. */
export interface ConnectionRows<T> {
  readonly nodes: readonly T[];
  readonly cursorOf: (index: number) => string;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly sources: readonly SourceResult[];
  /** Counts all rows; called only when `totalCount` is selected. */
  readonly count: () => Promise<number>;
}

/** A connection value of any connection type; fields are getters, so nothing is made that is not selected. */
export class Connection<T> {
  readonly #rows: ConnectionRows<T>;

  constructor(rows: ConnectionRows<T>) {
    this.#rows = rows;
  }

  get nodes(): readonly T[] {
    return this.#rows.nodes;
  }

  get edges(): readonly { readonly node: T; readonly cursor: string }[] {
    return this.#rows.nodes.map((node, index) => ({ node, cursor: this.#rows.cursorOf(index) }));
  }

  get pageInfo(): PageInfo {
    const { nodes, cursorOf, hasNextPage, hasPreviousPage } = this.#rows;
    const empty = nodes.length === 0;
    return {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return empty ? null : cursorOf(0);
      },
      get endCursor() {
        return empty ? null : cursorOf(nodes.length - 1);
      },
    };
  }

  get sources(): readonly SourceResult[] {
    return this.#rows.sources;
  }

  countAll(): Promise<number> {
    return this.#rows.count();
  }
}

/**
 * Makes the connection and edge types of a node type.
 * @param name for example `Run`, which gives `RunConnection` and `RunEdge`
 * @returns the connection type, and the resolver class that belongs to it
 */
export function connectionType(name: string, node: () => ClassType): { readonly type: ClassType; readonly resolver: ClassType } {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One row of a page of ${name} rows, with its cursor.` })
  class Edge {
    @Field(() => String, { description: 'Position of this row; give it as `after` or `before`.' }) readonly cursor!: string;
    @Field(node, { description: 'The row.' }) readonly node!: unknown;
  }

  @ObjectType(`${name}Connection`, {
    simpleResolvers: true,
    description: `A page of ${name} rows (Relay). Cursors hold the sort key, so pages stay right while rows arrive.`,
  })
  class NodeConnection {
    @Field(() => [Edge], { description: 'Rows with their cursors.' }) readonly edges!: unknown[];
    @Field(() => [node()], { description: 'Rows.' }) readonly nodes!: unknown[];
    @Field(() => PageInfo, { description: 'Where this page stands.' }) readonly pageInfo!: PageInfo;
    @Field(() => [SourceResult], { description: 'What each source that was asked said.' }) readonly sources!: SourceResult[];
  }

  @Resolver(() => NodeConnection)
  class NodeConnectionResolver {
    @FieldResolver(() => Int, { description: 'All rows that match, in the sources that answer; counted only when selected.' })
    totalCount(@Root() connection: Connection<unknown>): Promise<number> {
      return connection.countAll();
    }
  }
  return { type: NodeConnection, resolver: NodeConnectionResolver };
}
