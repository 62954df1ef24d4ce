import { refuse } from '../../../core/errors.js';
import { ExecutorError } from './executor-error.js';
import { jsonText } from './json-text.js';
import type { Release } from './release.js';
import type { JsonObject, Transport } from './transport.js';

/** Where a job is. */
export interface JobStatus {
  /** `not_started`, `started`, `finished`, `error`; since 0.9.7 also `cancelled` and `killed`. Others may come. */
  readonly status: string;
  /** When it last changed; null when DashAI does not say. */
  readonly updatedAt: Date | null;
  /** What went wrong; null while nothing did. */
  readonly error: string | null;
  /** `Train: rf`, for people. */
  readonly name: string | null;
  /** Percent, 0–100; null before 0.10 and where a job does not tell. */
  readonly progress: number | null;
  readonly progressMessage: string | null;
}

/** What a job is queued for: it was just created, and without its job it is of no use. */
export interface CreatedEntity {
  readonly noun: string;
  readonly id: number;
  /** The path whose DELETE takes it back without a trace; null where DashAI has none. */
  readonly remove: string | null;
}

/** DashAI's queue of jobs. */
export interface Jobs {
  /** Queues a job. @returns its id */
  queue(jobType: string, args: JsonObject): Promise<string>;
  /** Queues the job of something just created; if it surely was not queued, that is removed again. The error says what remains. */
  queueFor(entity: CreatedEntity, jobType: string, args: JsonObject): Promise<string>;
  status(jobId: string): Promise<JobStatus>;
  /**
   * Takes a job back that has not started; since DashAI 0.10 also stops one that has.
   * @throws CONFLICT when it is over, or runs in a DashAI that cannot stop it
   */
  cancel(jobId: string): Promise<void>;
}

// Before it answers, DashAI marks the entity as delivered, for which it may wait for its database, and starts its queue's process.
const patience = 3;

export function createJobs(transport: Transport, release: () => Promise<Release>): Jobs {
  const queue = async (jobType: string, args: JsonObject) => {
    const form = new URLSearchParams({ job_type: jobType, kwargs: jsonText(args) });
    const answer = await transport.send({ method: 'POST', path: '/job/', form, timeoutMs: patience * transport.timeoutMs });
    const id = (answer as { readonly id?: unknown } | null)?.id;
    if (typeof id === 'string' && id !== '') return id;
    throw new ExecutorError('EXECUTOR_FAILED', 'DashAI answered without the id of the job it was to queue.', 'UNKNOWN');
  };
  const status = async (jobId: string) => toStatus(await transport.send({ method: 'GET', path: `/job/status/${checkedJobId(jobId)}` }));
  return {
    queue,
    async queueFor(entity, jobType, args) {
      try {
        return await queue(jobType, args);
      } catch (error) {
        throw error instanceof ExecutorError ? error.with(await leftBehind(transport, entity, error)) : error;
      }
    },
    status,
    cancel: (jobId) => cancel(transport, release, status, jobId),
  };
}

async function leftBehind(transport: Transport, { noun, id, remove }: CreatedEntity, error: ExecutorError): Promise<string> {
  if (error.outcome === 'UNKNOWN')
    return `The ${noun} ${id} was created; whether its job was queued is not known, so look at it before trying again.`;
  const kept = `The ${noun} ${id} was created and remains, without a job.`;
  if (!remove) return kept;
  return transport.send({ method: 'DELETE', path: remove }).then(
    () => `The ${noun} ${id}, created for it, was removed again.`,
    () => kept,
  );
}

const over: readonly string[] = ['finished', 'error', 'cancelled', 'killed', 'deleted'];

async function cancel(
  transport: Transport,
  release: () => Promise<Release>,
  status: (jobId: string) => Promise<JobStatus>,
  jobId: string,
): Promise<void> {
  const { status: state } = await status(jobId);
  // DashAI would take the DELETE of a job that is over for the wish to forget it.
  if (over.includes(state)) throw refuse('CONFLICT', `The job ${jobId} is over (${state}).`, ['jobId']);
  if (state === 'started' && !(await release()).stopsStartedJobs)
    throw refuse('CONFLICT', `The job ${jobId} has started, and this release of DashAI cannot stop it.`, ['jobId']);
  try {
    await transport.send({ method: 'DELETE', path: `/job/${checkedJobId(jobId)}` });
  } catch (error) {
    // Before 0.10 DashAI wraps its own 404 in a 500.
    if (error instanceof ExecutorError && error.status === 500 && error.said.endsWith('404: Job not found'))
      throw error.as('NOT_FOUND', `DashAI has no job ${jobId}.`, ['jobId']);
    throw error;
  }
}

/** Ids of jobs are UUIDs. Nothing else may stand where one is expected: `DELETE /job/all` cancels every job. */
function checkedJobId(jobId: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(jobId)) return jobId;
  throw refuse('INVALID', 'The id of a job is a UUID.', ['jobId']);
}

function toStatus(answer: unknown): JobStatus {
  const row = (answer ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof row.status !== 'string')
    throw new ExecutorError('EXECUTOR_FAILED', 'DashAI answered without the state of the job.', 'UNKNOWN');
  return {
    status: row.status,
    updatedAt: readUtc(row.updated),
    error: textOrNull(row.error),
    name: textOrNull(row.job_name),
    progress: typeof row.progress === 'number' ? row.progress : null,
    progressMessage: textOrNull(row.progress_message),
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** `2026-11-21 06:27:51.656`: times of jobs are UTC, unlike all others of DashAI's. */
function readUtc(value: unknown): Date | null {
  const time = new Date(typeof value === 'string' ? `${value.replace(' ', 'T')}Z` : NaN);
  return Number.isNaN(time.getTime()) ? null : time;
}
