import { ownBuffers, type KeyedColumns } from '../../../core/metric-columns.js';
import { raw, sql, type Sql } from '../../engine/sql.js';
import type { NewPoints, RunTail, TailEnds, TailRange } from '../../feed.js';
import type { MlflowDatabase } from '../layout.js';
import { entriesFrom } from '../metric-log/metric-log.sql.js';
import { positionsOf } from './row-positions.js';

/** Points of each range, at most `limit` in all. Our own database answers from its log, another one from its rows. */
export async function readTail(
  database: MlflowDatabase,
  { ranges, limit }: { ranges: readonly TailRange[]; limit: number },
): Promise<NewPoints> {
  if (!database.layout.own) return positionsOf(database).tail(database, ranges, limit);
  const ends = await logEnds(
    database,
    ranges.map(({ runId }) => runId),
  );
  const isRewritten = ranges.some(({ runId, after, upTo }) => {
    const end = ends.get(runId);
    return end !== undefined && (after > end || (upTo ?? 0n) > end);
  });
  const wanted = isRewritten ? [] : ranges.filter(({ runId, after }) => after < (ends.get(runId) ?? after));
  const tails: RunTail[] = [];
  let left = limit;
  for (const range of wanted) {
    if (left <= 0) break;
    const tail = await logTail(database, range, left);
    tails.push(tail);
    left -= tail.count;
  }
  // After the points: had the log been written anew before or while they were read, the epoch would say so.
  return { epoch: await logEpoch(database), tails, more: left <= 0, isRewritten };
}

/** Where each run ends now. */
export async function tailEnd(database: MlflowDatabase, runIds: readonly string[]): Promise<TailEnds> {
  const epoch = database.layout.own ? await logEpoch(database) : '';
  const ends = database.layout.own ? await logEnds(database, runIds) : await positionsOf(database).ends(database, runIds);
  return { epoch, positions: runIds.map((runId) => ({ runId, position: ends.get(runId) ?? 0n })) };
}

async function logTail({ db }: MlflowDatabase, { runId, after, upTo }: TailRange, limit: number): Promise<RunTail & { count: number }> {
  const series: KeyedColumns[] = [];
  let next = after;
  let count = 0;
  // One request may have put 100,000 points into one entry.
  const end = upTo !== null && upTo < after + BigInt(limit) ? upTo : after + BigInt(limit);
  for await (const entry of entriesFrom(db, runId, after, end)) {
    series.push(...entry.series.map((columns) => ({ key: columns.key, ...ownBuffers(columns) })));
    next = entry.firstOffset + BigInt(entry.count);
    count += entry.count;
  }
  return { runId, series, next, count };
}

// The run's last entry by its key: no scan, however long the log.
const endOfLog = (runId: Sql): Sql =>
  sql`(SELECT l.first_offset + l.count FROM rungraph_metric_log l WHERE l.run_uuid = ${runId} ORDER BY l.first_offset DESC LIMIT 1)`;

/** Offsets that follow the last point of each run; runs that are gone are absent. */
async function logEnds({ db, dialect }: MlflowDatabase, runIds: readonly string[]): Promise<Map<string, bigint>> {
  const rows = await db.all(sql`/* mlflow.tailEnd */
    SELECT r.run_uuid, ${endOfLog(raw('r.run_uuid'))} FROM runs r WHERE r.run_uuid IN ${dialect.texts(runIds)}`);
  return new Map(rows.map(([runId, offset]) => [runId as string, (offset as bigint | null) ?? 0n]));
}

async function logEpoch({ db }: MlflowDatabase): Promise<string> {
  const rows = await db.all(sql`/* mlflow.epoch */ SELECT value FROM rungraph_meta WHERE key = 'epoch'`);
  return rows[0]![0] as string;
}
