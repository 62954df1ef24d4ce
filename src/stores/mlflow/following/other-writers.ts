import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import { openReader } from '../../engine/sqlite/open.js';
import type { OthersNeeds } from '../local-database.js';
import { createPolling } from './polling.js';
import { createChangeTeller } from './change-teller.js';

export interface OtherWritersNeeds extends OthersNeeds {
  readonly path: string;
  /** How soon it is noticed. Looking costs microseconds. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Notices that another process wrote to our database (MLflow, or a second server on the same folder), takes its metric rows
 * into the log and what it did to runs into the events, and wakes everybody who follows runs. Has looked once when it resolves.
 * @returns ends the watch
 */
export async function watchOtherWriters(needs: OtherWritersNeeds): Promise<() => Promise<void>> {
  const { path, writer, feed, onOthers, pollIntervalMs, clock, log } = needs;
  const handle = openReader(path);
  // SQLite changes this number on our connection whenever another connection has committed, our own writer included.
  const version = () => (handle.prepare('PRAGMA data_version').raw(true).get() as [bigint])[0];
  const tellChanges = createChangeTeller(needs);
  let seen: bigint | null = null;
  let othersSeen: bigint | null = null;

  async function look(): Promise<void> {
    try {
      const now = version();
      if (now === seen) return;
      const others = await writer.write('takeInOthers', null);
      if (others !== othersSeen) {
        await feed.refreshEpoch();
        await tellChanges();
        othersSeen = others;
        feed.points.ringAll();
        feed.events.ringAll();
        onOthers();
      }
      seen = now;
    } catch (error) {
      log.warn({ err: error }, 'what other processes wrote into the store could not be read in; trying again');
    }
  }

  await look();
  const polling = createPolling({ look, intervalMs: pollIntervalMs, clock });
  polling.set(true);
  return async () => {
    await polling.close();
    handle.close();
  };
}
