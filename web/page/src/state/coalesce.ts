/** Work that is asked for often and done seldom. */
export interface Coalesced {
  /** Asks for the work. */
  ask(): void;
  /** Ends what waits. */
  stop(): void;
}

/**
 * Does work at most once per interval, however often it is asked for, never twice at a time, and once more when it was
 * asked for during the work.
 */
export function coalesce(
  work: () => Promise<void>,
  { firstMs, minIntervalMs }: { readonly firstMs: number; readonly minIntervalMs: number },
): Coalesced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWorking = false;
  let isWanted = false;
  let lastAt = -Infinity;
  const run = async () => {
    timer = undefined;
    isWorking = true;
    isWanted = false;
    try {
      await work();
    } finally {
      isWorking = false;
      lastAt = performance.now();
      if (isWanted) ask();
    }
  };
  const ask = () => {
    isWanted = true;
    if (timer !== undefined || isWorking) return;
    const waitMs = Math.max(firstMs, lastAt + minIntervalMs - performance.now());
    timer = setTimeout(() => void run(), waitMs);
  };
  return {
    ask,
    stop() {
      clearTimeout(timer);
      timer = undefined;
      isWanted = false;
    },
  };
}
