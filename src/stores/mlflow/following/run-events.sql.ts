import { sql } from '../../engine/sql.js';
import type { RunEventKind, StoredRunEvent } from '../../feed.js';
import type { MlflowDatabase } from '../layout.js';
import type { RunChange } from './run-changes.js';
import { oneAfterTheOther, recordEvent } from '../runs/run-writes.js';
import type { WriteContext } from '../writes.js';

/** Events after a sequence number, oldest first. */
export async function readEvents({ db }: MlflowDatabase, input: { after: bigint; limit: number }): Promise<StoredRunEvent[]> {
  const rows = await db.all(sql`/* mlflow.runEvents */
    SELECT sequence, run_uuid, kind, at FROM rungraph_run_events WHERE sequence > ${input.after} ORDER BY sequence LIMIT ${input.limit}`);
  return rows.map(([sequence, runId, kind, at]) => ({
    sequence: sequence as bigint,
    runId: runId as string,
    kind: kind as RunEventKind,
    at: Number(at),
  }));
}

/** The sequence number of the newest event; 0 when there is none. */
export async function eventsEnd({ db }: Pick<MlflowDatabase, 'db'>, _input: null): Promise<bigint> {
  const rows = await db.all(sql`/* mlflow.eventsEnd */ SELECT COALESCE(MAX(sequence), 0) FROM rungraph_run_events`);
  return rows[0]![0] as bigint;
}

/** Sequence numbers of events that were recorded together, one after the other. */
export interface RecordedEvents {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Tells what another process did to runs of our own database. A run that has an event after `after` already is left out: another
 * server has noticed the same, or we changed the run meanwhile.
 * @returns null when nothing was left to tell
 */
export async function recordRunChanges(
  context: WriteContext,
  { changes, after }: { readonly changes: readonly RunChange[]; readonly after: bigint },
): Promise<RecordedEvents | null> {
  await oneAfterTheOther(context);
  const runIds = changes.map(({ runId }) => runId);
  const told = await context.db.all(sql`/* mlflow.runsTold */
    SELECT DISTINCT e.run_uuid FROM rungraph_run_events e WHERE e.sequence > ${after} AND ${context.dialect.oneOf(sql`e.run_uuid`, runIds)}`);
  const isTold = new Set(told.map(([runId]) => runId as string));
  const untold = changes.filter(({ runId }) => !isTold.has(runId));
  if (untold.length === 0) return null;
  for (const { runId, kind } of untold) await recordEvent(context, runId, kind, context.now);
  const last = await eventsEnd(context, null);
  return { first: last - BigInt(untold.length) + 1n, last };
}
