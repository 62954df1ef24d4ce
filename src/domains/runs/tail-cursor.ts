import { fail } from '../../core/errors.js';
import type { NativeRef } from '../../core/ids.js';
import type { Context } from './context.js';

/** How many points a reader has of each run, under the epoch of the store they were read from. */
export interface TailCursor {
  readonly source: string;
  readonly epoch: string;
  readonly positions: ReadonlyMap<string, bigint>;
}

/** The position after `offset` points of one run. */
export function encodeRunCursor(context: Context, { source, nativeId }: NativeRef, offset: bigint): string {
  return encodeTailCursor(context, { source, epoch: epochOf(context, source), positions: new Map([[nativeId, offset]]) });
}

export function encodeTailCursor({ cursors }: Context, { source, epoch, positions }: TailCursor): string {
  return cursors.encode('tail', [source, epoch, [...positions].map(([runId, offset]) => [runId, offset])]);
}

/** @throws CURSOR_INVALID when the cursor was not made by this server */
export function decodeTailCursor({ cursors }: Context, cursor: string, argument: string): TailCursor {
  const [source, epoch, positions] = cursors.decode('tail', cursor, argument) as [string, string, [string, number | bigint][]];
  if (!Array.isArray(positions)) throw fail('CURSOR_INVALID', `${argument} is a cursor of something else.`, { argument });
  return { source, epoch, positions: new Map(positions.map(([runId, offset]) => [runId, BigInt(offset)])) };
}

/** The epoch of a source's log; a source without one has a single epoch. */
export const epochOf = ({ stores }: Context, source: string): string => stores.sources.find(source)?.feed?.epoch ?? '';
