import { systemClock, type Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import { createEvaluationCalls, type EvaluationCalls } from './evaluations.js';
import { createGenerationCalls, type GenerationCalls } from './generation.js';
import { createJobs, type JobStatus } from './jobs.js';
import { createNotebookCalls, type NotebookCalls } from './notebooks.js';
import { createRegistry, type DashaiComponent, type NamedComponent } from './registry.js';
import { createReleaseProbe, type Release } from './release.js';
import { createRunCalls, type RunCalls } from './runs.js';
import { createWitnessCalls, type WitnessCalls } from './witnesses.js';
import { createTransport } from './transport.js';

export interface DashaiClientOptions {
  /** `dashaiUrl`, such as http://127.0.0.1:8000; null when none is set: every call is then EXECUTOR_UNAVAILABLE. */
  readonly url: string | null;
  readonly fetch?: typeof globalThis.fetch;
  /** For one call; queuing a job may take three times as long. 10 seconds when left out. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly log: Logger;
}

/**
 * The client of one DashAI's REST API, through which is started what only DashAI can do. Calls answer with ids as soon as the work
 * is queued; how it goes on is read from the home.
 *
 * Every call may throw, besides what is said at it: EXECUTOR_UNAVAILABLE (no address, nobody there, no answer in time),
 * EXECUTOR_FAILED (DashAI failed; its words), NOT_FOUND, CONFLICT and INVALID (DashAI refused; `field` is the input's).
 */
export interface DashaiClient extends WitnessCalls, RunCalls, EvaluationCalls, NotebookCalls, GenerationCalls {
  /** What is registered of some types (`Model`, `Task`, …; all when none is given), up to a minute old. */
  components(types: readonly string[]): Promise<readonly DashaiComponent[]>;
  /** Checks names of components; where the registry cannot be asked nothing is checked. @throws INVALID with the nearest known name */
  check(named: readonly NamedComponent[]): Promise<void>;
  jobStatus(jobId: string): Promise<JobStatus>;
  /**
   * Takes back a job that has not started; since DashAI 0.10 also stops one that has.
   * @throws CONFLICT when it is over, or has started in a DashAI that cannot stop it
   */
  cancelJob(jobId: string): Promise<void>;
  /** What the running release takes and can do, up to ten minutes old. */
  release(): Promise<Release>;
  /** Breaks off what is under way. */
  close(): void;
}

/**
 * Makes the client; nothing is asked before the first call.
 * @throws INVALID when the address is no http or https one
 */
export function createDashaiClient({ url, fetch, timeoutMs = 10_000, clock = systemClock, log }: DashaiClientOptions): DashaiClient {
  const transport = createTransport({ url, fetch, timeoutMs, clock, log });
  const release = createReleaseProbe(transport, clock);
  const registry = createRegistry(transport, clock, log);
  const jobs = createJobs(transport, release);
  const needs = { transport, jobs, registry, release };
  return {
    ...createWitnessCalls(needs),
    ...createRunCalls(needs),
    ...createEvaluationCalls(needs),
    ...createNotebookCalls(needs),
    ...createGenerationCalls(needs),
    components: registry.components,
    check: registry.check,
    jobStatus: jobs.status,
    cancelJob: jobs.cancel,
    release,
    close: transport.close,
  };
}
