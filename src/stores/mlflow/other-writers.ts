import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { openReader } from '../engine/sqlite/open.js';
import type { LocalFeed } from './local-feed.js';
import { createPolling } from './polling.js';
import type { MlflowReader } from './reads.js';
import { createRunChanges, type RunChange } from './run-changes.js';
import type { RecordedEvents } from './run-events.sql.js';
import type { MlflowWriter } from './writes.js';

export interface OtherWritersNeeds {
  readonly path: string;
  readonly reader: MlflowReader;
  readonly writer: MlflowWriter;
  readonly feed: LocalFeed;
  /** Called when somebody else has committed anything. */
  readonly onOthers: () => void;
  /** How soon it is noticed. Looking costs microseconds. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

const eventsPerRead = 1_000;

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

/** Puts changes of runs that have no event of ours among the events. The first time there is nothing to compare with. */
function createChangeTeller({ reader, writer, feed }: OtherWritersNeeds): () => Promise<void> {
  const runChanges = createRunChanges(reader);
  /** Where the events ended before the last look, and those that it added. */
  let last: { readonly end: bigint; readonly recorded: RecordedEvents | null } | null = null;
  return async () => {
    // Before the look: a change of ours that it does not see yet has its event after this.
    const end = await feed.endOfEvents();
    const changes = await runChanges.look();
    // After the look: every change of ours that it saw has its event by now.
    const own = last ? await runsWithEvents(feed, last.end, last.recorded) : new Set<string>();
    const foreign = changes.filter(({ runId }: RunChange) => !own.has(runId));
    last = { end, recorded: foreign.length > 0 ? await writer.write('recordRunChanges', foreign) : null };
  };
}

/** Runs with events after a sequence number, not counting those that tell what others did. */
async function runsWithEvents(feed: LocalFeed, after: bigint, others: RecordedEvents | null): Promise<Set<string>> {
  const runIds = new Set<string>();
  let position = after;
  for (;;) {
    const events = await feed.eventsAfter(position, eventsPerRead);
    for (const { runId, sequence } of events) {
      if (!others || sequence < others.first || sequence > others.last) runIds.add(runId);
      position = sequence;
    }
    if (events.length < eventsPerRead) return runIds;
  }
}
