import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { decodeId } from '../../core/ids.js';
import { LiveStream } from '../../live/tail.js';
import type { Context } from './context.js';
import { readLineCursor, requireReached } from './log-line.cursor.js';
import { createLineReader } from './log-line.reader.js';
import { createLineTail, startAt, type LineState } from './log-line.tail.js';
import { LogLineBatch } from './log-line.type.js';

@Resolver()
export class LogLineSubscription {
  @Subscription(() => LogLineBatch, {
    description:
      'Lines of one run: what is there, then what comes, for ever, each once and in the order it was committed; at most ten live batches per second, what comes in between comes together. Errors: NOT_FOUND for a run that does not exist, CURSOR_INVALID for a cursor of something else or of a store that was rewritten since, FILTER_UNSUPPORTED for a source that keeps no log lines.',
    subscribe: ({ args, context }: { args: { runId: string; after?: string | null }; context: Context }) => openLineStream(args, context),
  })
  logLines(
    @Root() batch: LogLineBatch,
    @Arg('runId', () => ID, { description: 'The run; a deleted one can be followed too.' }) _runId: string,
    @Arg('after', () => String, {
      nullable: true,
      description:
        'A cursor of a batch, a line, a page or logLines: go on after it, without a gap or a repeated line. Default: the first line.',
    })
    _after?: string | null,
  ): LogLineBatch {
    return batch;
  }
}

/** Checks the arguments, so that what is wrong is an error of the request and not of its stream. */
async function openLineStream(
  { runId, after }: { runId: string; after?: string | null },
  context: Context,
): Promise<LiveStream<bigint, LineState, LogLineBatch>> {
  const run = decodeId('Run', runId, 'runId');
  const { logs: store } = context.stores.sources.get(run.source, 'runId');
  if (!store)
    throw fail('FILTER_UNSUPPORTED', `Source ${run.source} keeps no log lines; the runs of local do.`, {
      argument: 'runId',
      source: run.source,
    });
  const start = readLineCursor(context, run, store, after);
  const [found] = await context.stores.runs.runs([run]);
  if (!found) throw fail('NOT_FOUND', 'There is no such run.', { argument: 'runId' });
  const reader = createLineReader(context, run, store);
  requireReached(await reader.end(), start);
  const key = JSON.stringify(['log-lines', run.source, run.nativeId]);
  const tail = createLineTail(reader, { key, store, hang: (bell) => store.lines.hang([run.nativeId], bell) });
  return new LiveStream(tail, startAt(start));
}
