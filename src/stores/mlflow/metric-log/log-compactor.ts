import { createBell } from '../../../core/bell.js';
import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import { StoreFailure } from '../../store-failure.js';
import { createCrowdedRuns, entriesPerLook } from './crowded-runs.js';
import type { MlflowReader } from '../reads.js';
import type { MlflowWriter, WriteName } from '../writes.js';

/** Whoever starts a server wants an answer first. */
const restAtStartMs = 1_000;
/** How long it is at least from one look at all runs to the next; they find what other processes appended. */
const sweepEveryMs = 10 * 60_000;
const runsPerRead = 200;

/** Keeps the append log compact, in the background. */
export interface LogCompactor {
  /** The writer it was given, which lets it know of appends. */
  readonly writer: MlflowWriter;
  /** Begins nothing more. Resolves when what is under way has ended; closing the writer ends it too. */
  stop(): Promise<void>;
}

interface Needs {
  readonly reader: MlflowReader;
  readonly writer: MlflowWriter;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Merges small entries of the append log: at the start those of all runs, then those of runs that were appended to.
 * After each merge it rests for as long as the merge took, so that it has the writing connection half of the time at most.
 */
export function startLogCompactor(needs: Needs): LogCompactor {
  const { writer, clock } = needs;
  const stopping = new AbortController();
  const bell = createBell();
  const crowded = createCrowdedRuns();
  const pass = createPass(needs, crowded.giveUp, stopping.signal);
  let sweptAt = -Infinity;

  function heard(name: WriteName, input: unknown): void {
    if ((name === 'logMetrics' || name === 'logBatch') && crowded.appended((input as { runId: string }).runId)) bell.ring();
    if (name === 'takeInOthers' && isSweepDue()) bell.ring();
  }

  const isSweepDue = (): boolean => clock.now() - sweptAt >= sweepEveryMs;

  async function work({ signal }: AbortController): Promise<void> {
    await clock.sleep(restAtStartMs, signal);
    while (!signal.aborted) {
      const count = bell.count;
      const runId = crowded.take();
      if (runId !== undefined) await pass.compact(runId, null);
      else if (isSweepDue()) {
        sweptAt = clock.now();
        await pass.compactAll();
      } else await bell.after(count, signal);
    }
  }

  const ended = work(stopping);
  return {
    writer: {
      write(name, input) {
        const written = writer.write(name, input);
        written.then(
          () => heard(name, input),
          () => undefined, // whoever asked for it hears why
        );
        return written;
      },
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Goes through the logs of one run or of all. */
function createPass({ reader, writer, clock, log }: Needs, giveUp: (runId: string) => void, signal: AbortSignal) {
  /** Merges what is worth it, from an offset on; null: among the newest entries. */
  async function compact(runId: string, from: bigint | null): Promise<void> {
    let next = from;
    do {
      const began = performance.now();
      const done = await attempt(runId, writer.write('compactLog', { runId, from: next }));
      next = done?.next ?? null;
      if (next !== null) await clock.sleep(Math.ceil(performance.now() - began), signal);
    } while (next !== null && !signal.aborted);
  }

  async function compactAll(): Promise<void> {
    for (let after = ''; !signal.aborted;) {
      const counts = (await attempt(null, reader.read('entryCounts', { after, limit: runsPerRead }))) ?? [];
      for (const { runId, entries } of counts) if (entries >= entriesPerLook && !signal.aborted) await compact(runId, 0n);
      if (counts.length < runsPerRead) return;
      after = counts.at(-1)!.runId;
    }
  }

  /** What comes of it; null when it failed. */
  async function attempt<T>(runId: string | null, asked: Promise<T>): Promise<T | null> {
    try {
      return await asked;
    } catch (error) {
      if (signal.aborted) return null;
      log.warn({ err: error, run: runId }, 'small entries of the metric log could not be merged; they can be read as they are');
      // It would fail again and again.
      if (runId !== null && error instanceof StoreFailure && error.reason === 'CORRUPT') giveUp(runId);
      return null;
    }
  }

  return { compact, compactAll };
}
