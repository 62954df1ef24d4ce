import { workerData } from 'node:worker_threads';
import { sqliteDialect } from '../../engine/sqlite/dialect.js';
import { serveWrites, type WriteThreadData } from '../../engine/sqlite/write-thread.js';
import { readHomeLayout } from '../home-layout.js';
import { dashaiWrites, type DashaiWriteContext, type DashaiWriteName } from './dashai-writes.js';
import { createLocalClock } from './local-clock.js';

/** What the thread of a home is started with. */
export interface HomeThreadData extends WriteThreadData {
  /** IANA name of the zone in which its times are. */
  readonly timeZone: string;
}

const { timeZone, ...data } = workerData as HomeThreadData;
const localTime = createLocalClock(timeZone);
const isForeign = data.foreign ?? false;

serveWrites(data, {
  async run(db, name, input) {
    // DashAI may have replaced or migrated the file since the last write.
    if (isForeign) await readHomeLayout(db);
    const nowMs = Date.now();
    const write = dashaiWrites[name as DashaiWriteName] as (context: DashaiWriteContext, input: unknown) => Promise<unknown>;
    return write({ db, dialect: sqliteDialect, now: localTime(nowMs), nowMs, isForeign }, input);
  },
});
