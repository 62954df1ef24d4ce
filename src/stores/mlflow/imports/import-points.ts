import type { NewPoints, TailRange } from '../../feed.js';
import type { ImportMark } from './import-marks.sql.js';
import type { CopyNeeds } from './import-runs.js';
import type { RunRow } from './import.sql.js';

/** Of all runs together: what is held in memory, and how long one write keeps others waiting. */
const pointsPerWrite = 20_000;
/** For each millisecond of writing, others that write to the same database get this long. */
const restPerWrite = 0.25;

/**
 * Copies the points that the runs have by now, from where an earlier import left off. They are read by position, as the live
 * feed of the database reads them; while a piece is written the next one is read.
 */
export async function copyPoints(
  needs: CopyNeeds,
  rows: readonly RunRow[],
  marks: ReadonlyMap<string, ImportMark>,
  onAdded: (points: number) => void,
): Promise<void> {
  const { from, into, begun, clock } = needs;
  const runIds = rows.map(({ runId }) => runId);
  const { epoch, positions } = await from.read('tailEnd', runIds);
  const rangeOf = (after: (runId: string) => bigint) =>
    positions.map(({ runId, position }): TailRange => ({ runId, after: after(runId), upTo: position }));
  const ends = new Map(positions.map(({ runId, position }) => [runId, position]));
  let ranges = rangeOf((runId) => {
    const known = marks.get(runId)?.position;
    // A run that ends before where it was read up to was replaced.
    return known?.epoch === epoch && known.position <= ends.get(runId)! ? known.position : 0n;
  }).filter(isOpen);
  if (ranges.length === 0) return;

  const read = () => from.read('readTail', { ranges, limit: pointsPerWrite });
  let next = read();
  for (;;) {
    let found = await next;
    if (found.isRewritten || found.epoch !== epoch) {
      // The database was replaced, or restored: everything is read again, and what is here already is left out.
      ranges = rangeOf(() => 0n);
      found = await read();
    }
    ranges = advanced(ranges, found);
    const isLast = ranges.length === 0 || found.tails.length === 0;
    if (!isLast) next = read();
    const points = found.tails.map(({ runId, series, next: position }) => ({ runId, series, position: { epoch, position } }));
    if (points.length > 0) {
      const began = performance.now();
      const writing = into.write('importPoints', { importId: begun.importId, points });
      // Should the write fail, the read that is under way must not fail unheard.
      if (!isLast) next.catch(() => undefined);
      onAdded(await writing);
      await clock.sleep((performance.now() - began) * restPerWrite);
    }
    if (isLast) return;
  }
}

const isOpen = ({ after, upTo }: TailRange): boolean => upTo === null || after < upTo;

/** The ranges that are left after some of their points were read. */
function advanced(ranges: readonly TailRange[], { tails }: NewPoints): TailRange[] {
  const ends = new Map(tails.map(({ runId, next }) => [runId, next]));
  return ranges.map((range) => ({ ...range, after: ends.get(range.runId) ?? range.after })).filter(isOpen);
}
