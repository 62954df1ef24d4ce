import { dashaiReads, isDashaiRead } from '../dashai/dashai-reads.js';
import { readDashaiLayout } from '../dashai/dashai-layout.js';
import type { DashaiTables, DatabaseLocation, SqliteFile } from '../engine/location.js';
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

const isDashai = (location: DatabaseLocation): location is SqliteFile & { readonly tables: DashaiTables } =>
  location.engine === 'sqlite' && location.tables !== undefined;

serveReads({
  readLayout: (db, dialect, location) => (isDashai(location) ? readDashaiLayout(db, dialect, location) : readLayout(db, dialect)),
  answer(database, { name, input, source }) {
    const read = (isDashaiRead(name) ? dashaiReads[name] : reads[name as ReadName]) as (
      database: MlflowDatabase,
      input: unknown,
    ) => Promise<unknown>;
    return read({ ...database, source, arrivals: arrivalsOf(source) }, input);
  },
});
