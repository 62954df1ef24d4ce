import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { openReader } from '../engine/sqlite/open.js';
import type { RunFeed } from '../feed.js';
import type { MlflowWriter } from './writes.js';

/** How soon what another process wrote is noticed. Looking costs microseconds. */
const lookEveryMs = 1_000;

/**
 * Notices that another process wrote to our database (MLflow, or a second server on the same folder), takes its metric rows
 * into the log, and wakes everybody who follows runs. Has looked once when it resolves.
 * @returns ends the watch
 */
export async function watchOtherWriters(
  path: string,
  writer: MlflowWriter,
  feed: RunFeed,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<() => Promise<void>> {
  const handle = openReader(path);
  const stopping = new AbortController();
  const { signal } = stopping;
  // SQLite changes this number on our connection whenever another connection has committed.
  const version = () => (handle.prepare('PRAGMA data_version').raw(true).get() as [bigint])[0];
  let seen: bigint | null = null;

  async function look(): Promise<void> {
    try {
      const now = version();
      if (now === seen) return;
      await writer.write('catchUp', null);
      seen = now;
      feed.points.ringAll();
      feed.events.ringAll();
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'what other processes wrote into the store could not be read in; trying again');
    }
  }

  async function watch(): Promise<void> {
    for (;;) {
      await clock.sleep(lookEveryMs, signal);
      if (signal.aborted) return;
      await look();
    }
  }

  await look();
  const ended = watch();
  return async () => {
    stopping.abort();
    await ended;
    handle.close();
  };
}
