import { fail } from '../../core/errors.js';
import type { Context } from './context.js';

/** The last event a reader has of one source. */
export interface EventPosition {
  readonly epoch: string;
  readonly sequence: bigint;
}

/** Where a reader of events is, source by source. */
export type EventPositions = ReadonlyMap<string, EventPosition>;

export const encodeEventCursor = ({ cursors }: Context, positions: EventPositions): string =>
  cursors.encode(
    'run-events',
    [...positions].map(([source, { epoch, sequence }]) => [source, epoch, sequence]),
  );

/** @throws CURSOR_INVALID when the cursor was not made by this server */
export function decodeEventCursor({ cursors }: Context, cursor: string, argument: string): EventPositions {
  const decoded = cursors.decode('run-events', cursor, argument) as [string, string, number | bigint][];
  if (!Array.isArray(decoded) || !decoded.every(Array.isArray))
    throw fail('CURSOR_INVALID', `${argument} is a cursor of something else.`, { argument });
  return new Map(decoded.map(([source, epoch, sequence]) => [source, { epoch, sequence: BigInt(sequence) }]));
}
