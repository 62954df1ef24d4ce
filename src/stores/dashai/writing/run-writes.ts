import { refuse } from '../../../core/errors.js';
import { join, sql } from '../../engine/sql.js';
import { once } from '../../mlflow/idempotency.js';
import type { DashaiWriteContext } from './dashai-writes.js';
import { findRow, insertRow, rowNumber } from './home-rows.sql.js';

/** A run in the form in which it is kept. */
export interface RunRow {
  readonly sessionId: string;
  readonly name: string;
  readonly modelName: string;
  readonly parameters: string;
  readonly description: string | null;
  readonly optimizerName: string;
  readonly optimizerParameters: string;
  readonly goalMetric: string;
  readonly idempotencyKey: string | null;
}

/** Adds a run that is not started. */
export function createSessionRun(context: DashaiWriteContext, input: RunRow): Promise<{ runId: string }> {
  const { db, now, nowMs } = context;
  return once(context, { key: input.idempotencyKey, operation: 'createSessionRun', input, now: nowMs }, async () => {
    if (!(await findRow(db, 'model_session', input.sessionId, ['id'])))
      throw refuse('NOT_FOUND', 'There is no such model session.', ['modelSession']);
    // Times, paths and rows of the splits stay NULL: DashAI fills them in while it trains.
    const number = await insertRow(db, 'run', {
      model_session_id: rowNumber(input.sessionId),
      name: input.name,
      description: input.description,
      model_name: input.modelName,
      parameters: input.parameters,
      optimizer_name: input.optimizerName,
      optimizer_parameters: input.optimizerParameters,
      goal_metric: input.goalMetric,
      status: 'NOT_STARTED',
      ...{ created: now, last_modified: now },
    });
    return { runId: String(number) };
  });
}

/** Changes a run. A description that is null is taken away; what is absent stays. */
export async function updateSessionRun(
  { db, now }: DashaiWriteContext,
  { runId, name, description }: { readonly runId: string; readonly name?: string; readonly description?: string | null },
): Promise<void> {
  await requireRun(db, runId);
  const changes = [
    ...(name === undefined ? [] : [sql`name = ${name}`]),
    ...(description === undefined ? [] : [sql`description = ${description}`]),
    sql`last_modified = ${now}`,
  ];
  if (changes.length === 1) return;
  await db.run(sql`/* dashai.updateSessionRun */ UPDATE run SET ${join(changes)} WHERE id = ${rowNumber(runId)}`);
}

/** As DashAI ends a run: one that failed has no end time. Ending it again in the same way changes nothing. */
export async function finishSessionRun(
  { db, now }: DashaiWriteContext,
  { runId, status }: { readonly runId: string; readonly status: string },
): Promise<void> {
  const before = await requireRun(db, runId);
  if (before === status) return;
  if (before === 'FINISHED' || before === 'ERROR') throw refuse('CONFLICT', `The run has ended already: it is ${before}.`, ['run']);
  await db.run(sql`/* dashai.finishSessionRun */
    UPDATE run SET status = ${status}, start_time = COALESCE(start_time, created), end_time = ${status === 'FINISHED' ? now : null},
      last_modified = ${now}
    WHERE id = ${rowNumber(runId)}`);
}

/** The state of a run. @throws NOT_FOUND without such a run */
export async function requireRun(db: DashaiWriteContext['db'], runId: string): Promise<string> {
  const found = await findRow(db, 'run', runId, ['status']);
  if (!found) throw refuse('NOT_FOUND', 'There is no such run.', ['run']);
  return String(found[0]);
}
