import type { NativeRef } from '../../core/ids.js';
import type { LogLineRecord, LogStore } from '../../stores/log-store.js';
import type { Context } from './context.js';
import { encodeLineCursor, requireReached } from './log-line.cursor.js';
import type { LogLine, LogLineBatch } from './log-line.type.js';

/** Lines one batch has at most. */
const linesPerBatch = 1_000;

/** Lines that were read, and the number of the one that follows them. */
export interface ReadLines {
  readonly lines: readonly LogLine[];
  readonly position: bigint;
  /** How many lines the run had when they were read. */
  readonly end: bigint;
}

/** Reads the lines of one run by number; keeps no position. */
export interface LineReader {
  /** How many lines the run has. */
  end(): Promise<bigint>;
  /**
   * Lines with the numbers `from` to `upTo`, the last one excluded, as many as one batch holds; null: all there are.
   * @throws CURSOR_INVALID when the run has fewer lines than `from`
   */
  read(from: bigint, upTo: bigint | null): Promise<ReadLines>;
  toBatch(read: Omit<ReadLines, 'end'>, caughtUp: boolean): LogLineBatch;
}

export function createLineReader(context: Context, run: NativeRef, store: LogStore): LineReader {
  const { nativeId: runId } = run;
  return {
    end: async () => (await store.read({ runId, from: 0n, limit: 0 })).end,
    async read(from, upTo) {
      const limit = upTo === null || upTo - from > linesPerBatch ? linesPerBatch : Number(upTo - from);
      const { lines, end } = await store.read({ runId, from, limit });
      requireReached(end, from);
      return { lines: toLogLines(context, run, store, from, lines), position: from + BigInt(lines.length), end };
    },
    toBatch: ({ lines, position }, caughtUp) => ({ lines, cursor: encodeLineCursor(context, run, store, position), caughtUp }),
  };
}

/** Records as the API has them; cursors are made only where they are selected. */
export const toLogLines = (
  context: Context,
  run: NativeRef,
  store: LogStore,
  from: bigint,
  records: readonly LogLineRecord[],
): readonly LogLine[] =>
  records.map((record, index) => ({
    ...record,
    get cursor() {
      return encodeLineCursor(context, run, store, from + BigInt(index) + 1n);
    },
  }));
