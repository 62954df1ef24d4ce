import { workerData } from 'node:worker_threads';
import { sqliteDialect } from '../engine/sqlite/dialect.js';
import { serveWrites, type WriteThreadData } from '../engine/sqlite/write-thread.js';
import { writes, type WriteContext, type WriteName } from './writes.js';

const data = workerData as WriteThreadData;

serveWrites(data, {
  run(db, name, input) {
    const write = writes[name as WriteName] as (context: WriteContext, input: unknown) => Promise<unknown>;
    return write({ db, dialect: sqliteDialect, now: Date.now(), isForeign: data.foreign ?? false }, input);
  },
});
