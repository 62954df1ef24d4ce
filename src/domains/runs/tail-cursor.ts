import { fail } from '../../core/errors.js';
import type { NativeRef } from '../../core/ids.js';
import type { Context } from './context.js';

/** Where a reader is in the runs of one source, under the epoch of the log the positions were read from. */
export interface SourcePositions {
  readonly epoch: string;
  readonly runs: ReadonlyMap<string, bigint>;
}

/** Where a reader is, source by source. */
export type TailPositions = ReadonlyMap<string, SourcePositions>;

/** The position after some points of one run. */
export function encodeRunCursor(context: Context, { source, nativeId }: NativeRef, position: bigint): string {
  const epoch = context.stores.sources.find(source)?.feed?.epoch ?? '';
  return encodeTailCursor(context, new Map([[source, { epoch, runs: new Map([[nativeId, position]]) }]]));
}

export function encodeTailCursor({ cursors }: Context, positions: TailPositions): string {
  return cursors.encode(
    'points',
    [...positions].map(([source, { epoch, runs }]) => [source, epoch, [...runs].map(([runId, position]) => [runId, position])]),
  );
}

type Encoded = [source: string, epoch: string, runs: [runId: string, position: number | bigint][]];

/** @throws CURSOR_INVALID when the cursor was not made by this server */
export function decodeTailCursor({ cursors }: Context, cursor: string, argument: string): TailPositions {
  const decoded = cursors.decode('points', cursor, argument);
  if (!Array.isArray(decoded)) throw fail('CURSOR_INVALID', `${argument} is a cursor of something else.`, { argument });
  return new Map(
    (decoded as unknown as Encoded[]).map(([source, epoch, runs]) => [
      source,
      { epoch, runs: new Map(runs.map(([runId, position]) => [runId, BigInt(position)])) },
    ]),
  );
}
