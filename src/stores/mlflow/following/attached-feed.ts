import { createBellBoard, type BellBoard } from '../../../core/bell.js';
import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import type { RunFeed } from '../../feed.js';
import { answerOf } from '../../sources.js';
import { createEventMemory } from './event-memory.js';
import { createPolling } from './polling.js';
import type { Pulse, PulseMark } from './pulse.js';
import type { MlflowReader } from '../reads.js';
import { createRunChanges, type RunChange } from './run-changes.js';

/** The feed of a database that somebody else writes. */
export interface AttachedFeed extends RunFeed {
  /** Says that the source could not be read: who was passed over is woken by the next look that finds it readable. */
  readFailed(): void;
  /** Looks at once, if anybody listens: we wrote to it ourselves. Never throws. */
  lookNow(): Promise<void>;
  /** Ends the polling. */
  close(): Promise<void>;
}

export interface AttachedFeedNeeds {
  /** Name of the source. */
  readonly name: string;
  readonly reader: MlflowReader;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Follows a database of somebody else by looking at it every `pollIntervalMs` while somebody listens, however many they are.
 * What happened while nobody did is told when somebody listens again; a new process knows nothing of it.
 */
export function createAttachedFeed({ name, reader, pollIntervalMs, clock, log }: AttachedFeedNeeds): AttachedFeed {
  const { read } = reader;
  const { look, lookAnew } = oneAtATime(lookOnce);
  const polling = createPolling({ look, intervalMs: pollIntervalMs, clock });
  const points = createBellBoard(() => polling.set(points.isHeard || events.isHeard));
  const events = createBellBoard(() => polling.set(points.isHeard || events.isHeard));
  const runChanges = createRunChanges(reader);
  const memory = createEventMemory();
  let mark: PulseMark | null = null;
  // Runs are compared only for those who listen to events, and points are looked at more often.
  let [areRunsStale, areRunsAsked] = [true, false];
  /** Runs with new params or tags, which a look tells once, that are not among the events yet. */
  const withTexts = new Set<string>();
  /** Likewise runs of which something else is another; told unless comparing them told it. */
  const touched = new Set<string>();
  let isReachable = true;
  let wasAnybodyPassedOver = false;

  async function lookOnce(): Promise<void> {
    try {
      await ringForNews();
      if (!isReachable) log.info({ source: name }, 'the source can be followed again');
      if (wasAnybodyPassedOver) for (const board of [points, events]) board.ringAll();
      wasAnybodyPassedOver = false;
      isReachable = true;
    } catch (error) {
      if (isReachable) log.warn({ source: name, err: error }, 'the source cannot be read; whoever follows it waits until it can');
      isReachable = false;
    }
  }

  async function ringForNews(): Promise<void> {
    const areEventsWanted = events.isHeard || areRunsAsked;
    const pulse = await read('pulse', { since: mark, followed: points.topics, areTextsWanted: areEventsWanted });
    mark = pulse.mark;
    ringFor(pulse, points);
    for (const runId of pulse.withTexts) withTexts.add(runId);
    for (const runId of pulse.touched ?? []) touched.add(runId);
    areRunsStale ||= pulse.hasChanged || withTexts.size > 0;
    if (!areRunsStale || !areEventsWanted) return;
    const changes = allChanges(await runChanges.look(), withTexts, touched);
    for (const runId of memory.append(changes, clock.now())) events.ring(runId);
    [areRunsStale, areRunsAsked] = [false, false];
  }

  return {
    readFailed: () => (wasAnybodyPassedOver = true),
    lookNow: () => (points.isHeard || events.isHeard ? lookAnew() : Promise.resolve()),
    ringsWhenBack: true,
    epoch: '',
    eventEpoch: memory.epoch,
    points,
    events,
    pointsAfter: (ranges, limit) => answerOf(name, read('readTail', { ranges, limit })),
    endOf: (runIds) => answerOf(name, read('tailEnd', runIds)),
    eventsAfter: (after, limit) => Promise.resolve(memory.after(after, limit)),
    async endOfEvents() {
      areRunsAsked = areRunsStale;
      await look(); // what the runs are now is what changes are compared with
      if (areRunsStale) await look(); // that look had begun before
      return memory.end();
    },
    close: () => polling.close(),
  };
}

/** What comparing runs told, and what else is known, which is then told. */
function allChanges(compared: readonly RunChange[], withTexts: Set<string>, touched: Set<string>): RunChange[] {
  for (const { runId } of compared) touched.delete(runId);
  const updated = new Set([...withTexts, ...touched]);
  for (const told of [withTexts, touched]) told.clear();
  return [...compared, ...[...updated].map((runId): RunChange => ({ runId, kind: 'UPDATED' }))];
}

/** One look at a time: two would tell the same change twice. `lookAnew` does not count one that began before it was called. */
function oneAtATime(lookOnce: () => Promise<void>): { look(): Promise<void>; lookAnew(): Promise<void> } {
  let looking: Promise<void> | null = null;
  const look = () => (looking ??= lookOnce().finally(() => (looking = null)));
  return {
    look,
    async lookAnew() {
      await looking;
      await look();
    },
  };
}

function ringFor({ withPoints, isUnclear }: Pulse, points: BellBoard): void {
  if (withPoints === 'all') points.ringAll();
  else for (const runId of withPoints) points.ring(runId);
  if (isUnclear) points.ringUnclear();
}
