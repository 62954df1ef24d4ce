import type { LoggedLines, LogLineRecord, LogLines } from '../../log-store.js';
import { once } from '../idempotency.js';
import { encodeBlock } from './log-lines-block.js';
import { appendBlock, nextLine } from './log-lines.sql.js';
import { requireActiveRun } from '../runs/run-writes.js';
import type { WriteContext } from '../writes.js';

/** Lines and, about, UTF-16 units of one block: what a page decodes for nothing, at most, at each of its ends. */
const linesPerBlock = 500;
const unitsPerBlock = 250_000;

/** Appends lines to a run, one block a request unless they are many, all in the caller's transaction. */
export async function logLines(context: WriteContext, input: LogLines): Promise<LoggedLines> {
  const { db, now } = context;
  const { runId, lines, idempotencyKey } = input;
  return once(context, { key: idempotencyKey, operation: 'logLines', input: [runId, lines], now }, async () => {
    await requireActiveRun(context, runId);
    let position = await nextLine(db, runId);
    for (const block of inBlocks(input, now)) {
      await appendBlock(db, runId, position, block.length, encodeBlock(block));
      position += BigInt(block.length);
    }
    return { accepted: lines.length, position };
  });
}

function* inBlocks({ lines }: LogLines, now: number): Generator<LogLineRecord[]> {
  let block: LogLineRecord[] = [];
  let units = 0;
  for (const { message, at, level, stream } of lines) {
    if (block.length === linesPerBlock || (block.length > 0 && units + message.length > unitsPerBlock)) {
      yield block;
      block = [];
      units = 0;
    }
    block.push({ at: at ?? now, level: level ?? null, message, stream: stream ?? null });
    units += message.length;
  }
  yield block;
}
