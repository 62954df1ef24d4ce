import type { Clock } from '../../core/clock.js';
import { openReader } from '../engine/sqlite/open.js';
import type { RunFeed } from '../feed.js';
import type { MlflowWriter } from './writes.js';

/** How soon what another process wrote is noticed. Looking costs microseconds. */
const lookEveryMs = 1_000;

/**
 * Notices that another process wrote to our database (MLflow, or a second server on the same folder), takes its metric rows
 * into the log, and wakes everybody who follows runs.
 * @returns ends the watch
 */
export function watchOtherWriters(path: string, writer: MlflowWriter, feed: RunFeed, clock: Clock): () => Promise<void> {
  const handle = openReader(path);
  const stopping = new AbortController();
  const { signal } = stopping;
  // SQLite changes this number on our connection whenever another connection has committed.
  const version = () => (handle.prepare('PRAGMA data_version').raw(true).get() as [bigint])[0];

  async function watch(): Promise<void> {
    for (let seen = version(); ;) {
      await clock.sleep(lookEveryMs, signal);
      if (signal.aborted) return;
      const now = version();
      if (now === seen) continue;
      seen = now;
      await writer.write('catchUp', null).catch(() => (seen = -1n)); // the store is busy: look again
      feed.points.ringAll();
      feed.events.ringAll();
    }
  }

  const ended = watch();
  return async () => {
    stopping.abort();
    await ended;
    handle.close();
  };
}
