import { existsSync } from 'node:fs';
import type { DatabaseLocation } from '../engine/location.js';
import { startNetworkedWriter } from '../engine/networked-writer.js';
import { startWriter } from '../engine/sqlite/writer.js';
import { threadModule } from '../engine/thread.js';
import { StoreFailure } from '../store-failure.js';
import type { MlflowWriter } from './writes.js';

/** A database of somebody else is written seldom. */
const connections = 2;

/** Writes to an attached database. The connection is made with the first write. */
export interface ForeignWriter extends MlflowWriter {
  close(): Promise<void>;
}

export function createForeignWriter(location: DatabaseLocation): ForeignWriter {
  let started: ReturnType<typeof start> | null = null;
  return {
    write(name, input) {
      // SQLite would make a file that is not there.
      if (location.engine === 'sqlite' && !existsSync(location.path))
        return Promise.reject(new StoreFailure('MISSING', 'There is no such file.'));
      return (started ??= start(location)).operation(name, input);
    },
    close: async () => started?.close(),
  };
}

const start = (location: DatabaseLocation) =>
  location.engine === 'sqlite'
    ? startWriter(threadModule(import.meta.url, './sqlite-write.thread'), { path: location.path, durability: 'full', foreign: true })
    : startNetworkedWriter(threadModule(import.meta.url, './networked-write.thread'), { location, connections });
