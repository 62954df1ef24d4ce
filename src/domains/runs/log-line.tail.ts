import type { Bell } from '../../core/bell.js';
import type { Tail } from '../../live/tail.js';
import type { LogStore } from '../../stores/log-store.js';
import type { LineReader } from './log-line.reader.js';
import type { LogLineBatch } from './log-line.type.js';
import { unlessDown } from './unless-down.js';

/** Where a subscriber is on its way to the others. */
export interface LineState {
  /** Number of the next line it wants. */
  readonly at: bigint;
  /** Whether it was told that it has the whole history. */
  readonly hasCaughtUp: boolean;
  readonly key: string;
}

/** Ten batches a second are smooth to look at, and let the lines of a busy run come together. */
const minIntervalMs = 100;

/** A subscriber that comes in and wants the lines from a number on. */
export const startAt = (line: bigint): LineState => ({ at: line, hasCaughtUp: false, key: `from ${line}` });

/**
 * The lines of one run as a tail; a position is the number of the next line. Lines are only ever added: a run that has fewer
 * than a reader has read fails all who follow it with CURSOR_INVALID, which says to begin again.
 */
export function createLineTail(
  reader: LineReader,
  {
    key,
    hang,
    store,
  }: { readonly key: string; readonly hang: (bell: Bell) => () => void; readonly store: Pick<LogStore, 'ringsWhenBack'> },
): Tail<bigint, LineState, LogLineBatch> {
  return {
    key,
    minIntervalMs,
    hang,
    end: reader.end,
    async next(after) {
      const found = await unlessDown(store, reader.read(after, null));
      if (!found) return { batches: [], position: after, more: false };
      const more = found.position < found.end;
      return { batches: found.lines.length > 0 ? [reader.toBatch(found, !more)] : [], position: found.position, more };
    },
    async step(state, goal) {
      if (state.at > goal) {
        await reader.read(state.at, state.at);
        return 'ahead';
      }
      const found = await reader.read(state.at, goal);
      const hasArrived = found.position >= goal;
      // The end of the history is told even when there is none: the reader then knows that it has everything.
      const isTold = found.lines.length > 0 || (hasArrived && !state.hasCaughtUp);
      return {
        batches: isTold ? [reader.toBatch(found, hasArrived)] : [],
        next: hasArrived ? null : { ...state, at: found.position },
      };
    },
    behind: (_start, at) => ({ at, hasCaughtUp: true, key: `behind ${at}` }),
    rewritten: (start) => start,
    keyOf: ({ key: ofState }) => ofState,
  };
}
