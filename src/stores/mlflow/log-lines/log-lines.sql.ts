import { sql, type Database } from '../../engine/sql.js';
import type { LogLinePage, LogLineRange, LogLineRecord } from '../../log-store.js';
import type { MlflowDatabase } from '../layout.js';
import { decodeBlock } from './log-lines-block.js';

/** Text one read answers, about, in UTF-16 units: a thousand of the longest lines would be more than one answer should hold. */
const unitsPerRead = 2_000_000;
/** Blocks one statement reads. */
const blocksPerStatement = 25;

/** Lines of a run from a number on: reads the blocks they are in and no others. */
export async function readLogLines({ db }: MlflowDatabase, { runId, from, limit }: LogLineRange): Promise<LogLinePage> {
  const end = await nextLine(db, runId);
  const lines: LogLineRecord[] = [];
  let units = 0;
  for await (const block of blocksFrom(db, runId, { from, upTo: from + BigInt(limit) })) {
    for (const line of block) {
      if (lines.length === limit || units >= unitsPerRead) return { lines, end };
      lines.push(line);
      units += line.message.length;
    }
  }
  return { lines, end };
}

/** Lines with the numbers `from` to `upTo` and those that follow in the same block, block by block. */
async function* blocksFrom(
  db: Database,
  runId: string,
  { from, upTo }: { readonly from: bigint; readonly upTo: bigint },
): AsyncGenerator<LogLineRecord[]> {
  let next = from;
  while (next < upTo) {
    // From the block that holds `next` on, found by its key however long the log is.
    const rows = await db.all(sql`/* mlflow.logLines */
      SELECT first_line, count, payload FROM rungraph_log_lines
      WHERE run_uuid = ${runId} AND first_line < ${upTo} AND first_line >= COALESCE(
        (SELECT b.first_line FROM rungraph_log_lines b WHERE b.run_uuid = ${runId} AND b.first_line <= ${next} ORDER BY b.first_line DESC LIMIT 1), 0)
      ORDER BY first_line LIMIT ${blocksPerStatement}`);
    for (const [firstLine, count, payload] of rows) {
      const after = (firstLine as bigint) + BigInt(Number(count));
      if (after > next) yield decodeBlock(payload as Uint8Array).slice(Number(next - (firstLine as bigint)));
      if (after > next) next = after;
    }
    if (rows.length < blocksPerStatement) return;
  }
}

/** How many lines the run has: the number of the next one. */
export async function nextLine(db: Database, runId: string): Promise<bigint> {
  const rows = await db.all(sql`/* mlflow.nextLogLine */
    SELECT first_line + count FROM rungraph_log_lines WHERE run_uuid = ${runId} ORDER BY first_line DESC LIMIT 1`);
  return (rows[0]?.[0] as bigint | undefined) ?? 0n;
}

/** Puts a block at the end of the run's lines; inside the transaction that asked for `nextLine`. */
export async function appendBlock(db: Database, runId: string, firstLine: bigint, count: number, payload: Uint8Array): Promise<void> {
  await db.run(sql`/* mlflow.appendLogLines */
    INSERT INTO rungraph_log_lines (run_uuid, first_line, count, payload) VALUES (${runId}, ${firstLine}, ${count}, ${payload})`);
}
