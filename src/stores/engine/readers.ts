import type { Clock } from '../../core/clock.js';
import { StoreFailure } from '../store-failure.js';
import { placeOf } from './location.js';
import type { ReadMessage } from './read-thread.js';
import { startThread, type Thread } from './thread.js';

/** Threads that read databases; started when first needed. */
export interface Readers {
  /** @throws StoreFailure when the database cannot be read; `BUSY` only after it was locked or away for `timeoutMs` */
  read<T>(message: ReadMessage): Promise<T>;
  close(): Promise<void>;
}

const retryAfterMs = 40;

/**
 * @param module the threads' entry, which calls `serveReads`
 * @param count how many threads; questions to our own databases go to the least busy one, those to a foreign one
 *   always to the same, so that it is opened once
 */
export function startReaders(module: URL, { count, timeoutMs, clock }: { count: number; timeoutMs: number; clock: Clock }): Readers {
  const threads: (Thread | undefined)[] = Array.from({ length: count });
  const assigned = new Map<string, number>();

  /** A thread that ended (it ran out of memory, say) is replaced; only the questions it had are lost. */
  function thread(index: number): Thread {
    if (!threads[index] || threads[index].hasEnded) threads[index] = startThread(module, null);
    return threads[index];
  }

  function choose({ database }: ReadMessage): Thread {
    if (!database.foreign) {
      const free = threads.findIndex((candidate) => candidate !== undefined && candidate.pending === 0);
      if (free >= 0) return thread(free);
      const unstarted = threads.indexOf(undefined);
      if (unstarted >= 0) return thread(unstarted);
      return threads.reduce((least, candidate) => (candidate!.pending < least!.pending ? candidate : least))!;
    }
    const place = placeOf(database);
    if (!assigned.has(place)) assigned.set(place, assigned.size % count);
    return thread(assigned.get(place)!);
  }

  return {
    async read<T>(message: ReadMessage): Promise<T> {
      const deadline = clock.now() + timeoutMs;
      for (;;) {
        try {
          return await choose(message).call<T>(message);
        } catch (error) {
          const locked = error instanceof StoreFailure && error.reason === 'BUSY';
          if (!locked || clock.now() >= deadline) throw error;
          await clock.sleep(retryAfterMs);
        }
      }
    },
    close: async () => {
      for (const started of threads) await started?.close();
    },
  };
}
