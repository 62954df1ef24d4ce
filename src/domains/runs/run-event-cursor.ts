import type { Context } from './context.js';

/** The last event a reader has of one source. */
export interface EventPosition {
  readonly epoch: string;
  readonly sequence: bigint;
}

/** Where a reader of events is, source by source. */
export type EventPositions = ReadonlyMap<string, EventPosition>;

/** @param crossing tells apart what is told at the same position: runs that crossed a filter without an event */
export const encodeEventCursor = ({ cursors }: Context, positions: EventPositions, crossing = 0): string =>
  cursors.encode('run-events', [[...positions].map(([source, { epoch, sequence }]) => [source, epoch, sequence]), crossing]);

/** @throws CURSOR_INVALID when the cursor was not made by this server */
export function decodeEventCursor({ cursors }: Context, cursor: string, argument: string): EventPositions {
  const [positions] = cursors.decode('run-events', cursor, argument) as [readonly [string, string, number | bigint][], number];
  return new Map(positions.map(([source, epoch, sequence]) => [source, { epoch, sequence: BigInt(sequence) }]));
}
