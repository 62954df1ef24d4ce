import { SqliteConnection } from '../engine/sqlite/connection.js';
import { toStoreFailure } from '../engine/sqlite/failure.js';
import { openForeign } from '../engine/sqlite/open.js';
import { raw } from '../engine/sql.js';
import { IncompatibleDatabase } from '../mlflow/layout.js';
import { StoreFailure } from '../store-failure.js';
import { readHomeLayout } from './home-layout.js';
import { differencesOf, releaseOf, type HomeDifferences } from './releases.js';

/** What a DashAI database is like. */
export interface HomeExamined extends HomeDifferences {
  /** The release it looks like. */
  readonly release: string;
  /** alembic's revisions, mostly one. */
  readonly revisions: readonly string[];
  /** `delete` means that a reader holds up DashAI's commits for as long as it reads. */
  readonly journalMode: string;
  /** Rows of each table that is answered. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Looks at a DashAI database and changes nothing.
 * @throws StoreFailure when it cannot be read, or is none
 */
export async function examineHome(path: string): Promise<HomeExamined> {
  try {
    const db = new SqliteConnection(openForeign(path));
    try {
      return await examine(db);
    } finally {
      db.close();
    }
  } catch (error) {
    throw error instanceof IncompatibleDatabase ? new StoreFailure('INCOMPATIBLE', error.message) : toStoreFailure(error, path);
  }
}

async function examine(db: SqliteConnection): Promise<HomeExamined> {
  const home = await readHomeLayout(db);
  const rows: Record<string, number> = {};
  for (const table of home.columns.keys())
    rows[table] = Number((await db.all(raw(`SELECT COUNT(*) FROM "${table.replaceAll('"', '""')}"`)))[0]![0]);
  const revisions = home.has('alembic_version') ? await db.all(raw('SELECT version_num FROM alembic_version ORDER BY 1')) : [];
  const [[journalMode]] = (await db.all(raw('PRAGMA journal_mode'))) as [[string]];
  return {
    release: releaseOf(home),
    revisions: revisions.map(([revision]) => String(revision)),
    journalMode,
    rows,
    ...differencesOf(home),
  };
}
