import { StoreFailure } from '../../store-failure.js';
import { startThread, type Thread } from '../thread.js';
import type { ReadMessage } from './read-thread.js';
import type { Clock } from '../../../core/clock.js';

/** Threads that read SQLite files; started when first needed. */
export interface SqliteReaders {
  /** @throws StoreFailure when the file cannot be read; `BUSY` only after it stayed locked for `timeoutMs` */
  read<T>(message: ReadMessage): Promise<T>;
  close(): Promise<void>;
}

const retryAfterMs = 40;

/**
 * @param module the threads' entry, which calls `serveReads`
 * @param count how many threads; questions to our own files go to the least busy one, those to a foreign file
 *   always to the same, so that the file is opened once
 */
export function startReaders(module: URL, { count, timeoutMs, clock }: { count: number; timeoutMs: number; clock: Clock }): SqliteReaders {
  const threads: (Thread | undefined)[] = Array.from({ length: count });
  const assigned = new Map<string, number>();

  /** A thread that ended (it ran out of memory, say) is replaced; only the questions it had are lost. */
  function thread(index: number): Thread {
    if (!threads[index] || threads[index].hasEnded) threads[index] = startThread(module, null);
    return threads[index];
  }

  function choose({ file }: ReadMessage): Thread {
    if (!file.foreign) {
      const free = threads.findIndex((candidate) => candidate !== undefined && candidate.pending === 0);
      if (free >= 0) return thread(free);
      const unstarted = threads.indexOf(undefined);
      if (unstarted >= 0) return thread(unstarted);
      return threads.reduce((least, candidate) => (candidate!.pending < least!.pending ? candidate : least))!;
    }
    if (!assigned.has(file.path)) assigned.set(file.path, assigned.size % count);
    return thread(assigned.get(file.path)!);
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
