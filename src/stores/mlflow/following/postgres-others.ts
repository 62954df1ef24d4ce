import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import { createChangeTeller } from './change-teller.js';
import type { OthersCurve } from './curves-of-others.sql.js';
import type { OthersNeeds } from '../local-database.js';
import { createPolling } from './polling.js';

export interface PostgresOthersNeeds extends OthersNeeds {
  /** How soon it is noticed, unless looking takes long. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Rows are counted at most so often. */
const countEveryMs = 15_000;
/** Of the time, looking takes no more than a quarter, unless it would then be done too seldom; counting a twentieth. */
const lookingShare = 4;
const maxRestMs = 2_000;
const countingShare = 20;

/**
 * Notices that a program other than RunGraph wrote to our PostgreSQL database (an `mlflow` client or server): takes its metric
 * rows into the log and what it did to runs into the events, and wakes who follows. Our own commits make us look, too: the
 * server does not tell whose they are. Has looked at everything once when it resolves.
 * @returns ends the watch
 */
export async function watchPostgresOthers(needs: PostgresOthersNeeds): Promise<() => Promise<void>> {
  const { reader, writer, feed, pollIntervalMs, clock, log } = needs;
  const tellChanges = createChangeTeller(needs);
  let seen: string | null = null;
  let isCountOwed = true;
  let countAt = 0;
  let restUntil = 0;

  async function look(): Promise<void> {
    const begun = performance.now();
    if (begun < restUntil) return;
    try {
      // Before anything is read: what is committed meanwhile makes us look again.
      const state = await reader.read('commitState', null);
      const isCounting = begun >= countAt && (isCountOwed || state !== seen);
      if (state === seen && !isCounting) return;
      isCountOwed = !isCounting;
      await takeIn(await reader.read('curvesOfOthers', isCounting ? 'all' : 'active'));
      for (const { runId } of await tellChanges()) feed.events.ring(runId);
      const now = performance.now();
      // The first look also waits for the thread that reads.
      if (seen !== null) restUntil = now + Math.min(maxRestMs, lookingShare * (now - begun)) - pollIntervalMs;
      if (isCounting) await count();
      seen = state;
    } catch (error) {
      isCountOwed = true;
      log.warn({ err: error }, 'what other programs wrote into the database could not be read in; trying again');
    }
  }

  async function count(): Promise<void> {
    const begun = performance.now();
    await takeIn(await reader.read('miscountedCurves', null));
    const now = performance.now();
    countAt = now + Math.max(countEveryMs, countingShare * (now - begun));
  }

  async function takeIn(curves: readonly OthersCurve[]): Promise<void> {
    const byRun = new Map<string, OthersCurve[]>();
    for (const curve of curves) byRun.set(curve.runId, [...(byRun.get(curve.runId) ?? []), curve]);
    for (const [runId, ofRun] of byRun) {
      if ((await writer.write('takeInCurves', ofRun)) > 0) feed.points.ring(runId);
    }
  }

  await look();
  const polling = createPolling({ look, intervalMs: pollIntervalMs, clock });
  polling.set(true);
  return () => polling.close();
}
