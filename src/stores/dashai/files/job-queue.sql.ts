import { join, raw, sql, type Database, type Sql, type SqlValue } from '../../engine/sql.js';
import { StoreFailure } from '../../store-failure.js';

/** A job of DashAI's queue, as `task_copy` in `job_queue.db` has it. */
export interface DashaiJob {
  /** What `huey_id` of a run, an explorer or a prediction refers to. */
  readonly id: string;
  /** `not_started`, `started`, `finished`, `error`, `deleted`, `cancelled`, `killed`, or what a later release adds. */
  readonly status: string;
  /** Class of the job, such as `ModelJob`. */
  readonly taskType: string | null;
  readonly jobName: string | null;
  /** Why it failed; null unless it did. */
  readonly error: string | null;
  /** Milliseconds since the epoch. The queue is in UTC, unlike everything else of a home. */
  readonly enqueuedAt: number | null;
  readonly updatedAt: number | null;
  /** 0 to 100; null before 0.10. */
  readonly progress: number | null;
  readonly progressMessage: string | null;
}

// `job_blob` is a pickle of the job with all it was given, and is never asked for.
const columns = [
  'id',
  'status',
  'task_type',
  'job_name',
  'error_msg',
  'enqueued_at',
  'last_update',
  'progress',
  'progress_message',
] as const;

/** As many ids as one statement binds. */
const idsPerStatement = 500;

/**
 * Jobs by their ids. A queue without the table has no jobs; columns a release does not have are null.
 * @param queue a read-only connection to `job_queue.db`
 * @param ids `huey_id` of rows, in any number; those that are not known are left out
 */
export async function jobsByIds(queue: Database, ids: readonly string[]): Promise<ReadonlyMap<string, DashaiJob>> {
  const jobs = new Map<string, DashaiJob>();
  const known = ids.length === 0 ? new Set<string>() : await jobColumns(queue);
  if (!known.has('id') || !known.has('status')) return jobs;
  const selected = join(columns.map((column) => (known.has(column) ? raw(column) : raw('NULL'))));
  const asked = [...new Set(ids)];
  for (let start = 0; start < asked.length; start += idsPerStatement) {
    const chunk = join(asked.slice(start, start + idsPerStatement).map((id) => sql`${id}`));
    for (const row of await queue.all(jobPage(selected, chunk))) {
      const job = toJob(row);
      jobs.set(job.id, job);
    }
  }
  return jobs;
}

/** What was asked of a queue whose file need not exist: a home that never had a job has none. */
export async function unlessNoQueue(asked: Promise<ReadonlyMap<string, DashaiJob>>): Promise<ReadonlyMap<string, DashaiJob>> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StoreFailure && error.reason === 'MISSING') return new Map();
    throw error;
  }
}

const jobPage = (selected: Sql, ids: Sql): Sql => sql`/* dashai.jobsByIds */ SELECT ${selected} FROM task_copy WHERE id IN (${ids})`;

async function jobColumns(queue: Database): Promise<ReadonlySet<string>> {
  const rows = await queue.all(sql`/* dashai.jobColumns */ SELECT name FROM pragma_table_info('task_copy')`);
  return new Set(rows.map(([name]) => String(name)));
}

function toJob([id, status, taskType, jobName, error, enqueuedAt, updatedAt, progress, message]: readonly SqlValue[]): DashaiJob {
  return {
    id: String(id),
    status: String(status),
    taskType: toText(taskType),
    jobName: toText(jobName),
    error: toText(error),
    enqueuedAt: toTime(enqueuedAt),
    updatedAt: toTime(updatedAt),
    progress: typeof progress === 'number' || typeof progress === 'bigint' ? Number(progress) : null,
    progressMessage: toText(message),
  };
}

const toText = (value: SqlValue | undefined): string | null => (typeof value === 'string' ? value : null);

/** `2026-11-21 06:27:51.656`, in UTC. */
function toTime(value: SqlValue | undefined): number | null {
  const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(value) : null;
  const time = match === null ? NaN : Date.parse(`${match[1]!}T${match[2]!}Z`);
  return Number.isNaN(time) ? null : time;
}
