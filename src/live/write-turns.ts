import { setImmediate as nextTurn } from 'node:timers/promises';

/** Characters that are written to sockets before everything else gets its turn; some 3 ms. */
const lengthPerTurn = 2_000_000;
/** What a message costs beside its length, in characters. */
const lengthOfWrite = 8_000;

/**
 * Shares the event loop between those who write much at once, a leader with thousands of followers or a thousand subscribers
 * that took the same step, and all others.
 */
export interface WriteTurns {
  /** Whether enough was written for this turn. */
  readonly isOver: boolean;
  /** Counts a message that was written. */
  wrote(message: string): void;
  /** Resolves when everything else had its turn. */
  next(): Promise<void>;
}

export function createWriteTurns(): WriteTurns {
  let left = lengthPerTurn;
  let next: Promise<void> | null = null;
  async function begin(): Promise<void> {
    await nextTurn();
    left = lengthPerTurn;
    next = null;
  }
  return {
    get isOver() {
      return left <= 0;
    },
    wrote({ length }) {
      left -= length + lengthOfWrite;
    },
    next: () => (next ??= begin()),
  };
}
