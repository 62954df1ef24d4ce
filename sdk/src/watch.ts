import { backoffMs, sleep } from './backoff.js';
import type { Columns } from './columns.js';
import type { TypedDocument } from './document.js';
import { isTransient, RequestFailed } from './errors.js';
import {
  MetricPointsDocument,
  RunEventsDocument,
  type MetricPointsSubscription,
  type RunEventsSubscription,
  type RunFilter,
} from './generated/operations.js';
import { stream, type SocketEndpoint } from './socket.js';

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

export type MetricPointsVariables = Parameters<NonNullable<(typeof MetricPointsDocument)['__apiType']>>[0]['input'];

/** Points of runs, for ever; every point once. */
export function watchPoints(
  endpoint: SocketEndpoint,
  input: MetricPointsVariables,
  control: WatchControl,
): AsyncGenerator<WatchedBatch, void, undefined> {
  return resuming(endpoint, control, input.after ?? undefined, {
    document: MetricPointsDocument,
    variables: (after) => ({ input: { ...input, after } }),
    item: ({ metricPoints }): WatchedBatch => metricPoints,
  });
}

/** Events of runs, for ever; every event once. */
export function watchEvents(
  endpoint: SocketEndpoint,
  filter: RunFilter | undefined,
  after: string | undefined,
  control: WatchControl,
): AsyncGenerator<WatchedEvent, void, undefined> {
  return resuming(endpoint, control, after, {
    document: RunEventsDocument,
    variables: (from) => ({ filter, after: from }),
    item: ({ runEvents }) => runEvents,
  });
}

interface Resumable<Result, Variables, Item> {
  readonly document: TypedDocument<Result, Variables>;
  variables(after: string | undefined): Variables;
  item(result: Result): Item;
}

/** Before the first connection a mistake in the address is likelier than a server that restarts. */
const maxFirstAttempts = 4;

/** A stream that connects again when it breaks and goes on after the last cursor that its reader was given. */
async function* resuming<Result, Variables, Item extends { readonly cursor: string }>(
  endpoint: SocketEndpoint,
  { signal, onStatus }: WatchControl,
  start: string | undefined,
  { document, variables, item }: Resumable<Result, Variables, Item>,
): AsyncGenerator<Item, void, undefined> {
  let after = start;
  let failures = 0;
  let wasConnected = false;
  let hasData = false;
  const onConnected = () => {
    wasConnected = true;
    onStatus?.({ state: 'live' });
  };
  while (!signal?.aborted) {
    onStatus?.({ state: 'connecting' });
    let error: unknown;
    try {
      for await (const result of stream(endpoint, document, variables(after), { signal, onConnected })) {
        const next = item(result);
        after = next.cursor;
        failures = 0;
        hasData = true;
        yield next;
      }
    } catch (failure) {
      if (!canGoOn(failure, hasData) || (!wasConnected && failures + 1 >= maxFirstAttempts)) throw failure;
      error = failure;
    }
    if (signal?.aborted) return;
    const retryInMs = backoffMs(failures++, (error as { retryAfter?: number } | undefined)?.retryAfter);
    onStatus?.({ state: 'waiting', error, retryInMs });
    await sleep(retryInMs, signal);
  }
}

/** What was wrong with the request stays wrong; a source that was there may come back. */
const canGoOn = (error: unknown, hasData: boolean): boolean =>
  isTransient(error) || (hasData && error instanceof RequestFailed && ['SOURCE_UNAVAILABLE', 'INTERNAL'].includes(error.code));
