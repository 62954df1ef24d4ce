import type { StatsRef } from './foreign-stats.sql.js';
import { createKnownSource, pointsPerRead, type ForeignNeeds, type KnownSource, type KnownSourceListener } from './known-source.js';
import { guarded } from '../own-failure.js';
import type { MlflowReader, ReadOutput } from '../reads.js';
import { rowOf } from '../following/row-tail.sql.js';
import { createSeriesTotals } from '../metrics/series-stats.js';

/** Brings statistics of an attached database into ours. One thing at a time: each depends on where the one before ended. */
export interface ForeignFilling {
  /** What our database knows; null when the attached one keeps statistics of its own, or has too many series. */
  open(): Promise<StatsRef | null>;
  /** Looks into our database again: another server may have moved the source on. */
  lookAgain(ref: StatsRef): void;
  fillKey(ref: StatsRef, key: string): Promise<void>;
  fillRuns(ref: StatsRef, runIds: readonly string[]): Promise<void>;
  /** Takes in the points that came since. */
  catchUp(ref: StatsRef): Promise<void>;
  /** As `catchUp`, without anybody waiting for it. */
  catchUpLater(ref: StatsRef): void;
  /** Forgets everything. */
  beginAnew(ref: StatsRef): Promise<void>;
  /** Begins nothing more; resolves when what is under way has ended. */
  close(): Promise<void>;
}

const runsPerRead = 10;
/** So many rows keep our writer for about 20 ms. */
const seriesPerWrite = 2_000;

export function createForeignFilling(needs: ForeignNeeds, listener: KnownSourceListener): ForeignFilling {
  const { foreign } = needs;
  const own = guarded(needs.own);
  const source = createKnownSource(needs, listener);
  const closing = new AbortController();
  const { signal } = closing;
  let last: Promise<unknown> = Promise.resolve();
  let isCatchingUp = false;

  /** After everything that was asked before; only while `ref` is still what is known. */
  function inTurn(ref: StatsRef | null, work: () => Promise<void>): Promise<void> {
    const done = last.then(() => (signal.aborted || source.ref !== ref ? undefined : work()));
    last = done.catch(() => undefined); // whoever asked for it hears why
    return done;
  }

  return {
    async open() {
      if (!source.ref) await inTurn(null, () => source.begin(false));
      return source.ref;
    },
    lookAgain(ref) {
      if (source.ref === ref) source.doubt();
    },
    fillKey: (ref, key) =>
      inTurn(ref, async () => {
        const isThere = await own.read('readBestOfKey', { ...ref, key, aggregate: 'MIN' }); // who was first has read it for all
        if (!isThere) await fillKey({ foreign, source, ref, signal }, key);
      }),
    fillRuns: (ref, runIds) => inTurn(ref, () => fillRuns({ foreign, source, ref, signal }, runIds)),
    catchUp: (ref) => inTurn(ref, () => source.takeIn(ref, signal)),
    catchUpLater(ref) {
      if (isCatchingUp) return;
      isCatchingUp = true;
      inTurn(ref, () => source.takeIn(ref, signal)).then(
        () => (isCatchingUp = false),
        () => (isCatchingUp = false), // the next question meets the same failure and tells it
      );
    },
    beginAnew: (ref) => inTurn(ref, () => source.begin(true)),
    async close() {
      closing.abort();
      await last;
    },
  };
}

interface Scan {
  readonly foreign: MlflowReader;
  readonly source: KnownSource;
  readonly ref: StatsRef;
  readonly signal: AbortSignal;
}

async function fillKey({ foreign, source, ref, signal }: Scan, key: string): Promise<void> {
  const totals = createSeriesTotals();
  let after: ReadOutput<'foreignKeyStats'>['next'] = null;
  do {
    const read: ReadOutput<'foreignKeyStats'> = await foreign.read('foreignKeyStats', {
      key,
      row: rowOf(ref.position),
      after,
      limit: pointsPerRead,
    });
    totals.addAll(read.stats);
    after = read.next;
    if (signal.aborted) return;
  } while (after !== null);
  for (const stats of totals.pieces(seriesPerWrite)) await source.keep(ref, { stats, kind: 'key', complete: [] });
  await source.keep(ref, { stats: createSeriesTotals().columns(), kind: 'key', complete: [key] });
}

async function fillRuns({ foreign, source, ref, signal }: Scan, runIds: readonly string[]): Promise<void> {
  for (let start = 0; start < runIds.length && !signal.aborted; start += runsPerRead) {
    const complete = runIds.slice(start, start + runsPerRead);
    const stats = await foreign.read('foreignRunStats', { runIds: complete, row: rowOf(ref.position) });
    await source.keep(ref, { stats, kind: 'run', complete });
  }
}
