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
  let { epoch, ends } = await endsOf(from, runIds);
  // Not up to an end: where rows have no numbers, it may be no place in the order in which they are read in a moment.
  const rangesFrom = (after: (runId: string) => bigint) =>
    runIds.map((runId): TailRange => ({ runId, after: after(runId), upTo: null })).filter((range) => isOpen(range, ends));
  let ranges = rangesFrom((runId) => {
    const known = marks.get(runId)?.position;
    // A run that ends before where it was read up to was replaced.
    return known?.epoch === epoch && known.position <= (ends.get(runId) ?? 0n) ? known.position : 0n;
  });
  if (ranges.length === 0) return;

  const read = () => from.read('readTail', { ranges, limit: pointsPerWrite });
  let next = read();
  for (;;) {
    let found = await next;
    if (found.isRewritten || found.epoch !== epoch) {
      // The database was replaced, or restored: everything is read again, and what is here already is left out.
      ({ epoch, ends } = await endsOf(from, runIds));
      ranges = rangesFrom(() => 0n);
      found = await read();
    }
    ranges = advanced(ranges, found, ends);
    const isLast = ranges.length === 0 || found.tails.length === 0;
    if (!isLast) next = read();
    const points = found.tails.map(({ runId, series, next: position }) => ({ runId, series, position: { epoch: found.epoch, position } }));
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

/** Where each run ended when its points began to be read. */
type Ends = ReadonlyMap<string, bigint>;

async function endsOf(from: CopyNeeds['from'], runIds: readonly string[]): Promise<{ readonly epoch: string; readonly ends: Ends }> {
  const { epoch, positions } = await from.read('tailEnd', runIds);
  return { epoch, ends: new Map(positions.map(({ runId, position }) => [runId, position])) };
}

const isOpen = ({ runId, after }: TailRange, ends: Ends): boolean => after < (ends.get(runId) ?? 0n);

/** The ranges that are left after some of their points were read. */
function advanced(ranges: readonly TailRange[], { tails }: NewPoints, ends: Ends): TailRange[] {
  const reached = new Map(tails.map(({ runId, next }) => [runId, next]));
  return ranges.map((range) => ({ ...range, after: reached.get(range.runId) ?? range.after })).filter((range) => isOpen(range, ends));
}
