import type { WatchControl, WatchStatus } from '@rungraph/sdk';
import type { Connection } from './connection.js';
import { canRecover } from './failure.js';

const firstRetryMs = 1_000;
const mostRetryMs = 15_000;

/** A stream that is kept open. */
export interface KeptStream<Item> {
  open(control: WatchControl): AsyncIterable<Item>;
  take(item: Item): void;
  /** Told whenever the server has taken the connection, the first time included. */
  connected?(): void;
  /** Told what cannot be mended by waiting. @returns whether to open the stream again at once */
  refused(error: unknown): boolean;
}

/**
 * Reads a stream until the signal is aborted. The SDK connects again by itself; what it gives up, a server that is away from
 * the start or a source that is down, is tried again here, at most every 15 s.
 */
export async function keepStream<Item>(
  { open, take, refused, connected }: KeptStream<Item>,
  connection: Connection,
  signal: AbortSignal,
): Promise<void> {
  // Its own even for a moment when one stream takes the place of another.
  const name = Symbol('stream');
  let failures = 0;
  const onStatus = (status: WatchStatus) => {
    if (signal.aborted) return;
    connection.report(name, status);
    if (status.state === 'live') connected?.();
  };
  while (!signal.aborted) {
    try {
      for await (const item of open({ signal, onStatus })) {
        if (signal.aborted) break;
        if (failures > 0) connection.report(name, { state: 'live' });
        failures = 0;
        take(item);
      }
      // The server ended it, as it does when it is stopped.
      await pause(firstRetryMs, signal);
    } catch (error) {
      if (signal.aborted) break;
      const retryInMs = Math.min(mostRetryMs, firstRetryMs * 2 ** failures++);
      if (canRecover(error)) connection.report(name, { state: 'waiting', error, retryInMs });
      else if (!refused(error)) break;
      await pause(retryInMs, signal);
    }
  }
  connection.report(name, null);
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
