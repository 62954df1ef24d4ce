import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import type { MlflowWriter } from '../writes.js';

/** Whoever starts a server wants an answer first. */
const restAtStartMs = 5_000;
/** How long at least between two looks at what was given up meanwhile. */
const sweepEveryMs = 10 * 60_000;

interface Needs {
  readonly writer: MlflowWriter;
  /** Names of the sources that are attached now. */
  readonly attached: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Deletes, in the background and little by little, statistics of sources that are gone or have begun anew. */
export function sweepForeignStats({ writer, attached, clock, log }: Needs): { close(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function sweep(): Promise<void> {
    for (let more = true; more && !signal.aborted;) {
      const began = performance.now();
      more = await writer.write('dropForeignStats', { attached });
      await clock.sleep(Math.ceil(performance.now() - began), signal); // the writer is others' half of the time at least
    }
  }

  async function work(): Promise<void> {
    await clock.sleep(restAtStartMs, signal);
    while (!signal.aborted) {
      await sweep().catch((error: unknown) => log.warn({ err: error }, 'statistics of sources that are gone could not be deleted'));
      await clock.sleep(sweepEveryMs, signal);
    }
  }

  const ended = work();
  return {
    async close() {
      stopping.abort();
      await ended;
    },
  };
}
