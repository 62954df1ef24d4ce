import { randomUUID } from 'node:crypto';
import { createBellBoard } from '../../core/bell.js';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { RunFeed, StoredRunEvent } from '../feed.js';
import { answerOf } from '../sources.js';
import type { PulseMark } from './pulse.sql.js';
import type { MlflowReader } from './reads.js';
import { createRunChanges, type RunChange } from './run-changes.js';

/** The feed of a database that somebody else writes. */
export interface AttachedFeed extends RunFeed {
  /** Ends the polling. */
  close(): Promise<void>;
}

/** Events that are kept for those who come back. */
const maxEvents = 10_000;

/**
 * Follows a database of somebody else by looking at it every `pollIntervalMs` while somebody listens, however many they are.
 * What happened while nobody did is told when somebody listens again; a new process knows nothing of it.
 */
export function createAttachedFeed(
  name: string,
  reader: MlflowReader,
  { pollIntervalMs, clock, log }: { pollIntervalMs: number; clock: Clock; log: Logger },
): AttachedFeed {
  const { read } = reader;
  const runChanges = createRunChanges(reader);
  const eventLog = createEventLog();
  let mark: PulseMark | null = null;
  let isReachable = true;
  // Runs are compared only for those who listen to events, and points are looked at more often.
  let areRunsStale = true;
  let polling: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null;

  const points = createBellBoard(listen);
  const events = createBellBoard(listen);

  function listen(): void {
    const isHeard = points.isHeard || events.isHeard;
    if (isHeard && !polling) {
      const stop = new AbortController();
      polling = { stop, ended: poll(stop.signal) };
    } else if (!isHeard && polling) {
      polling.stop.abort();
      polling = null;
    }
  }

  async function poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await look();
      await clock.sleep(pollIntervalMs, signal);
    }
  }

  async function look(): Promise<void> {
    try {
      const pulse = await read('pulse', { since: mark });
      areRunsStale ||= pulse.hasChanged;
      if (areRunsStale && events.isHeard) {
        tell([...(await runChanges.look()), ...pulse.withTexts.map(asUpdate)]);
        areRunsStale = false;
      }
      mark = pulse.mark;
      if (pulse.withPoints === 'all') points.ringAll();
      else for (const runId of pulse.withPoints) points.ring(runId);
      if (!isReachable) {
        log.info({ source: name }, 'the source can be followed again');
        points.ringAll(); // who was passed over meanwhile reads now
        events.ringAll();
      }
      isReachable = true;
    } catch (error) {
      if (isReachable) log.warn({ source: name, err: error }, 'the source cannot be read; whoever follows it waits until it can');
      isReachable = false;
    }
  }

  function tell(changes: readonly RunChange[]): void {
    const told = new Map(changes.toReversed().map((change) => [change.runId, change])); // the first kind of each run counts
    eventLog.append([...told.values()].toReversed(), clock.now());
    for (const runId of told.keys()) events.ring(runId);
  }

  return {
    epoch: '',
    eventEpoch: eventLog.epoch,
    points,
    events,
    pointsAfter: (ranges, limit) => answerOf(name, read('readTail', { ranges, limit })),
    endOf: (runIds) => answerOf(name, read('tailEnd', runIds)),
    eventsAfter: (after, limit) => Promise.resolve(eventLog.after(after, limit)),
    async endOfEvents() {
      if (areRunsStale) await look(); // what the runs are now is what changes are compared with
      return eventLog.end();
    },
    async close() {
      const ended = polling?.ended;
      polling?.stop.abort();
      await ended;
    },
  };
}

const asUpdate = (runId: string): RunChange => ({ runId, kind: 'UPDATED' });

/** Events in memory: an attached database has no place for them. */
function createEventLog() {
  const events: StoredRunEvent[] = [];
  let sequence = 0n;
  return {
    epoch: randomUUID().slice(0, 8),
    append(changes: readonly RunChange[], at: number): void {
      for (const change of changes) events.push({ ...change, at, sequence: ++sequence });
      events.splice(0, Math.max(0, events.length - maxEvents));
    },
    after: (position: bigint, limit: number): StoredRunEvent[] => {
      const first = events.findIndex((event) => event.sequence > position);
      return first < 0 ? [] : events.slice(first, first + limit);
    },
    end: (): bigint => sequence,
  };
}
