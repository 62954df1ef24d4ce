import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sql } from '../../engine/sql.js';
import type { MlflowDatabase } from '../layout.js';

/** Checksums of every run's row, in the order of the runs' numbers; small enough to be compared often. */
export interface RunMarks {
  /** A number for each run, made of its id: not every engine numbers its rows. */
  readonly runs: BigInt64Array;
  /** Three a run: of its status, of its lifecycle stage, of the rest. */
  readonly marks: Uint32Array;
}

export const marksPerRun = 3;

/** Looks at all runs. 10,000 take about 40 ms of a reader thread. */
export async function readRunMarks({ db }: MlflowDatabase, _input: null): Promise<RunMarks> {
  const found = await db.all(sql`/* mlflow.runMarks */
    SELECT run_uuid, status, end_time, lifecycle_stage, name, experiment_id, start_time, user_id FROM runs`);
  const numbers = BigInt64Array.from(found, ([runId]) => numberOf(runId as string));
  const order = Uint32Array.from(found.keys()).sort((a, b) => (numbers[a]! < numbers[b]! ? -1 : 1));
  const marks = new Uint32Array(found.length * marksPerRun);
  order.forEach((place, index) => {
    const [, status, endTime, stage, ...rest] = found[place]!;
    marks.set([crc32(`${String(status)}\0${String(endTime)}`), crc32(String(stage)), crc32(rest.join('\0'))], index * marksPerRun);
  });
  return { runs: numbers.sort(), marks };
}

// 64 bits: among a million runs two have the same number once in 40 million times.
const numberOf = (runId: string): bigint => createHash('sha1').update(runId).digest().readBigInt64LE(0);

/** Ids and lifecycle stages of the runs with these numbers, in the order in which they were started. */
export async function runsOfMarks(
  { db }: MlflowDatabase,
  numbers: readonly bigint[],
): Promise<{ number: bigint; runId: string; isDeleted: boolean }[]> {
  const wanted = new Set(numbers);
  const found = await db.all(sql`/* mlflow.runsOfMarks */ SELECT run_uuid, lifecycle_stage FROM runs ORDER BY start_time, run_uuid`);
  return found.flatMap(([runId, stage]) => {
    const number = numberOf(runId as string);
    return wanted.has(number) ? [{ number, runId: runId as string, isDeleted: stage === 'deleted' }] : [];
  });
}
