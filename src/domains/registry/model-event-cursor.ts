import type { Context } from './context.js';

/** The last event a reader has of one source. */
export interface ModelEventPosition {
  readonly epoch: string;
  readonly sequence: bigint;
}

/** Where a reader of events is, source by source. */
export type ModelEventPositions = ReadonlyMap<string, ModelEventPosition>;

export const encodeModelCursor = ({ cursors }: Context, positions: ModelEventPositions): string =>
  cursors.encode(
    'model-events',
    [...positions].map(([source, { epoch, sequence }]) => [source, epoch, sequence]),
  );

/** @throws CURSOR_INVALID when the cursor was not made by this server */
export function decodeModelCursor({ cursors }: Context, cursor: string, argument: string): ModelEventPositions {
  const positions = cursors.decode('model-events', cursor, argument) as readonly [string, string, number | bigint][];
  return new Map(positions.map(([source, epoch, sequence]) => [source, { epoch, sequence: BigInt(sequence) }]));
}
