import { sqliteDialect } from '../engine/sqlite/dialect.js';
import { serveReads } from '../engine/sqlite/read-thread.js';
import { readLayout, type MlflowDatabase } from './layout.js';
import { reads, type ReadName } from './reads.js';

serveReads({
  readLayout,
  answer(db, layout, { name, input, source }) {
    const read = reads[name as ReadName] as (database: MlflowDatabase, input: unknown) => Promise<unknown>;
    return read({ db, dialect: sqliteDialect, layout, source }, input);
  },
});
