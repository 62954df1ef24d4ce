import { dirname } from 'node:path';
import type { Dialect } from '../engine/dialect.js';
import type { DashaiTables, SqliteFile } from '../engine/location.js';
import { raw, type Database, type Sql } from '../engine/sql.js';
import { readLayout, type MlflowLayout } from '../mlflow/layout.js';
import { createHomePositions } from './following/home-positions.js';
import { readHomeLayout, type HomeLayout } from './home-layout.js';
import { localTimeReader } from './local-time.sql.js';
import { mlflowViews } from './mlflow-views.sql.js';

/** A DashAI database: seen as MLflow's, and as what it is. */
export interface DashaiLayout extends MlflowLayout {
  readonly home: HomeLayout;
  /** The home. */
  readonly folder: string;
  /** Milliseconds since the epoch of a column that holds its host's local time. */
  toMs(column: Sql): Sql;
}

/**
 * Looks at a DashAI database and makes the views through which it is read on this connection.
 * @throws IncompatibleDatabase when it is none, or one from before 0.9
 */
export async function readDashaiLayout(
  db: Database,
  dialect: Dialect,
  { path, tables: { of, timeZone } }: SqliteFile & { readonly tables: DashaiTables },
): Promise<DashaiLayout> {
  if (of === 'dashai jobs') return noLayout;
  const home = await readHomeLayout(db);
  const toMs = localTimeReader(timeZone);
  for (const [name, { text }] of mlflowViews(home, toMs)) {
    await db.run(raw(`DROP VIEW IF EXISTS temp.${name}`));
    await db.run(raw(`CREATE TEMP VIEW ${name} AS ${text}`));
  }
  return { ...(await readLayout(db, dialect)), home, folder: dirname(path), toMs, positions: createHomePositions() };
}

/** A job queue is asked for jobs, which look at its columns themselves. */
const noLayout = {} as DashaiLayout;
