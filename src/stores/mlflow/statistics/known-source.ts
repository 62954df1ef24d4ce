import type { StatsRef } from './foreign-stats.sql.js';
import { guarded } from '../own-failure.js';
import type { MlflowReader } from '../reads.js';
import type { MlflowWriter, Writes } from '../writes.js';

/** The attached database and ours. */
export interface ForeignNeeds {
  readonly name: string;
  /** Where the attached database is: another place under the same name is another database. */
  readonly location: string;
  readonly foreign: MlflowReader;
  readonly own: MlflowReader & MlflowWriter;
}

/** Who is told what becomes of the statistics. */
export interface KnownSourceListener {
  readonly onMove: (from: StatsRef, to: StatsRef, keys: ReadonlySet<string>) => void;
  readonly onForget: () => void;
}

/** What a scan found, without where. */
export type Found = Omit<Parameters<Writes['fillForeignStats']>[1], keyof StatsRef>;

/** How far our database knows an attached one. Its methods must not overlap. */
export interface KnownSource {
  /** Null: not looked at yet, or not to be known (see `begin`). */
  readonly ref: StatsRef | null;
  /**
   * Looks what our database knows; with `fresh` everything is forgotten first. Nothing is to be known of a source that keeps
   * statistics of its own, or has too many series.
   */
  begin(fresh: boolean): Promise<void>;
  /** Looks again before the next use. */
  doubt(): void;
  keep(ref: StatsRef, found: Found): Promise<void>;
  /** Takes in the points that came since. */
  takeIn(ref: StatsRef, signal: AbortSignal): Promise<void>;
}

export function createKnownSource(needs: ForeignNeeds, { onMove, onForget }: KnownSourceListener): KnownSource {
  const { name, location, foreign } = needs;
  const own = guarded(needs.own);
  let ref: StatsRef | null = null;
  /** It had too many series and began anew; the second time it is left alone. */
  let wasFull = false;
  let isTooLarge = false;

  async function begin(fresh: boolean): Promise<void> {
    ref = null;
    onForget();
    const { isOwn, position } = await foreign.read('foreignEnd', null);
    if (isOwn || isTooLarge) return;
    const known = fresh ? null : await own.write('openForeignStats', { name, location, fresh: null });
    ref = known ?? (await own.write('openForeignStats', { name, location, fresh: position }));
  }

  return {
    get ref() {
      return ref;
    },
    begin,
    doubt: () => void (ref = null),
    async keep(at, found) {
      if (ref !== at || (await own.write('fillForeignStats', { ...at, ...found }))) return;
      await begin(false);
      if (ref?.sourceId !== at.sourceId || ref.position !== at.position) return; // another server has moved it on
      isTooLarge = wasFull;
      wasFull = true;
      await begin(true);
    },
    async takeIn(at, signal) {
      for (let from = at, more = true; more && !signal.aborted;) {
        const tail = await foreign.read('foreignTail', { position: from.position, limit: pointsPerRead });
        if (!tail) return begin(true);
        if (tail.rows === 0) return;
        const moved = await own.write('advanceForeignStats', { ...from, to: tail.position, stats: tail.stats });
        if (!moved) return begin(false);
        ref = { ...from, position: tail.position };
        onMove(from, ref, new Set(tail.stats.keys));
        [from, more] = [ref, tail.more];
      }
    },
  };
}

/** A statement over so many points takes about 50 ms; MLflow's writer waits for no longer. */
export const pointsPerRead = 20_000;
