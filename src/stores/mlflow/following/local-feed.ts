import { createBellBoard } from '../../../core/bell.js';
import type { RunFeed } from '../../feed.js';
import { answerOf } from '../../sources.js';
import type { LocalDatabase } from '../local-database.js';
import type { MlflowReader } from '../reads.js';

/** The feed of our own database. */
export interface LocalFeed extends RunFeed {
  /** Learns the epoch of the log, which another process may have written anew. */
  refreshEpoch(): Promise<void>;
}

export function createLocalFeed(
  { read }: MlflowReader,
  knownEpoch: string,
  { share, ringsWhenBack }: Pick<LocalDatabase, 'share' | 'ringsWhenBack'>,
): LocalFeed {
  let epoch = knownEpoch;
  return {
    ringsWhenBack,
    get epoch() {
      return epoch;
    },
    // Events stay when the log is written anew, and the cursors of another database are signed otherwise.
    eventEpoch: '',
    points: share('points', createBellBoard()),
    events: share('events', createBellBoard()),
    pointsAfter: (ranges, limit) => answerOf('local', read('readTail', { ranges, limit })),
    endOf: (runIds) => answerOf('local', read('tailEnd', runIds)),
    eventsAfter: (after, limit) => answerOf('local', read('readEvents', { after, limit })),
    endOfEvents: () => answerOf('local', read('eventsEnd', null)),
    async refreshEpoch() {
      ({ epoch } = await read('tailEnd', []));
    },
  };
}
