import { dashaiReads, isDashaiRead } from '../dashai/dashai-reads.js';
import { createDashaiLayouts, type DashaiFile } from '../dashai/dashai-layout.js';
import type { DatabaseLocation } from '../engine/location.js';
import { serveReads } from '../engine/read-thread.js';
import { createArrivalMemory, type ArrivalMemory } from './following/arrival-memory.js';
import { readLayout, type MlflowDatabase } from './layout.js';
import { reads, type ReadName } from './reads.js';

// Questions to a database of somebody else always come to the same thread.
const memories = new Map<string, ArrivalMemory>();

function arrivalsOf(source: string): ArrivalMemory {
  if (!memories.has(source)) memories.set(source, createArrivalMemory());
  return memories.get(source)!;
}

const isDashai = (location: DatabaseLocation): location is DashaiFile => location.engine === 'sqlite' && location.tables !== undefined;

const readDashaiLayout = createDashaiLayouts();

serveReads({
  readLayout: (db, dialect, location) => (isDashai(location) ? readDashaiLayout(db, dialect, location) : readLayout(db, dialect)),
  async answer(database, { name, input, source }) {
    if (!isDashaiRead(name)) await database.layout.refresh?.(database.db);
    const read = (isDashaiRead(name) ? dashaiReads[name] : reads[name as ReadName]) as (
      database: MlflowDatabase,
      input: unknown,
    ) => Promise<unknown>;
    return read({ ...database, source, arrivals: arrivalsOf(source) }, input);
  },
});
