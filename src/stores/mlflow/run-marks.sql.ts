import { crc32 } from 'node:zlib';
import { sql } from '../engine/sql.js';
import type { MlflowDatabase } from './layout.js';

/** Checksums of every run's row, in the order of the rows; small enough to be compared often. */
export interface RunMarks {
  readonly rows: BigInt64Array;
  /** Three a run: of its status, of its lifecycle stage, of the rest. */
  readonly marks: Uint32Array;
}

export const marksPerRun = 3;

/** Looks at all runs. 10,000 take about 15 ms of a reader thread. */
export async function readRunMarks({ db }: MlflowDatabase, _input: null): Promise<RunMarks> {
  const found = await db.all(sql`/* mlflow.runMarks */
    SELECT rowid, status, end_time, lifecycle_stage, run_uuid, name, experiment_id, start_time, user_id FROM runs ORDER BY rowid`);
  const rows = new BigInt64Array(found.length);
  const marks = new Uint32Array(found.length * marksPerRun);
  found.forEach(([rowid, status, endTime, stage, ...rest], index) => {
    rows[index] = rowid as bigint;
    marks.set([crc32(`${String(status)}\0${String(endTime)}`), crc32(String(stage)), crc32(rest.join('\0'))], index * marksPerRun);
  });
  return { rows, marks };
}

/** Ids and lifecycle stages of the runs in these rows. */
export async function runsInRows(
  { db, dialect }: MlflowDatabase,
  rows: readonly bigint[],
): Promise<{ row: bigint; runId: string; isDeleted: boolean }[]> {
  const found = await db.all(sql`/* mlflow.runsInRows */
    SELECT rowid, run_uuid, lifecycle_stage FROM runs WHERE rowid IN ${dialect.integers(rows)} ORDER BY rowid`);
  return found.map(([row, runId, stage]) => ({ row: row as bigint, runId: runId as string, isDeleted: stage === 'deleted' }));
}
