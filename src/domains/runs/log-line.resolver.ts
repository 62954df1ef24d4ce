import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { Connection } from '../../schema-kit/connection.js';
import { Run } from '../../schema-kit/entities.js';
import { maxPageSize } from '../../schema-kit/page-cursors.js';
import type { Context } from './context.js';
import { readLineCursor, requireReached } from './log-line.cursor.js';
import { toLogLines } from './log-line.reader.js';
import { LogLineConnection, type LogLine } from './log-line.type.js';
import type { RunNode } from './run-node.js';

const defaultLines = 200;

@ArgsType()
class LogLinesArgs {
  @Field(() => String, {
    nullable: true,
    description: 'Only lines after this cursor: of a line, a page, logLines or `Subscription.logLines`. CURSOR_INVALID for any other.',
  })
  readonly after?: string | null;
  @Field(() => Int, {
    nullable: true,
    defaultValue: defaultLines,
    description: 'Lines from the first, or after `after`: 1 to 1,000; otherwise BAD_USER_INPUT.',
  })
  readonly first?: number | null;
}

@Resolver(() => Run)
export class LogLineResolver {
  @FieldResolver(() => LogLineConnection, {
    description:
      'Lines the run wrote, in the order they were committed. A page ends before `first` where its lines have more than 2 million characters together; `hasNextPage` says whether lines follow. Runs of an attached source have none.',
  })
  logs(@Root() run: RunNode, @Args(() => LogLinesArgs) args: LogLinesArgs, @Ctx() context: Context) {
    return logPage(run, args, context);
  }
}

async function logPage(run: RunNode, args: LogLinesArgs, context: Context): Promise<Connection<LogLine>> {
  const limit = args.first ?? defaultLines;
  if (limit < 1 || limit > maxPageSize)
    throw fail('BAD_USER_INPUT', `first must be 1 to ${maxPageSize}; got ${limit}. Ask for more pages with a cursor.`, {
      argument: 'first',
    });
  const store = context.stores.sources.get(run.source).logs;
  const from = readLineCursor(context, run, store, args.after);
  const { lines, end } = store ? await store.read({ runId: run.nativeId, from, limit }) : { lines: [], end: 0n };
  requireReached(end, from);
  const nodes = store ? toLogLines(context, run, store, from, lines) : [];
  return new Connection({
    nodes,
    cursorOf: (index) => nodes[index]!.cursor,
    hasNextPage: from + BigInt(nodes.length) < end,
    hasPreviousPage: from > 0n,
    sources: [{ source: run.source, ok: true, error: null }],
    count: async () => Number(end),
  });
}
