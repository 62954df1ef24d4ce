import type { BellBoard } from '../../core/bell.js';
import type { PrismaClient } from '../../generated/prisma-mlflow/client.js';
import type { Dialect } from '../engine/dialect.js';
import type { DatabaseLocation } from '../engine/location.js';
import type { LocalFeed } from './following/local-feed.js';
import type { MlflowReader } from './reads.js';
import type { MlflowWriter } from './writes.js';

/** What `local` needs of the database that holds it, whatever the engine. */
export interface LocalDatabase {
  readonly location: DatabaseLocation;
  /** Where it is, for people; without credentials. */
  readonly shown: string;
  readonly layout: string;
  readonly dialect: Dialect;
  readonly writer: MlflowWriter;
  /** Made when it is first asked for: it costs 50 ms and 70 MB. */
  prisma(): Promise<PrismaClient>;
  /** Lets a board of bells ring together with those of other servers on the same database, where there may be such. */
  share(name: string, board: BellBoard): BellBoard;
  /** Whether shared boards ring once the database can be reached again. */
  readonly ringsWhenBack: boolean;
  /**
   * Takes in what programs other than RunGraph write into the database, from now on; has looked once when it resolves.
   * @returns ends it
   */
  watchOthers(needs: OthersNeeds): Promise<() => Promise<void>>;
  /** Closes what it opened; writes that were answered are in the database. */
  close(): Promise<void>;
}

/** What is woken by the writes of others. */
export interface OthersNeeds {
  readonly reader: MlflowReader;
  readonly writer: MlflowWriter;
  readonly feed: LocalFeed;
  /** Called when somebody else has committed anything. */
  readonly onOthers: () => void;
}
