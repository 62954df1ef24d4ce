import type { RunGraph, WatchControl, WatchedBatch } from '@rungraph/sdk';
import type { Connection } from './connection.js';
import { keepStream } from './keep-stream.js';

/** Which points are wanted. */
export interface Wanted {
  readonly runIds: readonly string[];
  /** Null: all metrics. */
  readonly keys: readonly string[] | null;
  /** Points of the past per series. */
  readonly maxPoints: number;
  /** Runs whose points were dropped since the last time. */
  readonly dropped: ReadonlySet<string>;
}

/** What a follower does with what it hears. */
export interface FollowerNeeds {
  readonly client: RunGraph;
  readonly connection: Connection;
  /**
   * Takes a batch.
   * @param isStart whether it is the first batch that has this series since the history began anew: what is held of it is replaced
   */
  take(batch: WatchedBatch, isStart: (runId: string, key: string) => boolean): void;
  /** Told why points cannot be followed. */
  refused(error: unknown): void;
}

/** Batches per second at most; more is not seen. */
const maxRateHz = 10;

/** One subscription for the runs of one source, started again when others are wanted. */
export interface Follower {
  follow(wanted: Wanted): void;
  close(): void;
}

/**
 * Follows points. Runs that come in addition are asked for from the cursor on: the history of the others is not sent again.
 */
export function createFollower({ client, connection, take, refused }: FollowerNeeds): Follower {
  let running = new AbortController();
  let cursor: string | null = null;
  /** Runs that the cursor has a position of. */
  let known = new Set<string>();
  let now: Wanted = { runIds: [], keys: null, maxPoints: 0, dropped: new Set() };
  let started = new Set<string>();

  const begin = () => {
    cursor = null;
    known = new Set();
    started = new Set();
  };
  const open = (control: WatchControl) =>
    client.watch(
      { runIds: [...now.runIds], keys: now.keys && [...now.keys], history: 'SAMPLED', maxPoints: now.maxPoints, maxRateHz, after: cursor },
      control,
    );
  const hear = (batch: WatchedBatch) => {
    if (batch.kind === 'RESET') begin();
    cursor = batch.cursor;
    for (const runId of now.runIds) known.add(runId);
    take(batch, (runId, key) => {
      const name = `${runId} ${key}`;
      const isStart = !started.has(name);
      started.add(name);
      return isStart;
    });
  };

  return {
    follow(wanted) {
      // A run that left and comes again, be it at once, has a position in the cursor, but its points were dropped.
      const comesAgain = wanted.runIds.some((runId) => known.has(runId) && (wanted.dropped.has(runId) || !now.runIds.includes(runId)));
      if (!comesAgain && sameList(wanted.runIds, now.runIds) && sameList(wanted.keys, now.keys)) return;
      running.abort();
      running = new AbortController();
      if (comesAgain || !sameList(wanted.keys, now.keys)) begin();
      now = wanted;
      if (wanted.runIds.length === 0) return begin();
      const mustBegin = (error: unknown): boolean => {
        const hadCursor = cursor !== null;
        begin();
        if (!hadCursor) refused(error);
        return hadCursor;
      };
      void keepStream({ open, take: hear, refused: mustBegin }, connection, running.signal);
    },
    close: () => running.abort(),
  };
}

const sameList = (one: readonly string[] | null, other: readonly string[] | null): boolean =>
  one === other || (one !== null && other !== null && one.length === other.length && one.every((item, index) => item === other[index]));
