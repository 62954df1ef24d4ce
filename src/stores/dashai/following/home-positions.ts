import { crc32 } from 'node:zlib';
import type { MetricColumns } from '../../../core/metric-columns.js';
import { raw, sql, type Database, type SqlValue } from '../../engine/sql.js';
import type { NewPoints, RunTail, TailRange } from '../../feed.js';
import type { PointsOfRun, RowPositions, SeriesOfRun } from '../../mlflow/following/row-positions.js';
import type { Pulse, PulseQuestion } from '../../mlflow/following/pulse.js';
import type { MlflowDatabase } from '../../mlflow/layout.js';
import { seriesOfRows } from '../../mlflow/metrics/metric-rows.js';
import { atOnce } from '../at-once.js';
import type { KeptRuns } from '../kept-runs.sql.js';
import type { LastRow, LastValues } from './last-values.js';

/**
 * A position in the metrics of a run: number of its last row · 2^80 + when the newest change of a last value was seen · 2^32 +
 * a proof. The proof is a checksum of the row and of the run's generation, and shows that the run is still the one that was
 * read: a reset deletes all of its rows, and DashAI gives their numbers to the rows of the next training.
 */
const rowBits = 80n;
const proofBits = 32n;

const positionOf = (rowid: bigint, seenAt: bigint, proof: number): bigint => (rowid << rowBits) | (seenAt << proofBits) | BigInt(proof);
const rowOf = (position: bigint): bigint => position >> rowBits;
const seenOf = (position: bigint): bigint => (position >> proofBits) & 0xffffffffffffn;
const proofOf = (position: bigint): number => Number(position & 0xffffffffn);

const rowColumns = raw('m.rowid, m.key, m.step, m.timestamp, m.value, m.is_nan');
const inPlace = raw("('LAST', 'LAST_OUTER')");

/** One short statement per chunk: an open cursor would hold up DashAI's commits. */
const rowsPerRead = 20_000;

// Steps lose the plain key to epochs, and a last value that was there first loses it to both: what was told before is then wrong.
const keyIsAnother = raw(`COUNT(DISTINCT CASE WHEN m.level <> 'LAST' THEN m.level END) = 2
  OR MIN(CASE WHEN m.level = 'LAST' THEN m.id END) < MIN(CASE WHEN m.level <> 'LAST' THEN m.id END)`);

/** Runs as they are at one moment. */
interface RunState {
  /** Changes when the run is reset or trained anew, and when a series gets rows of epochs and its steps another key. */
  readonly generation: string;
  readonly lastValues: readonly LastRow[];
}

/** Follows the metrics of a DashAI home: rows by their numbers, last values by what they were before. */
export function createHomePositions(memory: LastValues, kept: KeptRuns): RowPositions {
  const ends: RowPositions['ends'] = (database, runIds) => atOnce(database.db, kept, () => readEnds(database, memory, runIds));
  return {
    ends,
    tail: (database, ranges, limit) => atOnce(database.db, kept, () => readTail(database, memory, ranges, limit)),
    series: (database, wanted) => readSeries(database, ends, wanted),
    pulse: async (database, question) => ({ ...(await lookAround(database, question)), touched: kept.takeTouched() }),
  };
}

async function readStates({ db, dialect }: MlflowDatabase, runIds: readonly string[]): Promise<Map<string, RunState>> {
  const ids = dialect.integers(runIds.filter((id) => /^\d{1,18}$/.test(id)).map(BigInt));
  const runs = await db.all(sql`/* dashai.generations */
    SELECT CAST(r.id AS TEXT), COALESCE(r.delivery_time, '') || ' ' || COALESCE(r.start_time, '') || ' ' ||
      (SELECT COUNT(*) FROM (SELECT 1 FROM metric m WHERE m.run_id = r.id AND m.level IN ('LAST', 'STEP', 'EPOCH') GROUP BY m.split, m.name
        HAVING ${keyIsAnother}))
    FROM run r WHERE r.id IN ${ids}`);
  const rows = await db.all(sql`/* dashai.lastValues */
    SELECT m.run_uuid, ${rowColumns} FROM metrics m WHERE m.run_id IN ${ids} AND m.level IN ${inPlace} ORDER BY m.rowid`);
  const lastOf = new Map<string, LastRow[]>();
  for (const [runId, ...row] of rows) {
    if (!lastOf.has(runId as string)) lastOf.set(runId as string, []);
    lastOf.get(runId as string)!.push(row);
  }
  return new Map(
    runs.map(([id, generation]) => [id as string, { generation: generation as string, lastValues: lastOf.get(id as string) ?? [] }]),
  );
}

/** The proof of a run's row; a run without rows has none. */
const proofFor = (row: readonly SqlValue[] | undefined, generation: string): number =>
  row ? crc32(`${row.join('\0')}\0${generation}`) : 0;

async function readEnds(database: MlflowDatabase, memory: LastValues, runIds: readonly string[]): Promise<Map<string, bigint>> {
  const ends = new Map<string, bigint>();
  for (const [runId, { generation, lastValues }] of await readStates(database, runIds)) {
    const seenAt = memory.look(runId, lastValues);
    const [row] = await database.db.all(sql`/* dashai.lastRow */
      SELECT ${rowColumns} FROM metrics m WHERE m.run_id = ${BigInt(runId)} AND m.level NOT IN ${inPlace} ORDER BY m.rowid DESC LIMIT 1`);
    ends.set(runId, positionOf((row?.[0] as bigint | undefined) ?? 0n, seenAt, proofFor(row, generation)));
  }
  return ends;
}

async function readTail(database: MlflowDatabase, memory: LastValues, ranges: readonly TailRange[], limit: number): Promise<NewPoints> {
  const states = await readStates(
    database,
    ranges.map(({ runId }) => runId),
  );
  const present = ranges.filter(({ runId }) => states.has(runId));
  for (const { runId, after, upTo } of present) {
    for (const position of [after, upTo ?? 0n]) {
      if (!(await isProven(database.db, runId, position, states.get(runId)!)))
        return { epoch: '', tails: [], more: false, isRewritten: true };
    }
  }
  const tails: RunTail[] = [];
  let left = limit;
  for (const range of present) {
    if (left <= 0) break;
    const { count, ...tail } = await readRange(database.db, memory, range, states.get(range.runId)!, left);
    if (count > 0) tails.push(tail);
    left -= count;
  }
  return { epoch: '', tails, more: left <= 0, isRewritten: false };
}

async function isProven(db: Database, runId: string, position: bigint, { generation }: RunState): Promise<boolean> {
  if (rowOf(position) === 0n) return true;
  const [row] = await db.all(sql`/* dashai.rowAt */
    SELECT ${rowColumns} FROM metrics m WHERE m.rowid = ${rowOf(position)} AND m.run_id = ${BigInt(runId)}`);
  return row !== undefined && proofFor(row, generation) === proofOf(position);
}

async function readRange(
  db: Database,
  memory: LastValues,
  { runId, after, upTo }: TailRange,
  { generation, lastValues }: RunState,
  limit: number,
): Promise<RunTail & { count: number }> {
  const seenAt = memory.look(runId, lastValues);
  const last = upTo === null ? sql`1` : sql`m.rowid <= ${rowOf(upTo)}`;
  const rows = await db.all(sql`/* dashai.rowsAfter */
    SELECT ${rowColumns} FROM metrics m
    WHERE m.run_id = ${BigInt(runId)} AND m.level NOT IN ${inPlace} AND m.rowid > ${rowOf(after)} AND ${last} ORDER BY m.rowid LIMIT ${limit}`);
  const newest = rows.at(-1);
  // Last values come after the rows they sum up, when there is nothing left before them.
  const isComplete = rows.length < limit;
  const until = upTo === null || seenOf(upTo) > seenAt ? seenAt : seenOf(upTo);
  const changed = isComplete ? memory.changedBetween(runId, seenOf(after), until) : [];
  const next = positionOf(
    newest ? (newest[0] as bigint) : rowOf(after),
    isComplete && until > seenOf(after) ? until : seenOf(after),
    newest ? proofFor(newest, generation) : proofOf(after),
  );
  return { runId, series: seriesOfRows([...rows, ...changed.map((row) => [...row])], 1), next, count: rows.length + changed.length };
}

async function readSeries(database: MlflowDatabase, ends: RowPositions['ends'], { runId, upTo, keys }: SeriesOfRun): Promise<PointsOfRun> {
  const { db, dialect } = database;
  // Where the answer ends is fixed first: what is written while it is read belongs to whoever continues from there.
  const end = upTo ?? (await ends(database, [runId])).get(runId) ?? 0n;
  const wanted = await keys();
  const parts = new Map(wanted.map((key): [string, MetricColumns[]] => [key, []]));
  if (!/^\d{1,18}$/.test(runId)) return { parts, position: end };
  let position = 0n;
  for (;;) {
    const rows = await db.all(sql`/* dashai.metricRows */
      SELECT ${rowColumns} FROM metrics m WHERE m.run_id = ${BigInt(runId)} AND m.rowid > ${position}
        AND (m.rowid <= ${rowOf(end)} OR m.level IN ${inPlace}) AND m.key IN ${dialect.texts(wanted)} ORDER BY m.rowid LIMIT ${rowsPerRead}`);
    for (const columns of seriesOfRows(rows, 1)) parts.get(columns.key)!.push(columns);
    if (rows.length > 0) position = rows.at(-1)![0] as bigint;
    if (rows.length < rowsPerRead) return { parts, position: end };
  }
}

/** What was known of the file when it was last looked at. */
interface Mark {
  readonly connection: string;
  readonly dataVersion: bigint;
}

const isMark = (mark: object | null): mark is Mark => mark !== null && 'dataVersion' in mark;

/** Looks whether somebody wrote to the file, which costs microseconds. Who follows a run then looks for himself. */
async function lookAround({ db, layout }: MlflowDatabase, { since }: PulseQuestion): Promise<Pulse> {
  const rows = await db.all(raw('PRAGMA data_version'));
  const mark: Mark = { connection: layout.connection, dataVersion: rows[0]![0] as bigint };
  const hasChanged = !isMark(since) || since.connection !== mark.connection || since.dataVersion !== mark.dataVersion;
  return { mark, hasChanged, withPoints: hasChanged ? 'all' : [], isUnclear: false, withTexts: [] };
}
