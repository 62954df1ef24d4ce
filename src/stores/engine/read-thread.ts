import type { Dialect } from './dialect.js';
import { placeOf, type DatabaseLocation } from './location.js';
import type { Database } from './sql.js';
import { serveThread } from './thread.js';

/** One question to a database. */
export interface ReadMessage {
  readonly database: DatabaseLocation;
  readonly source: string;
  readonly name: string;
  readonly input: unknown;
}

/** A database that a thread reads. */
export interface OpenDatabase<Layout> {
  readonly dialect: Dialect;
  /** The database as it is now, looked at anew when it was replaced or its schema changed. */
  current(): Promise<{ readonly db: Database; readonly layout: Layout }>;
  /** A driver's error as a store failure; anything else comes back as it is. */
  toFailure(error: unknown): unknown;
  /** After a failure: the next question starts afresh. */
  forget(): void;
}

/** Looks at a database when it is opened, and whenever its schema changed. */
export type ReadLayout<Layout> = (db: Database, dialect: Dialect, location: DatabaseLocation) => Promise<Layout>;

/** What a read thread can answer, for one kind of database. */
export interface ReadService<Layout> {
  readonly readLayout: ReadLayout<Layout>;
  answer(database: { readonly db: Database; readonly dialect: Dialect; readonly layout: Layout }, message: ReadMessage): Promise<unknown>;
}

/** Runs the reads of one kind of database in this thread, and keeps each database open. */
export function serveReads<Layout>(service: ReadService<Layout>): void {
  const databases = new Map<string, Promise<OpenDatabase<Layout>>>();

  async function answer(message: ReadMessage): Promise<unknown> {
    const database = await opened(message.database);
    try {
      return await service.answer({ ...(await database.current()), dialect: database.dialect }, message);
    } catch (error) {
      const failure = database.toFailure(error);
      if (failure !== error) database.forget();
      throw failure;
    }
  }

  function opened(location: DatabaseLocation): Promise<OpenDatabase<Layout>> {
    const place = placeOf(location);
    if (!databases.has(place)) databases.set(place, open(location, service.readLayout));
    return databases.get(place)!;
  }

  serveThread((message: ReadMessage, reply) => reply(answer(message)));
}

/** A driver is loaded when the first of its databases is. */
async function open<Layout>(location: DatabaseLocation, readLayout: ReadLayout<Layout>): Promise<OpenDatabase<Layout>> {
  switch (location.engine) {
    case 'sqlite':
      return (await import('./sqlite/reading.js')).openSqlite(location, readLayout);
    case 'postgres':
      return (await import('./postgres/reading.js')).openPostgres(location, readLayout);
    case 'mysql':
      return (await import('./mysql/reading.js')).openMysql(location, readLayout);
  }
}
