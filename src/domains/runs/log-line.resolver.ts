import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { Connection } from '../../schema-kit/connection.js';
import { Run } from '../../schema-kit/entities.js';
import { maxPageSize } from '../../schema-kit/page-cursors.js';
import { isGiven } from '../../stores/conditions.js';
import type { LogLinePage, LogStore } from '../../stores/log-store.js';
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
  @Field(() => Int, {
    nullable: true,
    description:
      'The newest lines instead, those before `before`: 1 to 1,000; otherwise BAD_USER_INPUT. `first` and `after` are not used then.',
  })
  readonly last?: number | null;
  @Field(() => String, { nullable: true, description: 'Cursor of a line: with `last`, only lines before it.' })
  readonly before?: string | null;
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
  const store = context.stores.sources.get(run.source).logs;
  const { lines, from, end } = isGiven(args.last)
    ? await readBackward(run, { ...args, last: requireSize(args.last, 'last') }, { context, store })
    : await readForward(run, { ...args, first: requireSize(args.first ?? defaultLines, 'first') }, { context, store });
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

function requireSize(size: number, argument: string): number {
  if (size >= 1 && size <= maxPageSize) return size;
  throw fail('BAD_USER_INPUT', `${argument} must be 1 to ${maxPageSize}; got ${size}. Ask for more pages with a cursor.`, { argument });
}

interface LinesFrom extends LogLinePage {
  /** Number of the first line. */
  readonly from: bigint;
}

interface Place {
  readonly context: Context;
  /** Absent: the source keeps no lines. */
  readonly store: LogStore | undefined;
}

async function readForward(
  run: RunNode,
  { first, after }: { readonly first: number; readonly after?: string | null },
  { context, store }: Place,
): Promise<LinesFrom> {
  const from = readLineCursor(context, run, store, after);
  if (!store) return { lines: [], from, end: 0n };
  const page = await store.read({ runId: run.nativeId, from, limit: first });
  requireReached(page.end, from);
  return { ...page, from };
}

/** The newest lines; fewer where they are long, for a page is cut at its end and not at its beginning. */
async function readBackward(
  run: RunNode,
  { last, before }: { readonly last: number; readonly before?: string | null },
  { context, store }: Place,
): Promise<LinesFrom> {
  if (!store) return { lines: [], from: 0n, end: 0n };
  const { end } = await store.read({ runId: run.nativeId, from: 0n, limit: 0 });
  const upTo = isGiven(before) ? lineBefore(readLineCursor(context, run, store, before, 'before')) : end;
  requireReached(end, upTo, 'before');
  for (let wanted = Math.min(last, Number(upTo)); wanted > 0; wanted = Math.floor(wanted / 2)) {
    const from = upTo - BigInt(wanted);
    const { lines } = await store.read({ runId: run.nativeId, from, limit: wanted });
    if (lines.length === wanted) return { lines, from, end };
  }
  return { lines: [], from: upTo, end };
}

/** The cursor of a line is the position after it. */
const lineBefore = (position: bigint): bigint => (position > 0n ? position - 1n : 0n);
