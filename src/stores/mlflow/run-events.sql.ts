import { sql } from '../engine/sql.js';
import type { RunEventKind, StoredRunEvent } from '../feed.js';
import type { MlflowDatabase } from './layout.js';
import type { RunChange } from './run-changes.js';
import { recordEvent } from './run-writes.js';
import type { WriteContext } from './writes.js';

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

/** Tells what another process did to runs of our own database, at least to one. */
export async function recordRunChanges(context: WriteContext, changes: readonly RunChange[]): Promise<RecordedEvents> {
  for (const { runId, kind } of changes) await recordEvent(context.db, runId, kind, context.now);
  const last = await eventsEnd(context, null);
  return { first: last - BigInt(changes.length) + 1n, last };
}
