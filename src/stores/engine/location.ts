/** A SQLite file. `foreign` files belong to somebody else and are opened so that they cannot be changed. */
export interface SqliteFile {
  readonly engine: 'sqlite';
  readonly path: string;
  readonly foreign: boolean;
  /** Whose tables it has; MLflow's where it is not said. */
  readonly tables?: DashaiTables;
}

/** Tables of a DashAI home, which are read as if they were MLflow's; or of its job queue, which are not. */
export interface DashaiTables {
  readonly of: 'dashai' | 'dashai jobs';
  /** IANA name of the zone in which its times are. */
  readonly timeZone: string;
}

/** A database behind a server. `foreign` ones are read in read-only transactions. */
export interface NetworkedDatabase {
  readonly engine: 'postgres' | 'mysql';
  /** With credentials: never shown, never logged. */
  readonly url: string;
  readonly foreign: boolean;
}

export type DatabaseLocation = SqliteFile | NetworkedDatabase;

/** What tells one database from another. */
export const placeOf = (location: DatabaseLocation): string => (location.engine === 'sqlite' ? location.path : location.url);
