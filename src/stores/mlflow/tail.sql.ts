import { ownBuffers, type KeyedColumns } from '../../core/metric-columns.js';
import { raw, sql, type Sql } from '../engine/sql.js';
import type { RunEventKind, RunTail, StoredRunEvent, TailPosition } from '../feed.js';
import type { MlflowDatabase } from './layout.js';
import { entriesFrom } from './metric-log.sql.js';

/**
 * Points of each run from its offset on, in offset order, at most about `limit` in all (an entry is never cut at its end).
 * Runs without new points are absent.
 */
export async function readTail(database: MlflowDatabase, input: { positions: readonly TailPosition[]; limit: number }): Promise<RunTail[]> {
  const tails: RunTail[] = [];
  let left = input.limit;
  for (const { runId, offset } of await withNews(database, input.positions)) {
    const series: KeyedColumns[] = [];
    let next = offset;
    for await (const entry of entriesFrom(database.db, runId, offset)) {
      const skipped = Number(next - entry.firstOffset);
      series.push(
        ...(skipped > 0 ? skipPoints(entry.series, skipped) : entry.series).map((columns) => ({
          key: columns.key,
          ...ownBuffers(columns),
        })),
      );
      left -= entry.count - Math.max(skipped, 0);
      next = entry.firstOffset + BigInt(entry.count);
      if (left <= 0) break;
    }
    tails.push({ runId, series, next });
    if (left <= 0) break;
  }
  return tails;
}

// The run's last entry by its key: no scan, however long the log.
const endOfLog = (runId: Sql): Sql =>
  sql`(SELECT l.first_offset + l.count FROM rungraph_metric_log l WHERE l.run_uuid = ${runId} ORDER BY l.first_offset DESC LIMIT 1)`;

/** Offsets that follow the last point of each run, in the order of `runIds`. */
export async function tailEnd({ db, dialect }: MlflowDatabase, runIds: readonly string[]): Promise<TailPosition[]> {
  const rows = await db.all(sql`/* mlflow.tailEnd */
    SELECT r.run_uuid, ${endOfLog(raw('r.run_uuid'))} FROM runs r WHERE r.run_uuid IN ${dialect.texts(runIds)}`);
  const ends = new Map(rows.map(([runId, offset]) => [runId as string, (offset as bigint | null) ?? 0n]));
  return runIds.map((runId) => ({ runId, offset: ends.get(runId) ?? 0n }));
}

async function withNews(database: MlflowDatabase, positions: readonly TailPosition[]) {
  const runIds = positions.map(({ runId }) => runId);
  const ends = await tailEnd(database, runIds);
  return positions.filter(({ offset }, index) => ends[index]!.offset > offset);
}

function skipPoints(series: readonly KeyedColumns[], count: number): KeyedColumns[] {
  let left = count;
  return series.flatMap((columns) => {
    const cut = Math.min(left, columns.values.length);
    left -= cut;
    if (cut === columns.values.length) return [];
    return [
      {
        key: columns.key,
        steps: columns.steps.subarray(cut),
        timestamps: columns.timestamps.subarray(cut),
        values: columns.values.subarray(cut),
      },
    ];
  });
}

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
export async function eventsEnd({ db }: MlflowDatabase, _input: null): Promise<bigint> {
  const rows = await db.all(sql`/* mlflow.eventsEnd */ SELECT COALESCE(MAX(sequence), 0) FROM rungraph_run_events`);
  return rows[0]![0] as bigint;
}
