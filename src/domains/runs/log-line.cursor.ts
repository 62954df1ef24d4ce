import { fail } from '../../core/errors.js';
import type { NativeRef } from '../../core/ids.js';
import { isGiven } from '../../stores/conditions.js';
import type { LogStore } from '../../stores/log-store.js';
import type { Context } from './context.js';

const kind = 'log-lines';

/** The position before the line with this number of a run. Signed, so it costs something: made where it is selected. */
export const encodeLineCursor = ({ cursors }: Context, { source, nativeId }: NativeRef, { epoch }: LogStore, line: bigint): string =>
  cursors.encode(kind, [source, epoch, nativeId, line]);

/**
 * The number of the first line after a cursor; 0 without a cursor.
 * @throws CURSOR_INVALID when the cursor is of another run or question, or the store was written anew since
 */
export function readLineCursor(
  { cursors }: Context,
  { source, nativeId }: NativeRef,
  store: LogStore | undefined,
  after?: string | null,
  argument = 'after',
): bigint {
  if (!isGiven(after)) return 0n;
  const [ofSource, epoch, ofRun, line] = cursors.decode(kind, after, argument) as [string, string, string, bigint];
  if (ofSource !== source || ofRun !== nativeId) throw fail('CURSOR_INVALID', 'The cursor is of another run.', { argument });
  if (epoch !== store?.epoch) throw rewritten(argument);
  return line;
}

/** @throws CURSOR_INVALID when the run has fewer lines than a reader has read: its store was put back to an earlier state */
export function requireReached(end: bigint, line: bigint, argument = 'after'): void {
  if (end < line) throw rewritten(argument);
}

const rewritten = (argument: string) =>
  fail('CURSOR_INVALID', `The store was rewritten since; ask again without ${argument}, and drop the lines you have.`, { argument });
