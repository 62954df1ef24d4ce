import { backoffMs, sleep } from './backoff.js';
import type { Columns } from './columns.js';
import type { TypedDocument } from './document.js';
import { isTransient, NetworkError, RequestFailed } from './errors.js';
import {
  MetricPointsDocument,
  NewLogLinesDocument,
  RunEventCursorDocument,
  RunEventsDocument,
  type MetricPointsInput,
  type MetricPointsSubscription,
  type NewLogLinesSubscription,
  type RunEventsSubscription,
  type RunFilter,
} from './generated/operations.js';
import { send } from './http.js';
import { interruptible } from './interruptible.js';
import { stream, type LiveEndpoint } from './subscription.js';

/** New points of one metric of one run. */
export interface WatchedSeries extends Columns {
  readonly runId: string;
  readonly key: string;
}

/** Points that came together; `kind` says whether they are `HISTORY`, `LIVE`, or a `RESET` after which everything held is to be dropped. */
export interface WatchedBatch {
  readonly kind: MetricPointsSubscription['metricPoints']['kind'];
  readonly series: readonly WatchedSeries[];
  /** Whether nothing more was there when the batch was read. */
  readonly caughtUp: boolean;
  /** Position after the batch: `watch({ after })` goes on from here, in another process too. */
  readonly cursor: string;
}

/** Something that happened to a run. */
export type WatchedEvent = RunEventsSubscription['runEvents'];

/** Lines of a run that came together. Resume after `cursor`. */
export type WatchedLines = NewLogLinesSubscription['logLines'];

/** How a stream is: `connecting`, `live`, or `waiting` to connect again, after `error` if there was one. */
export type WatchStatus =
  | { readonly state: 'connecting' | 'live'; readonly error?: undefined }
  | { readonly state: 'waiting'; readonly error: unknown; readonly retryInMs: number };

/** Ends a stream and tells how it is. */
export interface WatchControl {
  /** Ends the stream, without an error. */
  readonly signal?: AbortSignal | undefined;
  readonly onStatus?: ((status: WatchStatus) => void) | undefined;
}

/** As {@link WatchControl}, and where to go on. */
export interface ResumeControl extends WatchControl {
  /** A cursor of what came last: go on after it. */
  readonly after?: string | undefined;
}

/** Points of runs, for ever; every point once. */
export const watchPoints = (endpoint: LiveEndpoint, input: MetricPointsInput, control: WatchControl): Watched<WatchedBatch> =>
  resuming(endpoint, control, input.after, {
    document: MetricPointsDocument,
    variables: (after) => ({ input: { ...input, after } }),
    item: ({ metricPoints }): WatchedBatch => metricPoints,
    // After a reset everything is told anew; a batch without points repeats nothing.
    isNews: ({ kind, series }) => kind !== 'RESET' && series.length > 0,
  });

/** Events of runs, for ever; every event once. */
export const watchEvents = (
  endpoint: LiveEndpoint,
  filter: RunFilter | undefined,
  { after, ...control }: ResumeControl,
): Watched<WatchedEvent> =>
  resuming(endpoint, control, after, {
    document: RunEventsDocument,
    variables: (from) => ({ filter, after: from }),
    item: ({ runEvents }) => runEvents,
    isNews: () => true,
    begin: async (signal) => (await send(endpoint, RunEventCursorDocument, {}, { signal })).runEventCursor,
  });

/** Lines of a run, for ever; every line once. */
export const watchLines = (endpoint: LiveEndpoint, runId: string, { after, ...control }: ResumeControl): Watched<WatchedLines> =>
  resuming(endpoint, control, after, {
    document: NewLogLinesDocument,
    variables: (from) => ({ runId, after: from }),
    item: ({ logLines }) => logLines,
    isNews: ({ lines }) => lines.length > 0,
  });

type Watched<Item> = AsyncGenerator<Item, void, undefined>;

interface Resumable<Result, Variables, Item> {
  /** Where to begin without a cursor; asked for before the first connection, so that what a break hides is not lost. */
  begin?(signal: AbortSignal): Promise<string>;
  readonly document: TypedDocument<Result, Variables>;
  variables(after: string | null | undefined): Variables;
  item(result: Result): Item;
  /** Whether an item says something of its own, so that one with the cursor of another repeats it. */
  isNews(item: Item): boolean;
}

/** Before the first connection a mistake in the address is likelier than a server that restarts. */
const maxFirstAttempts = 4;
/** Cursors that are remembered; what is delivered twice comes close together. */
const maxSeen = 100;

/** A stream that connects again when it breaks and goes on after the last cursor that its reader was given. */
const resuming = <Result, Variables, Item extends { readonly cursor: string }>(
  endpoint: LiveEndpoint,
  { signal: outer, onStatus }: WatchControl,
  start: string | null | undefined,
  { document, variables, item, isNews, begin }: Resumable<Result, Variables, Item>,
): Watched<Item> =>
  interruptible(outer, async function* (signal) {
    const isRepeated = repetitions();
    let after = start;
    let failures = 0;
    let wasConnected = false;
    let hasData = false;
    const onConnected = () => {
      wasConnected = true;
      onStatus?.({ state: 'live' });
    };
    while (!signal.aborted) {
      onStatus?.({ state: 'connecting' });
      let error: unknown;
      try {
        after ??= await begin?.(signal);
        for await (const result of stream(endpoint, document, variables(after), { signal, onConnected })) {
          const next = item(result);
          failures = 0;
          hasData = true;
          if (isNews(next) && isRepeated(next.cursor)) continue;
          after = next.cursor;
          yield next;
        }
      } catch (failure) {
        if (!canGoOn(failure, hasData)) throw failure;
        if (failure instanceof NetworkError && !wasConnected && failures + 1 >= maxFirstAttempts) throw failure;
        error = failure;
      }
      if (signal.aborted) return;
      const retryInMs = backoffMs(failures++, (error as { retryAfter?: number } | undefined)?.retryAfter);
      onStatus?.({ state: 'waiting', error, retryInMs });
      await sleep(retryInMs, signal);
    }
  });

/** Knows the last cursors: a server that delivers at least once may send a batch again. */
function repetitions(): (cursor: string) => boolean {
  const seen = new Set<string>();
  return (cursor) => {
    if (seen.has(cursor)) return true;
    seen.add(cursor);
    if (seen.size > maxSeen) seen.delete(seen.values().next().value!);
    return false;
  };
}

/** What was wrong with the request stays wrong; a source that was there may come back. */
const canGoOn = (error: unknown, hasData: boolean): boolean =>
  isTransient(error) || (hasData && error instanceof RequestFailed && ['SOURCE_UNAVAILABLE', 'INTERNAL'].includes(error.code));
