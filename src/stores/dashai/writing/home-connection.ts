import { statSync } from 'node:fs';
import { RuleError } from '../../../core/errors.js';
import type { SqliteFile } from '../../engine/location.js';
import type { Durability } from '../../engine/sqlite/open.js';
import { startWriter, type SqliteWriter } from '../../engine/sqlite/writer.js';
import { threadModule } from '../../engine/thread.js';
import { StoreFailure } from '../../store-failure.js';
import type { DashaiWriteName, HomeConnection, WriteInput, WriteOutput } from './dashai-writes.js';
import type { HomeThreadData } from './write.thread.js';

export interface HomeConnectionOptions {
  readonly location: SqliteFile;
  readonly timeZone: string;
  readonly durability: Durability;
  /** Whether the file is DashAI's own. */
  readonly isForeign: boolean;
}

/** A thread that writes to one file. */
interface OpenHome {
  readonly writer: SqliteWriter;
  readonly inode: string;
  underWay: number;
}

/** The writing connection to a home, in a thread of its own. It is made with the first write, and anew for another file. */
export function createHomeConnection({ location: { path }, timeZone, durability, isForeign }: HomeConnectionOptions): HomeConnection {
  const data: HomeThreadData = { path, timeZone, durability, foreign: isForeign };
  let open: OpenHome | null = null;

  // DashAI that cannot migrate its file puts it aside and makes a new one: what is written to the old one nobody reads.
  function current(): OpenHome {
    const inode = inodeOf(path);
    if (open?.inode === inode) return open;
    const writer = startWriter(threadModule(import.meta.url, './write.thread'), data);
    return (open = { writer, inode, underWay: 0 });
  }

  return {
    async write<Name extends DashaiWriteName>(name: Name, input: WriteInput<Name>): Promise<WriteOutput<Name>> {
      const before = open;
      const home = current();
      home.underWay++;
      try {
        if (before && before !== home && before.underWay === 0) await before.writer.close();
        return await home.writer.operation<WriteOutput<Name>>(name, input);
      } catch (error) {
        // Anything but an answer may mean that the thread has ended; the next write starts another one.
        if (!(error instanceof RuleError || error instanceof StoreFailure) && open === home) open = null;
        throw error;
      } finally {
        home.underWay--;
        if (open !== home && home.underWay === 0) await home.writer.close();
      }
    },
    close: async () => open?.writer.close(),
  };
}

/** @throws StoreFailure when there is no such file, which SQLite would make */
function inodeOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stat) throw new StoreFailure('MISSING', 'There is no such file.');
  return `${stat.dev}:${stat.ino}`;
}
